"""The five exercises: what each one takes, which case suits it, and which skills it tries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tonecheck.coach import better
from tonecheck.coach.answer import SECONDS, expected_moves
from tonecheck.coach.case import Case
from tonecheck.coach.grade import FAIR

__all__ = ["EXERCISES", "Exercise"]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One kind of exercise: its task in a line, the seconds that it takes, and the skills it tries in a case.

    A case that it tries no skill in does not suit it.
    """

    name: str
    task: str
    seconds: int
    skills: Callable[[Case], frozenset[str]]


def _types(case: Case) -> frozenset[str]:
    return frozenset(mark.type for mark in case.marks)


def _types_or_fair(case: Case) -> frozenset[str]:
    return _types(case) or frozenset({FAIR})


def _pair(case: Case) -> frozenset[str]:
    return frozenset({better.skill_of(case)}) if better.has_pair(case) else frozenset()


EXERCISES = {
    exercise.name: exercise
    for exercise in (
        Exercise("spot", "Mark the words that the client will take amiss.", 70, _types_or_fair),
        Exercise("missing", "What will this client miss?", 45, lambda case: case.missing),
        Exercise("better", "Which is better?", 40, _pair),
        Exercise("rewrite", "Rewrite it; keep what is true and what is promised.", 150, _types),
        Exercise("answer", "Answer this client, against the clock.", SECONDS, expected_moves),
    )
}
