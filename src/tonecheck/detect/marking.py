"""Which words of a sentence to mark: the shortest clause or phrase that carries the fault."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tonecheck.report import Span

__all__ = ["LEADING_ON", "marked"]

WORD = re.compile(r"\S+")
# A word speaks for the fault if its chance is above this share of the most telling word's.
SHARE = 0.45
# A run that ends this near to the edge of its clause goes to the edge.
NEAR = 5
# From so many words on only the clauses that carry the fault stay, and those nearly as telling.
LONG = 16
NEARLY = 0.8
CLAUSE_ENDS = frozenset(",;:—–.!?)")
CLAUSE_OPENERS = frozenset(
    "and but so because although while though since if when as however yet unless whereas".split()
)
LEFT_OUT = frozenset("and but or that".split())
LEADING_ON = frozenset(
    """a an the of on in at to for with by from and or but that which as our your my this so than i we he she they
    is are was were be been has have had will would can could""".split()
)
AROUND = " \t\r\n.,;:!?()\"“”‘’'"


def marked(text: str, sentence: Span, chances: Sequence[tuple[Span, float]]) -> Span:
    """The words to mark in a sentence of `text`, given how likely each piece of it carries the fault."""
    words = [
        Span(sentence.start + found.start(), sentence.start + found.end())
        for found in WORD.finditer(text[sentence.start : sentence.end])
    ]
    weights = [max((c for place, c in chances if place.overlaps(word)), default=0.0) for word in words]
    if not any(weights):
        return sentence
    starts = _clause_starts(text, words)
    first, last = _to_clause_edges(*_best_run(weights), starts)
    if last - first >= LONG:
        first, last = _telling_clauses(first, last, starts, weights)
    return _bare(text, words, first, last, starts)


def _best_run(weights: Sequence[float]) -> tuple[int, int]:
    """The run of words whose weights exceed the bar by most in sum."""
    bar = SHARE * max(weights)
    best, run = (0.0, 0, 0), (0.0, 0)
    for place, weight in enumerate(weights):
        total, first = run if run[0] > 0 else (0.0, place)
        run = total + weight - bar, first
        if run[0] > best[0]:
            best = run[0], first, place
    return best[1], best[2]


def _clause_starts(text: str, words: Sequence[Span]) -> list[int]:
    """Where clauses begin, as far as marks and little words show, and the end of the last."""
    starts = [0]
    for place in range(1, len(words)):
        before = text[words[place - 1].end - 1]
        word = text[words[place].start : words[place].end].lower().strip(AROUND)
        if before in CLAUSE_ENDS or word in CLAUSE_OPENERS:
            starts.append(place)
    return [*starts, len(words)]


def _to_clause_edges(first: int, last: int, starts: Sequence[int]) -> tuple[int, int]:
    """The run, with what little is left of its first and its last clause."""
    opens = max(start for start in starts if start <= first)
    closes = min(start for start in starts if start > last) - 1
    return (opens if first - opens <= NEAR else first), (closes if closes - last <= NEAR else last)


def _telling_clauses(
    first: int, last: int, starts: Sequence[int], weights: Sequence[float]
) -> tuple[int, int]:
    """Of a long run the most telling clause, and its neighbours that are nearly as telling."""
    edges = [first, *(start for start in starts if first < start <= last), last + 1]
    clauses = list(pairwise(edges))
    means = [sum(weights[a:b]) / (b - a) for a, b in clauses]
    # A clause of a word or two is hardly one.
    peak = max(
        range(len(clauses)), key=lambda n: means[n] * (0.5 if clauses[n][1] - clauses[n][0] < 3 else 1)
    )
    low = high = peak
    while low > 0 and means[low - 1] >= NEARLY * means[peak]:
        low -= 1
    while high < len(clauses) - 1 and means[high + 1] >= NEARLY * means[peak]:
        high += 1
    return clauses[low][0], clauses[high][1] - 1


def _bare(text: str, words: Sequence[Span], first: int, last: int, starts: Sequence[int]) -> Span:
    """The run without marks around it, and without small words that lead on to what is not part of it."""

    def word(place: int) -> str:
        return text[words[place].start : words[place].end].lower()

    if first == last and first not in starts:
        first = max(0, first - 1)
    while last - first > 1 and word(first) in LEFT_OUT:
        first += 1
    while last - first > 1 and last + 1 not in starts and word(last) in LEADING_ON:
        last -= 1
    start, end = words[first].start, words[last].end
    while end - start > 1 and text[end - 1] in AROUND:
        end -= 1
    while end - start > 1 and text[start] in AROUND:
        start += 1
    return Span(start, end)
