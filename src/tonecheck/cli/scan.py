"""`tonecheck scan`: many drafts out of one JSONL file, a report a line."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from tonecheck.cli.reading import STDIN, config_for, profile_option, utf8_output
from tonecheck.errors import InputError

if TYPE_CHECKING:
    from tonecheck.checker import Checker

__all__ = ["scan"]


@click.command(
    epilog="Example: tonecheck scan sent.jsonl --text-field reply --client-field client "
    "--output reports.jsonl"
)
@click.argument("source", metavar="IN.jsonl|-")
@click.option("--text-field", default="text", show_default=True, help="The field with the draft.")
@click.option("--client-field", help="The field with the client's message.")
@click.option("--id-field", default="id", show_default=True, help="The field that names the draft.")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write. [default: standard output]")
@profile_option
def scan(
    source: str,
    text_field: str,
    client_field: str | None,
    id_field: str,
    output: Path | None,
    profile: str | None,
) -> None:
    """Check many drafts: one JSON object a line in, one report a line out.

    A line that cannot be read is reported with its number, and the rest goes on;
    the exit status is then 2.
    """
    from tonecheck.checker import checker_for

    utf8_output()
    checker = checker_for(config_for(source, profile))
    lines = _lines(source)
    bad = 0
    target = _open(output)
    try:
        with click.progressbar(
            lines, label="Checking", file=sys.stderr, hidden=not sys.stderr.isatty() or output is None
        ) as bar:
            for number, line in enumerate(bar, 1):
                if not line.strip():
                    continue
                try:
                    row = _row(line, text_field, client_field, id_field)
                    record = {"id": row["id"], **_report(checker, row, source, number)}
                except InputError as error:
                    bad += 1
                    click.echo(f"tonecheck: {source}:{number}: {error}", err=True)
                    continue
                target.write(json.dumps(record, ensure_ascii=False) + "\n")
    finally:
        target.flush() if output is None else target.close()
    if bad:
        click.echo(f"tonecheck: {bad} of {len(lines)} lines could not be read", err=True)
        raise SystemExit(2)


def _lines(source: str) -> list[bytes]:
    from tonecheck.mail.message import missing_or_unreadable

    if source == STDIN:
        return sys.stdin.buffer.read().splitlines()
    with missing_or_unreadable(Path(source)):
        return Path(source).read_bytes().splitlines()


def _open(output: Path | None) -> TextIO:
    if output is None:
        return sys.stdout
    try:
        return output.open("w", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{output}: cannot be written: {error.strerror or error}") from None


def _row(line: bytes, text_field: str, client_field: str | None, id_field: str) -> dict[str, Any]:
    try:
        table = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not a JSON object: {error}") from None
    if not isinstance(table, dict):
        raise InputError("not a JSON object; give one object a line")
    if not isinstance(table.get(text_field), str):
        fields = ", ".join(map(str, table)) or "none"
        raise InputError(f"no text in the field “{text_field}”; fields here: {fields}; see --text-field")
    client = table.get(client_field) if client_field else None
    if client is not None and not isinstance(client, str):
        raise InputError(f"the field “{client_field}” is not a text")
    return {"id": table.get(id_field), "text": table[text_field], "client": client or None}


def _report(checker: Checker, row: dict[str, Any], source: str, number: int) -> dict[str, Any]:
    from tonecheck.mail.draft import draft_of
    from tonecheck.mail.message import sized

    place = f"{source}:{number}"
    text = sized(row["text"].replace("\0", "\ufffd"), "the draft")
    return checker.check(draft_of(text, client=row["client"], source=place)).to_dict()
