"""No name, address or number that the headers or the shape give away survives; all else does."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.coach.people import is_everyday, people_by_given_name, people_in_head, stand_ins
from tonecheck.coach.removing import cuts_in, suspects, without

NAMES = st.sampled_from(
    "Ann Whitfield Zoë Lindqvist Price Brown O'Neill Müller Ngozi Okafor Anne-Marie Nguyen Rose Kowalski Li".split()
)
WORDS = st.sampled_from(
    "the pump leaks and we paid for it on Monday, 05.10.2026 £1,250.00 2026-10-05 14:30 is 30-day 3 500ml 20 % sorry.".split()
)
NUMBERS = st.one_of(
    st.sampled_from(
        ["020 7946 0018", "+49 30 901820", "(555) 010-1234", "GB82 WEST 1234 5698 7654 32", "INV-20388"]
    ),
    st.integers(10_000_000, 10**16).map(str),
    st.from_regex(r"order [1-9]\d{3,6}", fullmatch=True),
)
LINKS = st.sampled_from(
    [
        "https://shop.example/a?id=7",
        "www.harbour.example",
        "kay@else.example",
        "SW1A 1AA",
        "12 Harbour Street",
    ]
)


@st.composite
def mails(draw: st.DrawFn) -> tuple[EmailMessage, list[str], str, list[str]]:
    """A head, the names in it, a text that holds them all in some order, and what must stay."""
    people = draw(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=3))
    names = [name for person in people for name in person]
    mail = EmailMessage()
    shown = [f"{first} {last}" if draw(st.booleans()) else f'"{last}, {first}"' for first, last in people]
    mail["From"] = f"{shown[0]} <x{draw(st.integers(1, 9))}@acme.example>"
    mail["To"] = ", ".join(f"{name} <help@acme.example>" for name in shown)
    cased = [draw(st.sampled_from([str, str.upper]))(name) for name in names]
    plain = draw(st.lists(WORDS, min_size=3, max_size=12))
    given_away = draw(st.lists(st.one_of(NUMBERS, LINKS), max_size=3))
    text = " and ".join(draw(st.permutations([*cased, *given_away, " ".join(plain)])))
    return mail, names, text, given_away


@given(mails())
def test_nothing_that_tells_who_it_was_survives_and_all_else_stays_as_it_was(
    made: tuple[EmailMessage, list[str], str, list[str]],
) -> None:
    mail, names, text, given_away = made
    head = BytesParser().parsebytes(mail.as_bytes())
    cuts = cuts_in(text, stand_ins(people_in_head(head), text), "GB")
    cleaned = without(text, cuts)
    for name in names:
        assert not re.search(rf"(?<!\w)(?:{re.escape(name)}|{re.escape(name.upper())})(?!\w)", cleaned)
        assert is_everyday(name) or not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", cleaned, re.IGNORECASE)
    for told in given_away:
        assert told.removeprefix("order ") not in cleaned
    at, kept = 0, []
    for cut in cuts:
        kept.append(text[at : cut.span.start])
        at = cut.span.end
    kept.append(text[at:])
    place = 0
    for piece, cut in zip(kept, [*cuts, None], strict=True):
        assert cleaned[place : place + len(piece)] == piece
        place += len(piece) + (len(cut.stand_in) if cut else 0)
    assert place == len(cleaned)


@given(st.lists(WORDS, max_size=30).map(" or ".join))  # numbers in a row might be a telephone
def test_a_text_that_tells_nothing_about_anybody_stays_as_it_is(text: str) -> None:
    assert cuts_in(text, stand_ins([(("Ann",), ("Price",))], text), "GB") == ()


@given(st.text(max_size=200), st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=3))
def test_any_text_and_any_names_are_taken(text: str, people: list[tuple[str, str]]) -> None:
    names = stand_ins([((first,), (last,)) for first, last in people if first and last], text)
    cuts = cuts_in(text, names)
    assert all(one.span.end <= other.span.start for one, other in pairwise(cuts))
    assert len(without(text, cuts)) == len(text) + sum(len(c.stand_in) - len(c.span) for c in cuts)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (
            "Dear Mrs Whitfield, the price is fine, Price said.",
            "Dear Mrs Carter, the price is fine, Hughes said.",
        ),
        ("ann whitfield and ANN'S oven", "alex carter and ALEX'S oven"),
        ("Invoice no. 88213 of 12 May, 2 pumps, 30 days", "Invoice no. [number] of 12 May, 2 pumps, 30 days"),
        ("Hauptstraße 12, 10115 Berlin", "[address]"),
        ("From 2024-2025 we sold 1,234,567 of them", "From 2024-2025 we sold 1,234,567 of them"),
    ],
)
def test_a_text_still_reads(text: str, cleaned: str) -> None:
    names = stand_ins([(("Ann",), ("Whitfield",)), (("Jo",), ("Price",))], text)
    assert without(text, cuts_in(text, names, "GB")) == cleaned


def test_an_encoded_name_in_a_header_is_read() -> None:
    head = BytesParser().parsebytes(b"From: =?utf-8?q?Zo=C3=AB_Lindqvist?= <z@acme.example>\n\n")
    assert (("Zoë",), ("Lindqvist",)) in list(people_in_head(head))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("PLEASE. Karen Tunnicliffe", ["Tunnicliffe"]),
        ("I wrote to Karen O’Neill-Marsh twice", ["O’Neill-Marsh"]),
        ("I gave you the plan. Karen Butt\n\nOrder 7", ["Butt"]),
        ("Thank you Karen Please ring me. Ask Karen Monday. Hello Karen\nTunnicliffe", []),
    ],
)
def test_a_family_name_is_known_by_the_given_name_before_it(text: str, names: list[str]) -> None:
    found = people_by_given_name([(("Karen",), ())], text)
    assert [word for _, family in found for word in family] == names


def test_what_may_still_be_a_name_is_shown() -> None:
    text = "Our driver Kevin was there. Sorry. On Monday 3 Nov Alex came from Faro, till Fri or Sept."
    assert suspects(text) == ("Kevin", "Faro")
