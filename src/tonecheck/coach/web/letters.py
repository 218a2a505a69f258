"""Letters on a page: cut into words that are marked one by one, or drawn with what was marked in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from tonecheck.report import Span

__all__ = ["Note", "Piece", "drawn", "gist", "words_of"]

Note = tuple[Span, str, str]  # words, the class they are drawn with, and what is said behind them
Piece = tuple[str, str, Sequence[str]]  # words, the classes they are drawn with, and what is said behind them
OPENING, CLOSING = '(“"', '.,;:!?…)”"'  # beside a word, and no part of it
GREETING = re.compile(r"\A[^\n.!?]{1,60},?\s*\n+(?=\s*\S)")


def words_of(text: str) -> Sequence[tuple[str, int, int]]:
    """The text in pieces, each with its place; what stands between words has the place (0, 0)."""
    pieces, at = list[tuple[str, int, int]](), 0
    for match in re.finditer(r"\S+", text):
        word = match[0].lstrip(OPENING).rstrip(CLOSING) or match[0]
        start = match.start() + match[0].index(word)
        pieces += [(text[at:start], 0, 0), (word, start, start + len(word))]
        at = start + len(word)
    return [piece for piece in (*pieces, (text[at:], 0, 0)) if piece[0]]


def drawn(text: str, notes: Iterable[Note]) -> Sequence[Piece]:
    """The text in pieces, each with the classes of all that covers it; a note is said where it ends."""
    noted = sorted(notes, key=lambda note: (note[0], note[1]))
    edges = sorted({0, len(text), *(at for span, _, _ in noted for at in (span.start, span.end))})
    pieces = []
    for start, end in pairwise(edges):
        over = dict.fromkeys(kind for span, kind, _ in noted if span.start <= start and end <= span.end)
        said = [told for span, _, told in noted if span.end == end]
        pieces.append((text[start:end], " ".join(over), said))
    return pieces


def gist(text: str, length: int = 90) -> str:
    """What a letter begins with behind its greeting, on one line."""
    line = " ".join(GREETING.sub("", text).split())
    return line if len(line) <= length else f"{line[: length - 1].rsplit(' ', 1)[0]} …"
