"""`tonecheck coach own`: practise what one's own mail shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonecheck.cli.coaching.joining import whoever
from tonecheck.cli.coaching.showing import show
from tonecheck.errors import InputError

if TYPE_CHECKING:
    from tonecheck.cli.coach import Desk

__all__ = ["own"]


@click.command(epilog="Example: tonecheck coach own reports.jsonl --sender ann@acme.example")
@click.argument("scan", type=click.Path(path_type=Path), required=False)
@click.option("--sender", metavar="ADDRESS", help="Count only what this address wrote.")
@click.option("--forget", is_flag=True, help="Keep nothing of your own mail any more.")
@click.pass_obj
def own(desk: Desk, scan: Path | None, sender: str | None, forget: bool) -> None:
    """Practise the faults of your own mail, if you like.

    SCAN is what tonecheck scan wrote about your sent mail. Only counts are kept, no
    word of it, and nobody else sees them: your three commonest types then come up
    more often. Without a SCAN it shows what is kept.
    """
    from tonecheck.coach.own_mail import faults_in, forget_own, keep_own, own_faults
    from tonecheck.coach.store import recording
    from tonecheck.scan.columns import rows_in

    record = desk.open()
    learner = whoever(record, desk.name)
    if scan is not None:
        found, mails = faults_in(rows_in(scan), sender)
        if not mails:
            told = (
                f"no mail of {sender}; tonecheck scan --with-senders keeps addresses" if sender else "no mail"
            )
            raise InputError(f"{scan}: holds {told}")
        with recording(record) as session:
            keep_own(session, learner, found)
        click.echo(f"{mails:,} {'mail' if mails == 1 else 'mails'} counted.")
    elif forget:
        with recording(record) as session:
            forget_own(session, learner)
    with recording(record) as session:
        kept = own_faults(session, learner)
    for fault in kept:
        show(f"{fault.type}: in {fault.mails:,} {'mail' if fault.mails == 1 else 'mails'}", indent="  ")
    show(
        "These are practised more often; --forget ends that." if kept else "Nothing of your own mail is kept."
    )
