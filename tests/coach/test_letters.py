"""A letter on a page: its words to be marked, and what was marked drawn into it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.checker import Checker
from tonecheck.coach.answer import grade_answer
from tonecheck.coach.case import Case
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.web.letters import drawn, gist, words_of
from tonecheck.coach.web.notes import draft_notes, written_notes
from tonecheck.report import Span

CASES = [case for case in built_in_cases() if case.marks]
texts = st.text("ab .,!?“”()\n-", max_size=60)


@given(texts)
def test_words_and_what_is_between_them_are_the_whole_text(text: str) -> None:
    pieces = words_of(text)
    assert "".join(piece for piece, _, _ in pieces) == text
    words = [(piece, start, end) for piece, start, end in pieces if end]
    assert all(text[start:end] == piece and not any(map(str.isspace, piece)) for piece, start, end in words)
    assert sum(map(str.isalpha, text)) == sum(map(str.isalpha, "".join(piece for piece, _, _ in words)))
    assert len(words) == len(text.split())


def test_quotes_and_stops_are_no_part_of_a_word() -> None:
    text = "Sorry, “any (so-called) inconvenience”: £5.50 [number]. Why?! –"
    words = [piece for piece, _, end in words_of(text) if end]
    assert words == ["Sorry", "any", "so-called", "inconvenience", "£5.50", "[number]", "Why", "–"]


@st.composite
def noted(draw: st.DrawFn) -> tuple[str, list[tuple[Span, str, str]]]:
    text = draw(st.text("ab \n", min_size=2, max_size=30))
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(
        lambda two: two[0] != two[1]
    )
    spans = draw(st.lists(ends.map(sorted), max_size=5))
    return text, [(Span(*span), f"k{n % 3}", f"note {n}") for n, span in enumerate(spans)]


@given(noted())
def test_a_drawn_letter_is_the_letter_and_says_each_note_once_where_it_ends(
    letter: tuple[str, list[tuple[Span, str, str]]],
) -> None:
    text, notes = letter
    at, said = 0, {}
    for words, kinds, told in drawn(text, notes):
        assert text[at : at + len(words)] == words
        over = {kind for span, kind, _ in notes if span.start < at + len(words) and at < span.end}
        assert set(kinds.split()) == over
        at += len(words)
        said |= dict.fromkeys(told, at)
    assert at == len(text)
    assert said == {told: span.end for span, _, told in notes}


@pytest.mark.parametrize("case", CASES[::9], ids=lambda case: case.id)
def test_what_was_marked_is_told_from_what_was_missed_without_colours(case: Case) -> None:
    first, *others = case.marks
    answer = [[first.span.start, first.span.end, first.type]]
    told = [(span, said) for span, _, said in draft_notes("spot", case, answer)]
    assert (first.span, f"{first.type}, found") in told
    assert (first.span, f"you: {first.type}") in told
    assert sum(said.endswith(", missed") for _, said in told) == len(others)


def test_good_words_that_were_marked_are_said_to_be_fine() -> None:
    case = next(case for case in built_in_cases() if case.is_clean)
    ((_, kind, said),) = draft_notes("spot", case, [[0, 4, "E"]])
    assert (kind, said) == ("yours", "you: excuses, but these words are fine")


def test_a_rewrite_shows_in_the_draft_what_is_gone_and_what_is_still_there() -> None:
    case = CASES[0]
    said = {told for _, _, told in draft_notes("rewrite", case, case.words(case.marks[0].span))}
    assert f"{case.marks[0].type}, still there" in said
    assert any(told.endswith(", gone") for told in said)


def test_an_answer_shows_its_faults_and_its_moves_where_they_stand(checker: Checker) -> None:
    text = "We are sorry. Our supplier let us down, so there is nothing we can do. We send a new one on Friday at nine."
    notes = list(written_notes(grade_answer(CASES[0], text, checker)))
    kinds = {kind for _, kind, _ in notes}
    assert {"E", "move"} <= kinds
    assert "We are sorry" in {
        text[span.start : span.end].rstrip(".") for span, _, told in notes if told == "an apology"
    }


def test_a_letter_is_known_by_what_comes_after_its_greeting() -> None:
    assert gist("Hello,\n\nmy pump leaks.\n\nAnn") == "my pump leaks. Ann"
    assert gist("My pump leaks again and again", 20) == "My pump leaks …"
