"""Where patterns are filed: each under what it must hold and is least likely to occur by chance."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tonecheck.detect.engine import Language
from tonecheck.detect.parser import TAGS, TREE, WORDS
from tonecheck.phrase import TOKEN, Choice

__all__ = ["Filed", "Step", "stage_of", "steps_around", "tokens_of"]

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

Pattern = Sequence[Mapping[str, Any]]
# The words that a part of a pattern takes (None: any), how many tokens at least and at most.
Step = tuple[frozenset[str] | None, int, int]


@dataclass(slots=True)
class Filed:
    """Named patterns as JSON, which loads fast, each under the words of which it must hold one."""

    patterns: list[tuple[str, str]] = field(default_factory=list)
    by_words: dict[str, list[int]] = field(default_factory=dict)
    by_lemma: dict[str, list[int]] = field(default_factory=dict)
    always: list[int] = field(default_factory=list)

    def add(self, name: str, pattern: Pattern) -> None:
        """File a pattern."""
        number = len(self.patterns)
        self.patterns.append((name, json.dumps(pattern)))
        anchor = _anchor(pattern)
        filed = self.by_lemma if anchor.is_lemma else self.by_words
        for words in anchor.words:
            filed.setdefault(words, []).append(number)
        if not anchor.words:
            self.always.append(number)

    def pattern(self, number: int) -> list[dict[str, Any]]:
        """The pattern as spaCy takes it."""
        pattern: list[dict[str, Any]] = json.loads(self.patterns[number][1])
        return pattern


def stage_of(pattern: Pattern) -> int:
    """How far the tokens must be read for the pattern to match."""
    asked = {attribute for token in pattern for attribute in token} - WORD_ATTRIBUTES
    return WORDS if not asked else TAGS if asked <= TAG_ATTRIBUTES else TREE


def steps_around(pattern: Pattern) -> tuple[list[Step], list[Step]]:
    """The steps before the pattern's rarest words, the nearest first, and those from there on."""
    place = _anchor(pattern).place
    steps = [(_words(token), *_times(token)) for token in pattern]
    return steps[:place][::-1], steps[place:]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The place in a pattern of what is least likely to occur by chance, and how that may read.

    Two words in a row, else one, else a lemma: to know lemmas takes time. No words where none is named.
    """

    place: int = 0
    words: tuple[str, ...] = ()
    is_lemma: bool = False


def _anchor(pattern: Pattern) -> Anchor:
    words = [_words(token) if _times(token)[0] else None for token in pattern]
    once = [found if _times(token) == (1, 1) else None for token, found in zip(pattern, words, strict=True)]
    pairs = {n: (a, b) for n, (a, b) in enumerate(pairwise(once)) if a and b}
    if pairs:
        place = min(pairs, key=lambda n: _weight(pairs[n][0]) * _weight(pairs[n][1]))
        return Anchor(place, tuple(f"{a} {b}" for a in pairs[place][0] for b in pairs[place][1]))
    lemmas = [_lemmas(token) if _times(token)[0] else None for token in pattern]
    for is_lemma, sets in enumerate((words, lemmas)):
        named = {n: found for n, found in enumerate(sets) if found}
        if named:
            place = min(named, key=lambda n: _weight(named[n]))
            return Anchor(place, tuple(named[place]), bool(is_lemma))
    return Anchor()


def _weight(words: frozenset[str]) -> int:
    return sum(COMMON_WEIGHT if word in COMMON else 1 for word in words)


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
