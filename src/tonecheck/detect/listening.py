"""Which of the client's questions the draft leaves lying.

Careful on purpose: a question counts as answered as soon as the draft takes up one of its words,
a word close to it in meaning, or the kind of thing that it asks for (a time, an amount, a reason).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from tonecheck.detect.engine import Doc, Language, Token
from tonecheck.detect.facts import TIME
from tonecheck.mail.draft import draft_of

__all__ = ["unanswered"]

CLOSE = 0.62
MAX_CLIENT = 4000
MAX_QUESTIONS = 12
CONTENT = frozenset({"NOUN", "VERB", "PROPN", "ADJ", "NUM"})
EMPTY = frozenset(
    """be have do get go make take know think want need like let see say tell please thing something anything way lot
    time day week sure able good bad new more much many other same such one ask answer question reply mail email
    hear happen expect explain mean go come give try way point people""".split()
)
# What a question asks for, and how a draft gives it.
ASKS_FOR = (
    (re.compile(r"\b(?:when|by when|what (?:time|day|date)|how (?:soon|long))\b", re.I), TIME),
    (re.compile(r"\bhow (?:much|many)\b|\bwhat (?:does|will|would) .{0,40}\bcost", re.I), re.compile(r"\d")),
    (
        re.compile(r"\b(?:why|how come|for what reason)\b", re.I),
        re.compile(r"\b(?:because|since|as we|reason|mistake|due to|so that)\b", re.I),
    ),
    (
        re.compile(r"\bhow (?:do|can|should) (?:i|we)\b", re.I),
        re.compile(r"\b(?:please|click|call|send|bring|reply)\b", re.I),
    ),
)
# Said in anger, not to be answered.
RHETORICAL = re.compile(
    r"\b(?:are you (?:serious|kidding|joking|for real)|how dare|who do you think|do you (?:even|really|people|think|intend|understand|realise|realize)"
    r"|seriously|really\?|what (?:the (?:hell|heck)|kind of|sort of)|how (?:hard|difficult) (?:can|is)|is (?:this|that) a joke"
    r"|how is (?:this|that) (?:ok|okay|acceptable)|isn't it|right\?|you know\?)",
    re.IGNORECASE,
)


def unanswered(text: str, client: str, nlp: Language) -> tuple[str, ...]:
    """The client's questions, in their own words, that the draft `text` does not take up."""
    asked = list(_questions(client, nlp))[:MAX_QUESTIONS]
    if not asked:
        return ()
    draft = nlp(text)
    said = {token.lemma_.lower() for token in draft if _tells(token)}
    near = _vectors(draft)
    left = [q for q in asked if not _is_answered(q, text, said, near)]
    return tuple(" ".join(question.text.split()) for question in left)


def _questions(client: str, nlp: Language) -> Iterator[Doc]:
    """The client's own sentences that ask something."""
    draft = draft_of(client[:MAX_CLIENT])
    for block in draft.blocks:
        doc = nlp(" ".join(draft.text[block.start : block.end].split()))
        for sentence in doc.sents:
            words = sentence.text.strip()
            if words.endswith("?") and len(sentence) >= 4 and not RHETORICAL.search(words):
                yield sentence.as_doc()


def _tells(token: Token) -> bool:
    return token.pos_ in CONTENT and token.lemma_.lower() not in EMPTY and len(token) > 2


def _is_answered(question: Doc, text: str, said: set[str], near: np.ndarray) -> bool:
    for asks, gives in ASKS_FOR:
        if asks.search(question.text):
            return gives.search(text) is not None
    words = [token for token in question if _tells(token)]
    if not words or any(token.lemma_.lower() in said for token in words):
        return True
    asked = (vector for token in words if (vector := _unit(token)) is not None)
    return bool(len(near)) and any(float((near @ vector).max()) >= CLOSE for vector in asked)


def _vectors(doc: Doc) -> np.ndarray:
    """The unit vectors of the draft's telling words, one a row."""
    rows = [vector for token in doc if _tells(token) and (vector := _unit(token)) is not None]
    return np.stack(rows) if rows else np.zeros((0, 1), "float32")


def _unit(token: Token) -> np.ndarray | None:
    """The unit vector of a word's lemma: inflected forms are close by their endings alone."""
    lexeme = token.vocab[token.lemma_.lower()]
    return np.asarray(lexeme.vector / lexeme.vector_norm) if lexeme.has_vector else None
