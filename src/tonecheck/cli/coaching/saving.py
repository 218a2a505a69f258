"""`tonecheck coach backup` and `restore`: the record in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tonecheck.cli.coach import Desk

__all__ = ["backup", "restore"]


@click.command(epilog="Example: tonecheck coach backup coach-2027-03-01.zip")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(desk: Desk, file: Path) -> None:
    """Write the whole record to FILE, also while others use it.

    The same file fits a record in a file and one in PostgreSQL. Keep it as safe as the
    record: it holds what learners wrote.
    """
    record = desk.open()
    from tonecheck.coach.backup import back_up

    count = back_up(record, file)
    click.echo(f"{count} {'row' if count == 1 else 'rows'} in {file}.")


@click.command(epilog="Example: tonecheck coach restore coach-2027-03-01.zip")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--replace", is_flag=True, help="Lose what the record holds now.")
@click.pass_obj
def restore(desk: Desk, file: Path, replace: bool) -> None:
    """Bring a record back from FILE, all of it or nothing."""
    record = desk.open()
    from tonecheck.coach.backup import restore as bring_back

    count = bring_back(record, file, replace=replace)
    click.echo(f"{count} {'row is' if count == 1 else 'rows are'} back.")
