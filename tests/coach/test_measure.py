"""The test before and after tells no more than twelve drafts can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.coach.case import FORMS, Case
from tonecheck.coach.measure import Item, changes, drafts_of, item_of, measured, next_form
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.spot import Guess
from tonecheck.report import Span

CASES = built_in_cases()
A, B = (drafts_of(CASES, form) for form in FORMS)


def answered(drafts: tuple[Case, ...], share: float) -> list[Item]:
    """Answers that find and name so much of the marks, and mark nothing else."""
    items = []
    for case in drafts:
        wanted = round(share * len(case.marks))
        items.append(item_of(case, [Guess(mark.span, mark.type) for mark in case.marks[:wanted]]))
    return items


shares = st.floats(0, 1)


@given(shares)
def test_a_measure_lies_in_its_interval_and_the_interval_between_0_and_1(share: float) -> None:
    for measure in measured(answered(A, share)):
        assert 0 <= measure.low <= measure.high <= 1
        assert measure.low - 0.05 <= measure.value <= measure.high + 0.05


@given(shares)
def test_the_same_answers_on_the_other_form_are_no_change(share: float) -> None:
    for change in changes(answered(A, share), answered(B, share)):
        assert not change.is_shown


def test_a_perfect_test_still_has_an_interval() -> None:
    for measure in measured(answered(A, 1)):
        assert measure.value == 1
        assert measure.low < 0.95


def test_a_great_change_is_shown_and_a_small_one_is_not() -> None:
    small = {c.name: c for c in changes(answered(A, 0.5), answered(B, 0.67))}
    great = {c.name: c for c in changes(answered(A, 0.2), answered(B, 1))}
    assert not small["words found"].is_shown
    assert great["words found"].is_shown
    assert great["words found"].value > 0
    back = {c.name: c for c in changes(answered(A, 1), answered(B, 0.2))}
    assert back["words found"].is_shown
    assert back["words found"].high < 0


def test_marking_good_drafts_costs_the_measure_that_watches_them() -> None:
    case = next(case for case in A if case.is_clean)
    item = item_of(case, [Guess(case.fine[0].span, "D")])
    assert (item.alarms, item.score, item.clean) == (1, 0, True)


@pytest.mark.parametrize("learner", [1, 2, 3, 4])
def test_forms_alternate_and_half_of_the_learners_start_with_each(learner: int) -> None:
    first = next_form(learner, [])
    second = next_form(learner, [first])
    assert {first, second} == set(FORMS)
    assert next_form(learner, [first, second]) == first
    assert first != next_form(learner + 1, [])


def test_other_words_of_a_marked_sentence_are_no_false_alarm_and_not_found_either() -> None:
    case = next(case for case in A if case.id == "salon-bleach")
    mark = case.marks[0]
    item = item_of(case, [Guess(Span(mark.span.start - 4, mark.span.start - 1), mark.type)])
    assert (item.found, item.alarms) == (0, 0)
    assert 0 < item.score < 0.5
