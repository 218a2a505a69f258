"""Transformations on the parse: tense, negation, person and order come out right, or nothing is offered."""

from __future__ import annotations

from collections import Counter

import pytest

from tonecheck.checker import Checker
from tonecheck.config import Config
from tonecheck.detect.parser import Parser
from tonecheck.detect.transform.active import WHO, active
from tonecheck.detect.transform.clauses import clause_of, left_out
from tonecheck.detect.transform.order import moved_behind
from tonecheck.detect.transform.sentences import two_sentences
from tonecheck.mail.draft import draft_of
from tonecheck.mail.edit import apply
from tonecheck.report import Move, Span

ACTIVE = [
    ("Your order was cancelled on 3 May.", "We cancelled your order on 3 May."),
    ("Your booking for two rooms has been cancelled by mistake.", "We have cancelled your booking for two rooms by mistake."),
    ("The wrong part was sent to you.", "We sent the wrong part to you."),
    ("You were charged twice for the same order.", "We charged you twice for the same order."),
    ("You were not told about the change of date.", "We did not tell you about the change of date."),
    ("Your refund wasn't processed until Friday.", "We didn't process your refund until Friday."),
    ("The parcel was unfortunately lost and it will be replaced by Monday.", "We unfortunately lost the parcel and it will be replaced by Monday."),
    ("Your claim is being reviewed.", "We are reviewing your claim."),
    ("The form had been sent out late.", "We had sent out the form late."),
    ("Your email should have been answered sooner.", "We should have answered your email sooner."),
    ("Your complaint was not dealt with properly.", "We did not deal with your complaint properly."),
    ("It was decided to close the branch.", "We decided to close the branch."),
    ("Your order has not yet been shipped.", "We have not yet shipped your order."),
    ("They weren't told.", "We didn't tell them."),
    ("The parcel won't be sent until Monday.", "We won't send the parcel until Monday."),
    ("He was sent the wrong ticket.", "We sent him the wrong ticket."),
    ("Unfortunately, your loan application was declined.", "Unfortunately, we declined your loan application."),
    ("On 3 May your card was blocked.", "On 3 May we blocked your card."),
    ("iPhone repairs were delayed.", "We delayed iPhone repairs."),
    ("The fee was raised by 4%.", "We raised the fee by 4%."),
    ("We regret that your letter was overlooked.", "We regret that we overlooked your letter."),
    ("No errors were found.", "We found no errors."),
    ("The refund cannot be sent.", "We cannot send the refund."),
    ("Your refund wasn’t processed.", "We didn’t process your refund."),
    ('"Your order was cancelled," he said.', '"We cancelled your order," he said.'),
]  # fmt: skip
LEFT_PASSIVE = [
    "The delay was caused by the courier.",
    "Your letter was written off by our team.",
    "Was your order cancelled?",
    "Your order, which was placed on Monday, has been delayed.",
    "Your booking was cancelled and refunded.",
    "We were informed on Monday.",
    "The shop is open on Sundays.",
    "Your order is delayed.",
    "I was told that you called.",
    "You and I were told.",
    "Not all forms were sent.",
    "The parcel you ordered was sent late.",
    "The calls weren't answered, were they?",
    "You were supposed to return it.",
    "Your parcel was stolen.",
    "Our systems were hacked.",
    "German parts were sent.",
]
SPLIT = [
    ("I'm sorry, but you signed the form on 3 May.", "I'm sorry. You signed the form on 3 May."),
    ("We apologise — however, you should have read page 4.", "We apologise. You should have read page 4."),
]
WITHOUT = [
    ("We value your trust in us and appreciate your patience.", "appreciate your patience", "We value your trust in us."),
    ("It has been crazy here, so your file waited until 3 May.", "It has been crazy here", "Your file waited until 3 May."),
    ("The part is here; we take great pride in our work.", "we take great pride in our work", "The part is here."),
]  # fmt: skip


