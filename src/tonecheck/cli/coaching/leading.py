"""What trainers do on a terminal: invite, set cases, see where the team stands, and export it."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonecheck.cli.coaching.joining import some_trainer, whoever
from tonecheck.cli.coaching.showing import show
from tonecheck.errors import TonecheckError

if TYPE_CHECKING:
    from tonecheck.cli.coach import Desk

__all__ = ["divided", "export", "invite", "set_", "share", "team"]


@click.command(epilog="Example: tonecheck coach --name Tess invite Ann")
@click.argument("name")
@click.pass_obj
def invite(desk: Desk, name: str) -> None:
    """Print a code with which NAME can join, once, within seven days.

    NAME types it into tonecheck coach join NAME --code CODE, or into the page, and
    chooses a passphrase. A new code for the same name makes the old one void.
    """
    from tonecheck.coach.inviting import VALID
    from tonecheck.coach.inviting import invite as invited
    from tonecheck.coach.store import recording

    record = desk.open()
    some_trainer(record, desk.name)
    now = datetime.now(UTC)
    with recording(record) as session:
        code = invited(session, name, now)
    click.echo(code)
    show(f"For {name}, once, until {(now + VALID).astimezone():%A %-d %B %Y, %H:%M}.", dim=True)


@click.command(epilog="Example: tonecheck coach share --with-trainer")
@click.option("--with-trainer", "wanted", flag_value="share", help="Trainers see what you do from now on.")
@click.option("--stop", "wanted", flag_value="stop", help="Trainers see nothing of yours any more.")
@click.pass_obj
def share(desk: Desk, wanted: str | None) -> None:
    """Let trainers see your own record, or no longer.

    Your record is private unless you share it. Either way it counts in the team's
    figures, which are of five people or more.
    """
    from tonecheck.coach.sharing import share as share_it
    from tonecheck.coach.sharing import sharing, stop_sharing
    from tonecheck.coach.store import recording

    record = desk.open()
    learner, now = whoever(record, desk.name), datetime.now(UTC)
    with recording(record) as session:
        if wanted == "share":
            share_it(session, learner, now)
        elif wanted == "stop":
            stop_sharing(session, learner, now)
        shares = sharing(session).shares_now(learner.id)
    if shares:
        show("Trainers see what you do since you share it; tonecheck coach share --stop ends that.")
    else:
        show("Your record is private: trainers see nothing of it but the team's figures.")


@click.command(epilog="Example: tonecheck coach --name Tess team --plot team.svg")
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), help="Write the plots to an SVG file."
)
@click.pass_obj
def team(desk: Desk, plot: Path | None) -> None:
    """Show where the team stands, by fault and by move, over the weeks.

    Each figure is of five people or more and of whole weeks that are over. Then come
    the learners who share their record, the sets, and the test before and after.
    """
    from tonecheck.cli.coaching.standing import show_change, show_shared, show_standings, show_team
    from tonecheck.coach.store import recording
    from tonecheck.coach.team import figures, tries_of_team

    record = desk.open()
    some_trainer(record, desk.name)
    with recording(record) as session:
        found = figures(tries_of_team(session), datetime.now(UTC))
    show_team(found)
    show_shared(record)
    show_standings(record)
    show_change(record)
    if plot is not None:
        from tonecheck.cli.coaching.standing import write_plot

        write_plot(plot, found)


@click.command(epilog="Example: tonecheck coach --name Tess divided")
@click.pass_obj
def divided(desk: Desk) -> None:
    """Show the words that some mark and others leave.

    Counts the first try of each learner, in fives. tonecheck coach export divided FILE
    writes them down as candidates for rules.
    """
    from tonecheck.coach.divided import answers_of_team
    from tonecheck.coach.divided import divided as passages
    from tonecheck.coach.store import recording

    record = desk.open()
    some_trainer(record, desk.name)
    cases = desk.cases_with(record)
    with recording(record) as session:
        found = passages(cases, answers_of_team(session))
    if not found:
        show("Nothing to show: no case that five people have done divides them.")
    for passage in found:
        told = f"{passage.marked} of {passage.people} marked it"
        besides = "" if passage.in_key else ", not in the key"
        show(f"{passage.case}: “{passage.words}”")
        show(f"{told}, {passage.type}{besides}; {100 * passage.agreement:.0f} % agree", indent="  ")


@click.command(epilog="Example: tonecheck coach --name Tess export divided candidates.jsonl")
@click.argument("what", type=click.Choice(["team", "divided"]))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def export(desk: Desk, what: str, file: Path) -> None:
    """Write the team's figures, or what divides people, to FILE.

    FILE ends in .csv or .jsonl.
    """
    from tonecheck.coach.divided import answers_of_team
    from tonecheck.coach.divided import divided as passages
    from tonecheck.coach.store import recording
    from tonecheck.coach.team import figures, tries_of_team
    from tonecheck.coach.team_tables import FIGURE, FORMATS, PASSAGE, figure_rows, passage_rows, written

    kind = file.suffix.lower().lstrip(".")
    if kind not in FORMATS:
        raise TonecheckError(f"{file}: ends in neither .csv nor .jsonl; name one of these")
    record = desk.open()
    some_trainer(record, desk.name)
    names: tuple[str, ...]
    cases = desk.cases_with(record)
    with recording(record) as session:
        if what == "team":
            rows, names = figure_rows(figures(tries_of_team(session), datetime.now(UTC))), FIGURE
        else:
            rows, names = passage_rows(passages(cases, answers_of_team(session))), PASSAGE
    try:
        file.write_text(written(rows, names, kind), "utf8")
    except OSError as error:
        raise TonecheckError(f"{file}: cannot be written: {error.strerror or error}") from None
    told = "" if rows else " There is nothing that five people have done yet."
    click.echo(f"{len(rows)} {'row' if len(rows) == 1 else 'rows'} in {file}.{told}")


@click.group("set", epilog="Example: tonecheck coach set list")
def set_() -> None:
    """Give learners cases to practise by a day."""


@set_.command(epilog="Example: tonecheck coach --name Tess set new Refusals late-cake --by 2027-03-31")
@click.argument("title")
@click.argument("cases", nargs=-1, required=True)
@click.option("--by", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day.")
@click.option("--for", "names", multiple=True, metavar="NAME", help="Only for NAME; may be repeated.")
@click.pass_obj
def new(desk: Desk, title: str, cases: tuple[str, ...], by: datetime, names: tuple[str, ...]) -> None:
    """Make a set of CASES, for all learners or only some."""
    from tonecheck.coach.sets import make_set
    from tonecheck.coach.store import recording

    record = desk.open()
    some_trainer(record, desk.name)
    end = datetime.combine(by.date(), time(23, 59, 59)).astimezone()
    known = desk.cases_with(record)
    with recording(record) as session:
        made = make_set(session, title, cases, known, deadline=end, now=datetime.now(UTC), names=names)
    click.echo(f"Set {made.id}, {made.title}, by {end:%A %-d %B %Y}.")


@set_.command("list", epilog="Example: tonecheck coach --name Ann set list")
@click.pass_obj
def list_(desk: Desk) -> None:
    """Show your sets; to a trainer, all of them and how far people are."""
    from tonecheck.cli.coaching.standing import show_own_sets, show_standings
    from tonecheck.coach.learners import TRAINER

    record = desk.open()
    learner = whoever(record, desk.name)
    show_own_sets(record, learner)
    if learner.role == TRAINER:
        show_standings(record)


@set_.command(epilog="Example: tonecheck coach set cases")
@click.pass_obj
def cases(desk: Desk) -> None:
    """List the cases that a set may hold."""
    from tonecheck.coach.session import practice_cases

    for case in practice_cases(desk.cases_with(desk.open())):
        click.echo(f"{case.id}  ({case.trade}, {case.kind})")


@set_.command(epilog="Example: tonecheck coach --name Tess set remove 2")
@click.argument("number", type=int)
@click.pass_obj
def remove(desk: Desk, number: int) -> None:
    """Remove the set of this NUMBER; what was practised stays."""
    from tonecheck.coach.sets import remove_set
    from tonecheck.coach.store import recording

    record = desk.open()
    some_trainer(record, desk.name)
    with recording(record) as session:
        gone = remove_set(session, number)
    click.echo(f"Set {number}, {gone.title}, is removed.")
