"""Patterns run where their words stand find what spaCy finds in the whole text."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tonecheck.detect.filing import Filed
from tonecheck.detect.parser import Parser
from tonecheck.detect.runs import Runs, compiled
from tonecheck.mail.draft import draft_of

WORDS = ["we", "were", "told", "the", "tickets", "sorry", "late"]
PARSER = Parser()

words = st.sampled_from(WORDS)
conditions = st.one_of(
    st.builds(lambda word: {"LOWER": word}, words),
    st.builds(lambda some: {"LOWER": {"IN": some}}, st.lists(words, min_size=1, max_size=3)),
    st.sampled_from(
        [{"LEMMA": "be"}, {"LEMMA": {"IN": ["ticket", "tell"]}}, {"POS": "NOUN"}, {"DEP": "nsubj"}]
    ),
)
operators = st.sampled_from([None, None, None, "?", "*", "+", "!", "{1,2}", "{0,2}", "{,2}", "{2}", "{2,}"])
tokens = st.builds(lambda condition, op: condition | ({"OP": op} if op else {}), conditions, operators)


@settings(max_examples=150, deadline=None)
@given(st.lists(tokens, min_size=1, max_size=5), st.lists(words, min_size=1, max_size=12))
def test_a_pattern_finds_the_same_as_in_the_whole_text(
    pattern: list[dict[str, Any]], text: list[str]
) -> None:
    filed = Filed()
    filed.add("it", pattern)
    (block,) = PARSER.parse(draft_of(" ".join(text)))
    found = {(first, stop, tuple(places)) for _, first, stop, places in Runs(PARSER.nlp, filed)(block)}
    whole = compiled(PARSER.nlp, pattern)(block.doc, with_alignments=True)
    assert found == {(first, stop, tuple(places)) for _, first, stop, places in whole}
