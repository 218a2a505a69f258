"""The only spacy.load: the author's blocks become Docs, with their places in the draft."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import tonecheck.detect.lemmas  # noqa: F401 (the pipeline names its component)
from tonecheck.detect.engine import Doc, Language, spacy
from tonecheck.detect.model import model_folder, model_name, served_attributes
from tonecheck.errors import TonecheckError
from tonecheck.mail.draft import Draft
from tonecheck.report import Span

__all__ = ["Block", "Parser"]

# One character for one character, so that offsets stay true.
PLAIN_CHARACTERS = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "\n": " ", "\r": " ", "\t": " ", "\u00a0": " "}
)
SENTENCE_END = frozenset(".!?…") | {"...", "..", "?!", "!!", "!!!", "??"}
MAY_END = SENTENCE_END | {":", ";", "-", "--", "–", "—", ")", '"', "]"}
CACHED_BLOCKS = 512


@dataclass(frozen=True)
class Block:
    """One paragraph: its Doc, where each token stands in the draft, and its sentences.

    `starts` and `ends` are offsets into the block, `offset` is the block's own in the draft;
    `sentences` are (first, last + 1) token indices.
    """

    doc: Doc
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    offset: int

    def span(self, first: int, stop: int) -> Span:
        """Where the tokens `first` to `stop` (exclusive) stand in the draft."""
        return Span(self.starts[first] + self.offset, self.ends[stop - 1] + self.offset)

    def moved(self, offset: int) -> Block:
        """The same paragraph at another place of the draft."""
        return Block(self.doc, self.starts, self.ends, self.sentences, offset)


class Parser:
    """Cuts drafts into sentences and, with a trained pipeline, tags and parses them.

    `folder` is the pipeline's; the shipped one if it is not given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or model_folder()

    @cached_property
    def nlp(self) -> Language:
        """The pipeline; `blank("en")` where none is installed. Raises TonecheckError if broken."""
        if self.folder is None:
            return spacy.blank("en")
        return _load(self.folder)

    @cached_property
    def model(self) -> str | None:
        """The pipeline's name and version, as reports print it."""
        if self.folder is None:
            return None
        return model_name(self.folder)

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The trained token attributes that the pipeline gives."""
        return served_attributes(self.folder) if self.folder is not None else frozenset()

    @cached_property
    def _parsed(self) -> OrderedDict[str, Block]:
        return OrderedDict()

    def parse(self, draft: Draft) -> tuple[Block, ...]:
        """The author's paragraphs, parsed; a paragraph seen before is not parsed again."""
        texts = [draft.text[span.start : span.end] for span in draft.blocks]
        new = [text for text in dict.fromkeys(texts) if text not in self._parsed]
        made = [self._make(text) for text in new]
        docs = self.nlp.pipe([doc for doc, _, _ in made], batch_size=32)
        for text, doc, (_, starts, ends) in zip(new, docs, made, strict=True):
            self._parsed[text] = Block(doc, starts, ends, tuple(_sentences(doc)), 0)
        blocks = [self._parsed[text] for text in texts]
        while len(self._parsed) > CACHED_BLOCKS:
            self._parsed.popitem(last=False)
        spans = zip(blocks, draft.blocks, strict=True)
        return tuple(block.moved(span.start) for block, span in spans if len(block.doc))

    def _make(self, text: str) -> tuple[Doc, tuple[int, ...], tuple[int, ...]]:
        """A Doc without whitespace tokens, and each token's offsets in `text`."""
        tokens = [t for t in self.nlp.make_doc(text.translate(PLAIN_CHARACTERS)) if not t.is_space]
        starts = tuple(t.idx for t in tokens)
        ends = tuple(t.idx + len(t) for t in tokens)
        spaces = [end < start for end, start in zip(ends, (*starts[1:], len(text)), strict=True)]
        doc = Doc(self.nlp.vocab, words=[t.text for t in tokens], spaces=spaces)
        _set_boundaries(doc)
        return doc, starts, ends


@cache
def _load(folder: Path) -> Language:
    try:
        return spacy.load(folder)
    except Exception as error:  # a broken installation, whatever it breaks on
        raise TonecheckError(f"{folder}: the language pipeline cannot be loaded: {error}") from error


def _set_boundaries(doc: Doc) -> None:
    """Fix the sentence boundaries that are beyond doubt; leave the others to the parser."""
    for token in doc:
        if token.i == 0:
            token.is_sent_start = True
            continue
        before = doc[token.i - 1]
        closing = before.text in {'"', ")", "'", "]"} and token.i > 1
        ending = doc[token.i - 2] if closing else before
        if before.text not in MAY_END and ending.text not in SENTENCE_END:
            token.is_sent_start = False
        elif ending.text in SENTENCE_END and before.whitespace_ and not _goes_on(token.text):
            token.is_sent_start = True


def _goes_on(word: str) -> bool:
    return re.match(r"[A-Z\"'(\[0-9£$€]|I$", word) is None


def _sentences(doc: Doc) -> Iterator[tuple[int, int]]:
    starts = [token.i for token in doc if token.is_sent_start or token.i == 0]
    yield from zip(starts, [*starts[1:], len(doc)], strict=True)
