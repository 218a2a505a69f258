"""The faults that a learner's own mail has, where they allow it: types and counts, never a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tonecheck.coach.tables import Learner, OwnFault
from tonecheck.report import TYPES

__all__ = ["faults_in", "forget_own", "keep_own", "own_faults"]

CHOSEN = 3  # as many as are practised


def faults_in(rows: Iterable[Mapping[str, Any]], sender: str | None = None) -> tuple[Counter[str], int]:
    """In how many mails of a scan each type was found, and how many were read.

    With a `sender` only those count that this address wrote.
    """
    found, mails = Counter[str](), 0
    for row in rows:
        if row.get("error") or (sender and str(row.get("sender") or "").casefold() != sender.casefold()):
            continue
        mails += 1
        found.update({finding["type"] for finding in row["findings"] or ()} & set(TYPES))
    return found, mails


def keep_own(session: Session, learner: Learner, found: Mapping[str, int]) -> None:
    """Keep what was found, in place of what was kept before."""
    forget_own(session, learner)
    session.add_all(
        OwnFault(learner=learner.id, type=kind, mails=mails) for kind, mails in found.items() if mails
    )
    session.flush()


def forget_own(session: Session, learner: Learner) -> None:
    """Nothing of the learner's own mail is kept any more."""
    session.execute(delete(OwnFault).where(OwnFault.learner == learner.id))


def own_faults(session: Session, learner: Learner) -> Sequence[OwnFault]:
    """The types that the learner's own mail has most often, the commonest first."""
    rows = select(OwnFault).where(OwnFault.learner == learner.id)
    return session.scalars(rows.order_by(OwnFault.mails.desc(), OwnFault.type).limit(CHOSEN)).all()
