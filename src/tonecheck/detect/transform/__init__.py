"""Edits on the parse that a rule asks for by name; `rule.TRANSFORMS` lists the names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from tonecheck.detect.parser import Block
from tonecheck.detect.transform.active import WHO, active
from tonecheck.detect.transform.sentences import two_sentences
from tonecheck.report import Edit

__all__ = ["TRANSFORMED"]

# Block, the draft's text, first token and last + 1 of the words found.
Transform = Callable[[Block, str, int, int], Iterator[Edit]]
TRANSFORMED: Mapping[str, Transform] = {
    "ask-who": partial(active, who=WHO),
    "two-sentences": two_sentences,
    "we-did": active,
}
