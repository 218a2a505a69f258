"""The test before and after, on a terminal."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from tonecheck.cli.coaching.asking import ask_spots, has_screen
from tonecheck.cli.coaching.keeping import keep_attempt
from tonecheck.cli.coaching.showing import show, show_case

if TYPE_CHECKING:
    from tonecheck.coach.case import Case
    from tonecheck.coach.measure import Change, Measured
    from tonecheck.coach.store import Record
    from tonecheck.coach.tables import Learner, Take

__all__ = ["show_results", "take_test"]


def take_test(record: Record, learner: Learner, *, plain: bool) -> None:
    """All drafts of a form that are not answered yet; each answer is kept at once."""
    from tonecheck.coach.measure import drafts_of
    from tonecheck.coach.progress import attempts_of, finish_take
    from tonecheck.coach.reading import built_in_cases
    from tonecheck.coach.store import recording

    take = _take(record, learner)
    drafts = drafts_of(built_in_cases(), take.form)
    with recording(record) as session:
        answered = {attempt.case for attempt in attempts_of(session, learner, take)}
    try:
        for number, case in enumerate(drafts, 1):
            if case.id not in answered:
                click.echo()
                show(f"Draft {number} of {len(drafts)}. Some are good as they are.", bold=True, fg="cyan")
                _answer(record, learner, take, case, plain=plain)
    except (click.Abort, KeyboardInterrupt):
        click.echo()
        show("Your answers are kept; tonecheck coach test goes on from here.")
        raise click.exceptions.Exit(1) from None
    with recording(record) as session:
        finish_take(session, take, datetime.now(UTC))


def _answer(record: Record, learner: Learner, take: Take, case: Case, *, plain: bool) -> None:
    """One draft of the test: asked, kept, and not a word about it."""
    from tonecheck.coach.spot import grade_spots

    show_case(case, draft=plain or not has_screen())
    click.echo()
    began = time.monotonic()
    guesses = ask_spots(case.draft, plain=plain)
    used = time.monotonic() - began
    answer = [[g.span.start, g.span.end, g.kind] for g in guesses]
    grade = grade_spots(case, guesses)
    keep_attempt(record, learner, "spot", case, grade, answer=answer, seconds=used, take=take)


def _take(record: Record, learner: Learner) -> Take:
    """The test that was broken off, or a new one on the other form."""
    from tonecheck.coach.measure import next_form
    from tonecheck.coach.progress import start_take, takes_of, unfinished_take
    from tonecheck.coach.store import recording

    with recording(record) as session:
        going = unfinished_take(session, learner)
        if going is not None:
            show(f"Going on with form {going.form}, begun on {going.started.astimezone():%A %-d %B}.")
            return going
        form = next_form(learner.id, [take.form for take in takes_of(session, learner)])
        return start_take(session, learner, form, datetime.now(UTC))


def show_results(record: Record, learner: Learner) -> None:
    """The latest test, and what changed since the first one."""
    from tonecheck.coach.measure import changes, items_of, measured
    from tonecheck.coach.progress import attempts_of, takes_of
    from tonecheck.coach.reading import built_in_cases
    from tonecheck.coach.store import recording

    with recording(record) as session:
        takes = takes_of(session, learner)
        items = [items_of(attempts_of(session, learner, take), built_in_cases()) for take in takes]
    click.echo()
    if not takes:
        show("No test was finished yet; tonecheck coach test begins one.")
        return
    last = takes[-1]
    show(f"Form {last.form}, {last.started.astimezone():%-d %B %Y}: twelve drafts", bold=True)
    for measure in measured(items[-1]):
        _show_measure(measure)
    if len(takes) == 1:
        show(
            "The brackets are 95 % intervals. Practise, then take the test again: it will have other drafts.",
            dim=True,
        )
        return
    click.echo()
    show(f"Since the first test, {takes[0].started.astimezone():%-d %B %Y}, form {takes[0].form}", bold=True)
    for change in changes(items[0], items[-1]):
        _show_change(change)
    if last.form in [take.form for take in takes[:-1]]:
        show("You had seen these drafts before, so some of the change may be memory.", fg="yellow")


def _show_measure(measure: Measured) -> None:
    click.echo(
        f"  {measure.name:<24}{_percent(measure.value)}  [{_percent(measure.low)} to {_percent(measure.high)}]"
    )


def _show_change(change: Change) -> None:
    told = "" if change.is_shown else "  no change shown: chance alone could do this"
    values = f"{_percent(change.before.value)} to {_percent(change.after.value)}"
    interval = f"[{100 * change.low:+.0f} to {100 * change.high:+.0f}]"
    click.echo(f"  {change.name:<24}{values}  {100 * change.value:+4.0f} {interval}{told}")


def _percent(value: float) -> str:
    return f"{100 * value:3.0f} %"
