"""Token patterns that are compiled when a text first holds their words.

A rule set has thousands of wordings and a draft touches a few. Each pattern is filed under its
rarest word; where that occurs and the pattern's other words stand around it, spaCy compiles the
pattern (once) and runs it on those tokens alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tonecheck.detect.engine import Doc, Language, Matcher
from tonecheck.detect.parser import Block
from tonecheck.phrase import TOKEN, Choice

__all__ = ["Filed", "Found", "Runs", "compiled", "tokens_of"]

# Name, first token, last + 1, and for each token matched the place of its pattern.
Found = tuple[str, int, int, list[int]]
# Words that nearly every mail holds: poor ones to file a pattern under.
COMMON = frozenset(
    """a an and any are as at be been but by can do for from had has have i if in is it its may me my no not of on or
    our so that the their them there they this to us was we were what when which will with would you your 's 're 've 'll
    'm n't , . ! ? -""".split()
)
COMMON_WEIGHT = 40
ENDLESS = 1_000_000
WORD_ATTRIBUTES = frozenset(
    """OP LOWER ORTH TEXT NORM SHAPE LENGTH SPACY IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_UPPER IS_TITLE IS_PUNCT
    IS_SPACE IS_STOP IS_SENT_START SENT_START LIKE_NUM LIKE_URL LIKE_EMAIL""".split()
)
TAG_ATTRIBUTES = frozenset({"LEMMA", "POS", "TAG", "MORPH"})
# How often spaCy's operators let a token stand in a row; `!` takes one that is another.
TIMES = {"1": (1, 1), "!": (1, 1), "?": (0, 1), "*": (0, ENDLESS), "+": (1, ENDLESS)}


Pattern = tuple[str, list[dict[str, Any]]]
# The words that a part of a pattern takes (None: any), how many tokens at least and at most.
Step = tuple[frozenset[str] | None, int, int]
# The first token among which a pattern may match, the last + 1.
Window = tuple[int, int]


@dataclass(slots=True)
class Filed:
    """Named patterns, each under the words of which it must hold one; plain data."""

    patterns: list[Pattern] = field(default_factory=list)
    by_word: dict[str, list[int]] = field(default_factory=dict)
    by_lemma: dict[str, list[int]] = field(default_factory=dict)
    always: list[int] = field(default_factory=list)

    def add(self, name: str, pattern: Sequence[Mapping[str, Any]]) -> None:
        """File a pattern."""
        number = len(self.patterns)
        self.patterns.append((name, [dict(token) for token in pattern]))
        rarest = _rarest(pattern)
        if rarest is None:
            self.always.append(number)
            return
        words, by = _words(pattern[rarest]), self.by_word
        if words is None:
            words, by = _lemmas(pattern[rarest]), self.by_lemma
        for word in words or ():
            by.setdefault(word, []).append(number)


class Runs:
    """Filed patterns, ready to run."""

    def __init__(self, nlp: Language, filed: Filed) -> None:
        self._filed = filed
        self._matcher = cache(lambda number: compiled(nlp, *filed.patterns[number]))
        self._steps = cache(lambda number: _around(filed.patterns[number][1]))

    def __call__(self, block: Block) -> Iterator[Found]:
        """Every match; of one name's overlaps only the longest."""
        found: dict[str, list[Found]] = defaultdict(list)
        windows = self._windows(block)
        for number in sorted(windows):
            name, pattern = self._filed.patterns[number]
            matcher, doc = self._matcher(number), _read_for(pattern, block)
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
        """Where the rarest word of a pattern stands, and the pattern."""
        for place, word in enumerate(words):
            for number in self._filed.by_word.get(word, ()):
                yield place, number
        if self._filed.by_lemma:
            for token in block.tagged:
                for number in self._filed.by_lemma.get(token.lemma_.lower(), ()):
                    yield token.i, number


def _read_for(pattern: Sequence[Mapping[str, Any]], block: Block) -> Doc:
    """The tokens, read as far as the pattern looks."""
    asked = {attribute for token in pattern for attribute in token}
    if asked <= WORD_ATTRIBUTES:
        return block.words
    return block.tagged if asked <= WORD_ATTRIBUTES | TAG_ATTRIBUTES else block.doc


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


def _around(pattern: Sequence[Mapping[str, Any]]) -> tuple[list[Step], list[Step]]:
    """The steps before the pattern's rarest word, the nearest first, and those from it on."""
    rarest = _rarest(pattern) or 0
    steps = [(_words(token), *_times(token)) for token in pattern]
    return steps[:rarest][::-1], steps[rarest:]


def _merged(windows: Iterable[Window]) -> list[Window]:
    """The windows in order, with those that overlap as one."""
    merged: list[Window] = []
    for start, stop in sorted(windows):
        if merged and start < merged[-1][1]:
            start, stop = merged[-1][0], max(stop, merged.pop()[1])
        merged.append((start, stop))
    return merged


def compiled(nlp: Language, name: str, pattern: list[dict[str, Any]], *, validate: bool = False) -> Matcher:
    """One pattern as spaCy runs it; with `validate` spaCy says what is wrong with it."""
    matcher = Matcher(nlp.vocab, validate=validate)
    matcher.add(name, [pattern], greedy="LONGEST")
    return matcher


def _longest(matches: list[Found]) -> Iterator[Found]:
    taken: set[int] = set()
    for match in sorted(matches, key=lambda m: (m[1] - m[2], m[1])):
        places = set(range(match[1], match[2]))
        if not places & taken:
            taken |= places
            yield match


def _rarest(pattern: Sequence[Mapping[str, Any]]) -> int | None:
    """Which token is least likely to occur by chance; None where no token that must occur names words.

    A lemma is taken only where no word is named: to know lemmas takes time.
    """
    must = [number for number, token in enumerate(pattern) if _times(token)[0]]
    for named in (_words, _lemmas):
        sets = {number: words for number in must if (words := named(pattern[number])) is not None}
        if sets:
            return min(sets, key=lambda n: sum(COMMON_WEIGHT if w in COMMON else 1 for w in sets[n]))
    return None


def _words(token: Mapping[str, Any]) -> frozenset[str] | None:
    """What a token may read, in lower case; None where that is not known."""
    return _named(token, "LOWER", "ORTH", "TEXT")


def _lemmas(token: Mapping[str, Any]) -> frozenset[str] | None:
    return _named(token, "LEMMA")


def _named(token: Mapping[str, Any], *attributes: str) -> frozenset[str] | None:
    if token.get("OP") == "!":
        return None
    for wanted in map(token.get, attributes):
        if isinstance(wanted, str):
            return frozenset({wanted.lower()})
        if isinstance(wanted, Mapping) and "IN" in wanted:
            return frozenset(word.lower() for word in wanted["IN"])
    return None


def _times(token: Mapping[str, Any]) -> tuple[int, int]:
    """How often a token must and may stand in a row."""
    operator = str(token.get("OP", "1"))
    if operator in TIMES:
        return TIMES[operator]
    least, comma, most = operator.strip("{}").partition(",")
    return int(least or 0), int(most or ENDLESS) if comma else int(least)


def tokens_of(run: tuple[str | Choice, ...], nlp: Language) -> Iterator[dict[str, Any]]:
    """A run of a phrase as a token pattern."""
    for part in run:
        if isinstance(part, Choice):
            words = {"LOWER": {"IN": [word.lower() for word in part.words]}}
            yield {**words, "OP": "?"} if part.optional else words
        elif TOKEN.fullmatch(part):
            yield {"LOWER": part.lower()}
        else:
            yield from ({"LOWER": token.lower_} for token in nlp.make_doc(part))
