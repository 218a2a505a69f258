"""Phrases with alternatives, `(I|we) (am|was) sorry`, as rule files write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

__all__ = ["MAX_RUNS", "TOKEN", "Choice", "expand", "phrasings", "runs", "variants"]

# As spaCy cuts words: "don't" is "do" and "n't", "cannot" is "can" and "not".
TOKEN = re.compile(r"can(?=not\b)|[^\W_]+?(?=n't\b)|n't\b|'[^\W_]+|[^\W_]+|[^\w\s]", re.IGNORECASE)
# Wordings that TOKEN cuts as spaCy does; others are left whole for spaCy to cut.
PLAIN = re.compile(r"[A-Za-z' ,-]*")
FEW_RUNS, MAX_RUNS = 120, 600


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words, or none of them where it is optional."""

    words: tuple[str, ...]
    optional: bool = False

    def __str__(self) -> str:
        return "|".join(self.words) + ("?" if self.optional else "")


def expand(phrase: str) -> Iterator[str]:
    """The phrases that `(one|other|)` alternatives stand for, each with single spaces.

    >>> list(expand("I (am|was) sorry"))
    ['I am sorry', 'I was sorry']
    """
    pieces = re.split(r"\(([^()]*)\)", phrase)
    choices = [piece.split("|") if i % 2 else [piece] for i, piece in enumerate(pieces)]
    for choice in product(*choices):
        yield " ".join("".join(choice).split())


def phrasings(phrase: str) -> int:
    """How many phrases its alternatives stand for."""
    return prod(group.count("|") + 1 for group in re.findall(r"\(([^()]*)\)", phrase))


def variants(phrase: str) -> Iterator[tuple[str | Choice, ...]]:
    """The phrase as few runs of words and choices, for phrases that stand for very many.

    Where that leaves too many runs, alternatives of several words are taken apart into columns, so
    a mix of two of them counts too.

    >>> [[str(part) for part in variant] for variant in variants("(I|we) (am|do not|did not) sorry")]
    [['I|we', 'am', 'sorry'], ['I|we', 'do', 'not', 'sorry'], ['I|we', 'did', 'not', 'sorry']]
    """
    exact = runs(phrase, True) <= FEW_RUNS
    for branches in product(*(_branches(item, exact) for item in _items(phrase))):
        yield tuple(part for branch in branches for part in branch)


def runs(phrase: str, exact: bool) -> int:
    """How many runs `variants` makes of the phrase."""
    return prod(len(_branches(item, exact)) for item in _items(phrase))


def _items(phrase: str) -> list[str]:
    """The places of a phrase: words and groups, cut at the spaces outside of groups.

    A space that all of a group's alternatives begin or end with stands outside of it.
    """
    spaced = re.sub(r"\(((?:[^()|]+ \|)+)\)", lambda m: f"({m[1].replace(' |', '|')}) ", phrase)
    spaced = re.sub(r"\(((?: [^()|]+\|)+)\)", lambda m: f" ({m[1][1:].replace('| ', '|')})", spaced)
    return re.findall(r"(?:\([^()]*\)|[^\s()])+", spaced)


def _branches(item: str, exact: bool) -> list[tuple[str | Choice, ...]]:
    """What may stand at one place: a choice of single words, and runs for longer wordings."""
    wordings = list(dict.fromkeys(expand(item)))
    lengths: dict[int, list[list[str]]] = {}
    for wording in filter(None, wordings):
        tokens = TOKEN.findall(wording) if PLAIN.fullmatch(wording) else [wording]
        lengths.setdefault(len(tokens), []).append(tokens)
    groups = [rows for n, rows in lengths.items() if n == 1 or not exact]
    groups += [[row] for n, rows in lengths.items() if n > 1 and exact for row in rows]
    branches: list[tuple[str | Choice, ...]] = []
    for rows in groups:
        columns = [tuple(dict.fromkeys(column)) for column in zip(*rows, strict=True)]
        branches.append(tuple(c[0] if len(c) == 1 else Choice(c) for c in columns))
    if "" in wordings and 1 in lengths:
        words = tuple(tokens[0] for tokens in lengths[1])
        branches = [(Choice(words, optional=True),), *(b for b in branches if len(b) > 1)]
    elif "" in wordings:
        branches.append(())
    return branches
