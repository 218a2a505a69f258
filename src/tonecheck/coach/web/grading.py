"""From the fields of a form to an answer as the record keeps it, and from that to its grade, at any time."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from tonecheck.coach.better import grade_better, pair_of
from tonecheck.coach.case import Case
from tonecheck.coach.grade import Grade
from tonecheck.coach.missing import grade_missing
from tonecheck.coach.spot import Guess, grade_spots, place_of
from tonecheck.coach.web.ask import Ask
from tonecheck.config import Config
from tonecheck.errors import InputError
from tonecheck.report import FAULT_LETTERS, MOVES, TYPES, Span
from tonecheck.serve.checking import MAX_TEXT, my_turn

__all__ = ["ShownMark", "answer_in", "better_of", "graded", "marks_sent"]

ShownMark = tuple[str, str, str]  # place, kind, words
KINDS = {*TYPES, *FAULT_LETTERS}


def better_of(ask: Ask, case: Case) -> int:
    """At which place the better reply stands in this visit, 0 or 1: the same when the page is shown again."""
    return crc32(f"{ask.visit.token}{case.id}".encode()) & 1


def answer_in(ask: Ask, exercise: str, case: Case) -> Any:
    """The answer in a form. Raises InputError for one that the learner has to mend."""
    if exercise == "spot":
        marked = [
            _marked(case.draft, place, kind)
            for place, kind in zip(ask.texts("spot"), ask.texts("kind"), strict=False)
            if kind  # without a script a mark is taken away by giving it none
        ]
        return [
            *marked,
            *(_typed(case.draft, line) for line in ask.text("typed").splitlines() if line.strip()),
        ]
    if exercise == "missing":
        return [move for move in MOVES if move in ask.texts("move")]
    if exercise == "better":
        if ask.text("chosen") not in {"0", "1"}:
            raise InputError("Choose one of the two.")
        return int(int(ask.text("chosen")) == better_of(ask, case))
    text = ask.text("text")
    if not text.strip():
        raise InputError("Write something first.")
    if len(text) > MAX_TEXT or "\0" in text:
        raise InputError(f"This is no text of a letter, or longer than {MAX_TEXT:,} characters.")
    return text


def marks_sent(ask: Ask, draft: str) -> list[ShownMark]:
    """The marks of a form that is shown once more, without those that have no place in the draft."""
    shown = []
    for place, kind in zip(ask.texts("spot"), ask.texts("kind"), strict=False):
        try:
            start, end, _ = _marked(draft, place, kind)
        except InputError:
            continue
        shown.append((place, kind, draft[start:end]))
    return shown


def _marked(draft: str, place: str, kind: str) -> list[Any]:
    start, _, end = place.partition("-")
    if not (start.isdecimal() and end.isdecimal() and int(start) < int(end) <= len(draft) and kind in KINDS):
        raise InputError("A mark of this form lies outside the draft. Mark it again.")
    return [int(start), int(end), kind]


def _typed(draft: str, line: str) -> list[Any]:
    words, _, name = line.rpartition("=")
    letter = name.strip()[:1].upper()
    kind = next((k for k in KINDS if k.lower() == name.strip().lower()), letter)
    span = place_of(draft, words)
    if span is None:
        raise InputError(
            f"“{words.strip() or line.strip()}” is not in the draft. Copy the words, then = and D, E or X."
        )
    if kind not in KINDS:
        raise InputError(f"“{line.strip()}”: put = and D, E or X behind the words.")
    return [span.start, span.end, kind]


def graded(exercise: str, case: Case, answer: Any, *, better: int, seconds: float, config: Config) -> Grade:
    """The grade of an answer as it is kept; texts are read by the checker, which stays warm."""
    if exercise == "spot":
        return grade_spots(case, [Guess(Span(start, end), kind) for start, end, kind in answer])
    if exercise == "missing":
        return grade_missing(case, answer)
    if exercise == "better":
        return grade_better(case, pair_of(case, better), better if answer else 1 - better)
    return my_turn(_graded_text, exercise, case, answer, seconds, config)


def _graded_text(exercise: str, case: Case, text: str, seconds: float, config: Config) -> Grade:
    from tonecheck.checker import checker_for
    from tonecheck.coach.answer import grade_answer
    from tonecheck.coach.rewrite import grade_rewrite

    if exercise == "rewrite":
        return grade_rewrite(case, text, checker_for(config))
    return grade_answer(case, text, checker_for(config), seconds)
