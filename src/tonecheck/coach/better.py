"""Which is better? Two replies to one client; sometimes the blunt one is the good one."""

from __future__ import annotations

from dataclasses import dataclass

from tonecheck.coach.case import Case
from tonecheck.coach.grade import FAIR, Grade, Remark, source_of

__all__ = ["Pair", "grade_better", "has_pair", "pair_of"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two replies, and which is the better one, 0 or 1."""

    texts: tuple[str, str]
    better: int


def has_pair(case: Case) -> bool:
    """Whether the case holds a good reply and a worse one."""
    return not case.is_clean or case.worse is not None


def pair_of(case: Case, better: int) -> Pair:
    """The case's pair with the better reply at place `better`. The case must have one."""
    if case.worse is not None and case.is_clean:
        good, bad = case.draft, case.worse.text
    else:
        good, bad = case.good[0], case.draft
    return Pair((bad, good) if better else (good, bad), better)


def grade_better(case: Case, pair: Pair, chosen: int) -> Grade:
    """1 for the better reply, else 0, and what makes the difference."""
    right = chosen == pair.better
    verdict = "right" if right else "wrong"
    remarks = [Remark(verdict, f"the {('first', 'second')[pair.better]} is better")]
    if case.is_clean:
        remarks += [Remark("note", "the smoother one", case.worse.why)] if case.worse else []
        remarks += [Remark("note", "blunt and fine", f.why, case.words(f.span)) for f in case.fine]
    else:
        remarks += [
            Remark("note", mark.type, mark.why, case.words(mark.span), source_of(mark.type))
            for mark in sorted(case.marks, key=lambda mark: -mark.severity)
        ]
    return Grade(float(right), tuple(remarks), {skill_of(case): float(right)})


def skill_of(case: Case) -> str:
    """What the pair of a case tries: its gravest type, or leaving good words alone."""
    if case.is_clean:
        return FAIR
    return max(case.marks, key=lambda mark: (mark.severity, -mark.span.start)).type
