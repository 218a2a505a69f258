"""What the exercises tell a learner obeys laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.checker import Checker
from tonecheck.coach.answer import SECONDS, expected_moves, grade_answer
from tonecheck.coach.better import grade_better, has_pair, pair_of
from tonecheck.coach.case import Case
from tonecheck.coach.exercise import EXERCISES
from tonecheck.coach.facts import facts_of, lost, must_keep, strange_numbers
from tonecheck.coach.grade import FAIR, Grade
from tonecheck.coach.missing import grade_missing
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.rewrite import grade_rewrite
from tonecheck.coach.spot import Guess, grade_spots, hits, place_of
from tonecheck.mail.draft import draft_of
from tonecheck.report import FAULT_LETTERS, MOVES, TYPES, Span

CASES = built_in_cases()
FAULTY = [case for case in CASES if not case.is_clean]
CLEAN = [case for case in CASES if case.is_clean]
case_of = {case.id: case for case in CASES}


@st.composite
def guessed(draw: st.DrawFn) -> tuple[Case, list[Guess]]:
    """A case, and guesses at places of its draft."""
    case = draw(st.sampled_from(CASES))
    kinds = st.sampled_from([*FAULT_LETTERS, *TYPES])
    places = st.tuples(st.integers(0, len(case.draft) - 1), st.integers(1, 80))
    spans = places.map(lambda p: Span(p[0], min(len(case.draft), p[0] + p[1])))
    return case, draw(st.lists(st.builds(Guess, spans, kinds), max_size=6))


def is_sound(grade: Grade) -> bool:
    return 0 <= grade.score <= 1 and all(0 <= value <= 1 for value in grade.skills.values())


def perfect(case: Case) -> list[Guess]:
    return [Guess(mark.span, mark.type) for mark in case.marks]


@given(guessed())
def test_a_score_for_spotting_lies_between_0_and_1_and_does_not_depend_on_order(
    given_: tuple[Case, list[Guess]],
) -> None:
    case, guesses = given_
    grade = grade_spots(case, guesses)
    assert is_sound(grade)
    assert grade == grade_spots(case, guesses[::-1])


@given(guessed(), st.integers(0, 2000), st.integers(1, 40))
def test_one_more_mark_on_good_words_never_raises_the_score(
    given_: tuple[Case, list[Guess]], start: int, size: int
) -> None:
    case, guesses = given_
    start = start % len(case.draft)
    alarm = Guess(Span(start, min(len(case.draft), start + size)), "D")
    if alarm not in hits(case, [alarm])[1]:
        return
    assert grade_spots(case, [*guesses, alarm]).score <= grade_spots(case, guesses).score


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_all_words_marked_and_named_score_1_and_nothing_marked_only_on_a_good_draft(case: Case) -> None:
    assert grade_spots(case, perfect(case)).score == 1
    assert grade_spots(case, []).score == float(case.is_clean)


def test_a_false_alarm_on_a_good_draft_scores_0_and_says_why_the_words_are_fine() -> None:
    case = case_of["blunt-bike-frame"]
    grade = grade_spots(case, [Guess(case.fine[0].span, "D.deny")])
    assert grade.score == 0
    assert grade.skills == {FAIR: 0.0}
    assert grade.remarks[0].why == case.fine[0].why


def test_the_right_words_with_the_wrong_name_earn_part_of_it() -> None:
    case = case_of["carpet-stain"]
    mark = case.marks[0]

    def credit(kind: str, span: Span = mark.span) -> float:
        return grade_spots(case, [Guess(span, kind)]).skills["D.blame"]

    assert 1 == credit("D.blame") > credit("D") == credit("D.deny") > credit("X") > 0
    near = Span(mark.span.start - 10, mark.span.start - 5)
    assert credit("D.blame") > credit("D.blame", Span(0, len(case.draft))) > credit("D.blame", near) > 0
    assert hits(case, [Guess(near, "D")])[1] == ()


def test_marking_everything_is_no_way_to_a_good_score() -> None:
    for case in FAULTY:
        whole = [Guess(Span(0, len(case.draft)), kind) for kind in TYPES]
        assert grade_spots(case, whole).score < 0.5


@given(st.sampled_from(CASES), st.sets(st.sampled_from(MOVES)))
def test_choosing_moves_scores_between_0_and_1_and_only_the_missing_ones_score_1(
    case: Case, chosen: set[str]
) -> None:
    grade = grade_missing(case, chosen)
    assert is_sound(grade)
    assert (grade.score == 1) == (chosen == case.missing)


@given(st.sampled_from(CASES), st.sets(st.sampled_from(MOVES)), st.sampled_from(MOVES))
def test_a_missing_move_more_raises_the_score_and_any_other_lowers_it(
    case: Case, chosen: set[str], move: str
) -> None:
    before, after = grade_missing(case, chosen - {move}), grade_missing(case, chosen | {move})
    if move in case.missing:
        assert after.score > before.score
    else:
        assert after.score <= before.score


@pytest.mark.parametrize("case", [c for c in CASES if has_pair(c)], ids=lambda case: case.id)
def test_the_better_reply_scores_1_wherever_it_stands(case: Case) -> None:
    for better in (0, 1):
        pair = pair_of(case, better)
        assert pair.texts[better] in case.answers
        assert grade_better(case, pair, better).score == 1
        assert grade_better(case, pair, 1 - better).score == 0


def test_every_good_draft_to_practise_on_has_a_smoother_one_that_is_worse() -> None:
    assert all(case.worse for case in CLEAN if case.form is None)


@pytest.mark.parametrize("case", FAULTY[::6], ids=lambda case: case.id)
def test_the_draft_as_it_was_scores_0_and_a_good_answer_far_more(case: Case, checker: Checker) -> None:
    assert grade_rewrite(case, case.draft, checker).score == 0
    for answer in case.good:
        grade = grade_rewrite(case, answer, checker)
        assert grade.score >= 0.7
        assert is_sound(grade)


def test_no_good_answer_loses_a_fact_of_its_draft() -> None:
    for case in FAULTY:
        for answer in case.good:
            assert lost(must_keep(case), answer) == ()


def test_a_rewrite_pays_for_a_lost_fact_and_is_told_about_a_new_number(checker: Checker) -> None:
    case = case_of["boiler-wrong-pump"]
    good = case.good[0]
    assert "Friday morning and Piet" in good
    without = good.replace(
        "is here on Friday morning and Piet fits", "is here on Friday morning and a man fits"
    )
    grade = grade_rewrite(case, without, checker)
    assert grade.score < grade_rewrite(case, good, checker).score
    assert "“Piet” is lost" in {remark.text for remark in grade.remarks}
    before = next(
        score.value
        for score in checker.check(draft_of(case.draft, client=case.client)).scores
        if score.fault == "defensiveness"
    )
    assert before > 50
    assert f"defensiveness: {before} before, 0 after" in {remark.text for remark in grade.remarks}
    told = {remark.text for remark in grade_rewrite(case, f"{good}\n\nYou get £75 back.", checker).remarks}
    assert "“£75” is new" in told


def test_a_rewrite_of_a_few_words_is_not_judged_and_scores_0(checker: Checker) -> None:
    assert grade_rewrite(FAULTY[0], "Sorry.", checker).score == 0
    assert grade_answer(FAULTY[0], "", checker).score == 0


@pytest.mark.parametrize("case", FAULTY[::9], ids=lambda case: case.id)
def test_a_good_answer_makes_the_moves_and_the_draft_scores_less(case: Case, checker: Checker) -> None:
    good = grade_answer(case, case.good[0], checker)
    assert is_sound(good)
    assert good.score > grade_answer(case, case.draft, checker).score
    assert set(good.skills) == expected_moves(case)


def test_feedback_on_an_answer_speaks_of_all_twelve_moves_and_of_the_clock(checker: Checker) -> None:
    case = case_of["bakery-nut-allergy"]
    grade = grade_answer(case, case.good[0], checker, seconds=SECONDS + 60)
    assert "you took 4.0 minutes; 3 were given" in {remark.text for remark in grade.remarks}
    assert sum(any(r.text.startswith(name) for name in _names()) for r in grade.remarks) == len(MOVES)


def _names() -> list[str]:
    from tonecheck.render.wording import MOVE_NAMES

    return list(MOVE_NAMES.values())


@given(st.sampled_from(CASES))
def test_a_text_loses_none_of_its_own_facts_and_an_empty_one_loses_all(case: Case) -> None:
    facts = facts_of(case.draft)
    assert lost(facts, case.draft) == ()
    assert lost(facts, "") == facts
    assert strange_numbers(case.draft, case.draft) == ()


def test_a_fact_may_be_told_in_another_way() -> None:
    facts = facts_of("We come at 9:00 on the 4th with 3 men and £1,200, says Dvořák at jo@b.example.")
    assert facts == ("9:00", "4", "3", "£1,200", "Dvořák", "jo@b.example")
    assert lost(facts, "At nine, on the 4th, three men come. Dvořák pays £1200. jo@b.example") == ()
    assert lost(facts, "At ten, on the 4th, three men come. Dvořák pays £1200. jo@b.example") == ("9:00",)


@given(st.data())
def test_words_are_found_whatever_their_case_spaces_and_quotes(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(CASES))
    words = case.draft.split()
    start = data.draw(st.integers(0, len(words) - 1))
    size = data.draw(st.integers(1, 8))
    said = "  ".join(words[start : start + size]).upper()
    asked = said.strip(" \"“”'")
    if not asked or "…" in said or "..." in said:
        return
    found = place_of(case.draft, said)
    assert found is not None
    assert case.draft[found.start : found.end].upper().split() == asked.split()


def test_first_and_last_words_are_enough() -> None:
    text = "I know. You failed to read\nthe sheet. You failed again."
    span = place_of(text, "you failed … sheet")
    assert span is not None
    assert text[span.start : span.end] == "You failed to read\nthe sheet"
    assert place_of(text, "we failed") is None
    assert place_of(text, " … ") is None


def test_every_exercise_has_cases_for_every_skill_that_it_tries() -> None:
    for exercise in EXERCISES.values():
        suited = [case for case in CASES if exercise.skills(case)]
        assert len(suited) >= 40
        assert {skill for case in suited for skill in exercise.skills(case)} <= {*TYPES, *MOVES, FAIR}
