"""Labelled replies as the judge learns them: sentences in word pieces, with what readers marked.

A record is one reply: the pieces of the client's message, then those of each sentence that the
parser found, with the readers' types a piece and a sentence, severities, moves and ratings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tonecheck.detect.judge import Pieces
from tonecheck.detect.parser import Parser
from tonecheck.mail.draft import draft_of
from tonecheck.report import FAULT_LETTERS, MOVE_LETTERS, TYPES, Span

__all__ = ["Example", "examples", "rows_of"]

LETTERS = "".join(FAULT_LETTERS)


@dataclass
class Example:
    """One labelled reply. Shapes: T pieces, S sentences, 20 types, 3 faults, 12 moves."""

    id: str
    weight: float
    pieces: np.ndarray  # (T,) piece numbers
    kinds: np.ndarray  # (T,) 0 the client's, 1 the reply's
    sentence: np.ndarray  # (T,) sentence number, -1 outside
    piece_types: np.ndarray  # (T, 20)
    sentence_types: np.ndarray  # (S, 20)
    severity: np.ndarray  # (S, 3) 0 where there is no finding, else 1 to 3
    moves: np.ndarray  # (12,)
    ratings: np.ndarray  # (3,) 0 to 4
    read: np.ndarray | None = None  # (T, 384) what the frozen layers make of the pieces


def rows_of(paths: Iterable[Path], split: str | None = None) -> Iterator[dict]:
    """The rows of JSONL files, of one split if asked for."""
    for path in paths:
        for line in path.read_text("utf8").splitlines():
            row = json.loads(line)
            if split is None or row.get("split", "train") == split:
                yield row


def text_hash(text: str) -> str:
    """How a text that may not be passed on is recognised."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def examples(rows: Iterable[dict], parser: Parser, pieces: Pieces) -> list[Example]:
    """One Example a row; rows without a sentence of the author's are left out."""
    made = (_example(row, parser, pieces) for row in rows)
    return [example for example in made if example is not None]


def _example(row: dict, parser: Parser, pieces: Pieces) -> Example | None:
    draft = draft_of(row["reply"], client=row.get("client") or None)
    blocks = parser.parse(draft)
    spans = [block.span(first, stop) for block in blocks for first, stop in block.sentences]
    if not spans:
        return None
    window = next(iter(pieces.windows(draft.text, spans, draft.client or "")))
    count = len(window.sentences)
    piece_types = np.zeros((len(window.pieces), len(TYPES)), "float32")
    sentence_types = np.zeros((count, len(TYPES)), "float32")
    severity = np.zeros((count, 3), "float32")
    for kind, level, words in row["f"]:
        start = row["reply"].find(words)
        marked = Span(start, start + len(words))
        for number in _sentences_of(marked, [spans[i] for i in window.sentences]):
            sentence_types[number, TYPES.index(kind)] = 1
            fault = LETTERS.index(kind[0])
            severity[number, fault] = max(severity[number, fault], level)
        for place, span in enumerate(window.spans):
            if span is not None and span.overlaps(marked):
                piece_types[place, TYPES.index(kind)] = 1
    return Example(
        id=row["id"],
        weight=float(row.get("weight", 1.0)),
        pieces=np.array(window.pieces),
        kinds=np.array(window.kinds),
        sentence=np.array(window.sentence_of),
        piece_types=piece_types,
        sentence_types=sentence_types,
        severity=severity,
        moves=np.array([float(letter in row["m"]) for letter in MOVE_LETTERS], "float32"),
        ratings=np.array([row[letter] for letter in LETTERS], "float32"),
    )


def _sentences_of(marked: Span, sentences: list[Span]) -> list[int]:
    """Which sentences hold the marked words: all that share half of them or of themselves."""
    found = []
    for number, sentence in enumerate(sentences):
        shared = min(marked.end, sentence.end) - max(marked.start, sentence.start)
        if shared > 0 and (2 * shared >= len(marked) or 2 * shared >= len(sentence)):
            found.append(number)
    return found
