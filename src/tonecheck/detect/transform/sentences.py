"""One sentence to two: “I am sorry, but …” to “I am sorry. …”."""

from __future__ import annotations

from collections.abc import Iterator

from tonecheck.detect.parser import Block
from tonecheck.report import Edit, Span

__all__ = ["two_sentences"]

TAKING_BACK = frozenset(("but", "however"))
SUBJECT_WITHIN = 6
LEADING_ON = frozenset("because as since although though unless while when if that".split())


def two_sentences(block: Block, text: str, first: int, stop: int) -> Iterator[Edit]:
    """The edit that puts a full stop for the *but* among the tokens `first` to `stop`.

    Nothing where what follows has no subject of its own and could not stand alone. Safe where the
    apology is what the sentence says, not what somebody says in it.
    """
    begins, ends = next(s for s in block.sentences if s[0] <= first < s[1])
    doc = block.doc
    places = [i for i in range(max(first, begins + 1), stop) if doc[i].lower_ in TAKING_BACK]
    if not places:
        return
    before, after = places[-1] - 1, places[-1] + 1
    while before > begins and doc[before].is_punct:
        before -= 1
    while after < ends and doc[after].text in {",", "-", "–", "—"}:
        after += 1
    stands = any(t.dep_.startswith(("nsubj", "expl")) for t in doc[after : min(after + SUBJECT_WITHIN, ends)])
    if (before <= begins and not doc[before].is_alpha) or not stands or doc[after].lower_ in LEADING_ON:
        return
    says_it = any(token.dep_ == "ROOT" for token in doc[first:stop])
    start, next_word = block.span(before, before + 1).end, block.span(after, after + 1).start
    yield Edit(Span(start, next_word + 1), f". {text[next_word].upper()}", safe=says_it)
