"""`tonecheck scan`: whole mailboxes and tables of sent mail, a row a mail."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tonecheck.cli.reading import (
    STDIN,
    baseline_option,
    config_for,
    kind_option,
    own_option,
    profile_option,
    rules_only_option,
    utf8_output,
    write_baseline_option,
)
from tonecheck.errors import InputError

if TYPE_CHECKING:
    from tonecheck.config import Config
    from tonecheck.scan.journal import Journal
    from tonecheck.scan.rows import Scorer
    from tonecheck.scan.run import Input

__all__ = ["scan", "stoppable"]

TOLD_ERRORS = 20


@click.command(
    epilog="Example: tonecheck scan Sent.mbox Inbox.mbox --own-domain acme.example --output reports.jsonl"
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…|-")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Where to write: .jsonl or .parquet. [default: standard output]",
)
@own_option
@kind_option
@click.option("--text-field", default="text", show_default=True, help="A table's field with the draft.")
@click.option("--client-field", help="The field with the client's message.")
@click.option("--id-field", default="id", show_default=True, help="The field that names the draft.")
@click.option("--date-field", help="The field with the day it was sent, as ISO 8601.")
@click.option("--sender-field", help="The field with its writer's address.")
@click.option("--team-field", help="The field with its writer's team.")
@click.option("--with-text", is_flag=True, help="Keep the text of the mails and plainer versions of it.")
@click.option("--with-senders", is_flag=True, help="Keep the writers' addresses.")
@rules_only_option
@click.option("--jobs", type=click.IntRange(1), help="Worker processes. [default: one a core]")
@click.option("--anew", is_flag=True, help="Replace the output instead of going on with it.")
@baseline_option
@write_baseline_option
@profile_option
def scan(paths: tuple[str, ...], output: Path | None, jobs: int | None, anew: bool, **asked: Any) -> None:
    """Check sent mail: mbox, Maildir, folders of .eml, JSON lines, CSV, Parquet.

    Of mailboxes only what your own domains sent to others is checked; give the inbox
    too, and each reply meets the message it answers. gzip and zstd are unpacked.
    Ctrl-C stops; the same command goes on where it was, and later takes in new mail.

    Exits with 0, with 2 if a mail could not be checked (its row says why), with 130
    if it was stopped.
    """
    from tonecheck.scan.journal import Journal

    utf8_output()
    config = config_for(paths[0], asked["profile"])
    _check_writing(output, asked)
    scorer = _scorer(config, asked)
    given = _input(paths, config, asked)
    with stoppable(goes_on=output is not None):
        journal = Journal(output, f"{scorer.settings} {given.fields}", anew=anew)
        try:
            errors = _run(given, replace(scorer, salt=journal.salt), journal, jobs or os.cpu_count() or 1)
        finally:
            journal.close()
        if output is not None and asked["write_baseline"] is not None:
            _keep_baseline(output, asked["write_baseline"])
    raise SystemExit(2 if errors else 0)


def _check_writing(output: Path | None, asked: dict[str, Any]) -> None:
    """Raise InputError for what could not be written; first, so that nothing is scored in vain."""
    if asked["write_baseline"] is not None and output is None:
        raise InputError("--write-baseline reads the finished scan; give it an --output")
    if asked["write_baseline"] is not None and asked["baseline"] is not None:
        raise InputError("--write-baseline would forget what --baseline knows; give one of the two")
    if output is not None and output.suffix.lower() == ".parquet":
        from tonecheck.scan.columns import arrow_schema

        arrow_schema()


def _scorer(config: Config, asked: dict[str, Any]) -> Scorer:
    from tonecheck.baseline import read_baseline
    from tonecheck.checker import Checker
    from tonecheck.rulebook import check_names
    from tonecheck.scan.rows import Scorer

    check_names(config)
    known = asked["baseline"]
    return Scorer(
        Checker(config, judge=not asked["rules_only"]),
        config,
        text=asked["with_text"],
        senders=asked["with_senders"],
        baseline=None if known is None else read_baseline(known),
    )


def _input(paths: tuple[str, ...], config: Config, asked: dict[str, Any]) -> Input:
    from tonecheck.mail.message import missing_or_unreadable
    from tonecheck.scan.run import Input
    from tonecheck.scan.streams import Source, spooled
    from tonecheck.scan.tables import Fields

    sources = []
    for name in paths:
        if name == STDIN:
            sources.append(spooled(sys.stdin.buffer, "<stdin>"))
            continue
        path = Path(name)
        if not path.is_dir():
            with missing_or_unreadable(path), path.open("rb") as file:
                if not path.is_file():  # a pipe gives its bytes only once
                    sources.append(spooled(file, name))
                    continue
        sources.append(Source(name, path))
    fields = {name: asked[f"{name}_field"] for name in ("text", "id", "client", "sender", "date", "team")}
    return Input(tuple(sources), Fields(**fields), asked["kind"], asked["own"] or config.own_domains)


def _run(given: Input, scorer: Scorer, journal: Journal, jobs: int) -> int:
    """Score what is left; how many mails could not be."""
    from tonecheck.scan.run import run, survey

    seen = journal.count
    count, threads = survey(given, journal)
    if seen:
        click.echo(f"tonecheck: {seen:,} mails are in the scan already, {count:,} are new", err=True)
    if count:
        scorer.warm_up()
    began, told = time.monotonic(), 0

    def complain(error: str) -> None:
        nonlocal told
        told += 1
        if told <= TOLD_ERRORS:
            click.echo(f"tonecheck: {error}", err=True)

    with click.progressbar(
        length=count, label="Checking", file=sys.stderr, hidden=not sys.stderr.isatty(), show_pos=True
    ) as bar:

        def progress(rows: int) -> None:
            rate = (bar.pos + rows) / max(time.monotonic() - began, 0.001)
            bar.label = f"Checking, {rate:.1f} mails a second"
            bar.update(rows)

        outcome = run(
            given,
            scorer,
            journal,
            threads,
            jobs=min(jobs, max(count, 1)),
            progress=progress,
            complain=complain,
        )
    journal.finish()
    _tell(outcome.scored, outcome.errors, time.monotonic() - began)
    return outcome.errors


def _tell(scored: int, errors: int, seconds: float) -> None:
    rate = f", {scored / seconds:.1f} a second" if scored > 1 else ""
    click.echo(f"tonecheck: {scored:,} mail{'s' * (scored != 1)} checked{rate}", err=True)
    if errors:
        told = "its row says why" if errors == 1 else "their rows say why"
        click.echo(f"tonecheck: {errors:,} of {scored:,} could not be checked; {told}", err=True)


def _keep_baseline(output: Path, kept: Path) -> None:
    from tonecheck.baseline import mark_of, write_baseline
    from tonecheck.scan.columns import rows_in

    count = write_baseline(
        kept,
        (
            mark_of(finding["rule"], finding["text"], str(row["id"] or row["source"]))
            for row in rows_in(output)
            for finding in row.get("findings") or ()
        ),
    )
    click.echo(f"tonecheck: {count:,} findings noted in {kept}", err=True)


@contextmanager
def stoppable(*, goes_on: bool) -> Iterator[None]:
    """End in one line when a person or the machine says stop; some commands go on where they were."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        told = "; the same command goes on where it was" if goes_on else ""
        click.echo(f"\ntonecheck: stopped{told}", err=True)
        raise SystemExit(130) from None
    finally:
        signal.signal(signal.SIGTERM, before)
