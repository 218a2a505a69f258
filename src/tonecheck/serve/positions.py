"""Offsets in a text to lines and columns as editors count them, and back."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lsprotocol.types import Position, PositionEncodingKind, Range

from tonecheck.report import Span

__all__ = ["Lines"]

NEWLINE = re.compile(r"\r\n|\n|\r")
# The units in one character under each encoding that an editor may count in.
UNITS: dict[str, Callable[[str], int]] = {
    "utf-8": lambda c: len(c.encode("utf8", "surrogatepass")),
    "utf-16": lambda c: 1 + (c > "\uffff"),
    "utf-32": lambda c: 1,
}


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text: each as a span without its line break, counted in `units`."""

    text: str
    spans: Sequence[Span]
    units: Callable[[str], int]

    @classmethod
    def of(cls, text: str, encoding: str = "utf-16") -> Lines:
        """The lines of a text as the language server protocol ends them: \\n, \\r\\n or \\r."""
        breaks = list(NEWLINE.finditer(text))
        starts = [0, *(match.end() for match in breaks)]
        ends = [*(match.start() for match in breaks), len(text)]
        return cls(text, tuple(map(Span, starts, ends)), UNITS[PositionEncodingKind(encoding).value])

    def position(self, offset: int) -> Position:
        """The line and column of an offset; one within a line break is the end of its line."""
        number = bisect_right(self.spans, offset, key=lambda span: span.start) - 1
        line = self.spans[number]
        return Position(number, sum(map(self.units, self.text[line.start : min(offset, line.end)])))

    def range(self, span: Span) -> Range:
        """A span as the editor counts it."""
        return Range(self.position(span.start), self.position(span.end))

    def offset(self, position: Position) -> int:
        """The offset of a position; one behind its line, or within a character, is the nearest before."""
        if position.line >= len(self.spans):
            return len(self.text)
        line, left = self.spans[position.line], position.character
        for offset in range(line.start, line.end):
            left -= self.units(self.text[offset])
            if left < 0:
                return offset
        return line.end
