"""Where the team stands, as a terminal shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonecheck.cli.coaching.showing import show
from tonecheck.errors import TonecheckError

if TYPE_CHECKING:
    from tonecheck.coach.store import Record
    from tonecheck.coach.tables import Learner
    from tonecheck.coach.team import Figure

__all__ = ["show_change", "show_own_sets", "show_shared", "show_standings", "show_team", "write_plot"]

TOO_FEW = "Figures come from five people up; there are not that many yet whose weeks are over."
CAVEAT = (
    "Each is the mean of people, held between 5 and 95, with a 95 % interval. Practice brings back what goes "
    "wrong, so these tell what is hard; whether people get better, the test tells."
)
DAY = timedelta(days=1)


def show_team(figures: Sequence[Figure]) -> None:
    """Every figure of the team."""
    from tonecheck.coach.team_tables import area_name

    show("Where the team stands, of a hundred", bold=True)
    if not figures:
        show(TOO_FEW)
        return
    area = None
    for figure in figures:
        if figure.area != area:
            area = figure.area
            show(area_name(area), indent="  ")
        days = f"{figure.since:%-d %b} to {figure.until - DAY:%-d %b %Y}"
        interval = f"[{100 * figure.low:.0f} to {100 * figure.high:.0f}]"
        click.echo(f"    {days:<24}{100 * figure.value:3.0f}  {interval:<12} {figure.people} people")
    show(CAVEAT, dim=True)


def show_shared(record: Record) -> None:
    """The learners who share their record."""
    from tonecheck.coach.store import recording
    from tonecheck.coach.team import own_figures
    from tonecheck.coach.team_tables import area_name

    click.echo()
    show("Who shares their record", bold=True)
    with recording(record) as session:
        shared = own_figures(session)
    if not shared:
        show("Nobody at present; a learner can, with tonecheck coach share --with-trainer.")
    for name, mine in shared.items():
        told = ", ".join(f"{area_name(area)} {100 * value:.0f}" for area, value in mine.items())
        show(f"{name}: {told or 'nothing was practised since'}", indent="  ")


def show_standings(record: Record) -> None:
    """Every set, as far as a trainer may know how it goes."""
    from tonecheck.coach.sets import sets, standing_of
    from tonecheck.coach.store import recording

    click.echo()
    show("Sets", bold=True)
    with recording(record) as session:
        standings = [standing_of(session, row) for row in sets(session)]
    if not standings:
        show("None; tonecheck coach set new makes one.")
    for standing in standings:
        row = standing.set
        count = len(row.cases)
        whom = "all" if row.for_all else "some"
        show(
            f"{row.id}  {row.title}: {count} {'case' if count == 1 else 'cases'} by "
            f"{row.deadline.astimezone():%-d %B %Y}, for {whom} ({standing.people})",
            indent="  ",
        )
        if standing.finished is not None:
            show(f"finished by {standing.finished} or more, counted in fives", indent="    ")
        for name, done in standing.shared:
            show(f"{name}: {done} of {count}", indent="    ")


def show_own_sets(record: Record, learner: Learner) -> None:
    """The learner's sets, and what is left to do."""
    from tonecheck.coach.sets import sets_of
    from tonecheck.coach.store import recording

    with recording(record) as session:
        rows = sets_of(session, learner)
    if not rows:
        show("No set is yours at present.")
    for row in rows:
        show(
            f"{row.set.title}: {row.done} of {len(row.set.cases)} done, by "
            f"{row.set.deadline.astimezone():%A %-d %B %Y}"
        )


def show_change(record: Record) -> None:
    """The team's test before and after."""
    from tonecheck.coach.before_after import group_changes, pairs_of_team
    from tonecheck.coach.reading import built_in_cases
    from tonecheck.coach.store import recording

    click.echo()
    show("The test before and after", bold=True)
    with recording(record) as session:
        changes = group_changes(pairs_of_team(session, built_in_cases()))
    if not changes:
        show("Five people or more who have taken the test twice are needed; there are not that many yet.")
        return
    for change in changes:
        values = f"{100 * change.before:3.0f} to {100 * change.after:3.0f}"
        interval = f"[{100 * change.low:+.0f} to {100 * change.high:+.0f}]"
        told = "" if change.is_shown else "  the interval includes zero: no change shown"
        click.echo(f"  {change.name:<24}{values}  {100 * change.value:+4.0f} {interval}{told}")
    show(
        f"{changes[0].people} people, each against themselves; in brackets 95 % bootstrap intervals of the "
        "mean difference. Without a group that did not practise, a change may have other causes.",
        dim=True,
    )


def write_plot(path: Path, figures: Sequence[Figure]) -> None:
    """The plots of faults and moves in one file that stands alone."""
    try:
        from tonecheck.coach.team_plots import fault_plot, move_plot, stand_alone
    except ModuleNotFoundError as missing:
        raise TonecheckError(f"plots need {missing.name}; pip install 'tonecheck[plots]' brings it") from None
    try:
        path.write_text(stand_alone(fault_plot(figures), move_plot(figures)), "utf8")
    except OSError as error:
        raise TonecheckError(f"{path}: cannot be written: {error.strerror or error}") from None
    click.echo(f"The plots are in {path}.")
