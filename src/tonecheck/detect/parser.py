"""The only spacy.load: the author's blocks become Docs, with their places in the draft."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import tonecheck.detect.lemmas  # noqa: F401 (the pipeline names its component)
from tonecheck.detect.engine import Doc, Language, Tokenizer, registry, spacy, use_ops
from tonecheck.detect.model import model_folder, model_name, served_attributes
from tonecheck.errors import TonecheckError
from tonecheck.mail.draft import Draft
from tonecheck.report import Span

__all__ = ["TAGS", "TREE", "WORDS", "Block", "Parser", "Reading"]

# One character for one character, so that offsets stay true.
PLAIN_CHARACTERS = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "\n": " ", "\r": " ", "\t": " ", "\u00a0": " "}
)
SENTENCE_END = frozenset(".!?…") | {"...", "..", "?!", "!!", "!!!", "??"}
MAY_END = SENTENCE_END | {":", ";", "-", "--", "–", "—", ")", '"', "]"}
CACHED_BLOCKS = 512
BATCH = 16
LONG = 10_000  # characters, from which a draft is read as fast alone as among others
AS_SAVED = "tonecheck_as_saved"
# How far a paragraph has been read: its words, parts of speech and lemmas, the tree.
WORDS, TAGS, TREE = range(3)


@dataclass(slots=True)
class Reading:
    """A paragraph as far as the pipeline has read it, which takes most of a check's time."""

    doc: Doc
    parser: Parser
    stage: int = WORDS

    def up_to(self, stage: int) -> Doc:
        """The tokens with all that is known of them at that stage, if not more."""
        if self.stage < stage:
            self.parser.read([self], stage)
        return self.doc


@dataclass(frozen=True)
class Block:
    """One paragraph: its reading, where each token stands in the draft, and its sentences.

    `starts` and `ends` are offsets into the block, `offset` is the block's own in the draft;
    `sentences` are (first, last + 1) token indices.
    """

    reading: Reading
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    offset: int

    @property
    def words(self) -> Doc:
        """The tokens, of which a caller may read the words alone: these cost nothing."""
        return self.reading.doc

    @property
    def tagged(self) -> Doc:
        """The tokens with parts of speech and lemmas."""
        return self.reading.up_to(TAGS)

    @property
    def doc(self) -> Doc:
        """The tokens with all that the pipeline finds."""
        return self.reading.up_to(TREE)

    def span(self, first: int, stop: int) -> Span:
        """Where the tokens `first` to `stop` (exclusive) stand in the draft."""
        return Span(self.starts[first] + self.offset, self.ends[stop - 1] + self.offset)

    def moved(self, offset: int) -> Block:
        """The same paragraph at another place of the draft."""
        return replace(self, offset=offset)


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
    def _stages(self) -> tuple[list[str], list[str]]:
        """The components that each stage leaves out: the first the parser, if nothing comes behind it."""
        names = self.nlp.pipe_names
        tags = len(names) - (names[-1:] == ["parser"])
        return names[tags:], names[:tags]

    @cached_property
    def _cut(self) -> OrderedDict[str, Block]:
        return OrderedDict()

    def parse(self, draft: Draft) -> tuple[Block, ...]:
        """The author's paragraphs, cut into sentences; one seen before is not cut again.

        The pipeline reads them only where the words leave in doubt where a sentence begins.
        """
        texts = _paragraphs(draft)
        self._read_new(texts, lambda doc: TREE if _is_doubtful(doc) else WORDS)
        blocks = [self._cut[text] for text in texts]
        while len(self._cut) > CACHED_BLOCKS:
            self._cut.popitem(last=False)
        spans = zip(blocks, draft.blocks, strict=True)
        return tuple(block.moved(span.start) for block, span in spans if len(block.words))

    def read_ahead(self, drafts: Iterable[Draft], stage: int = TREE) -> None:
        """Read several drafts together, which takes little more than half the time.

        `parse` then finds them read; those that are long are left to it.
        """
        texts = [text for draft in drafts if len(draft.text) < LONG for text in _paragraphs(draft)]
        self._read_new(texts, lambda doc: TREE if _is_doubtful(doc) else stage)

    def _read_new(self, texts: Iterable[str], how_far: Callable[[Doc], int]) -> None:
        """Cut the paragraphs that were not seen before into sentences, and keep them."""
        made = {text: self._make(text) for text in dict.fromkeys(texts) if text not in self._cut}
        for stage in (TAGS, TREE):
            self.read([reading for reading, _, _ in made.values() if how_far(reading.doc) >= stage], stage)
        for text, (reading, starts, ends) in made.items():
            self._cut[text] = Block(reading, starts, ends, tuple(_sentences(reading.doc)), 0)

    def read(self, readings: Iterable[Reading], stage: int) -> None:
        """Read paragraphs up to a stage: together, which is faster than one by one."""
        readings = list(readings)
        for number, left_out in enumerate(self._stages[:stage]):
            behind = [reading for reading in readings if reading.stage == number]
            docs = self.nlp.pipe([reading.doc for reading in behind], batch_size=BATCH, disable=left_out)
            for reading, doc in zip(behind, docs, strict=True):
                reading.doc, reading.stage = doc, number + 1

    def _make(self, text: str) -> tuple[Reading, tuple[int, ...], tuple[int, ...]]:
        """A paragraph without whitespace tokens, and each token's offsets in `text`."""
        tokens = [t for t in self.nlp.make_doc(text.translate(PLAIN_CHARACTERS)) if not t.is_space]
        starts = tuple(t.idx for t in tokens)
        ends = tuple(t.idx + len(t) for t in tokens)
        spaces = [end < start for end, start in zip(ends, (*starts[1:], len(text)), strict=True)]
        doc = Doc(self.nlp.vocab, words=[t.text for t in tokens], spaces=spaces)
        _set_boundaries(doc)
        return Reading(doc, self), starts, ends


def _paragraphs(draft: Draft) -> list[str]:
    return [draft.text[span.start : span.end] for span in draft.blocks]


def _as_saved() -> Callable[[Language], Tokenizer]:
    """A tokenizer that gets its rules from the pipeline's folder, and not those of English before."""
    return lambda nlp: Tokenizer(nlp.vocab)


registry.tokenizers(AS_SAVED, func=_as_saved)


@cache
def _load(folder: Path) -> Language:
    config = {"nlp": {"tokenizer": {"@tokenizers": AS_SAVED}}}
    try:
        with use_ops("numpy", use_blis=False):  # NumPy's own multiplies three times as fast
            return spacy.load(folder, config=config)
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


def _is_doubtful(doc: Doc) -> bool:
    """Whether only the parser can tell where the sentences begin."""
    return any(token.is_sent_start is None for token in doc)


def _sentences(doc: Doc) -> Iterator[tuple[int, int]]:
    starts = [token.i for token in doc if token.is_sent_start or token.i == 0]
    yield from zip(starts, [*starts[1:], len(doc)], strict=True)
