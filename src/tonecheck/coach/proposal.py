"""What the checker would mark in a reply of the team's own; a trainer has the last word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tonecheck.coach.case import Mark
from tonecheck.mail.draft import draft_of

if TYPE_CHECKING:
    from tonecheck.checker import Checker

__all__ = ["Proposal", "proposal_for"]

Proposal = tuple[tuple[Mark, ...], frozenset[str], frozenset[str]]


def proposal_for(client: str, reply: str, checker: Checker) -> Proposal:
    """The marks, the moves that are there, and those that this client will miss."""
    report = checker.check(draft_of(reply, client=client), plain=False)
    marks = tuple(Mark(found.span, found.type, found.severity, found.why) for found in report.findings)
    there = frozenset(move.kind for move in report.moves)
    return marks, there, frozenset(report.missing) - there
