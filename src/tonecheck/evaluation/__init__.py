"""How often the checker agrees with labelled replies, as numbers, tables and a page."""

from __future__ import annotations

from tonecheck.evaluation.agreement import Agreement, report_on
from tonecheck.evaluation.measures import (
    Judged,
    Measure,
    confusion,
    evaluate,
    judged,
    kappa,
    mostly_in,
    read_label,
)
from tonecheck.evaluation.reliability import Step, reliability

__all__ = [
    "Agreement",
    "Judged",
    "Measure",
    "Step",
    "confusion",
    "evaluate",
    "judged",
    "kappa",
    "mostly_in",
    "read_label",
    "reliability",
    "report_on",
]
