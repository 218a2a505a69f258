"""Token patterns that are compiled when a text first holds one of their words.

A rule set has thousands of wordings and a draft touches a few. Each pattern is filed under its
rarest word; only the patterns whose word occurs are compiled (once) and run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc

from tonecheck.phrase import TOKEN, Choice

__all__ = ["Found", "Runs", "tokens_of"]

# Key, first token, last + 1, and for each token matched the place of its pattern.
Found = tuple[int, int, int, list[int]]
# Words that nearly every mail holds: poor ones to file a pattern under.
COMMON = frozenset(
    """a an and any are as at be been but by can do for from had has have i if in is it its may me my no not of on or
    our so that the their them there they this to us was we were what when which will with would you your 's 're 've 'll
    'm n't , . ! ? -""".split()
)
COMMON_WEIGHT = 40


class Runs:
    """Token patterns by key, filed under a word that each of them must hold."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        self._patterns: list[tuple[int, list[dict[str, Any]]]] = []
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._always: list[int] = []
        self._compiled: dict[int, Matcher] = {}

    def add(self, key: int, pattern: Sequence[Mapping[str, Any]], *, validate: bool = False) -> None:
        """File a pattern; with `validate` it is compiled at once, and spaCy says what is wrong."""
        number = len(self._patterns)
        self._patterns.append((key, [dict(token) for token in pattern]))
        if validate:
            self._matcher(number, validate=True)
        words = _rarest(pattern)
        for word in words:
            self._by_word[word].append(number)
        if not words:
            self._always.append(number)

    def __call__(self, doc: Doc) -> Iterator[Found]:
        """Every match; of one key's overlaps only the longest."""
        words = {t.lower_ for t in doc} | {t.lemma_.lower() for t in doc}
        numbers = {*self._always, *(n for word in words for n in self._by_word.get(word, ()))}
        found: dict[int, list[Found]] = defaultdict(list)
        for number in sorted(numbers):
            key = self._patterns[number][0]
            for _, first, stop, places in self._matcher(number)(doc, with_alignments=True):  # type: ignore[misc]
                found[key].append((key, first, stop, places))
        for matches in found.values():
            yield from _longest(matches)

    def _matcher(self, number: int, *, validate: bool = False) -> Matcher:
        if number not in self._compiled:
            key, pattern = self._patterns[number]
            matcher = Matcher(self._nlp.vocab, validate=validate)
            matcher.add(key, [pattern], greedy="LONGEST")
            self._compiled[number] = matcher
        return self._compiled[number]


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
