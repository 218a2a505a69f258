"""Edits applied to text, and to a Draft whose spans move along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tonecheck.mail.draft import Draft
from tonecheck.report import Edit, Skipped, Span

__all__ = ["apply", "apply_to_draft", "compatible"]


def compatible(edits: Iterable[Edit]) -> list[Edit]:
    """The edits in order of place, without those that overlap an earlier one."""
    kept: list[Edit] = []
    for edit in sorted(edits):
        if not kept or (edit.span.start >= kept[-1].span.end and edit.span != kept[-1].span):
            kept.append(edit)
    return kept


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; overlapping ones after the first are left out.

    >>> apply("abc", [Edit(Span(1, 2), "x", True)])
    'axc'
    """
    pieces, done = [], 0
    for edit in compatible(edits):
        pieces += [text[done : edit.span.start], edit.text]
        done = edit.span.end
    return "".join((*pieces, text[done:]))


def apply_to_draft(draft: Draft, edits: Iterable[Edit]) -> Draft:
    """The draft after the edits: its blocks and skipped stretches keep their words."""
    kept = compatible(edits)
    blocks = (_moved(span, kept, grows=True) for span in draft.blocks)
    skipped = (Skipped(_moved(s.span, kept, grows=False), s.kind) for s in draft.skipped)
    return replace(
        draft,
        text=apply(draft.text, kept),
        blocks=tuple(span for span in blocks if len(span)),
        skipped=tuple(s for s in skipped if len(s.span)),
    )


def _moved(span: Span, edits: list[Edit], *, grows: bool) -> Span:
    """The span after the edits; with `grows` it takes in what is inserted at its borders."""
    start = _border(span.start, edits, inserts_before=not grows)
    return Span(start, max(start, _border(span.end, edits, inserts_before=grows)))


def _border(offset: int, edits: list[Edit], *, inserts_before: bool) -> int:
    """Where a border lies after the edits; one inside replaced words goes behind the new ones."""
    by = 0
    for edit in edits:
        if edit.span.start > offset or (edit.span.start == offset and len(edit.span)):
            break
        if edit.span.start == edit.span.end == offset and not inserts_before:
            continue
        by += len(edit.text) - (min(edit.span.end, offset) - edit.span.start)
    return offset + by
