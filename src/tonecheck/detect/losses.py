"""What an edit may never lose: numbers, names, dates, negations and conditions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tonecheck.detect.engine import Token
from tonecheck.detect.parser import Block
from tonecheck.report import Edit
from tonecheck.rule import Pattern

__all__ = ["keeps_facts", "lost"]

NEGATIONS = frozenset(
    "not n't no never none nothing nobody nowhere neither nor without cannot hardly".split()
)
NEEDS_NEGATION = frozenset(("nor", "either", "yet", "anymore"))
CONDITIONS = frozenset("if unless whether until till provided except once".split())
WORD = re.compile(r"n't\b|\w+?(?=n't\b)|[^\W_]+(?:[.,:/’'-][^\W_]+)*", re.IGNORECASE)


def keeps_facts(block: Block, edit: Edit, pattern: Pattern | None = None) -> bool:
    """Whether the edit loses nothing; words that the pattern itself spells may go.

    “Sorry if” may become “sorry that”, because its rule is about that *if*. A negation that reaches
    over an *or* stays: “not unfair or unkind”.
    """
    spelt = "" if pattern is None else str((pattern.phrases, pattern.tokens, pattern.tree)).lower()
    tokens = _tokens(block, edit)
    gone = list(lost(tokens, edit.text))
    if any(kind == "negation" for kind, _ in gone) and _reaches_on(tokens[-1]):
        return False
    return all(_spells(spelt, word) for _, word in gone)


def lost(tokens: Iterable[Token], wording: str) -> Iterator[tuple[str, str]]:
    """What the tokens say and the wording in their place does not: (kind, word)."""
    left = Counter(word.lower().replace("’", "'") for word in WORD.findall(wording))
    for token in tokens:
        word = token.lower_
        kind = _kind(token)
        if kind is not None and left[word] <= 0:
            yield kind, word
        left[word] -= 1


def _kind(token: Token) -> str | None:
    if token.lower_ in NEGATIONS:
        return "negation"
    if token.lower_ in CONDITIONS:
        return "condition"
    if any(c.isdigit() for c in token.text) or (token.pos_ == "NUM" and token.lower_ != "one"):
        return "number"
    is_name = token.pos_ == "PROPN" and token.text[:1].isupper()
    return "name" if is_name else None


def _tokens(block: Block, edit: Edit) -> list[Token]:
    places = zip(block.doc, block.starts, block.ends, strict=True)
    start, end = edit.span.start - block.offset, edit.span.end - block.offset
    return [token for token, first, last in places if first < end and start < last]


def _reaches_on(last: Token) -> bool:
    """Whether words behind the last one lean on a negation before it."""
    rest = [token.lower_ for token in last.doc[last.i + 1 : last.sent.end]]
    return rest[:1] == ["or"] or not NEEDS_NEGATION.isdisjoint(rest)


def _spells(pattern: str, word: str) -> bool:
    before = "" if word == "n't" else r"\b"
    return re.search(rf"{before}{re.escape(word)}\b", pattern) is not None
