"""The team's cases in the record as exercises know them."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tonecheck.coach.case import Case, Mark, ratings_by
from tonecheck.coach.reviewing import MARKED, TO_REVIEW, must_be_trainer
from tonecheck.coach.tables import Learner, TeamCase
from tonecheck.report import Severity, Span

__all__ = ["as_case", "listed", "marks_of", "team_cases"]

FIRST_WORDS = 300  # characters


def marks_of(case: TeamCase) -> tuple[Mark, ...]:
    """The marks of a case, in order of place."""
    return tuple(
        Mark(Span(start, end), kind, Severity(severity), why)
        for start, end, kind, severity, why in case.marks
    )


def as_case(case: TeamCase) -> Case:
    """The case as exercises know it."""
    marks = marks_of(case)
    return Case(
        id=f"team-{case.id}", trade=case.trade, kind="reply", client=case.client, draft=case.reply, marks=marks, fine=(),
        ratings=ratings_by(marks), there=frozenset(case.there), missing=frozenset(case.missing), good=tuple(case.good),
    )  # fmt: skip


def team_cases(session: Session) -> tuple[Case, ...]:
    """What the team may practise on: its cases that were cleared and marked."""
    rows = session.scalars(select(TeamCase).where(TeamCase.state == MARKED).order_by(TeamCase.id))
    return tuple(map(as_case, rows))


def listed(
    session: Session, trainer: Learner, state: str, most: int
) -> tuple[int, tuple[tuple[int, str], ...]]:
    """How many cases of a state the trainer may see, and of the first ones number and first words.

    A year's mail may be waiting for review; no more of it is read than is shown.
    """
    must_be_trainer(trainer)
    seen = select(TeamCase).where(TeamCase.state == state)
    if state == TO_REVIEW:
        seen = seen.where(TeamCase.trainer == trainer.id)
    count = session.scalar(select(func.count()).select_from(seen.subquery())) or 0
    told = func.substr(TeamCase.client, 1, FIRST_WORDS)
    rows = session.execute(seen.with_only_columns(TeamCase.id, told).order_by(TeamCase.id).limit(most))
    return count, tuple((number, words) for number, words in rows)
