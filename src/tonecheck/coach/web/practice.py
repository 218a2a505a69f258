"""Five minutes of practice: an exercise, what there is to say about it, and on to the next."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from starlette.exceptions import HTTPException
from starlette.responses import Response

from tonecheck.coach.answer import SECONDS as CLOCK
from tonecheck.coach.better import pair_of
from tonecheck.coach.case import Case
from tonecheck.coach.choosing import next_for
from tonecheck.coach.exercise import EXERCISES
from tonecheck.coach.progress import keep, past_of
from tonecheck.coach.session import SECONDS, practice_cases
from tonecheck.coach.tables import Attempt
from tonecheck.coach.web.ask import Ask, Section, page
from tonecheck.coach.web.grading import answer_in, better_of, graded, marks_sent
from tonecheck.coach.web.letters import drawn, words_of
from tonecheck.coach.web.notes import draft_notes, written_notes
from tonecheck.errors import InputError

__all__ = ["SECTION"]


def _begin(ask: Ask) -> Response:
    ask.visit.practice = datetime.now(UTC)
    ask.visit.begun.clear()
    return ask.go("/practice")


def _next(ask: Ask) -> Response:
    started, now = ask.visit.practice, datetime.now(UTC)
    if started is None:
        return ask.go("/")
    cases, left = ask.desk.cases(), SECONDS - (now - started).total_seconds()
    with ask.recording() as session:
        task = next_for(session, ask.who, cases, now, started=started, left=left)
        done = sum(one.at >= started for one in past_of(session, ask.who))
    if task is None:
        return ask.show("over.html.j2", done=done)
    return _exercise(ask, task.exercise, task.case)


def _exercise(ask: Ask, exercise: str, case: Case, status: int = 200, problem: str = "") -> Response:
    """The page of one exercise; its clock runs from the first time that it is shown."""
    now = datetime.now(UTC)
    began = ask.visit.begun.setdefault(f"{exercise} {case.id}", now)
    return ask.show(
        f"{exercise}.html.j2",
        status,
        case=case,
        exercise=EXERCISES[exercise],
        words=words_of(case.draft),
        marks=marks_sent(ask, case.draft),
        pair=pair_of(case, better_of(ask, case)) if exercise == "better" else None,
        left=CLOCK - (now - began).total_seconds(),
        sheet=ask.text("sheet") or secrets.token_urlsafe(9),
        action="/practice",
        problem=problem,
    )


def _case(ask: Ask, name: str) -> Case:
    case = next((case for case in practice_cases(ask.desk.cases()) if case.id == name), None)
    if case is None:
        raise HTTPException(404, "This case is not here any more.")
    return case


def _send(ask: Ask) -> Response:
    """Keep an answer before anything is said about it; the same sheet sent twice counts once."""
    exercise, case = ask.text("exercise"), _case(ask, ask.text("case"))
    if exercise not in EXERCISES or not EXERCISES[exercise].skills(case):
        raise HTTPException(400, "There is no such exercise.")
    if (known := ask.visit.kept.get(ask.text("sheet"))) is not None:
        return ask.go(f"/practice/{known}")
    try:
        answer = answer_in(ask, exercise, case)
    except InputError as error:
        return _exercise(ask, exercise, case, 422, str(error))
    now = datetime.now(UTC)
    began = ask.visit.begun.get(f"{exercise} {case.id}", now)
    seconds = (now - began).total_seconds()
    better = better_of(ask, case)
    grade = graded(exercise, case, answer, better=better, seconds=seconds, config=ask.desk.config)
    with ask.recording() as session:
        kept = keep(session, ask.who, exercise, case.id, grade, answer=answer, at=now, seconds=seconds)
    ask.visit.kept[ask.text("sheet")] = kept.id
    ask.visit.begun.pop(f"{exercise} {case.id}", None)
    return ask.go(f"/practice/{kept.id}")


def _feedback(ask: Ask) -> Response:
    with ask.recording() as session:
        attempt = session.get(Attempt, ask.path["attempt"])
    if attempt is None or attempt.learner != ask.who.id or attempt.take is not None:
        raise HTTPException(404, "There is no such exercise of yours.")
    case = _case(ask, attempt.case)
    better = better_of(ask, case)
    grade = graded(
        attempt.exercise,
        case,
        attempt.answer,
        better=better,
        seconds=attempt.seconds,
        config=ask.desk.config,
    )
    pair = pair_of(case, better) if attempt.exercise == "better" else None
    return ask.show(
        "feedback.html.j2",
        attempt=attempt,
        case=case,
        grade=grade,
        pair=pair,
        draft=drawn(case.draft, draft_notes(attempt.exercise, case, attempt.answer)),
        written=drawn(attempt.answer, written_notes(grade)) if grade.places else (),
    )


SECTION = Section(
    "Practice",
    "/practice",
    None,
    (
        page("/practice/begin", _begin, method="POST"),
        page("/practice", _next),
        page("/practice", _send, method="POST"),
        page("/practice/{attempt:int}", _feedback),
    ),
)
