"""All that one evaluation found out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tonecheck.evaluation.measures import Judged, Measure, confusion, evaluate
from tonecheck.evaluation.reliability import Step, reliability

__all__ = ["Agreement", "report_on"]


@dataclass(frozen=True)
class Agreement:
    """Measures with their intervals, the steps of reliability, and the confusion of types.

    `types` are counts of (readers' type, found type); see `confusion`.
    """

    replies: int
    measures: list[Measure]
    steps: list[Step]
    types: Counter[tuple[str, str]]


def report_on(replies: Sequence[Judged]) -> Agreement:
    """Measure everything on labelled replies and the reports on them."""
    return Agreement(len(replies), evaluate(replies), reliability(replies), confusion(replies))
