"""What a report promises, whatever the draft."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tonecheck
from tonecheck.checker import Checker
from tonecheck.mail.draft import draft_of
from tonecheck.mail.edit import apply
from tonecheck.report import FAULTS, MOVES, Finding, Move, Severity, Span
from tonecheck.score import score

SCHEMA = json.loads((files("tonecheck") / "schema-1.json").read_text("utf8"))
SEED = "Apparently Part X doesn't meet desired performance quotas in real-world applications."
PHRASES = (
    "We regret any inconvenience this may have caused.",
    "You failed to read the manual.",
    "As per our policy we cannot refund the £40.",
    "Sorry if this upset you, but our courier let us down on 3 May.",
    "We utilised the spare part prior to the visit of Ms O'Neill.",
    "Mistakes were made and appropriate measures will be taken in due course.",
    "It has been a hectic week.",
    "I'm sorry that we sent the wrong pump.",
    "Marek brings the right one at 9 on Friday.",
    "Please call me on 020 7946 0018.",
    "Hi Ann,",
    "> You never answered!",
    "Kind regards,\nJo",
    "https://example.com/a?b=c",
    "¡Olé! 👩🏽‍🔧 é",
    "עברית",
    SEED,
)
drafts = st.lists(st.sampled_from(PHRASES), min_size=1, max_size=7).flatmap(
    lambda parts: st.sampled_from((" ", "\n", "\n\n", "\r\n", "\t")).map(lambda gap: gap.join(parts))
)
findings = st.builds(
    Finding,
    rule=st.just("x"),
    type=st.sampled_from(("D.blame", "D.edge", "E.system", "E.effort", "X.vague", "X.hedge")),
    span=st.integers(0, 500).map(lambda start: Span(start, start + 5)),
    message=st.just(""),
    why=st.just(""),
    severity=st.sampled_from(tuple(Severity)),
    confidence=st.floats(0.3, 1.0),
)
moves = st.builds(Move, kind=st.sampled_from(MOVES), span=st.just(Span(100, 110)))


def test_the_seed_sentence_is_repaired_by_several_small_edits() -> None:
    report = tonecheck.check(SEED)
    assert report.plain == "Part X is not working correctly."
    assert len(report.findings) == 3


def test_a_clean_letter_stays_as_it_is() -> None:
    letter = (
        "Hi Ann,\n\nWe sent you the wrong pump. That was my mistake and I'm sorry. "
        "Marek brings the right one on Friday before noon; if that does not suit you, call me on 020 7946 0018.\n\nJo\n"
    )
    report = tonecheck.check(letter, client="You sent the wrong pump! We have no water.")
    assert report.findings == ()
    assert [report.score(fault) for fault in FAULTS] == [0, 0, 0]
    assert report.plain == letter


@given(drafts)
def test_spans_lie_in_the_text_and_edits_apply(checker: Checker, text: str) -> None:
    report = checker.check(draft_of(text))
    assert report.text == text
    for finding in report.findings:
        assert 0 <= finding.span.start < finding.span.end <= len(text)
        assert not any(s.span.overlaps(finding.span) for s in report.skipped)
        for edit in finding.edits:
            assert apply(text, [edit]) != text
    jsonschema.validate(report.to_dict(), SCHEMA)


@given(drafts)
def test_plain_is_plain_once_and_for_all(checker: Checker, text: str) -> None:
    report = checker.check(draft_of(text))
    again = checker.check(draft_of(report.plain))
    assert again.plain == report.plain
    assert checker.check(draft_of(report.plain_safe)).plain_safe == report.plain_safe


@given(drafts)
def test_plain_words_keep_numbers_and_never_hold_a_slot(checker: Checker, text: str) -> None:
    report = checker.check(draft_of(text))
    for wording in (report.plain, report.plain_safe):
        assert "[" not in wording.replace(text, "")
        for number in ("£40", "020 7946 0018"):
            assert wording.count(number) == text.count(number)


@given(st.lists(findings, max_size=8), findings, st.lists(moves, max_size=4))
def test_one_more_finding_never_lowers_a_score(some: list[Finding], more: Finding, there: list[Move]) -> None:
    before, after = score(some, there), score([*some, more], there)
    for one, two in zip(before, after, strict=True):
        assert two.value >= one.value


@given(st.lists(findings, max_size=8), st.lists(moves, max_size=4))
def test_a_score_comes_apart_into_its_findings(some: list[Finding], there: list[Move]) -> None:
    for part in score(some, there):
        assert abs(sum(points for _, points in part.parts) - part.value) <= 0.5 + 1e-9
        assert all(some[index].fault == part.fault for index, _ in part.parts)
        assert 0 <= part.value <= 100


@given(st.lists(findings, max_size=8))
def test_owning_it_never_raises_a_score(some: list[Finding]) -> None:
    owned = score(some, [Move("owns", Span(0, 1)), Move("apologises", Span(0, 1))])
    for one, two in zip(score(some, []), owned, strict=True):
        assert two.value <= one.value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "Sehr geehrte Frau Berg, wir bedauern die Verzögerung sehr und melden uns, sobald wir mehr wissen.",
            "language",
        ),
        (
            "Nous sommes désolés pour le retard de votre commande et nous reviendrons vers vous rapidement.",
            "language",
        ),
        ("> You never answered my question about the invoice.\n", "nothing written"),
    ],
)
def test_what_cannot_be_judged_gets_a_reason_and_no_scores(text: str, reason: str) -> None:
    report = tonecheck.check(text)
    assert report.not_judged == reason
    assert report.to_dict()["scores"] == dict.fromkeys(FAULTS)
    jsonschema.validate(report.to_dict(), SCHEMA)


def test_no_apology_is_missed_where_nothing_went_wrong() -> None:
    report = tonecheck.check(
        "Thank you for the order. The six chairs leave our workshop on 4 May, and Lena will call you the day before.",
        client="I'd like to order six of the oak chairs, please.",
    )
    assert report.missing == ()


def test_a_draft_that_comes_again_under_another_name_gets_its_report_under_that_name(
    checker: Checker,
) -> None:
    first = checker.check(draft_of(SEED, source="first.txt"))
    again = checker.check(draft_of(SEED, source="again.txt"))
    assert (first.source, again.source) == ("first.txt", "again.txt")
    assert replace(again, source=first.source) == first
    other = checker.check(
        draft_of(SEED, source="again.txt", client="Part X leaks, and it was you who chose it!")
    )
    assert other.sentences == again.sentences
    for number in range(20):
        assert checker.check(draft_of(f"{SEED} {number}")).text == f"{SEED} {number}"


def test_sentiment_is_reported_and_not_scored() -> None:
    report = tonecheck.check(SEED)
    assert report.sentiment is not None
    assert -1 <= report.sentiment.polarity <= 1
