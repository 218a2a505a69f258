"""The cases are sound, and what is wrong with a case file is said plainly."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tonecheck.checker import Checker
from tonecheck.coach.agreement import above_limit, disagreements
from tonecheck.coach.case import FORMS, Case
from tonecheck.coach.grade import FAIR, source_of
from tonecheck.coach.reading import all_cases, built_in_cases, cases_in, read_case
from tonecheck.coach.session import practice_cases
from tonecheck.errors import InputError
from tonecheck.mail.draft import draft_of
from tonecheck.report import MOVES, TYPES

CASES = built_in_cases()
SOUND = """\
trade   = "bakery"
kind    = "reply"
ratings = { D = 2, E = 0, X = 0 }
there   = ["thanks"]
missing = ["owns"]
client  = "The cake was burnt."
draft   = "Thank you. You should have called. You should have called us sooner."
good    = ["We burnt your cake. I am sorry, and bake a new one today."]

[[mark]]
words    = "You should have called us"
type     = "D.blame"
severity = "clear"
why      = "Now the client is to blame."
"""


def by_id(case: Case) -> str:
    return case.id


def test_there_are_sixty_cases_over_fifteen_trades_and_twelve_good_ones_to_practise_on() -> None:
    practised = practice_cases(CASES)
    assert len(CASES) >= 60
    assert len({case.trade for case in CASES}) >= 15
    assert sum(case.is_clean for case in practised) >= 12
    kinds = Counter(case.kind for case in practised)
    assert min(kinds[kind] for kind in ("refusal", "closing", "follow-up")) >= 4


def test_the_two_forms_of_the_test_are_twins() -> None:
    forms = [[case for case in CASES if case.form == form] for form in FORMS]
    assert [len(form) for form in forms] == [12, 12]
    types = [Counter(mark.type for case in form for mark in case.marks) for form in forms]
    assert types[0] == types[1]
    assert [sum(case.is_clean for case in form) for form in forms] == [4, 4]


def test_every_type_and_every_move_can_be_practised() -> None:
    practised = practice_cases(CASES)
    assert {mark.type for case in practised for mark in case.marks} == set(TYPES)
    assert {move for case in practised for move in case.missing} == set(MOVES)


def test_every_type_and_every_move_has_its_source() -> None:
    assert all(source_of(skill) for skill in (*TYPES, *MOVES))
    assert source_of(FAIR) == ""


@pytest.mark.parametrize("case", CASES, ids=by_id)
def test_marked_words_are_short_and_those_called_fine_are_not_marked(case: Case) -> None:
    for mark in case.marks:
        assert 1 <= len(case.words(mark.span).split()) <= 18
    for fine in case.fine:
        assert not any(mark.span.overlaps(fine.span) for mark in case.marks)


@pytest.mark.parametrize("case", CASES, ids=by_id)
def test_a_good_answer_holds_none_of_the_marked_words(case: Case) -> None:
    for answer in case.good:
        for mark in case.marks:
            assert case.words(mark.span) not in answer


@pytest.mark.parametrize("case", CASES, ids=by_id)
def test_a_good_answer_passes_the_checker(case: Case, checker: Checker) -> None:
    for answer in case.answers:
        report = checker.check(draft_of(answer, client=case.client))
        assert not report.not_judged
        assert above_limit(report, checker.config) == ()


def test_the_checker_hears_most_marks_and_few_words_of_good_answers(checker: Checker) -> None:
    found = Counter(d.kind for case in CASES for d in disagreements(case, checker))
    marks = sum(len(case.marks) for case in CASES)
    answers = sum(len(case.answers) for case in CASES)
    assert found["not heard"] < 0.35 * marks
    assert found["heard in a good answer"] < 0.1 * answers


def test_words_that_stand_twice_need_to_say_which(tmp_path: Path) -> None:
    path = tmp_path / "burnt.toml"
    twice = SOUND.replace('"You should have called us"', '"You should have called"')
    path.write_text(twice, "utf8")
    with pytest.raises(InputError, match=r"burnt\.toml:7: .* stands 2 times .* which = 1"):
        read_case(path)
    path.write_text(twice.replace("severity", "which = 2\nseverity"), "utf8")
    case = read_case(path)
    assert case.draft[: case.marks[0].span.start] == "Thank you. You should have called. "


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"D.blame"', '"D.blam"', ":12: “D.blam” is no type; did you mean “D.blame”?"),
        ('"owns"', '"own"', ":5: “own” is no missing; did you mean “owns”?"),
        ("client  =", "clint   =", ":6: unknown key “clint” in a case; did you mean “client”?"),
        ('trade   = "bakery"\n', "", "no “trade”"),
        (
            '"You should have called us"',
            '"You shud have called us"',
            "did you mean “You should have called us”?",
        ),
        ('"You should have called us"', '"zebra"', "copy them from the draft"),
        ("D = 2", "D = 0", "D is 0, but words are marked for defensiveness"),
        ("X = 0", "X = 1", "X is 1, but no words are marked for doublespeak"),
        ("D = 2", "D = 7", "D must be a rating from 0 to 4"),
        ('["owns"]', '["owns", "thanks"]', "“thanks” cannot be both there and missing"),
        ('good    = ["We burnt', 'keep    = ["We burnt', "needs at least one answer under “good”"),
        ('"reply"', '"letter"', "“letter” is no kind"),
        ("[[mark]]", "[mark]", "write each mark under a line [[mark]]"),
        ('"The cake was burnt."', '" "', "“client” must be a text with something in it"),
        ("severity =", "which = 9\nseverity =", "which must be a number from 1 to 1"),
        ("ratings = {", "ratings = [", "not a readable TOML file"),
    ],
)
def test_a_wrong_case_file_is_told_with_place_and_cure(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in SOUND
    path = tmp_path / "burnt.toml"
    path.write_text(SOUND.replace(old, new, 1), "utf8")
    with pytest.raises(InputError) as error:
        read_case(path)
    assert str(error.value).startswith(str(path))
    assert told in str(error.value)


def test_a_sound_case_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "burnt.toml").write_text(SOUND, "utf8")
    (case,) = cases_in(tmp_path)
    assert (case.id, case.keep, case.form) == ("burnt", None, None)
    assert case in all_cases(tmp_path)


def test_a_folder_without_cases_and_a_name_taken_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no cases"):
        cases_in(tmp_path)
    (tmp_path / f"{CASES[0].id}.toml").write_text(SOUND, "utf8")
    with pytest.raises(InputError, match="name of a built-in case"):
        all_cases(tmp_path)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / f"{CASES[0].id}.toml").write_text(SOUND, "utf8")
    with pytest.raises(InputError, match="rename one of them"):
        cases_in(tmp_path)
