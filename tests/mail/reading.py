"""What the tests of this folder share: the words of a draft, and mails put together by hand."""

from __future__ import annotations

from itertools import pairwise

from tonecheck.mail.draft import Draft
from tonecheck.mail.message import draft_of_bytes
from tonecheck.report import Span

HEAD = (
    "From: Ann Lee <ann@shop.example>\nTo: Graham Poe <graham@poe.example>\nSubject: Re: broken\n"
    "Date: Wed, 25 Nov 2026 10:00:00 +0100\nMIME-Version: 1.0\n"
)


def blocks(draft: Draft) -> list[str]:
    """The author's paragraphs."""
    return [draft.text[b.start : b.end] for b in draft.blocks]


def skipped(draft: Draft, kind: str) -> list[str]:
    """What was skipped as `kind`."""
    return [draft.text[s.span.start : s.span.end] for s in draft.skipped if s.kind == kind]


def kinds(draft: Draft) -> set[str]:
    """The kinds of all that was skipped."""
    return {s.kind for s in draft.skipped}


def mail(
    body: str, content: str = 'text/plain; charset="utf-8"', *, head: str = HEAD, more: str = ""
) -> Draft:
    """The Draft in a mail with one part in UTF-8."""
    text = f"{head}Content-Type: {content}\nContent-Transfer-Encoding: 8bit\n{more}\n{body}"
    return draft_of_bytes(text.encode(), name="reply.eml")


def is_sound(draft: Draft) -> None:
    """Assert what holds for every draft: spans in order, inside the text, and not across each other."""
    places = [Span(0, 0), *draft.blocks]
    for before, after in pairwise(places):
        assert before.end <= after.start < after.end <= len(draft.text)
    stretches = [Span(0, 0), *(s.span for s in draft.skipped)]
    for before, after in pairwise(stretches):
        assert before.end <= after.start < after.end <= len(draft.text)
    for stretch in draft.skipped:
        for block in draft.blocks:
            assert block.covers(stretch.span) or not block.overlaps(stretch.span)
    for block in draft.blocks:
        words = draft.text[block.start : block.end]
        assert words == words.strip()
    assert (draft.not_judged is None) == bool(draft.blocks)
