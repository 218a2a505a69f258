"""Rewrite it: say the same without the faults. The engine that checks drafts scores before and after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tonecheck.coach.case import Case, Mark
from tonecheck.coach.facts import lost, must_keep, promises, strange_numbers
from tonecheck.coach.grade import Grade, Remark, places_in, source_of
from tonecheck.mail.draft import draft_of
from tonecheck.render.wording import MOVE_NAMES, NOT_JUDGED
from tonecheck.report import FAULTS, Report

if TYPE_CHECKING:
    from tonecheck.checker import Checker

__all__ = ["Rewrite", "grade_rewrite", "rewritten", "still_says"]

FEW = 4  # where a draft tells fewer facts, each still weighs no more than a quarter
MOVES_SHARE = 0.3  # what the missing moves weigh against the faults


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A draft before and after, as the engine hears them, and what got lost on the way."""

    before: Report
    after: Report
    left: tuple[Mark, ...]
    lost: tuple[str, ...]
    broken: tuple[str, ...]
    strange: tuple[str, ...]


def rewritten(case: Case, text: str, checker: Checker) -> Rewrite:
    """Check the case's draft and the text that is to stand in its place.

    `left` are the marks whose words are still there, `lost` the facts that are gone, `broken` the
    kinds of promise that the draft made, outside the marked words, and the text does not; `strange`
    are numbers that nobody told the writer.
    """
    before = checker.check(draft_of(case.draft, client=case.client))
    after = checker.check(draft_of(text, client=case.client))
    marked = [mark.span for mark in case.marks]
    return Rewrite(
        before,
        after,
        left=tuple(mark for mark in case.marks if still_says(text, case.words(mark.span))),
        lost=lost(must_keep(case), text),
        broken=tuple(sorted(promises(before, but=marked) - promises(after, loosely=True))),
        strange=strange_numbers(text, case.draft, case.client),
    )


def grade_rewrite(case: Case, text: str, checker: Checker) -> Grade:
    """How much of the faults is gone, by the marks and by the engine, times what the rewrite keeps.

    The draft as it was scores 0, and so does what is too short to be judged. A fact or promise lost
    takes its share away; the missing moves make up the last part.
    """
    made = rewritten(case, text, checker)
    facts = must_keep(case)
    kinds = promises(made.before, but=[mark.span for mark in case.marks])
    kept = 1 - (len(made.lost) + len(made.broken)) / max(len(facts) + len(kinds), FEW)
    score = _cured(case, made) * kept * (1 - MOVES_SHARE + MOVES_SHARE * _gained(case, made))
    skills: dict[str, float] = {}
    for mark in case.marks:
        skills[mark.type] = min(float(mark not in made.left), skills.get(mark.type, 1.0))
    score = 0.0 if made.after.not_judged else score
    return Grade(score, tuple(_remarks(case, made)), skills, places_in(made.after))


def _cured(case: Case, made: Rewrite) -> float:
    whole = sum(mark.severity for mark in case.marks)
    gone = 1 - sum(mark.severity for mark in made.left) / whole if whole else 1.0
    before, after = _harm(made.before), _harm(made.after)
    fall = max(0.0, 1 - after / before) if before else gone
    return (gone + fall) / 2


def _harm(report: Report) -> int:
    return sum(report.score(fault) or 0 for fault in FAULTS)


def _gained(case: Case, made: Rewrite) -> float:
    there = {move.kind for move in made.after.moves}
    return len(case.missing & there) / len(case.missing) if case.missing else 1.0


def still_says(text: str, words: str) -> bool:
    """Whether the words are in the text, whatever its capitals, spaces and stops."""
    return _plain(words) in _plain(text)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _remarks(case: Case, made: Rewrite) -> Iterator[Remark]:
    if made.after.not_judged:
        yield Remark("wrong", NOT_JUDGED[made.after.not_judged])
        return
    for fault in FAULTS:
        before, after = made.before.score(fault) or 0, made.after.score(fault) or 0
        if before or after:
            yield Remark("note", f"{fault}: {before} before, {after} after")
    for mark in case.marks:
        verdict = "missed" if mark in made.left else "right"
        text = "still there" if mark in made.left else "gone"
        yield Remark(verdict, f"{text}, {mark.type}", mark.why, case.words(mark.span), source_of(mark.type))
    for finding in made.after.findings:
        words = made.after.words(finding.span)
        left = [case.words(mark.span) for mark in made.left]
        if not any(still_says(words, one) or still_says(one, words) for one in left):
            yield Remark("wrong", finding.message, finding.why, words)
    for fact in made.lost:
        yield Remark("wrong", f"“{fact}” is lost", "The client needs this fact as much as before.")
    for kind in made.broken:
        yield Remark("wrong", f"{MOVE_NAMES[kind]} is lost", "The draft promised it.")
    for number in made.strange:
        yield Remark("note", f"“{number}” is new", "Only you can know whether it is true.")
    there = {move.kind for move in made.after.moves}
    for move in sorted(case.missing):
        verdict, text = ("right", "now there") if move in there else ("note", "still missing")
        yield Remark(verdict, f"{text}: {MOVE_NAMES[move]}", source=source_of(move))
