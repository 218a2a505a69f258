"""Token patterns that are compiled when a text first holds one of their words.

A rule set has thousands of wordings and a draft touches a few. Each pattern is filed under its
rarest word; only the patterns of which every word occurs are compiled (once) and run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tonecheck.detect.engine import Doc, Language, Matcher
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


Pattern = tuple[str, list[dict[str, Any]]]


@dataclass(slots=True)
class Filed:
    """Named patterns, each under the words of which it must hold one; plain data."""

    patterns: list[Pattern] = field(default_factory=list)
    by_word: dict[str, list[int]] = field(default_factory=dict)
    always: list[int] = field(default_factory=list)

    def add(self, name: str, pattern: Sequence[Mapping[str, Any]]) -> None:
        """File a pattern."""
        number = len(self.patterns)
        self.patterns.append((name, [dict(token) for token in pattern]))
        words = _rarest(pattern)
        for word in words:
            self.by_word.setdefault(word, []).append(number)
        if not words:
            self.always.append(number)


class Runs:
    """Filed patterns, ready to run."""

    def __init__(self, nlp: Language, filed: Filed) -> None:
        self._nlp = nlp
        self._filed = filed
        self._compiled: dict[int, Matcher] = {}
        self._needed: dict[int, list[frozenset[str]]] = {}

    def __call__(self, doc: Doc) -> Iterator[Found]:
        """Every match; of one name's overlaps only the longest."""
        words = {t.lower_ for t in doc} | {t.lemma_.lower() for t in doc}
        by_word = self._filed.by_word
        numbers = {*self._filed.always, *(n for word in words for n in by_word.get(word, ()))}
        found: dict[str, list[Found]] = defaultdict(list)
        for number in sorted(n for n in numbers if self._may_match(n, words)):
            name = self._filed.patterns[number][0]
            for _, first, stop, places in self._matcher(number)(doc, with_alignments=True):  # type: ignore[misc]
                found[name].append((name, first, stop, places))
        for matches in found.values():
            yield from _longest(matches)

    def _may_match(self, number: int, words: set[str]) -> bool:
        """Whether each token that the pattern must match can be one of the words."""
        needed = self._needed.get(number)
        if needed is None:
            _, pattern = self._filed.patterns[number]
            needed = self._needed[number] = list({frozenset(w) for token in pattern if (w := _words(token))})
        return not any(words.isdisjoint(one) for one in needed)

    def _matcher(self, number: int) -> Matcher:
        if number not in self._compiled:
            name, pattern = self._filed.patterns[number]
            self._compiled[number] = compiled(self._nlp, name, pattern)
        return self._compiled[number]


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


def _rarest(pattern: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The words of the token that is least likely to occur by chance; none where no token names any."""
    sets = [words for token in pattern if (words := _words(token))]
    return min(sets, key=lambda s: sum(COMMON_WEIGHT if w in COMMON else 1 for w in s), default=())


def _words(token: Mapping[str, Any]) -> tuple[str, ...]:
    """What a token that must occur may read, in lower case."""
    if str(token.get("OP", "1"))[0] in "?*!" or str(token.get("OP", "")).startswith(("{0", "{,")):
        return ()
    for attribute in ("LOWER", "LEMMA", "ORTH", "TEXT"):
        wanted = token.get(attribute)
        if isinstance(wanted, str):
            return (wanted.lower(),)
        if isinstance(wanted, Mapping) and "IN" in wanted:
            return tuple(word.lower() for word in wanted["IN"])
    return ()


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
