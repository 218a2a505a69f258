"""The test before and after: twelve drafts, no feedback, then figures with their intervals."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import Response

from tonecheck.coach.case import Case
from tonecheck.coach.measure import changes, drafts_of, items_of, measured, next_form
from tonecheck.coach.progress import (
    attempts_of,
    finish_take,
    keep,
    start_take,
    takes_of,
    unfinished_take,
)
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.spot import Guess, grade_spots
from tonecheck.coach.tables import Take
from tonecheck.coach.web.ask import LEARNER, Ask, Section, page
from tonecheck.coach.web.grading import answer_in, marks_sent
from tonecheck.coach.web.letters import words_of
from tonecheck.errors import InputError
from tonecheck.report import Span

__all__ = ["SECTION"]


def _results(ask: Ask) -> Response:
    """The latest test, and what changed since the first one."""
    with ask.recording() as session:
        takes = takes_of(session, ask.who)
        going = unfinished_take(session, ask.who)
        items = [items_of(attempts_of(session, ask.who, take), built_in_cases()) for take in takes]
    return ask.show(
        "test.html.j2",
        takes=takes,
        going=going,
        measures=measured(items[-1]) if items else (),
        changes=changes(items[0], items[-1]) if len(items) > 1 else (),
        seen_before=bool(takes) and takes[-1].form in [take.form for take in takes[:-1]],
    )


def _begin(ask: Ask) -> Response:
    with ask.recording() as session:
        if unfinished_take(session, ask.who) is None:
            form = next_form(ask.who.id, [take.form for take in takes_of(session, ask.who)])
            start_take(session, ask.who, form, datetime.now(UTC))
    return ask.go("/test/draft")


def _open(ask: Ask) -> tuple[Take, list[Case]] | None:
    """The test under way and its drafts that are not answered yet."""
    with ask.recording() as session:
        take = unfinished_take(session, ask.who)
        if take is None:
            return None
        answered = {attempt.case for attempt in attempts_of(session, ask.who, take)}
    drafts = drafts_of(built_in_cases(), take.form)
    return take, [case for case in drafts if case.id not in answered]


def _draft(ask: Ask, status: int = 200, problem: str = "") -> Response:
    going = _open(ask)
    if going is None:
        return ask.go("/test")
    take, left = going
    if not left:
        with ask.recording() as session:
            finish_take(session, take, datetime.now(UTC))
        return ask.go("/test")
    whole = len(drafts_of(built_in_cases(), take.form))
    ask.visit.begun.setdefault(f"test {left[0].id}", datetime.now(UTC))
    return ask.show(
        "spot.html.j2",
        status,
        case=left[0],
        words=words_of(left[0].draft),
        marks=marks_sent(ask, left[0].draft),
        title=f"Draft {whole - len(left) + 1} of {whole}",
        action="/test/draft",
        problem=problem,
    )


def _send(ask: Ask) -> Response:
    """Keep an answer, and say not a word about it; a draft that is answered already stays as it was."""
    going = _open(ask)
    case = next((case for case in going[1] if case.id == ask.text("case")), None) if going else None
    if going is None or case is None:
        return ask.go("/test/draft")
    try:
        answer = answer_in(ask, "spot", case)
    except InputError as error:
        return _draft(ask, 422, str(error))
    now = datetime.now(UTC)
    seconds = (now - ask.visit.begun.get(f"test {case.id}", now)).total_seconds()
    grade = grade_spots(case, [Guess(Span(start, end), kind) for start, end, kind in answer])
    with ask.recording() as session:
        keep(session, ask.who, "spot", case.id, grade, answer=answer, at=now, seconds=seconds, take=going[0])
    return ask.go("/test/draft")


SECTION = Section(
    "Test",
    "/test",
    LEARNER,
    (
        page("/test", _results),
        page("/test/begin", _begin, method="POST"),
        page("/test/draft", _draft),
        page("/test/draft", _send, method="POST"),
    ),
)
