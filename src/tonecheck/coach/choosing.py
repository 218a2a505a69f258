"""What a learner does next, by all that the record knows of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tonecheck.coach.case import Case
from tonecheck.coach.own_mail import own_faults
from tonecheck.coach.progress import due_of, past_of
from tonecheck.coach.session import Task, next_task
from tonecheck.coach.sets import left_of
from tonecheck.coach.tables import Learner

__all__ = ["next_for"]


def next_for(
    session: Session,
    learner: Learner,
    cases: Sequence[Case],
    now: datetime,
    *,
    started: datetime,
    left: float,
) -> Task | None:
    """The next exercise of a session that started at `started` and has `left` seconds; None when it is over."""
    return next_task(
        cases,
        past_of(session, learner),
        due_of(session, learner),
        now,
        started=started,
        left=left,
        own=[fault.type for fault in own_faults(session, learner)],
        given=left_of(session, learner),
    )
