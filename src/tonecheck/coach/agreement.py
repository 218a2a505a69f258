"""Where the cases and the checker disagree: candidates for new rules, or for another look at a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tonecheck.coach.case import Case
from tonecheck.config import Config
from tonecheck.mail.draft import draft_of
from tonecheck.report import FAULTS, Report

if TYPE_CHECKING:
    from tonecheck.checker import Checker

__all__ = ["Disagreement", "above_limit", "disagreements"]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What the case says and the checker does not, or the other way round."""

    case: str
    kind: str
    type: str
    words: str

    def __str__(self) -> str:
        return f"{self.case}: {self.kind}, {self.type}: “{self.words}”"


def disagreements(case: Case, checker: Checker) -> Iterator[Disagreement]:
    """Marks that the checker does not hear, words that it marks in good answers, and in a draft besides.

    A mark counts as heard if a finding of its fault touches its words.
    """
    report = checker.check(draft_of(case.draft, client=case.client))
    for mark in case.marks:
        if not any(f.type[0] == mark.type[0] and f.span.overlaps(mark.span) for f in report.findings):
            yield Disagreement(case.id, "not heard", mark.type, case.words(mark.span))
    for finding in report.findings:
        if not any(mark.span.overlaps(finding.span) for mark in case.marks):
            where = "heard in a good answer" if case.is_clean else "heard besides"
            yield Disagreement(case.id, where, finding.type, case.words(finding.span))
    for answer in case.good:
        after = checker.check(draft_of(answer, client=case.client))
        for finding in after.findings:
            yield Disagreement(case.id, "heard in a good answer", finding.type, after.words(finding.span))


def above_limit(report: Report, config: Config) -> tuple[str, ...]:
    """The faults whose score lies above the limit."""
    return tuple(fault for fault in FAULTS if (report.score(fault) or 0) > config.limit(fault))
