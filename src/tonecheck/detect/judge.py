"""The judge: a small transformer that reads the whole reply and the client's message at once.

It gives, for each sentence, how likely each fault, type and move is and how grave the fault, and
for each word whether it carries one. The network and its word pieces are in `en_judge`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonecheck.report import Span

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Judge", "Opinion", "Pieces", "Window"]

CLS, SEP = 101, 102
MAX_PIECES = 480
CLIENT_PIECES = 96
MAX_SENTENCE_PIECES = 160


@dataclass(frozen=True)
class Window:
    """What the network reads at once: T pieces, the client's message first.

    `kinds` tells the client's pieces (0) from the reply's (1); `sentence_of` gives the row of
    `sentences` (which holds indices into the draft's sentences), -1 outside; `spans` are the
    pieces' places in the draft, None outside.
    """

    pieces: list[int]
    kinds: list[int]
    sentence_of: list[int]
    spans: list[Span | None]
    sentences: list[int]


class Pieces:
    """Texts to word pieces."""

    def __init__(self, tokenizer: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def _cut(self, text: str) -> Any:
        return self._tokenizer.encode(text, add_special_tokens=False)

    def windows(self, text: str, sentences: Sequence[Span], client: str = "") -> Iterator[Window]:
        """Runs of whole sentences, each with the start of the client's message before it."""
        told = self._cut(client[: 12 * CLIENT_PIECES]).ids[:CLIENT_PIECES] if client else []
        head = [CLS, *told, SEP]
        window = _opened(head)
        for number, sentence in enumerate(sentences):
            cut = self._cut(text[sentence.start : sentence.end])
            ids = cut.ids[:MAX_SENTENCE_PIECES]
            if window.sentences and len(window.pieces) + len(ids) >= MAX_PIECES:
                yield _closed(window)
                window = _opened(head)
            row = len(window.sentences)
            window.sentences.append(number)
            window.pieces.extend(ids)
            window.kinds.extend([1] * len(ids))
            window.sentence_of.extend([row] * len(ids))
            window.spans.extend(
                Span(sentence.start + a, sentence.start + b) for a, b in cut.offsets[: len(ids)]
            )
        if window.sentences:
            yield _closed(window)


def _opened(head: list[int]) -> Window:
    size = len(head)
    return Window(list(head), [0] * size, [-1] * size, [None] * size, [])


def _closed(window: Window) -> Window:
    window.pieces.append(SEP)
    window.kinds.append(1)
    window.sentence_of.append(-1)
    window.spans.append(None)
    return window


@dataclass(frozen=True)
class Opinion:
    """What the judge thinks of one sentence. Probabilities are between 0 and 1.

    `faults` are 3, `types` 20, `moves` 12, in the order of `report`; `severities` 3, from 1 mild
    to 3 strong; `words` are (place in the draft, 20 probabilities) of its word pieces.
    """

    faults: np.ndarray
    types: np.ndarray
    moves: np.ndarray
    severities: np.ndarray
    words: tuple[tuple[Span, np.ndarray], ...]


class Judge:
    """The network, loaded at the first question; one thread, so that hooks stay polite."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def _pieces(self) -> Pieces:
        return Pieces(self.folder / "tokenizer.json")

    @cached_property
    def _session(self) -> Any:
        # From 1.32 on it writes a device's id into the home and posts events to its maker, unless told not to
        # before it is loaded; nothing leaves this machine.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("TONECHECK_THREADS", "1"))
        options.inter_op_num_threads = 1
        return InferenceSession(str(self.folder / "judge.onnx"), options, ["CPUExecutionProvider"])

    def opinions(self, text: str, sentences: Sequence[Span], client: str = "") -> list[Opinion]:
        """One opinion a sentence, in their order."""
        found: list[Opinion] = []
        for window in self._pieces.windows(text, sentences, client):
            found += self._read(window)
        return found

    def _read(self, window: Window) -> Iterator[Opinion]:
        import numpy as np

        rows = np.array(window.sentence_of)
        inside = (rows[None] == np.arange(len(window.sentences))[:, None]).astype("float32")
        given = {
            "pieces": np.array([window.pieces]),
            "kinds": np.array([window.kinds]),
            "inside": inside[None],
        }
        piece, fault, kind, move, severity, _ = (o[0] for o in self._session.run(None, given))
        chances = 1 / (1 + np.exp(-piece))
        for row in range(len(window.sentences)):
            words = tuple(
                (span, chances[i])
                for i, span in enumerate(window.spans)
                if span is not None and window.sentence_of[i] == row
            )
            yield Opinion(
                faults=1 / (1 + np.exp(-fault[row])),
                types=1 / (1 + np.exp(-kind[row])),
                moves=1 / (1 + np.exp(-move[row])),
                severities=severity[row],
                words=words,
            )
