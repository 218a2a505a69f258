"""The team's cases in the record as exercises know them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tonecheck.coach.case import Case, Mark, ratings_by
from tonecheck.coach.reviewing import MARKED
from tonecheck.coach.tables import TeamCase
from tonecheck.report import Severity, Span

__all__ = ["as_case", "marks_of", "team_cases"]


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
