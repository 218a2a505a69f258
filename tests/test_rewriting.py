"""Edits keep their laws whatever the text: exact, nothing lost, nothing made worse, made once."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tonecheck.checker import Checker
from tonecheck.detect.rewrite import WRITER_SLOT
from tonecheck.mail.draft import draft_of
from tonecheck.mail.edit import apply
from tonecheck.render.changes import passages
from tonecheck.report import FAULTS, Finding, Report, Score, Severity, Span
from tonecheck.rewriting import Reading, first_edits, is_worse

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
PARTS = (
    "Your order was cancelled on 3 May.",
    "You were charged twice for flight 218, and it won’t happen again.",
    "Please be advised that Ms O'Neill isn't here unless it rains.",
    "We carried out a thorough inspection of the 2 roofs prior to 9:30.",
    "It is not uncommon, but we do not disagree.",
    "I'm sorry, but you signed the form.",
    "Sorry if this caused you any trouble.",
    "We are sorry that your letter was overlooked.",
    "It has been a hectic week here.",
    "Appropriate measures will be taken in due course.",
    "We value your business and appreciate your patience.",
    "As per our policy the £40.50 stays with us",
    "Unfortunately, the wrong part was sent to Zoë Çelik 👩🏽‍🔧.",
    "I will call you at 9.",
    "Rest assured.",
)
NOISE = (
    "",
    "e\u0301 ",
    "\u200f",
    "שלום ",
    "مرحبا ",
    "🙂 ",
    "\t",
    "  ",
    "“",
    "( ",
    "*",
    "\u00a0",
    "\ufeff",
    "ﬁ",
)
GAPS = (" ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "\n> ", "\n- ", "\u2028", " … ", ", ", "")
texts = st.lists(st.tuples(st.sampled_from(NOISE), st.sampled_from(PARTS), st.sampled_from(GAPS)), min_size=1, max_size=6).map(
    lambda rows: "".join(noise + part + gap for noise, part, gap in rows)
)  # fmt: skip


def finding(start: int, fault: str = "X.vague", rule: str = "r") -> Finding:
    return Finding(rule, fault, Span(start, start + 2), "", "", Severity.MILD, 0.9)


def reading(text: str, *findings: Finding, scores: tuple[int, int, int] = (0, 0, 0)) -> Reading:
    ends = [m.end() for m in re.finditer(r"\.", text)]
    spans = [Span(a, b) for a, b in zip([0, *(e + 1 for e in ends)], ends, strict=False)]
    given_scores = tuple(Score(fault, value) for fault, value in zip(FAULTS, scores, strict=True))
    return Reading(text, tuple(spans), findings, tuple(f.rule for f in findings), given_scores)


@given(texts)
def test_every_edit_is_exact_and_keeps_numbers_negations_and_conditions(checker: Checker, text: str) -> None:
    report = checker.check(draft_of(text), plain=False)
    for found in report.findings:
        for edit in found.edits:
            after = apply(text, [edit])
            assert after.startswith(text[: edit.span.start])
            assert after.endswith(text[edit.span.end :])
            assert not Counter(NUMBER.findall(text)) - Counter(NUMBER.findall(after))
            assert not any(s.span.overlaps(edit.span) for s in report.skipped)
            for kept in ("isn't", "unless", "won’t"):
                assert after.count(kept) == text.count(kept)


@given(texts)
def test_no_edit_cuts_a_letter_from_its_marks(checker: Checker, text: str) -> None:
    for found in checker.check(draft_of(text), plain=False).findings:
        for edit in found.edits:
            following = text[edit.span.end : edit.span.end + 1]
            assert not (following and unicodedata.combining(following)), edit


@given(texts)
def test_rewriting_twice_changes_nothing_more_and_makes_nothing_worse(checker: Checker, text: str) -> None:
    before = checker.check(draft_of(text))
    for wording, safe in ((before.plain, False), (before.plain_safe, True)):
        after = checker.check(draft_of(wording))
        assert (after.plain_safe if safe else after.plain) == wording
        assert rose(before, after) == []
        assert "[" not in wording.replace(text, "")


def rose(before: Report, after: Report) -> list[str]:
    return [f for f in FAULTS if (after.score(f) or 0) > (before.score(f) or 0)]


@given(texts)
def test_passages_make_up_the_plain_text(checker: Checker, text: str) -> None:
    report = checker.check(draft_of(text))
    made = text
    for passage in reversed(list(passages(text, report.plain, report.sentences))):
        made = made[: passage.span.start] + passage.text + made[passage.span.end :]
    assert made == report.plain


@given(st.text(alphabet="ab .\n", max_size=40), st.text(alphabet="ab .\n", max_size=40))
def test_passages_of_any_two_texts_lead_from_one_to_the_other(text: str, after: str) -> None:
    sentences = [Span(m.start(), m.end()) for m in re.finditer(r"[^.\n]+\.?", text)]
    made = text
    found = list(passages(text, after, sentences))
    assert all(a.span.end < b.span.start for a, b in pairwise(found))
    for passage in reversed(found):
        made = made[: passage.span.start] + passage.text + made[passage.span.end :]
    assert made == after


def test_only_a_first_edit_that_asks_nothing_is_made(checker: Checker) -> None:
    found = checker.findings(draft_of("Your order was cancelled on 3 May."))
    assert [WRITER_SLOT.search(f.edits[0].text) is not None for f in found] == [True]
    assert first_edits(found, safe_only=False) == []


def test_worse_is_a_score_that_rose_a_new_rule_or_a_sentence_with_a_new_fault() -> None:
    text = "One. Two. Three."
    before = reading(text, finding(0), scores=(0, 0, 40))
    assert not is_worse(before, before)
    assert not is_worse(before, reading(text, scores=(0, 0, 0)))
    assert is_worse(before, reading("", scores=(0, 0, 0)))
    assert is_worse(before, reading(text, finding(0), scores=(0, 0, 41)))
    assert is_worse(before, reading(text, finding(0), finding(5, rule="other"), scores=(0, 0, 40)))
    assert is_worse(before, reading(text, finding(5), scores=(0, 0, 40)))
    assert not is_worse(before, reading("Uno. Two. Three.", finding(0), scores=(0, 0, 40)))
    assert is_worse(before, reading("Uno. Two. Three.", finding(0, "D.edge"), scores=(0, 0, 40)))
