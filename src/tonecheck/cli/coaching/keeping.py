"""Keeping what a learner did, also where the record is busy or the disk is full for a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from tonecheck.cli.coaching.showing import show
from tonecheck.errors import RecordError

if TYPE_CHECKING:
    from tonecheck.coach.case import Case
    from tonecheck.coach.grade import Grade
    from tonecheck.coach.store import Record
    from tonecheck.coach.tables import Learner, Take

__all__ = ["keep_attempt"]


def keep_attempt(
    record: Record,
    learner: Learner,
    exercise: str,
    case: Case,
    grade: Grade,
    *,
    answer: Any,
    seconds: float,
    take: Take | None = None,
) -> None:
    """Keep one exercise; where that fails, say why and ask whether to try again.

    Raises RecordError if the learner does not want to.
    """
    from tonecheck.coach.progress import keep
    from tonecheck.coach.store import recording

    at = datetime.now(UTC)
    while True:
        try:
            with recording(record) as session:
                keep(
                    session,
                    learner,
                    exercise,
                    case.id,
                    grade,
                    answer=answer,
                    at=at,
                    seconds=seconds,
                    take=take,
                )
            return
        except RecordError as error:
            show(f"Your answer is not kept yet. {error}", fg="yellow")
            if not click.confirm("Try again?", default=True):
                raise
