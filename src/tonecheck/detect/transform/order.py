"""Excuse first: the sentence moved behind the apology and the fix, as one exact edit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tonecheck.report import Edit, Move, Span

__all__ = ["LEANS", "moved_behind"]

# Such a beginning leans on the sentence before it.
LEANS = re.compile(
    r"(?:this|that|these|those|it|they|he|she|so|therefore|thus|hence|however|but|and|or|because|as a result"
    r"|also|then|which|the reason|the former|the latter|such|instead|otherwise|for (?:this|that)|consequently"
    r"|in addition|again|both|either|still|yet|nor)\b",
    re.IGNORECASE,
)
ENDS = (".", "!", "?", "…")
WAY_OUT = ("apologises", "fixes")


def moved_behind(text: str, sentences: Sequence[Span], at: int, moves: Sequence[Move]) -> Edit | None:
    """The edit that moves sentence number `at` behind the apology, and the fix if one follows.

    None where nothing follows to move it behind, where a paragraph mark or a list stands in the way,
    and where a sentence would lose the one that it leans on.
    """
    own = sentences[at]
    kinds = {m.kind for m in moves if m.span.overlaps(own)}
    if kinds.intersection(WAY_OUT) or any(m.kind == "apologises" and m.span.start < own.start for m in moves):
        return None
    target = _behind(sentences, at, moves)
    if target is None or not _free(text, sentences, at, target):
        return None
    words, end = text[own.start : own.end], sentences[target].end
    before = sentences[at - 1].end if at else None
    closes_paragraph = "\n" in text[own.end : sentences[at + 1].start].strip(" \t\r")
    if closes_paragraph and before is not None and "\n\n" not in text[before : own.start].replace("\r", ""):
        span, rest = Span(before, end), text[own.end : end]
    else:
        span, rest = Span(own.start, end), text[sentences[at + 1].start : end]
    return Edit(span, f"{rest} {words}", safe=False)


def _behind(sentences: Sequence[Span], at: int, moves: Sequence[Move]) -> int | None:
    """The sentence to move behind: the first apology after it, or the first fix if that is later."""
    places = []
    for kind in WAY_OUT:
        later = (n for n in range(at + 1, len(sentences)) if _has(moves, kind, sentences[n]))
        places.append(next(later, None))
    apology, fix = places
    return None if apology is None else max(apology, apology if fix is None else fix)


def _has(moves: Sequence[Move], kind: str, sentence: Span) -> bool:
    return any(m.kind == kind and m.span.overlaps(sentence) for m in moves)


def _free(text: str, sentences: Sequence[Span], at: int, target: int) -> bool:
    """Whether the sentences are whole, and none of those that get a new neighbour leans on the old one."""
    for number in (at, at + 1, target + 1):
        if number < len(sentences) and LEANS.match(text, sentences[number].start):
            return False
    if any(not text[: sentences[n].end].endswith(ENDS) for n in (at, target)):
        return False
    line = text[text.rfind("\n", 0, sentences[at].start) + 1 : sentences[at].start]
    gaps = (
        text[a.end : b.start]
        for a, b in zip(sentences[at:target], sentences[at + 1 : target + 1], strict=True)
    )
    return not re.match(r"\s*[^\w\s]", line) and not any(gap.strip() for gap in gaps)
