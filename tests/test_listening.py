"""What the client asks, and what the draft answers or leaves lying."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Run

from tonecheck.checker import Checker
from tonecheck.detect.asks import points_of
from tonecheck.mail.draft import draft_of
from tonecheck.report import Finding, Move, Report, Severity, Span
from tonecheck.score import score

EVASIVE = (
    "Thank you for sharing your perspective with us. Feedback from our community is what shapes the way we work, and "
    "colleagues across the company are reflecting on it as part of a wider programme."
)
LIST = """Hello,

three things, please:

1. The hinge on the left door squeaks.
2. Please send the certificate for the varnish.
3. Who pays for the scratched parquet?

Ann Berg
"""


def asked(checker: Checker, client: str, reply: str = EVASIVE) -> Report:
    return checker.check(draft_of(reply, client=client))


@pytest.mark.parametrize(
    "ask",
    [
        "Who pays for the electrician?",
        "When do I get a working pump?",
        "Are you refunding us or not?",
        "I want the £680 credited.",
        "Please send the wiring diagram.",
        "Tell me what day I can collect my stock.",
        "Could you send the right one please?",
        "How can this happen, and will you refund the electrician?",
    ],
)
def test_what_an_evasive_draft_leaves_lying_is_named_in_the_clients_words(checker: Checker, ask: str) -> None:
    report = asked(checker, f"The pump leaks and nobody has rung. {ask}")
    assert report.unanswered == (ask,)
    assert report.answered == ()


@pytest.mark.parametrize(
    ("ask", "reply"),
    [
        (
            "Who pays for the second visit?",
            "I am sorry about Monday. Marek makes the second visit himself and brings the valve.",
        ),
        (
            "When does the pump arrive at the site?",
            "I am sorry that you stand in the water. The pump arrives at the site by lorry.",
        ),
        (
            "How many invoices have the wrong address?",
            "The invoices were printed with the wrong address, and that was our slip: the template is mended since.",
        ),
    ],
)
def test_the_clients_own_words_are_no_answer_to_who_pays_when_or_how_many(
    checker: Checker, ask: str, reply: str
) -> None:
    assert asked(checker, f"The pump leaks and nobody has rung. {ask}", reply).unanswered == (ask,)


@pytest.mark.parametrize(
    ("ask", "reply"),
    [
        (
            "Who pays for the second visit?",
            "I am sorry about Monday. The second visit is on us, and Marek brings the valve.",
        ),
        (
            "Who pays for the second visit?",
            "I am sorry about Monday. Your insurer settles the second visit; I have told them.",
        ),
        (
            "How many invoices have the wrong address?",
            "Two invoices have it, and both were printed anew this morning and are in the post to you.",
        ),
    ],
)
def test_an_answer_in_words_is_one_too(checker: Checker, ask: str, reply: str) -> None:
    report = asked(checker, f"The pump leaks and nobody has rung. {ask}", reply)
    assert report.answered == (ask,)


@pytest.mark.parametrize(
    ("ask", "reply"),
    [
        (
            "Who pays for the electrician?",
            "I am sorry. We pay the electrician: send me his bill, and Marek transfers it on the day that it comes.",
        ),
        (
            "When does the pump arrive?",
            "I am sorry that you stand in the water. The pump arrives on Friday before noon, and Marek fits it himself.",
        ),
        (
            "I want a refund for the wildflower mix.",
            "I am not refunding the mix yet, and here is my reason: perennials spend their first summer growing roots.",
        ),
    ],
)
def test_what_the_draft_deals_with_counts_as_answered_whichever_way(
    checker: Checker, ask: str, reply: str
) -> None:
    report = asked(checker, f"Nothing came up. {ask}", reply)
    assert report.answered == (ask,)
    assert report.unanswered == ()


@pytest.mark.parametrize(
    "anger",
    [
        "Are you serious?",
        "Do you people even read your mail?",
        "How dare you?",
        "Is this a joke?",
        "What exactly am I paying £119 a month for?",
        "Please just answer.",
        "What part of “we moved” is difficult?",
        "How is this possible and how dare you?",
        "I asked your desk to please send the drawings in March.",
        "I don't want a voucher.",
    ],
)
def test_what_is_said_in_anger_or_told_is_not_asked(checker: Checker, anger: str) -> None:
    report = asked(checker, f"The pump leaks and nobody has rung. {anger}")
    assert report.unanswered == ()
    assert report.answered == ()


def test_the_points_of_a_list_are_gone_through(checker: Checker) -> None:
    reply = (
        "Dear Ms Berg,\n\nI am sorry about the door. The hinge gets a new pin: Marek comes on Friday at nine and fits it, "
        "and the left door will not squeak again.\n\nJo\n"
    )
    report = asked(checker, LIST, reply)
    assert report.answered == ("The hinge on the left door squeaks.",)
    assert report.unanswered == (
        "Please send the certificate for the varnish.",
        "Who pays for the scratched parquet?",
    )


def test_a_draft_that_numbers_its_answers_is_believed(checker: Checker) -> None:
    reply = "1. Marek oils it on Friday at nine. 2. It is in the post since this morning. 3. That one is ours, all of it."
    assert asked(checker, LIST, reply).unanswered == ()


def test_a_list_has_two_points_or_more_and_keeps_their_order() -> None:
    assert points_of("- the door\n- the window\n") == ["the door", "the window"]
    assert points_of("We are left with 1) the door that sticks 2) the window\n") == [
        "the door that sticks",
        "the window",
    ]
    assert points_of("1. May was the date.\n") == []
    assert points_of("We paid 2.5 and then 3.75 for it.") == []


def test_every_format_shows_what_is_answered_and_what_is_not(run: Run, tmp_path: Path) -> None:
    client, reply = tmp_path / "client.txt", tmp_path / "reply.txt"
    client.write_text(
        "The pump leaks. Who pays for the electrician? When does the new pump arrive?\n", "utf8"
    )
    reply.write_text(
        "I am sorry that you stand in the water. The new pump arrives on Friday before noon, and Marek fits it.\n",
        "utf8",
    )
    shown = run("check", reply, "--client", client).stdout
    assert "You have not answered" in shown
    assert shown.index("When does the new pump arrive?") < shown.index("Who pays for the electrician?")
    report = json.loads(run("check", reply, "--client", client, "--format", "json").stdout)
    assert report["answered"] == ["When does the new pump arrive?"]
    assert report["unanswered"] == ["Who pays for the electrician?"]
    page = run("check", reply, "--client", client, "--format", "html").stdout
    assert "<q>Who pays for the electrician?</q>" in page


def test_an_excuse_before_the_first_apology_weighs_more_than_after_it() -> None:
    def excuse(start: int) -> Finding:
        return Finding("x", "E.system", Span(start, start + 5), "", "", Severity.CLEAR, 0.9)

    apology = [Move("apologises", Span(100, 110))]
    first, after = (score([excuse(start)], apology)[1].value for start in (10, 200))
    assert first > after
    assert score([excuse(200)], [])[1].value > after


def test_a_draft_that_names_a_day_is_not_said_to_leave_a_deadline_lying(checker: Checker) -> None:
    reply = "I am sorry that the lamp never came. A second one goes out tonight and a courier brings it to you tomorrow."
    assert asked(checker, "My lamp never came. I need it by Friday.", reply).unanswered == ()
    assert asked(checker, "My lamp never came. I need it by Friday.").unanswered == ("I need it by Friday.",)
