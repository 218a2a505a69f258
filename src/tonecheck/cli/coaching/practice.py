"""A session of practice on a terminal, and one's own progress."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from tonecheck.cli.coaching.asking import ask_choice, ask_moves, ask_spots, ask_text, has_screen
from tonecheck.cli.coaching.keeping import keep_attempt
from tonecheck.cli.coaching.showing import show, show_case, show_grade, show_mail

if TYPE_CHECKING:
    from tonecheck.coach.case import Case
    from tonecheck.coach.grade import Grade
    from tonecheck.coach.session import Task
    from tonecheck.coach.store import Record
    from tonecheck.coach.tables import Learner

__all__ = ["practise", "show_progress"]


def practise(record: Record, learner: Learner, cases: Sequence[Case], seconds: float, *, plain: bool) -> None:
    """Exercise after exercise until the time is over; each is kept as soon as it is done."""
    show("Ctrl-C ends the session; what you did is kept.", dim=True)
    began, kept = time.monotonic(), 0
    try:
        for task in _tasks(record, learner, cases, seconds):
            _practise(record, learner, task, kept + 1, plain=plain)
            kept += 1
    except (click.Abort, KeyboardInterrupt):
        click.echo()
    _farewell(record, learner, kept, time.monotonic() - began)


def _tasks(record: Record, learner: Learner, cases: Sequence[Case], seconds: float) -> Iterator[Task]:
    """What comes next, chosen anew after each exercise, until the time is over."""
    from tonecheck.coach.choosing import next_for
    from tonecheck.coach.store import recording

    started, clock = datetime.now(UTC), time.monotonic()
    while True:
        left = seconds - (time.monotonic() - clock)
        with recording(record) as session:
            task = next_for(session, learner, cases, datetime.now(UTC), started=started, left=left)
        if task is None:
            return
        yield task


def _practise(record: Record, learner: Learner, task: Task, number: int, *, plain: bool) -> None:
    """One exercise, kept before anything is said about it."""
    began = time.monotonic()
    answer, grade = _do(task, number, plain=plain)
    used = time.monotonic() - began
    keep_attempt(record, learner, task.exercise, task.case, grade, answer=answer, seconds=used)
    show_grade(grade)
    _show_good(task)


def _do(task: Task, number: int, *, plain: bool) -> tuple[Any, Grade]:
    """One exercise: the answer as it is kept, and its grade."""
    from tonecheck.coach.exercise import EXERCISES

    click.echo()
    show(f"{number}. {EXERCISES[task.exercise].task}", bold=True, fg="cyan")
    if task.exercise == "better":
        return _better(task.case)
    shown_again = task.exercise in {"spot", "rewrite"} and not plain and has_screen()
    show_case(task.case, draft=task.exercise != "answer" and not shown_again)
    click.echo()
    if task.exercise == "spot":
        from tonecheck.coach.spot import grade_spots

        guesses = ask_spots(task.case.draft, plain=plain)
        return [[g.span.start, g.span.end, g.kind] for g in guesses], grade_spots(task.case, guesses)
    if task.exercise == "missing":
        from tonecheck.coach.missing import grade_missing

        chosen = ask_moves()
        return sorted(chosen), grade_missing(task.case, chosen)
    return _written(task, plain=plain)


def _written(task: Task, *, plain: bool) -> tuple[str, Grade]:
    from tonecheck.checker import checker_for
    from tonecheck.coach.answer import SECONDS, grade_answer
    from tonecheck.coach.rewrite import grade_rewrite

    if task.exercise == "rewrite":
        text = ask_text(task.case.draft, plain=plain)
        return text, grade_rewrite(task.case, text, checker_for())
    show(f"You have {SECONDS // 60} minutes from now.", dim=True)
    began = time.monotonic()
    text = ask_text(plain=plain, seconds=SECONDS)
    return text, grade_answer(task.case, text, checker_for(), time.monotonic() - began)


def _better(case: Case) -> tuple[int, Grade]:
    from secrets import randbelow

    from tonecheck.coach.better import grade_better, pair_of

    pair = pair_of(case, randbelow(2))
    show_case(case, draft=False)
    for number, text in enumerate(pair.texts, 1):
        show_mail(f"Reply {number}", text)
    click.echo()
    chosen = ask_choice()
    return int(chosen == pair.better), grade_better(case, pair, chosen)


def _show_good(task: Task) -> None:
    """The good answers, where the learner has not just read them."""
    if task.exercise == "better" or not task.case.good:
        return
    for answer in task.case.good:
        show_mail("One good answer", answer)


def _farewell(record: Record, learner: Learner, done: int, seconds: float) -> None:
    click.echo()
    if not done:
        show("Nothing was done. Until next time.")
        return
    show(f"{_many(done, 'exercise')} in {seconds / 60:.0f} minutes, {learner.name}. Your record is kept.")
    show_progress(record, learner)


def show_progress(record: Record, learner: Learner) -> None:
    """How much was done, the commonest faults, and what is due next."""
    from tonecheck.coach.grade import skill_name
    from tonecheck.coach.progress import due_of, past_of
    from tonecheck.coach.session import commonest_faults
    from tonecheck.coach.store import recording

    with recording(record) as session:
        past, due = past_of(session, learner), due_of(session, learner)
    if not past:
        show("Nothing was practised yet.")
        return
    now = datetime.now(UTC)
    days = len({done.at.date() for done in past})
    show(f"{_many(len(past), 'exercise')} on {_many(days, 'day')}, {_many(len(due), 'skill')} tried.")
    worst = commonest_faults(past)
    if worst:
        show(f"What you miss most: {', '.join(map(skill_name, worst))}.")
    ready = sum(at <= now for at in due.values())
    skill, at = min(due.items(), key=lambda item: item[1])
    if ready:
        show(f"Due now: {ready} of them.")
    else:
        show(f"Due next: {skill_name(skill)}, on {at.astimezone():%A %-d %B}.")


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
