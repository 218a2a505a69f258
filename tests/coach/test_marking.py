"""Marking with the cursor: what the keys do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from tonecheck.cli.coaching.marking import Marking, marking_of, pressed, types_of
from tonecheck.coach.case import Case
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.spot import Guess
from tonecheck.report import FAULT_LETTERS, TYPES, Span

CASES = built_in_cases()
KEYS = ["left", "right", "up", "down", "space", "escape", "backspace", "enter", *"dexDEX1234567"]
TEXT = "You failed to read it.\nWe are sorry, really.\n\nKind regards"


def after(*keys: str, text: str = TEXT) -> Marking:
    marking = marking_of(text, 40)
    for key in keys:
        marking = pressed(marking, key)
    return marking


@given(st.sampled_from(CASES), st.integers(20, 100), st.lists(st.sampled_from(KEYS), max_size=60))
def test_whatever_is_pressed_the_cursor_stays_on_a_word_and_marks_are_whole_words(
    case: Case, width: int, keys: list[str]
) -> None:
    draft = case.draft
    marking = marking_of(draft, width)
    for key in keys:
        marking = pressed(marking, key)
    assert 0 <= marking.at < len(marking.words)
    for guess in marking.guesses:
        assert guess.kind in {*TYPES, *FAULT_LETTERS}
        words = draft[guess.span.start : guess.span.end]
        assert words == words.strip() != ""
        assert draft[: guess.span.start][-1:].strip() == draft[guess.span.end :][:1].strip() == ""


@given(st.sampled_from(CASES), st.integers(20, 100))
def test_rows_hold_every_word_once_and_fit_the_width(case: Case, width: int) -> None:
    draft = case.draft
    marking = marking_of(draft, width)
    assert [n for row in marking.rows for n in row] == list(range(len(marking.words)))
    for row in marking.rows:
        line = draft[marking.words[row[0]].start : marking.words[row[-1]].end]
        assert "\n" not in line
        assert wcswidth(line) <= width or len(row) == 1


@given(st.sampled_from(list(FAULT_LETTERS)), st.integers(1, 9))
def test_a_letter_and_a_number_name_a_type_and_other_numbers_do_nothing(letter: str, number: int) -> None:
    marking = after(letter.lower(), str(number))
    if number <= len(types_of(letter)):
        assert marking.guesses == (Guess(Span(0, 3), types_of(letter)[number - 1]),)
    else:
        assert marking.guesses == ()
        assert marking.letter == letter


def test_space_and_arrows_mark_several_words_forwards_and_backwards() -> None:
    forwards = after("space", "right", "right", "d", "1")
    assert forwards.guesses == (Guess(Span(0, 13), "D.blame"),)
    backwards = after("right", "right", "space", "left", "left", "d", "1")
    assert backwards.guesses == forwards.guesses


def test_enter_leaves_the_type_open_and_escape_goes_back() -> None:
    assert after("x", "enter").guesses == (Guess(Span(0, 3), "X"),)
    assert after("x", "escape").letter is None
    assert after("space", "right", "escape", "d", "enter").guesses == (Guess(Span(4, 10), "D"),)


def test_backspace_takes_the_mark_under_the_cursor_away_and_no_other() -> None:
    two = after("d", "1", "right", "e", "2")
    assert len(two.guesses) == 2
    assert pressed(two, "backspace").guesses == two.guesses[:1]


def test_down_and_up_go_to_the_row_below_and_back() -> None:
    assert after("right", "down").at == 6
    assert after("right", "down", "up").at == 1
    assert after("down", "down", "down", "right", "right").at == len(after().words) - 1
