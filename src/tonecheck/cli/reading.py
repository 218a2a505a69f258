"""What several commands share: paths and standard input to drafts, and the way to print."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from tonecheck.errors import InputError
from tonecheck.profile import PROFILES

if TYPE_CHECKING:
    from tonecheck.config import Config
    from tonecheck.mail.draft import Draft

__all__ = [
    "STDIN",
    "baseline_option",
    "check_page",
    "client_option",
    "config_for",
    "error_style",
    "kind_option",
    "own_option",
    "profile_option",
    "read",
    "style",
    "utf8_output",
    "width",
    "write_baseline_option",
]

STDIN = "-"

KINDS = ("mbox", "eml", "jsonl", "csv", "parquet", "arrow")
client_option = click.option(
    "--client",
    "client_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The client's message, where the draft does not quote it.",
)
own_option = click.option(
    "--own-domain",
    "own",
    multiple=True,
    help="A domain whose mail is yours; may be repeated. [default: your settings]",
)
rules_only_option = click.option(
    "--rules-only", is_flag=True, help="Leave the judge out: faster, hears less."
)
kind_option = click.option(
    "--kind", type=click.Choice(KINDS), help="What the input is, where its name and look do not tell."
)
profile_option = click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    help="The occasion: `disputed` withholds edits that admit or own, `formal` lets the formulae of "
    "letters pass. [default: support, or your settings]",
)

baseline_option = click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Findings that this file knows count no more: only new ones do.",
)
write_baseline_option = click.option(
    "--write-baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Note down all findings of today in this file, as fingerprints without words.",
)


def read(path: str, client_file: Path | None) -> Draft:
    """The draft at a path, or on standard input for `-`. Raises InputError."""
    from tonecheck.mail.message import draft_of_bytes, read_bytes, read_client

    client, sent = read_client(client_file) if client_file is not None else (None, None)
    data = _stdin() if path == STDIN else read_bytes(Path(path))
    name = "<stdin>" if path == STDIN else path
    return draft_of_bytes(data, name=name, client=client, client_sent=sent)


def _stdin() -> bytes:
    from tonecheck.mail.message import MAX_BYTES

    if sys.stdin.isatty():
        click.echo("Type or paste the draft, then press Ctrl-D.", err=True)
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if not data.strip():
        raise InputError("<stdin>: empty; pipe a draft in, or name a file")
    return data


def config_for(path: str, profile: str | None = None) -> Config:
    """The settings that hold for a path, under `profile` where one is asked for.

    The daemon declines where they say so.
    """
    from tonecheck.config import load
    from tonecheck.serve.stage import decline

    config = load(None if path == STDIN else Path(path))
    if config.daemon == "off":
        decline()
    return config if profile is None else replace(config, profile=profile)


def style(text: str, **looks: object) -> str:
    """Colour where the terminal wants it: off for NO_COLOR, pipes and files."""
    return click.style(text, **looks) if _in_colour(sys.stdout) else text  # type: ignore[arg-type]


def error_style(text: str, **looks: object) -> str:
    """The same for standard error, where hooks speak."""
    return click.style(text, **looks) if _in_colour(sys.stderr) else text  # type: ignore[arg-type]


def _in_colour(stream: TextIO) -> bool:
    return not os.environ.get("NO_COLOR") and stream.isatty()


def width() -> int:
    """Columns to print in: the terminal's, at most 80 and at least 40."""
    return max(40, min(80, shutil.get_terminal_size((80, 24)).columns))


def utf8_output() -> None:
    """Print what the terminal cannot encode as `?` rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def check_page(page: Path) -> None:
    """Raise InputError where the page of `--html` could not be drawn or written."""
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise InputError("--html draws with matplotlib, which is missing: pip install 'tonecheck[plots]'")
    if page.is_dir() or not page.absolute().parent.is_dir():
        raise InputError(f"{page}: cannot be written; name a file in a folder that exists")
