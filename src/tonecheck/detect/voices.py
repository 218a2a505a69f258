"""Several findings about the same words become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tonecheck.detect.judge import Opinion
from tonecheck.report import FAULTS, Finding, Span

__all__ = ["joined", "one_voice", "unspoken"]


def one_voice(found: Sequence[Finding]) -> list[Finding]:
    """Of findings of one fault that overlap only the gravest stays, then the longest."""
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda f: (-f.severity, -len(f.span), f.span, f.rule)):
        if not any(k.fault == finding.fault and k.span.overlaps(finding.span) for k in kept):
            kept.append(finding)
    return sorted(kept, key=lambda f: (f.span, f.rule))


def joined(
    by_rule: Sequence[Finding],
    heard: Sequence[Finding],
    sentences: Sequence[Span],
    opinions: Sequence[Opinion],
) -> list[Finding]:
    """Rules and judge with one voice: the rule's words win, the judge's confidence joins."""
    kept = []
    for finding in by_rule:
        place = _sentence_of(finding, sentences)
        chance = 0.5 if place is None else float(opinions[place].faults[FAULTS.index(finding.fault)])
        kept.append(replace(finding, confidence=round(_both(finding.confidence, chance), 2)))
    kept += unspoken(heard, by_rule, sentences)
    return sorted(kept, key=lambda f: (f.span, f.rule))


def unspoken(heard: Sequence[Finding], said: Sequence[Finding], sentences: Sequence[Span]) -> list[Finding]:
    """What is heard in sentences where nothing of the same fault has been said."""
    taken = {(_sentence_of(finding, sentences), finding.fault) for finding in said}
    return [f for f in heard if (_sentence_of(f, sentences), f.fault) not in taken]


def _sentence_of(finding: Finding, sentences: Sequence[Span]) -> int | None:
    return next((n for n, s in enumerate(sentences) if s.overlaps(finding.span)), None)


def _both(rule: float, judge: float) -> float:
    """The confidence of a rule's finding, given the judge's chance: odds multiplied, half weight."""
    odds = rule / (1 - rule) * ((judge + 0.02) / (1.02 - judge)) ** 0.5
    return float(min(0.99, odds / (1 + odds)))
