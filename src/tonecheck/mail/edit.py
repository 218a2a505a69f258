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
        if not kept or edit.span.start >= kept[-1].span.end and edit.span != kept[-1].span:
            kept.append(edit)
    return kept


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; overlapping ones after the first are left out.

    >>> apply("abc", [Edit(Span(1, 2), "x", True)])
    'axc'
    """
    for edit in reversed(compatible(edits)):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def apply_to_draft(draft: Draft, edits: Iterable[Edit]) -> Draft:
    """The draft after the edits: its blocks and skipped stretches keep their words."""
    kept = compatible(edits)

    def moved(span: Span) -> Span:
        return Span(_moved(span.start, kept, False), _moved(span.end, kept, True))

    return replace(
        draft,
        text=apply(draft.text, kept),
        blocks=tuple(span for span in map(moved, draft.blocks) if len(span)),
        skipped=tuple(Skipped(moved(s.span), s.kind) for s in draft.skipped),
    )


def _moved(offset: int, edits: list[Edit], is_end: bool) -> int:
    """Where `offset` lies after the edits; inside an edit it goes to the edit's near border."""
    by = 0
    for edit in edits:
        if edit.span.end <= offset and (edit.span.end < offset or is_end or len(edit.span)):
            by += len(edit.text) - len(edit.span)
        elif edit.span.start < offset:
            by += (len(edit.text) if is_end else 0) - (offset - edit.span.start)
    return offset + by
