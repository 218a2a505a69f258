"""Answer it: write the reply yourself, against the clock, and hear about all twelve moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tonecheck.coach.case import Case
from tonecheck.coach.grade import Grade, Remark, places_in, source_of
from tonecheck.mail.draft import draft_of
from tonecheck.render.wording import MOVE_NAMES, MOVE_TIPS, NOT_JUDGED
from tonecheck.report import FAULTS, MOVES, Report

if TYPE_CHECKING:
    from tonecheck.checker import Checker

__all__ = ["SECONDS", "expected_moves", "grade_answer"]

SECONDS = 180  # what the clock allows


def expected_moves(case: Case) -> frozenset[str]:
    """The moves that an answer to this client needs: those the draft made, and those it lacked."""
    return case.there | case.missing


def grade_answer(case: Case, text: str, checker: Checker, seconds: float | None = None) -> Grade:
    """The share of the moves that this client needs, less what the gravest fault's score takes away.

    `seconds` is the time that was used; over the limit it is remarked on and costs nothing.
    """
    report = checker.check(draft_of(text, client=case.client))
    if report.not_judged:
        return Grade(0.0, (Remark("wrong", NOT_JUDGED[report.not_judged]),), {})
    there = {move.kind for move in report.moves}
    needed = expected_moves(case)
    share = len(needed & there) / len(needed) if needed else 1.0
    calm = 1 - max(report.score(fault) or 0 for fault in FAULTS) / 100
    skills = {move: float(move in there) for move in MOVES if move in needed}
    return Grade(share * calm, tuple(_remarks(report, needed, seconds)), skills, places_in(report))


def _remarks(report: Report, needed: frozenset[str], seconds: float | None) -> Iterator[Remark]:
    if seconds is not None and seconds > SECONDS:
        yield Remark("note", f"you took {seconds / 60:.1f} minutes; {SECONDS // 60} were given")
    for finding in report.findings:
        yield Remark(
            "wrong", finding.message, finding.why, report.words(finding.span), source_of(finding.type)
        )
    for kind in MOVES:
        words = next((report.words(move.span) for move in report.moves if move.kind == kind), "")
        if words:
            yield Remark("right", MOVE_NAMES[kind], words=words, source=source_of(kind))
        elif kind in needed:
            yield Remark("missed", MOVE_NAMES[kind], MOVE_TIPS[kind], source=source_of(kind))
        else:
            yield Remark("note", f"{MOVE_NAMES[kind]}: not there, and not needed here")
    for question in report.unanswered:
        yield Remark("missed", "a question of the client's is not answered", words=question)
