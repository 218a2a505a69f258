"""`tonecheck coach`: five minutes of practice, and the test before and after."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonecheck.cli.coaching import leading, saving
from tonecheck.cli.coaching.joining import invited_learner, new_learner, whoever
from tonecheck.cli.coaching.own import own
from tonecheck.cli.coaching.serving import serve
from tonecheck.cli.coaching.team import import_, review
from tonecheck.cli.reading import style, utf8_output
from tonecheck.errors import TonecheckError

if TYPE_CHECKING:
    from tonecheck.coach.case import Case
    from tonecheck.coach.store import Record

__all__ = ["coach"]


@dataclass(frozen=True)
class Desk:
    """What the options of `tonecheck coach` say."""

    record: str | None
    folder: Path | None
    name: str | None
    plain: bool

    def cases(self) -> tuple[Case, ...]:
        """Our cases and those of the team's folder."""
        from tonecheck.coach.reading import all_cases

        return all_cases(self.folder)

    def cases_with(self, record: Record) -> tuple[Case, ...]:
        """The same, and the team's cases in the record."""
        from tonecheck.coach.store import recording
        from tonecheck.coach.team_cases import team_cases

        with recording(record) as session:
            return (*self.cases(), *team_cases(session))

    def open(self) -> Record:
        """The training record."""
        try:
            from tonecheck.coach.store import open_record
        except ModuleNotFoundError as missing:
            raise TonecheckError(
                f"the coach needs {missing.name}; pip install 'tonecheck[coach]' brings it"
            ) from None
        return open_record(self.record)


@click.group(invoke_without_command=True, epilog="Example: tonecheck coach --minutes 5")
@click.option(
    "--record",
    metavar="FILE|URL",
    envvar="TONECHECK_RECORD",
    help="The training record: a file, or postgresql://… [default: a file of your own]",
)
@click.option(
    "--cases",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with cases of your team, besides the built-in ones.",
)
@click.option("--name", help="Who practises. [default: asked]")
@click.option("--minutes", type=click.FloatRange(1, 60), default=5, show_default=True, help="How long.")
@click.option("--plain", is_flag=True, help="Type words and texts line by line; no editor, no cursor keys.")
@click.pass_context
def coach(
    ctx: click.Context, record: str | None, folder: Path | None, name: str | None, minutes: float, plain: bool
) -> None:
    """Practise on real cases: five minutes a day.

    Marks the words that a client takes amiss, finds what is missing, rewrites and
    answers. What you miss comes back after days. Your record is a file of your own,
    unless you name another.
    """
    utf8_output()
    ctx.obj = desk = Desk(record, folder, name, plain)
    if ctx.invoked_subcommand is None:
        from tonecheck.cli.coaching.practice import practise

        desk.cases()  # a wrong case is told before a record is made
        opened = desk.open()
        learner = whoever(opened, desk.name)
        practise(opened, learner, desk.cases_with(opened), minutes * 60, plain=desk.plain)


@coach.command(epilog="Example: tonecheck coach test")
@click.option("--report", "only_report", is_flag=True, help="Only show the results so far.")
@click.pass_obj
def test(desk: Desk, only_report: bool) -> None:
    """Take the test: twelve drafts, about twelve minutes.

    Take it before you practise and again some weeks later, then on other drafts.
    There is no feedback on single drafts; a test that is broken off goes on where it stopped.
    """
    from tonecheck.cli.coaching.testing import show_results, take_test

    record = desk.open()
    learner = whoever(record, desk.name)
    if not only_report:
        take_test(record, learner, plain=desk.plain)
    show_results(record, learner)


@coach.command(epilog="Example: tonecheck coach join Ann --role trainer")
@click.argument("name")
@click.option("--role", type=click.Choice(["learner", "trainer"]), default="learner", show_default=True)
@click.option("--code", help="The code of an invitation.")
@click.pass_obj
def join(desk: Desk, name: str, role: str, code: str | None) -> None:
    """Add a learner or a trainer, with a passphrase.

    With --code you take up a trainer's invitation, as a learner.
    """
    record = desk.open()
    learner = new_learner(record, name, role) if code is None else invited_learner(record, name, code)
    click.echo(f"{learner.name} has joined as {learner.role}.")


@coach.command(epilog="Example: tonecheck coach progress")
@click.pass_obj
def progress(desk: Desk) -> None:
    """Show what you did, what is due, and your commonest faults."""
    from tonecheck.cli.coaching.practice import show_progress

    record = desk.open()
    show_progress(record, whoever(record, desk.name))


@coach.command(epilog="Example: tonecheck coach cases ./our-cases")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
def cases(folder: Path | None) -> None:
    """Read cases and say where the checker disagrees.

    Reads the built-in cases, or those in FOLDER. Exits with 1 if a good answer scores above the limit, 2 if a case cannot be read.
    """
    from tonecheck.checker import Checker
    from tonecheck.coach.agreement import above_limit, disagreements
    from tonecheck.coach.reading import built_in_cases, cases_in
    from tonecheck.mail.draft import draft_of

    found = cases_in(folder) if folder else built_in_cases()
    checker, over = Checker(), 0
    for case in found:
        for disagreement in disagreements(case, checker):
            click.echo(str(disagreement))
        for answer in case.answers:
            for fault in above_limit(checker.check(draft_of(answer, client=case.client)), checker.config):
                click.echo(style(f"{case.id}: a good answer scores above the limit of {fault}", fg="red"))
                over += 1
    click.echo(f"{len(found)} cases read.")
    raise SystemExit(int(over > 0))


for command in (
    serve,
    import_,
    review,
    own,
    leading.team,
    leading.set_,
    leading.invite,
    leading.share,
    leading.divided,
    leading.export,
    saving.backup,
    saving.restore,
):
    coach.add_command(command)