# What rules find here, and the text after all edits; a sentence without a good edit stays.
EDITED = [
    ("It's not unfair or unkind.", "It's not unfair or unkind."),
    ("It isn't unrelated to the delay nor to the fee.", "It isn't unrelated to the delay nor to the fee."),
    ("That is not unrelated, and not unjustified.", "That is related, and not unjustified."),
    ("The road is not uncommonly wet.", "The road is not uncommonly wet."),
    ("We will inspect it and carry out a repair on 3 May.", "We will inspect it and carry out a repair on 3 May."),
    ("We will provide compensation for the cup.", "We will provide compensation for the cup."),
    ("We did a repair of the van and a survey of the yard.", "We did a repair of the van and a survey of the yard."),
    ("Our order approval processes are on page 4.", "Our order approval processes are on page 4."),
    ("The account deletion request of 3 May is here.", "The account deletion request of 3 May is here."),
    ("Could we humbly request you to call Ana on 3 May?", "Could we humbly request you to call Ana on 3 May?"),
    ("Please be rest assured, Ana has the key.", "Ana has the key."),
    ("It went out on 9 Aug. Rest assured, the same van brings it.", "It went out on 9 Aug. The same van brings it."),
    ("This is not the experience we want you to have with us.", "This is not good enough."),
    ("This is not the experience we want our Acme tenants to have.", "This is not the experience we want our Acme tenants to have."),
    ("Did you perform an analysis of the oil?", "Did you analyse the oil?"),
]  # fmt: skip
CLAIMS = [
    "Apparently, we lost the key.",
    "It appears that you signed the form.",
    "Allegedly, your van is blue.",
]


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser()


@pytest.mark.parametrize(("text", "plain"), ACTIVE)
def test_a_passive_without_an_agent_becomes_ours(parser: Parser, text: str, plain: str) -> None:
    (block,) = parser.parse(draft_of(text))
    (edit,) = active(block, text, 0, len(block.doc))
    assert apply(text, [edit]) == plain
    assert not edit.safe


@pytest.mark.parametrize("text", LEFT_PASSIVE)
def test_a_passive_stays_where_somebody_is_named_or_a_verb_would_lose_its_subject(
    parser: Parser, text: str
) -> None:
    (block,) = parser.parse(draft_of(text))
    assert list(active(block, text, 0, len(block.doc))) == []


def test_one_who_is_yet_to_be_named_takes_the_singular(parser: Parser) -> None:
    text = "Your file has been closed."
    (block,) = parser.parse(draft_of(text))
    (edit,) = active(block, text, 0, len(block.doc), WHO)
    assert apply(text, [edit]) == "[who] has closed your file."


@pytest.mark.parametrize(("text", "plain"), SPLIT)
def test_an_apology_with_a_but_becomes_two_sentences(parser: Parser, text: str, plain: str) -> None:
    (block,) = parser.parse(draft_of(text))
    (edit,) = two_sentences(block, text, 0, len(block.doc))
    assert apply(text, [edit]) == plain


def test_an_apology_that_somebody_else_makes_is_not_cut_off_safely(parser: Parser) -> None:
    for text, safe in (
        ("I'm sorry, but you signed.", True),
        ("He said he was sorry, but you signed.", False),
    ):
        (block,) = parser.parse(draft_of(text))
        first = next(token.i for token in block.doc if token.lower_ == "sorry")
        assert [edit.safe for edit in two_sentences(block, text, first, len(block.doc))] == [safe]


def test_a_but_stays_where_no_sentence_follows_it(parser: Parser) -> None:
    for text in ("We are sorry for the delay but pleased.", "I am sorry, but because you signed the form."):
        (block,) = parser.parse(draft_of(text))
        assert list(two_sentences(block, text, 0, len(block.doc))) == []


@pytest.mark.parametrize(("text", "words", "plain"), WITHOUT)
def test_a_clause_goes_with_what_joins_it(parser: Parser, text: str, words: str, plain: str) -> None:
    (block,) = parser.parse(draft_of(text))
    start = text.index(words)
    clause = clause_of(block, 0, len(block.doc), Span(start, start + len(words)))
    edit = left_out(block, text, 0, len(block.doc), clause)
    assert edit is not None
    assert apply(text, [edit]) == plain


def sentences(text: str, *ends: str) -> list[Span]:
    places, start = [], 0
    for end in ends:
        stop = text.index(end, start) + len(end)
        places.append(Span(start, stop))
        start = stop + len(text[stop:]) - len(text[stop:].lstrip())
    return places


def moves(text: str, **words: str) -> list[Move]:
    return [Move(kind, Span(text.index(w), text.index(w) + len(w))) for kind, w in words.items()]


