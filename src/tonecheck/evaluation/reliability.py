"""Whether scores mean what they say: of drafts scored about 50, readers' mean rating is about 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tonecheck.evaluation.measures import ROUNDS, SEED, Judged
from tonecheck.report import FAULTS

__all__ = ["Step", "reliability"]


@dataclass(frozen=True)
class Step:
    """The replies with scores about `about` (0, 25 … 100), and what readers say of them.

    `score` is their mean score, `readers` 25 × the readers' mean rating, `low` and `high` its 95 %
    interval over resampled replies.
    """

    fault: str
    about: int
    replies: int
    score: float
    readers: float
    low: float
    high: float


def reliability(replies: Sequence[Judged]) -> list[Step]:
    """The steps that hold replies, fault by fault; replies that were not judged are left out."""
    random = np.random.default_rng(SEED)
    steps = []
    for fault in FAULTS:
        judged = [(s.value, r.ratings[fault]) for r in replies for s in r.report.scores if s.fault == fault]
        for rating in range(5):
            here = [pair for pair in judged if round(pair[0] / 25) == rating]
            if not here:
                continue
            scores, ratings = np.array(here, float).T
            drawn = ratings[random.integers(0, len(here), (ROUNDS, len(here)))].mean(1)
            readers = (25 * float(x) for x in (ratings.mean(), *np.percentile(drawn, [2.5, 97.5])))
            steps.append(Step(fault, 25 * rating, len(here), float(scores.mean()), *readers))
    return steps
