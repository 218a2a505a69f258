"""Who may see what: a learner's own record is private, and a group has five people or more.

Sharing begins with what is done from then on: what went before was done under the promise that
nobody sees it, and has gone into the group's figures. Withdrawing hides all of it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tonecheck.coach.tables import Learner, Share

__all__ = ["FIVE", "Sharing", "is_group", "share", "sharing", "stop_sharing"]

FIVE = 5  # people without whom there is no group


def is_group(private: int, shared: int) -> bool:
    """Whether figures may be shown of so many people whose records are private, and so many who share theirs.

    Who sees the shared ones could take them away, so those that are left are none, or five or more.
    """
    return private + shared >= FIVE and (private == 0 or private >= FIVE)


def share(session: Session, learner: Learner, now: datetime) -> None:
    """From now on trainers see what the learner does."""
    if _open(session, learner) is None:
        session.add(Share(learner=learner.id, since=now, until=None))
        session.flush()


def stop_sharing(session: Session, learner: Learner, now: datetime) -> None:
    """From now on trainers see nothing of the learner, also not what they could see."""
    going = _open(session, learner)
    if going is not None:
        going.until = now
        session.flush()


def _open(session: Session, learner: Learner) -> Share | None:
    return session.scalars(select(Share).where(Share.learner == learner.id, Share.until.is_(None))).first()


@dataclass(frozen=True, slots=True)
class Sharing:
    """Through which times each learner shared, from the first moment to the one after the last."""

    times: Mapping[int, Iterable[tuple[datetime, datetime | None]]]

    def was_seen(self, learner: int, at: datetime) -> bool:
        """Whether trainers could see what the learner did then, at that time."""
        return any(
            since <= at and (until is None or at < until) for since, until in self.times.get(learner, ())
        )

    def is_seen(self, learner: int, at: datetime) -> bool:
        """Whether trainers can see now what the learner did then: nothing, once that was withdrawn."""
        return self.was_seen(learner, at) and self.shares_now(learner)

    def shares_now(self, learner: int) -> bool:
        """Whether the learner shares at present."""
        return any(until is None for _, until in self.times.get(learner, ()))


def sharing(session: Session) -> Sharing:
    """What all learners share and shared."""
    times: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for row in session.scalars(select(Share).order_by(Share.since)):
        times.setdefault(row.learner, []).append((row.since, row.until))
    return Sharing(times)
