"""A learner's own record: what was done, when each skill is due, and the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tonecheck.coach.grade import Grade
from tonecheck.coach.session import Past
from tonecheck.coach.tables import Attempt, Learner, Skill, Take

__all__ = [
    "attempts_of",
    "due_of",
    "finish_take",
    "keep",
    "past_of",
    "start_take",
    "takes_of",
    "unfinished_take",
]


def keep(
    session: Session,
    learner: Learner,
    exercise: str,
    case: str,
    grade: Grade,
    *,
    answer: Any,
    at: datetime,
    seconds: float,
    take: Take | None = None,
) -> Attempt:
    """Keep one exercise that was done; practice moves the dates of its skills on, a test does not."""
    attempt = Attempt(
        learner=learner.id,
        take=take.id if take else None,
        exercise=exercise,
        case=case,
        at=at,
        seconds=seconds,
        score=grade.score,
        answer=answer,
        skills=dict(grade.skills),
    )
    session.add(attempt)
    if take is None:
        _move_on(session, learner, grade.skills, at)
    session.flush()
    return attempt


def _move_on(session: Session, learner: Learner, skills: Mapping[str, float], at: datetime) -> None:
    from tonecheck.coach.schedule import reviewed

    for skill, score in skills.items():
        known = session.get(Skill, (learner.id, skill))
        card, due = reviewed(known.card if known else None, score, at)
        session.merge(Skill(learner=learner.id, skill=skill, card=card, due=due))


def attempts_of(session: Session, learner: Learner, take: Take | None = None) -> Sequence[Attempt]:
    """What the learner did in practice, or in one take of the test, in order."""
    which = Attempt.take.is_(None) if take is None else Attempt.take == take.id
    rows = select(Attempt).where(Attempt.learner == learner.id, which).order_by(Attempt.at, Attempt.id)
    return session.scalars(rows).all()


def past_of(session: Session, learner: Learner) -> tuple[Past, ...]:
    """The same as the choice of the next exercise needs it."""
    return tuple(Past(a.exercise, a.case, a.at, a.skills) for a in attempts_of(session, learner))


def due_of(session: Session, learner: Learner) -> dict[str, datetime]:
    """When each skill that was ever tried is due."""
    rows = session.scalars(select(Skill).where(Skill.learner == learner.id))
    return {row.skill: row.due for row in rows}


def start_take(session: Session, learner: Learner, form: str, at: datetime) -> Take:
    """A test that begins now."""
    take = Take(learner=learner.id, form=form, started=at)
    session.add(take)
    session.flush()
    return take


def unfinished_take(session: Session, learner: Learner) -> Take | None:
    """The learner's latest test, if it was broken off."""
    rows = select(Take).where(Take.learner == learner.id).order_by(Take.started.desc(), Take.id.desc())
    latest = session.scalars(rows.limit(1)).first()
    return latest if latest is not None and latest.finished is None else None


def finish_take(session: Session, take: Take, at: datetime) -> None:
    """A test that is done; from now on it counts."""
    session.merge(take).finished = at


def takes_of(session: Session, learner: Learner) -> Sequence[Take]:
    """The learner's finished tests, in order."""
    rows = select(Take).where(Take.learner == learner.id, Take.finished.is_not(None)).order_by(Take.started)
    return session.scalars(rows).all()
