"""How sure a learner is of each skill, by the latest tries, with an interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from tonecheck.coach.session import Past

__all__ = ["Standing", "standings"]

LATEST = 20  # tries of a skill that count
Z = 1.96


@dataclass(frozen=True, slots=True)
class Standing:
    """A skill, how often it was tried, and the share that went right lately, with its 95 % interval."""

    skill: str
    tries: int
    share: float
    low: float
    high: float


def standings(past: Sequence[Past]) -> tuple[Standing, ...]:
    """Every skill that was tried, the weakest first."""
    scores: dict[str, list[float]] = defaultdict(list)
    for done in sorted(past, key=lambda p: p.at):
        for skill, score in done.skills.items():
            scores[skill].append(score)
    found = (_standing(skill, given) for skill, given in scores.items())
    return tuple(sorted(found, key=lambda s: (s.share, s.skill)))


def _standing(skill: str, scores: Sequence[float]) -> Standing:
    """Wilson's interval, which stays between 0 and 1 and does not shrink to nothing after one try."""
    latest = scores[-LATEST:]
    count, share = len(latest), sum(latest) / len(latest)
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count)) / (1 + Z * Z / count)
    return Standing(skill, len(scores), share, max(0.0, middle - half), min(1.0, middle + half))
