"""Which of the client's questions, requests and points the draft answers, and which it leaves lying.

Right before loud: something counts as answered where the draft holds two of its words, or one and the kind
of thing that it asks for (a time, an amount, a refund); it counts as left lying where the draft holds
none of this, nor a word close in meaning. Of what lies between nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tonecheck.detect.asks import Ask, asks_of, may_ask, points_of
from tonecheck.detect.engine import Doc, Token
from tonecheck.detect.parser import TAGS, Parser
from tonecheck.mail.draft import Draft, draft_of

__all__ = ["listening", "told_in"]

CLOSE = 0.7
MAX_CLIENT = 4000
CONTENT = frozenset({"NOUN", "VERB", "PROPN", "ADJ", "NUM"})
EMPTY = frozenset(
    """be have do get go make take know think want need like let see say tell please thing something anything way lot
    time day week sure able good bad new more much many other same such one ask answer question reply mail email
    hear happen expect explain mean come give try point people would could appreciate require demand kindly""".split()
)
# “On your second point”, “2.”: the draft goes through the client's list.
POINTS = re.compile(r"\b(?:point|question|item)s?\b|(?:^|\s)\(?[1-9][.)]\s", re.IGNORECASE)


def listening(draft: Draft, parser: Parser) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the client asks, in their own words: what the draft answers, and what it leaves lying."""
    told = told_in(draft)
    if told is None:
        return (), ()
    asked = asks_of(_tagged(told, parser), points_of(told.text))
    if not asked:
        return (), ()
    drafted = _tagged(draft, parser)
    text = " ".join(doc.text for doc in drafted)
    words = [token for doc in drafted for token in doc if _tells(token)]
    found = [(ask.words, _is_answered(ask, text, words)) for ask in asked]
    return (
        tuple(words for words, answered in found if answered),
        tuple(words for words, answered in found if answered is False),
    )


def told_in(draft: Draft) -> Draft | None:
    """What the client wrote, where it may ask for something."""
    client = (draft.client or "")[:MAX_CLIENT]
    return draft_of(client) if may_ask(client) else None


def _tagged(draft: Draft, parser: Parser) -> list[Doc]:
    blocks = parser.parse(draft)
    parser.read((block.reading for block in blocks), TAGS)
    return [block.words for block in blocks]


def _is_answered(ask: Ask, text: str, drafted: Sequence[Token]) -> bool | None:
    """Whether a draft of these telling words deals with what is asked; None where it may."""
    words = [token for token in ask.doc if _tells(token)]
    shared = {token.lemma_.lower() for token in words} & {token.lemma_.lower() for token in drafted}
    given = any(want.given.search(text) for want in ask.wants)
    strict = [want.given.search(text) is not None for want in ask.wants if want.strict]
    if not all(strict):
        return None if any(strict) or POINTS.search(text) else False
    if len(shared) > 1 or (given and shared):
        return True
    if given or POINTS.search(text):
        return None
    return None if shared or not words or _is_near(words, drafted) else False


def _is_near(words: Sequence[Token], drafted: Sequence[Token]) -> bool:
    """Whether one of the nouns is close in meaning to one of the draft's."""
    theirs, ours = _vectors(words), _vectors(drafted)
    return bool(len(theirs) and len(ours)) and float((theirs @ ours.T).max()) >= CLOSE


def _tells(token: Token) -> bool:
    return token.pos_ in CONTENT and token.lemma_.lower() not in EMPTY and len(token) > 2


def _vectors(words: Sequence[Token]) -> np.ndarray:
    """The unit vectors of the nouns' base forms, one a row: in full forms the endings are alike."""
    forms = (token.vocab[token.lemma_.lower()] for token in words if token.pos_ == "NOUN")
    rows = [form.vector / form.vector_norm for form in forms if form.has_vector and form.vector_norm]
    return np.stack(rows) if rows else np.zeros((0, 1), "float32")
