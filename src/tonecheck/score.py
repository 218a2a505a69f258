"""From findings to a score a fault: 25 × the rating (0 to 4) that a careful reader gives.

A score is 100 · (1 − Π(1 − w)) over the fault's findings, less a little where the draft owns the
problem or apologises. One more finding never lowers it; a neutral sentence never changes it. The
weights are fitted by `models/scripts/fit_scores.py` on labelled drafts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from tonecheck.report import FAULTS, Finding, Move, Score, Severity

__all__ = ["WEIGHTS", "score"]

# Fault, severity (mild, clear, strong) -> share of the remaining distance to 100.
WEIGHTS = {
    "defensiveness": (0.21, 0.53, 0.65),
    "excuses": (0.17, 0.43, 0.48),
    "doublespeak": (0.29, 0.37, 0.8),
}
EXCUSE_FIRST = 1.25
OWNED = {"defensiveness": 0.87, "excuses": 0.71, "doublespeak": 0.97}
APOLOGISED = {"defensiveness": 0.94, "excuses": 0.97, "doublespeak": 0.67}


def score(findings: Sequence[Finding], moves: Iterable[Move]) -> tuple[Score, ...]:
    """The three scores, 0 to 100, each with the points that its findings add."""
    moves = tuple(moves)
    kinds = {move.kind for move in moves}
    apology = min((m.span.start for m in moves if m.kind == "apologises"), default=None)
    return tuple(_score(fault, findings, kinds, apology) for fault in FAULTS)


def _score(fault: str, findings: Sequence[Finding], kinds: set[str], apology: int | None) -> Score:
    weights = [
        (index, _weight(finding, apology)) for index, finding in enumerate(findings) if finding.fault == fault
    ]
    lowered = (OWNED[fault] if "owns" in kinds else 1.0) * (
        APOLOGISED[fault] if "apologises" in kinds else 1.0
    )
    total = 100 * lowered * (1 - prod(1 - weight for _, weight in weights))
    whole = sum(weight for _, weight in weights)
    value = round(total)
    parts = tuple((index, total * weight / whole) for index, weight in weights)
    return Score(fault, value, parts)


def _weight(finding: Finding, apology: int | None) -> float:
    """The finding's share; an excuse that stands before the first apology weighs more."""
    weight = WEIGHTS[finding.fault][finding.severity - Severity.MILD] * finding.confidence
    leads = finding.fault == "excuses" and (apology is None or finding.span.start < apology)
    return min(0.95, weight * EXCUSE_FIRST) if leads else weight
