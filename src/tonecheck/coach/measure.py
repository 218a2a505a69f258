"""Does it work? A fixed test of twelve unseen drafts in two forms, before and after, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tonecheck.coach.case import FORMS, Case
from tonecheck.coach.spot import Guess, grade_spots, hits
from tonecheck.report import Span

if TYPE_CHECKING:
    from tonecheck.coach.tables import Attempt

__all__ = [
    "Change",
    "Item",
    "Measured",
    "changes",
    "drafts_of",
    "item_of",
    "items_of",
    "measured",
    "next_form",
]

DRAWS = 20_000
SEED = 7


@dataclass(frozen=True, slots=True)
class Item:
    """One draft of a test: how many words there were to mark, found and named right, and false alarms."""

    case: str
    score: float
    marks: int
    found: int
    named: int
    alarms: int
    clean: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure of one take, as a share from 0 to 1, with its 95 % interval."""

    name: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """How a measure changed from one take to another, with its 95 % interval; shown if 0 lies outside."""

    name: str
    before: Measured
    after: Measured
    value: float
    low: float
    high: float

    @property
    def is_shown(self) -> bool:
        """Whether the change is larger than what twelve drafts would give by chance."""
        return self.low > 0 or self.high < 0


def next_form(learner: int, taken: Sequence[str]) -> str:
    """The form to take next: half the learners start with A, half with B, and then they alternate."""
    if not taken:
        return FORMS[learner % 2 == 0]
    return FORMS[taken[-1] == FORMS[0]]


def drafts_of(cases: Sequence[Case], form: str) -> tuple[Case, ...]:
    """The drafts of a form, in their fixed order."""
    return tuple(sorted((case for case in cases if case.form == form), key=lambda case: case.id))


def item_of(case: Case, guesses: Sequence[Guess]) -> Item:
    """What one answer to one draft of the test counts."""
    all_hits, alarms, _ = hits(case, guesses)
    found = [
        (hit.mark, hit.guess) for hit in all_hits if hit.guess and hit.guess.span.overlaps(hit.mark.span)
    ]
    return Item(
        case=case.id,
        score=grade_spots(case, guesses).score,
        marks=len(all_hits),
        found=len(found),
        named=sum(guess.kind[:1] == mark.type[0] for mark, guess in found),
        alarms=len(alarms),
        clean=case.is_clean,
    )


def items_of(attempts: Iterable[Attempt], cases: Sequence[Case]) -> tuple[Item, ...]:
    """What the answers of one take count; a draft that is gone counts nothing."""
    by_id = {case.id: case for case in cases}
    return tuple(
        item_of(by_id[a.case], [Guess(Span(start, end), kind) for start, end, kind in a.answer])
        for a in attempts
        if a.case in by_id
    )


MEASURES: Mapping[str, Callable[[Item], tuple[float, float]]] = {
    "score": lambda item: (item.score, 1),
    "words found": lambda item: (item.found, item.marks),
    "fault named right": lambda item: (item.named, item.found),
    "good drafts left alone": lambda item: (item.clean and not item.alarms, item.clean),
}


def measured(items: Sequence[Item]) -> tuple[Measured, ...]:
    """Every measure of one take."""
    return tuple(_measured(name, items) for name in MEASURES)


def changes(before: Sequence[Item], after: Sequence[Item]) -> tuple[Change, ...]:
    """Every measure's change from one take to another."""
    found = []
    for name in MEASURES:
        first, last = _measured(name, before), _measured(name, after)
        low, high = _interval(_likely(name, after, salt=1) - _likely(name, before, salt=0))
        found.append(Change(name, first, last, last.value - first.value, low, high))
    return tuple(found)


def _measured(name: str, items: Sequence[Item]) -> Measured:
    part, whole = _counts(name, items)
    return Measured(name, part / whole if whole else 0.0, *_interval(_likely(name, items, salt=0)))


def _likely(name: str, items: Sequence[Item], *, salt: int) -> NDArray[np.float64]:
    """Values that the measure may truly have: draws from Jeffreys's posterior of a share.

    For a score, which is no yes or no, it is wider than need be: with twelve drafts that is the safe side.
    """
    part, whole = _counts(name, items)
    return np.random.default_rng([SEED, salt]).beta(part + 0.5, whole - part + 0.5, DRAWS)


def _counts(name: str, items: Sequence[Item]) -> tuple[float, float]:
    pairs = [MEASURES[name](item) for item in items]
    return float(sum(part for part, _ in pairs)), float(sum(whole for _, whole in pairs))


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
