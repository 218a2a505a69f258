"""The twelve repair moves: which are there, with their words, and which are missed in context."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tonecheck.detect.rules import Context, Match, Sentence
from tonecheck.report import Finding, Move

__all__ = ["missing_moves", "moves_of", "something_went_wrong"]

WORD = re.compile(r"[a-z][a-z'-]{3,}|\d[\d.,:/-]*\d")
STOP = frozenset(
    [
        "about",
        "after",
        "again",
        "also",
        "because",
        "been",
        "before",
        "being",
        "both",
        "could",
        "does",
        "doing",
        "done",
        "down",
        "each",
        "even",
        "every",
        "from",
        "further",
        "give",
        "have",
        "having",
        "here",
        "hers",
        "himself",
        "hope",
        "into",
        "it's",
        "just",
        "know",
        "like",
        "made",
        "make",
        "many",
        "more",
        "most",
        "much",
        "need",
        "next",
        "only",
        "other",
        "over",
        "please",
        "really",
        "same",
        "should",
        "since",
        "some",
        "still",
        "such",
        "take",
        "than",
        "thank",
        "thanks",
        "that",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "through",
        "time",
        "under",
        "until",
        "very",
        "want",
        "well",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "will",
        "with",
        "within",
        "would",
        "your",
        "you're",
        "yours",
        "we're",
        "we've",
        "i've",
        "i'm",
        "mail",
        "email",
        "message",
        "reply",
        "dear",
        "hello",
        "regards",
    ]
)
SHARED_WORDS = 3
PROBLEM = re.compile(
    r"\b(?:broken|broke|fault\w*|fail\w*|wrong|late|delay\w*|missing|missed|lost|damage\w*|problem\w*|issue\w*"
    r"|complain\w*|disappoint\w*|unhappy|angry|upset|frustrat\w*|refund\w*|cancel\w*|mistake\w*|error\w*|outage"
    r"|overcharg\w*|charged twice|terrible|awful|useless|unacceptable|still waiting|not work\w*|doesn't work"
    r"|didn't arrive|never arrived|no reply|no response|leak\w*|crash\w*|defect\w*|poor|worst|inconvenience"
    r"|let down|ridiculous|rude|scam|stolen|apolog\w*|sorry|concerns?)\b",
    re.IGNORECASE,
)
EXPECTED = ("apologises", "owns", "fixes", "when", "keeps_door_open")


def moves_of(sentences: tuple[Sentence, ...], matches: Iterable[Match], context: Context) -> tuple[Move, ...]:
    """The moves in order of place, one of a kind a sentence at most."""
    found = {(m.rule.type, m.sentence.first, id(m.sentence.block)): m.span for m in matches}
    moves = {Move(kind, span) for (kind, _, _), span in found.items()}
    moves |= set(_listening(sentences, context))
    return tuple(sorted(moves, key=lambda move: (move.span, move.kind)))


def _listening(sentences: tuple[Sentence, ...], context: Context) -> Iterator[Move]:
    """Sentences that say back what this client wrote: enough of the client's own words."""
    theirs = set(_content(context.client))
    for sentence in sentences:
        span = sentence.span
        shared = set(_content(context.text[span.start : span.end])) & theirs
        if len(shared) >= SHARED_WORDS:
            yield Move("listens", span)
            return


def _content(text: str) -> Iterator[str]:
    for word in WORD.findall(text.lower()):
        if word not in STOP:
            yield word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def something_went_wrong(text: str, client: str, findings: Iterable[Finding]) -> bool:
    """Whether there is anything to repair: the client complains, or the draft shows that they do."""
    return bool(PROBLEM.search(client) or PROBLEM.search(text) or any(findings))


def missing_moves(
    sentences: tuple[Sentence, ...], moves: tuple[Move, ...], findings: list[Finding], context: Context
) -> tuple[str, ...]:
    """The moves that this client will miss, in the guideline's order; none where all is well.

    An apology, ownership, a fix, a date and an open door are expected where something went
    wrong; to have listened where the client's message is known; a reason where there is a refusal.
    """
    drafted = " ".join(context.text[s.span.start : s.span.end] for s in sentences)
    if not something_went_wrong(drafted, context.client, findings):
        return ()
    there = {move.kind for move in moves}
    expected = [*EXPECTED]
    if context.client:
        expected.insert(0, "listens")
    if any(sentence.holds("refusal") for sentence in sentences):
        expected.append("reason")
    return tuple(kind for kind in expected if kind not in there)
