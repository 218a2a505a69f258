"""Who is signed in: kept in memory and in no cookie but its name, so that signing out ends it for good."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["LASTS", "Visit", "Visits"]

LASTS = 8 * 3600  # seconds without a request after which a visit is over
MOST = 5000  # visits; the one that was quiet for the longest goes first


@dataclass(slots=True)
class Visit:
    """One browser's visit. `token` goes with every form; `learner` is None before signing in.

    `practice` is when the session of practice under way began, `begun` when each exercise was first shown,
    and `kept` which attempt a form has become, so that sending it twice counts once.
    """

    id: str
    token: str
    seen: float
    learner: int | None = None
    practice: datetime | None = None
    begun: dict[str, datetime] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


class Visits:
    """All visits of one server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all: dict[str, Visit] = {}

    def of(self, name: str | None) -> Visit | None:
        """The visit of this name, if it is not over."""
        visit = self._all.get(name or "")
        if visit is None:
            return None
        now = self._clock()
        if now - visit.seen > LASTS:
            self.end(visit)
            return None
        visit.seen = now
        self._all[visit.id] = self._all.pop(visit.id)
        return visit

    def begin(self, learner: int | None = None) -> Visit:
        """A new visit, under a name that nobody guesses."""
        visit = Visit(secrets.token_urlsafe(24), secrets.token_urlsafe(24), self._clock(), learner)
        self._all[visit.id] = visit
        for name in list(self._all)[:-MOST]:
            self._all.pop(name, None)
        return visit

    def end(self, visit: Visit) -> None:
        """From now on this visit is unknown."""
        self._all.pop(visit.id, None)
