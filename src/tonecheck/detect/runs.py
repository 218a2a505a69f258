"""Token patterns that are compiled when a text first holds their words.

A rule set has thousands of wordings and a draft touches a few. Each pattern is filed under its
rarest two words in a row; where these occur and the pattern's other words stand around them, spaCy
compiles the pattern (once) and runs it on those tokens alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from tonecheck.detect.engine import Language, Matcher
from tonecheck.detect.filing import Filed, Step, stage_of, steps_around
from tonecheck.detect.parser import Block

__all__ = ["Found", "Runs", "compiled"]

# Name, first token, last + 1, and for each token matched the place of its pattern.
Found = tuple[str, int, int, list[int]]
# The first token among which a pattern may match, the last + 1.
Window = tuple[int, int]


class Runs:
    """Filed patterns, ready to run."""

    def __init__(self, nlp: Language, filed: Filed) -> None:
        self._filed = filed
        self._matcher = cache(lambda number: compiled(nlp, filed.pattern(number)))
        self._steps = cache(lambda number: steps_around(filed.pattern(number)))
        self._stage = cache(lambda number: stage_of(filed.pattern(number)))

    def __call__(self, block: Block) -> Iterator[Found]:
        """Every match; of one name's overlaps only the longest."""
        found: dict[str, list[Found]] = defaultdict(list)
        windows = self._windows(block)
        for number in sorted(windows):
            name, _ = self._filed.patterns[number]
            matcher, doc = self._matcher(number), block.reading.up_to(self._stage(number))
            for start, end in _merged(windows[number]):
                for _, first, stop, places in matcher(doc[start:end], with_alignments=True):  # type: ignore[misc]
                    found[name].append((name, start + first, start + stop, places))
        for matches in found.values():
            yield from _longest(matches)

    def _windows(self, block: Block) -> dict[int, list[Window]]:
        """The patterns that may match, each with the windows in which it may."""
        words = [token.lower_ for token in block.words]
        windows = {number: [(0, len(words))] for number in self._filed.always}
        size, backwards = len(words), words[::-1]
        for place, number in self._anchors(block, words):
            before, after = self._steps(number)
            stop = _furthest(after, words, place)
            start = None if stop is None else _furthest(before, backwards, size - place)
            if stop is not None and start is not None:
                windows.setdefault(number, []).append((size - start, stop))
        return windows

    def _anchors(self, block: Block, words: list[str]) -> Iterator[tuple[int, int]]:
        """Where the rarest words of a pattern stand, and the pattern."""
        by_words = self._filed.by_words
        for place, (word, following) in enumerate(zip(words, [*words[1:], ""], strict=True)):
            for number in (*by_words.get(word, ()), *by_words.get(f"{word} {following}", ())):
                yield place, number
        if self._filed.by_lemma:
            for token in block.tagged:
                for number in self._filed.by_lemma.get(token.lemma_.lower(), ()):
                    yield token.i, number


def _furthest(steps: Sequence[Step], words: Sequence[str], place: int) -> int | None:
    """The furthest place that the steps reach from this one; None where they cannot be taken."""
    for number, (wanted, least, most) in enumerate(steps):
        if least != 1 or most != 1:
            return _furthest_of(steps[number:], words, {place})
        if place == len(words) or (wanted is not None and words[place] not in wanted):
            return None
        place += 1
    return place


def _furthest_of(steps: Sequence[Step], words: Sequence[str], places: set[int]) -> int | None:
    """The same from several places, by steps that leave a choice."""
    for wanted, least, most in steps:
        reached = set() if least else set(places)
        for count in range(1, most + 1):
            inside = (at for at in places if at < len(words))
            places = {at + 1 for at in inside if wanted is None or words[at] in wanted}
            if not places:
                break
            if count >= least:
                reached |= places
        places = reached
    return max(places, default=None)


def _merged(windows: Iterable[Window]) -> list[Window]:
    """The windows in order, with those that overlap as one."""
    merged: list[Window] = []
    for start, stop in sorted(windows):
        if merged and start < merged[-1][1]:
            start, stop = merged[-1][0], max(stop, merged.pop()[1])
        merged.append((start, stop))
    return merged


def compiled(nlp: Language, pattern: list[dict[str, Any]], *, validate: bool = False) -> Matcher:
    """One pattern as spaCy runs it; with `validate` spaCy says what is wrong with it."""
    matcher = Matcher(nlp.vocab, validate=validate)
    matcher.add("pattern", [pattern], greedy="LONGEST")
    return matcher


def _longest(matches: list[Found]) -> Iterator[Found]:
    taken: set[int] = set()
    for match in sorted(matches, key=lambda m: (m[1] - m[2], m[1])):
        places = set(range(match[1], match[2]))
        if not places & taken:
            taken |= places
            yield match
