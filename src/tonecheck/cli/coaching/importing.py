"""`tonecheck coach import`: a team's own mail into its training record."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from tonecheck.errors import InputError

if TYPE_CHECKING:
    from tonecheck.coach.importing import Exchange, Tally
    from tonecheck.coach.store import Record
    from tonecheck.coach.tables import Learner
    from tonecheck.scan.run import Input

__all__ = ["bring_in", "input_for"]

TOLD_ERRORS = 20


def bring_in(record: Record, trainer: Learner, given: Input, region: str | None, trade: str) -> None:
    """Import with a bar and a rate; what is in already is passed over, so the same command goes on."""
    from tonecheck.cli.scan import stoppable
    from tonecheck.coach.importing import import_mails
    from tonecheck.coach.reviewing import add, known_keys
    from tonecheck.coach.store import recording

    with recording(record) as session:
        known = known_keys(session)
    before, began, told = len(known), time.monotonic(), 0

    def keep(batch: list[Exchange]) -> int:
        with recording(record) as session:
            return add(session, trainer, batch, trade)

    def complain(error: str) -> None:
        nonlocal told
        told += 1
        if told <= TOLD_ERRORS:
            click.echo(f"tonecheck: {error}", err=True)

    hidden = not sys.stderr.isatty()
    if not hidden:
        click.echo("Looking through the mailboxes first: whose mail answers whose.", err=True)
    with (
        stoppable(goes_on=True),
        click.progressbar(length=1, label="Importing", file=sys.stderr, hidden=hidden, show_pos=True) as bar,
    ):

        def begin(count: int) -> None:
            bar.length = max(count, 1)

        def progress(tally: Tally) -> None:
            bar.label = f"Importing, {tally.read / max(time.monotonic() - began, 0.001):.0f} mails a second"
            bar.update(1)

        tally = import_mails(
            given, known, keep, region=region, begin=begin, progress=progress, complain=complain
        )
    _tell(tally, before, time.monotonic() - began)


def _tell(tally: Tally, before: int, seconds: float) -> None:
    """What came of it. Raises InputError where nothing of one's own was there."""
    if tally.read == 0 and before == 0:
        raise InputError(
            "no reply of your own domains is there; name the mailbox with sent mail, "
            "and check --own-domain or own_domains in .tonecheck.toml"
        )
    rate = f" ({tally.read / seconds:,.0f} a second)" if tally.read > 1 else ""
    click.echo(f"{tally.read:,} sent mails read{rate}: {tally.kept:,} new to review.")
    if tally.unfit:
        click.echo(
            f"{tally.unfit:,} left out: no client's message is known, or there is too little to judge. "
            "Give the inbox too, and more replies meet the messages they answer."
        )
    if before and not tally.read:
        click.echo("Every reply of your own domains is in the record already, or none is there.")
    if tally.errors:
        click.echo(f"{tally.errors:,} could not be read.")
    if tally.kept:
        click.echo("Only you see them until you have reviewed them: tonecheck coach review")


def input_for(paths: tuple[str, ...], own: tuple[str, ...], kind: str | None, **fields: Any) -> Input:
    """What to import, of a kind where that is said; tables need a field with the client's message."""
    from pathlib import Path

    from tonecheck.scan.run import Input
    from tonecheck.scan.streams import Source
    from tonecheck.scan.tables import Fields

    for path in map(Path, paths):
        if not path.exists():
            raise InputError(f"{path}: there is nothing of this name; name a mailbox, a folder or a .jsonl")
    sources = tuple(Source(path, Path(path)) for path in paths)
    return Input(sources, Fields(text=fields["text"], client=fields["client"]), kind, own)
