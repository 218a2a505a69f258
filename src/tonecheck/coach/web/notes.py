"""What is said behind the words of a letter once an exercise is done: the true marks and the learner's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tonecheck.coach.case import Case
from tonecheck.coach.grade import Grade, skill_name
from tonecheck.coach.rewrite import still_says
from tonecheck.coach.spot import Guess, hits, verdict_on
from tonecheck.coach.web.letters import Note
from tonecheck.report import FAULT_LETTERS, TYPES, Span

__all__ = ["draft_notes", "written_notes"]

FOUND = {"right": "found", "partly": "partly found", "missed": "missed"}


def draft_notes(exercise: str, case: Case, answer: Any) -> Iterator[Note]:
    """The marks of the draft, and what became of each in this exercise."""
    if exercise == "spot":
        yield from _spotted(case, [Guess(Span(start, end), kind) for start, end, kind in answer])
        return
    for mark in case.marks:
        told = mark.type
        if exercise == "rewrite":
            left = still_says(answer, case.words(mark.span))
            told = f"{mark.type}, {'still there' if left else 'gone'}"
        yield mark.span, mark.type[0], told


def _spotted(case: Case, guesses: list[Guess]) -> Iterator[Note]:
    found, alarms, spare = hits(case, guesses)
    for hit in found:
        yield hit.mark.span, hit.mark.type[0], f"{hit.mark.type}, {FOUND[verdict_on(hit)]}"
    for guess in guesses:
        told = f"you: {FAULT_LETTERS.get(guess.kind, guess.kind)}"
        if guess in alarms:
            told += ", but these words are fine"
        elif guess in spare:
            told += ", one too many here"
        yield guess.span, "yours", told


def written_notes(grade: Grade) -> Iterator[Note]:
    """What the engine found in the text that the learner wrote."""
    for span, kind in grade.places:
        yield (span, kind[0], kind) if kind in TYPES else (span, "move", skill_name(kind))
