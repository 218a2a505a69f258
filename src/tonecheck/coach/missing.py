"""What is missing? Choose the repair moves that this client will miss."""

from __future__ import annotations

from collections.abc import Collection

from tonecheck.coach.case import Case
from tonecheck.coach.grade import Grade, Remark, source_of
from tonecheck.render.wording import MOVE_NAMES, MOVE_TIPS
from tonecheck.report import MOVES

__all__ = ["grade_missing"]

NOT_NEEDED = 0.5  # what choosing a move costs that would be welcome and is not needed


def grade_missing(case: Case, chosen: Collection[str]) -> Grade:
    """The missing moves that were chosen, of those that are missing and those chosen without need."""
    right = case.missing & set(chosen)
    there = case.there & set(chosen)
    extra = set(chosen) - case.missing - case.there
    whole = len(case.missing) + len(there) + NOT_NEEDED * len(extra)
    remarks = [
        _remark(move, "right" if move in right else "missed") for move in MOVES if move in case.missing
    ]
    remarks += [
        Remark("wrong", f"{MOVE_NAMES[move]} is there already", MOVE_TIPS[move], source=source_of(move))
        for move in MOVES
        if move in there
    ]
    remarks += [
        Remark("note", f"{MOVE_NAMES[move]} would be welcome; this client misses other things more")
        for move in MOVES
        if move in extra
    ]
    skills = {move: float(move in right) for move in MOVES if move in case.missing}
    skills |= {move: 0.0 for move in MOVES if move in there}
    return Grade(len(right) / whole if whole else 1.0, tuple(remarks), skills)


def _remark(move: str, verdict: str) -> Remark:
    return Remark(verdict, MOVE_NAMES[move], MOVE_TIPS[move], source=source_of(move))
