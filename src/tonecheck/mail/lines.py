"""The lines of a text with their places, and the ways to walk over them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tonecheck.report import Span

__all__ = ["Line", "lines_of", "marked", "paragraphs", "stretches"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line break.

    `kind` is "" while nothing but its author is known to have written it. `greeting` counts the
    characters of a greeting in it, `depth` the quote containers of the markup around it.
    """

    span: Span
    text: str
    kind: str = ""
    greeting: int = 0
    depth: int = 0

    @property
    def is_own(self) -> bool:
        """Whether the author wrote words here."""
        return not self.kind and bool(self.text.strip())


def lines_of(text: str) -> list[Line]:
    """Every line with its place; `\\n`, `\\r\\n` and `\\r` end a line."""
    found = re.finditer(r"([^\r\n]*)(\r\n|\n|\r|$)", text)
    return [Line(Span(m.start(1), m.end(1)), m[1]) for m in found if m[0] or m.start() == 0]


def marked(lines: list[Line], kind: str, start: int, stop: int) -> None:
    """Give the lines `start` to `stop` (exclusive) a kind, where they have none yet."""
    for i in range(start, stop):
        if not lines[i].kind:
            lines[i] = replace(lines[i], kind=kind)


def paragraphs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Runs of the author's lines between blank lines and what is already marked."""
    yield from _runs([line.is_own for line in lines])


def stretches(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Runs of the author's lines, blank ones included, between what is already marked."""
    yield from _runs([not line.kind for line in lines])


def _runs(wanted: Sequence[bool]) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for i, is_in in enumerate([*wanted, False]):
        if is_in and start is None:
            start = i
        elif not is_in and start is not None:
            yield start, i
            start = None
