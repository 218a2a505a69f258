"""Does it work for the team? Each learner's first test against their second, with a bootstrap interval.

People are counted in fives, in the order in which they finished the second test, so that no report
differs from an older one by a single person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from tonecheck.coach.case import Case
from tonecheck.coach.learners import LEARNER
from tonecheck.coach.measure import Item, items_of, measured
from tonecheck.coach.progress import attempts_of, takes_of
from tonecheck.coach.sharing import FIVE, sharing
from tonecheck.coach.tables import Learner

__all__ = ["GroupChange", "Pair", "group_changes", "pairs_of_team"]

DRAWS = 10_000
SEED = 7


@dataclass(frozen=True, slots=True)
class Pair:
    """One learner's two tests, and whether trainers could see both."""

    before: tuple[Item, ...]
    after: tuple[Item, ...]
    seen: bool = False


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A measure's mean before and after, 0 to 1, and the mean of the differences with its 95 % interval."""

    name: str
    people: int
    before: float
    after: float
    value: float
    low: float
    high: float

    @property
    def is_shown(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def pairs_of_team(session: Session, cases: Sequence[Case]) -> tuple[Pair, ...]:
    """The first two finished tests of every learner who has two, in the order of finishing the second."""
    shares = sharing(session)
    found = []
    for who in session.scalars(select(Learner).where(Learner.role == LEARNER).order_by(Learner.id)):
        takes = takes_of(session, who)[:2]
        if len(takes) < 2 or takes[1].finished is None:
            continue
        answered = [attempts_of(session, who, take) for take in takes]
        seen = all(shares.was_seen(who.id, done.at) for attempts in answered for done in attempts)
        before, after = (items_of(attempts, cases) for attempts in answered)
        found.append((takes[1].finished, who.id, Pair(before, after, seen)))
    return tuple(pair for *_, pair in sorted(found, key=lambda row: row[:2]))


def group_changes(pairs: Sequence[Pair]) -> tuple[GroupChange, ...]:
    """Every measure's change; nothing for fewer than five people."""
    private = [pair for pair in pairs if not pair.seen]
    counted = private[: len(private) // FIVE * FIVE] + [pair for pair in pairs if pair.seen]
    if len(counted) < FIVE:
        return ()
    values = np.array(
        [[[m.value for m in measured(items)] for items in (pair.before, pair.after)] for pair in counted]
    )
    names = [m.name for m in measured(counted[0].before)]
    drawn = np.random.default_rng(SEED).integers(len(counted), size=(DRAWS, len(counted)))
    changes = []
    for number, name in enumerate(names):
        before, after = values[:, 0, number], values[:, 1, number]
        differences = after - before
        low, high = np.percentile(differences[drawn].mean(axis=1), [2.5, 97.5])
        first, last, value = (float(v.mean()) for v in (before, after, differences))
        changes.append(GroupChange(name, len(counted), first, last, value, float(low), float(high)))
    return tuple(changes)