@pytest.mark.parametrize("gap", [" ", "\n", "\r\n\r\n"])
def test_an_excuse_that_leads_moves_behind_the_apology_and_the_fix(gap: str) -> None:
    text = gap.join(
        ["Our van broke down.", "I am sorry that you waited.", "Lena comes at 9 on 4 May.", "Bring the key."]
    )
    spans = sentences(text, "down.", "waited.", "May.", "key.")
    edit = moved_behind(text, spans, 0, moves(text, apologises="I am sorry", fixes="Lena comes"))
    assert edit is not None
    after = apply(text, [edit])
    assert after.startswith("I am sorry that you waited.")
    assert "Lena comes at 9 on 4 May. Our van broke down." in after
    assert after.endswith("Bring the key.")
    assert Counter(after.split()) == Counter(text.split())


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ("Our van broke down.", "This is why I am sorry.", "Call me."),
        ("It broke down.", "I am sorry.", "Call me."),
        ("Our van broke down.", "I am sorry.", "It happens."),
        ("Our van broke down", "I am sorry.", "Call me."),
    ],
)
def test_an_excuse_stays_where_a_sentence_leans_on_its_neighbour(first: str, second: str, third: str) -> None:
    text = f"{first}\n{second}\n{third}"
    spans = sentences(text, first, second, third)
    assert moved_behind(text, spans, 0, moves(text, apologises="I am sorry")) is None


def test_an_excuse_stays_where_no_apology_follows_or_one_led() -> None:
    text = "I am sorry. Our van broke down. Lena comes at 9."
    spans = sentences(text, "sorry.", "down.", "9.")
    assert moved_behind(text, spans, 1, moves(text, apologises="I am sorry", fixes="Lena")) is None
    assert moved_behind(text, spans, 1, moves(text, fixes="Lena")) is None


def test_a_bullet_stays_in_its_list() -> None:
    text = "- Our van broke down.\n- I am sorry that you waited.\n"
    spans = [Span(2, 21), Span(24, 51)]
    assert moved_behind(text, spans, 0, moves(text, apologises="I am sorry")) is None


def test_a_rule_with_a_table_of_words_inflects_them(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("house")
    (folder / "table.toml").write_text(
        'type = "X.inflated"\nmessage = "m"\nwhy = "w"\nseverity = "mild"\nsource = "s"\nfine = ["A.", "B."]\n'
        '[[pattern]]\ntokens = [{ as = "verb", LEMMA = "perform" }, { LOWER = "a" }, { as = "noun", AMONG = "deed" }]\n'
        'replace = ["{verb:@noun}"]\n[pattern.words.deed]\nhandover = "hand_over"\n'
        '[[example]]\ntext = "We [performed a handover]."\nplain = "We handed over."\n',
        "utf8",
    )
    own = Checker(Config(rules=(folder,), only=("table",)), judge=False)
    draft = draft_of("They performed a handover in the yard on 3 May.")
    assert own.plain(draft, safe_only=False) == "They handed over in the yard on 3 May."


@pytest.mark.parametrize(("text", "plain"), EDITED)
def test_an_edit_of_a_rule_reads_on_and_keeps_what_was_said(checker: Checker, text: str, plain: str) -> None:
    assert checker.plain(draft_of(text), safe_only=False) == plain


@pytest.mark.parametrize("text", CLAIMS)
def test_a_doubt_about_what_we_or_the_client_did_is_not_taken_away_safely(
    checker: Checker, text: str
) -> None:
    (found,) = (f for f in checker.findings(draft_of(text)) if f.rule == "doublespeak/doubting-adverb")
    assert [edit.safe for edit in found.edits] == [False]


@pytest.mark.parametrize(
    "text", ["You were charged twice by your bank.", "Your order was cancelled by PayPal on 3 May."]
)
def test_somebody_named_is_an_agent(checker: Checker, text: str) -> None:
    assert [f.rule for f in checker.findings(draft_of(text))] == []


@pytest.mark.parametrize(
    "text", ["You were charged twice by mistake.", "Your order was cancelled by Monday."]
)
def test_a_mistake_or_a_day_is_no_agent(checker: Checker, text: str) -> None:
    assert [f.type for f in checker.findings(draft_of(text))] == ["X.agentless"]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("Our engineers are working hard on a fix.", "are working on [what] until [when]"),
        ("Our engineers are working hard to resolve the fault.", None),
        ("A review is under way.", "[who] is checking [what] until [when]"),
        ("Our safety investigations are ongoing.", None),
    ],
)
def test_the_writer_is_asked_for_words_only_where_they_read_on(
    checker: Checker, text: str, offered: str | None
) -> None:
    (found,) = (f for f in checker.findings(draft_of(text)) if f.fault == "doublespeak")
    assert next((edit.text for edit in found.edits), None) == offered
