"""Marking words with the cursor: what each key does, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wcwidth import wcswidth

from tonecheck.coach.spot import Guess
from tonecheck.report import FAULT_LETTERS, TYPES, Span

__all__ = ["Marking", "marking_of", "pressed", "types_of"]


@dataclass(frozen=True, slots=True)
class Marking:
    """A draft with the cursor on a word. `rows` are the words' numbers as the screen shows them.

    `since` is the word where a mark began, `letter` the fault of a mark whose type is still open.
    """

    text: str
    words: tuple[Span, ...]
    rows: tuple[range, ...]
    at: int = 0
    since: int | None = None
    letter: str | None = None
    guesses: tuple[Guess, ...] = ()

    @property
    def span(self) -> Span:
        """The words from where the mark began to the cursor."""
        since = self.at if self.since is None else self.since
        return Span(self.words[min(since, self.at)].start, self.words[max(since, self.at)].end)


def marking_of(text: str, width: int) -> Marking:
    """The draft before anything is marked, in rows of at most `width` cells where words allow it."""
    words = tuple(Span(*match.span()) for match in re.finditer(r"\S+", text))
    return Marking(text, words, tuple(_rows(text, words, width)))


def _rows(text: str, words: Sequence[Span], width: int) -> Iterator[range]:
    start = 0
    for number in range(1, len(words) + 1):
        if number == len(words):
            yield range(start, number)
            return
        line = text[words[start].start : words[number].end]
        if "\n" in line or wcswidth(line) > width:
            yield range(start, number)
            start = number


def types_of(letter: str) -> tuple[str, ...]:
    """The types of a fault, as their numbers choose them."""
    return tuple(kind for kind in TYPES if kind[0] == letter)


def pressed(marking: Marking, key: str) -> Marking:
    """The marking after a key: an arrow, space, backspace, escape, enter, a fault's letter or a number."""
    if marking.letter is not None:
        return _named(marking, marking.letter, key)
    if key in {"left", "right"}:
        return _moved(marking, marking.at + (1 if key == "right" else -1))
    if key in {"up", "down"}:
        return _moved(marking, _above_or_below(marking, 1 if key == "down" else -1))
    if key == "space":
        return replace(marking, since=marking.at if marking.since is None else None)
    if key == "escape":
        return replace(marking, since=None)
    if key == "backspace":
        word = marking.words[marking.at]
        return replace(marking, guesses=tuple(g for g in marking.guesses if not g.span.overlaps(word)))
    if key.upper() in FAULT_LETTERS:
        return replace(marking, letter=key.upper())
    return marking


def _moved(marking: Marking, to: int) -> Marking:
    return replace(marking, at=max(0, min(len(marking.words) - 1, to)))


def _above_or_below(marking: Marking, step: int) -> int:
    """The word at the same place of the row above or below."""
    number = next(n for n, row in enumerate(marking.rows) if marking.at in row)
    row = marking.rows[max(0, min(len(marking.rows) - 1, number + step))]
    return min(row[-1], row[0] + marking.at - marking.rows[number][0])


def _named(marking: Marking, letter: str, key: str) -> Marking:
    """A number names the type, enter leaves it open, escape forgets the fault."""
    types = types_of(letter)
    if key == "escape":
        return replace(marking, letter=None)
    if key.isdigit() and 1 <= int(key) <= len(types):
        kind = types[int(key) - 1]
    elif key == "enter":
        kind = letter
    else:
        return marking
    guess = Guess(marking.span, kind)
    kept = tuple(g for g in marking.guesses if g != guess)
    return replace(marking, since=None, letter=None, guesses=(*kept, guess))
