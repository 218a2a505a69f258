"""What rewriting changed, for other programs: passages before and after, their findings, the scores."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from tonecheck.report import FAULTS, Report, Span

__all__ = ["Passage", "changes_of", "passages"]

PIECE = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence, or several that one edit spans: where it stood, and what stands there now."""

    span: Span
    text: str


def passages(text: str, after: str, sentences: Sequence[Span]) -> Iterator[Passage]:
    """What changed between the two texts, in whole sentences of the first one."""
    changes = list(_changes(text, after))
    groups: list[Span] = []
    for old, _ in changes:
        touched = [s for s in sentences if s.start <= old.end and old.start <= s.end] or [old]
        start = min(old.start, touched[0].start)
        end = max(old.end, touched[-1].end)
        if groups and start <= groups[-1].end:
            start, end = groups[-1].start, max(end, groups.pop().end)
        groups.append(Span(start, end))
    for span in groups:
        start = _place(span.start, [c for c in changes if c[0].start < span.start])
        yield Passage(span, after[start : _place(span.end, changes)])


def _changes(text: str, after: str) -> Iterator[tuple[Span, Span]]:
    """The stretches that differ, by words: where in the one and where in the other."""
    old, new = PIECE.findall(text), PIECE.findall(after)
    places = [_offsets(old), _offsets(new)]
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield Span(places[0][i1], places[0][i2]), Span(places[1][j1], places[1][j2])


def _offsets(pieces: Sequence[str]) -> list[int]:
    offsets = [0]
    for piece in pieces:
        offsets.append(offsets[-1] + len(piece))
    return offsets


def _place(offset: int, changes: Sequence[tuple[Span, Span]]) -> int:
    """Where a border of the first text, outside of what changed, lies in the second."""
    return offset + sum(len(new) - len(old) for old, new in changes if old.end <= offset)


def changes_of(before: Report, after: Report, *, unsafe: bool) -> dict[str, Any]:
    """The changes as `schema-fix-1.json` lays them down."""
    report = before.to_dict()
    findings = report["findings"]
    changed = [(p, _findings_in(before, p.span)) for p in passages(before.text, after.text, before.sentences)]
    answered = {number for _, numbers in changed for number in numbers}
    return {
        "schema": 1,
        "tonecheck": report["tonecheck"],
        "source": before.source,
        "edits": "all" if unsafe else "safe",
        "scores": {
            "before": {fault: before.score(fault) for fault in FAULTS},
            "after": {fault: after.score(fault) for fault in FAULTS},
        },
        "passages": [
            {
                **passage.span.to_dict(),
                "before": before.words(passage.span),
                "after": passage.text,
                "findings": [findings[number] for number in numbers],
            }
            for passage, numbers in changed
        ],
        "left": [finding for number, finding in enumerate(findings) if number not in answered],
        "text": before.text,
        "plain": after.text,
    }


def _findings_in(report: Report, span: Span) -> list[int]:
    return [number for number, finding in enumerate(report.findings) if finding.span.overlaps(span)]
