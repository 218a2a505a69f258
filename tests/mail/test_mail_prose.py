"""Which lines are prose and which open, close or decorate a letter."""

# Lines of mails stay as long as their programs write them.

from __future__ import annotations

import pytest
from reading import blocks, kinds, skipped

from tonecheck.mail.draft import draft_of

LOST = "We lost your parcel on Tuesday."

GREETINGS = """Hi Ann,|Hi Ann|Hello!|Dear Mr. Poe,|Dear Ms O’Hara:|Dear Dr. van der Berg,|Dear Sr. Brannigan,|Good morning Ann,|Hi, Ann!|Hi Jean-Luc -
Dear Sir or Madam,|To whom it may concern:|Dear valued customer,|Hi {{first_name}},|Dear [Name],|Hello there,|Hey both,|Graham|Graham,
Dear Mr and Mrs Poe,|Hi @graham,|Hi Élodie,|Hi Ann and Bob,|Ann van der Berg,|Hallo Jörg,""".replace(
    "\n", "|"
).split("|")


@pytest.mark.parametrize("greeting", GREETINGS)
def test_a_greeting_line_is_not_judged(greeting: str) -> None:
    draft = draft_of(f"{greeting}\n\n{LOST}\n")
    assert skipped(draft, "greeting") == [greeting]
    assert blocks(draft) == [LOST]


@pytest.mark.parametrize(
    "first", ["Hi Ann,", "Hi Ann.", "Hello,", "Hi Ann -", "Dear Mr. Poe:", "Good morning Ann!"]
)
def test_a_greeting_before_a_sentence_is_skipped_alone(first: str) -> None:
    draft = draft_of(f"{first} {LOST}")
    assert skipped(draft, "greeting") == [first]
    assert blocks(draft) == [LOST]


@pytest.mark.parametrize(
    "first",
    [
        "Sorry,",
        "Sorry, we lost it.",
        "Unfortunately,",
        "Thanks for telling us.",
        "Hello we lost it, sorry",
        "Thank you, Ann.",
        "Morning deliveries were late.",
        "Please",
        "We Lost It",
        "Good evening is no time for a call, you say.",
        "Dear me, it broke.",
    ],
)
def test_a_first_line_that_says_something_is_prose(first: str) -> None:
    assert blocks(draft_of(f"{first}\n\n{LOST}"))[0] == first


SIGN_OFFS = """Best,|Best|Cheers|Cheers,|Kind regards,|Best Regards|Mit freundlichen Grüßen|Yours sincerely,|Yours faithfully|Many thanks,
Thanks|Thank you,|All the best,|Warm regards from all of us,|Thanks and best regards,|Sincerely,|Respectfully,|Cordialement,|Saludos,|BR
Met vriendelijke groet,|Pozdrawiam|With apologies,|Viele Grüße|Med vänlig hälsning""".replace(
    "\n", "|"
).split("|")
CARDS = [
    "Ann",
    "Ann Lee",
    "Ann Lee\nHead of Service\nAcme Ltd.\n+44 20 7946 0000",
    "Dr. Ann Lee | Support\nhttps://acme.example",
    "Customer Care Team",
    "Jörg Müller\n\nAcme GmbH\nTel: 030 5551234",
    "- Ann",
    "Ann Lee (she/her)\nRepairs and Returns\n14 Mill Lane, York",
]


@pytest.mark.parametrize("sign_off", SIGN_OFFS)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_sign_off_with_a_name_is_a_signature(sign_off: str, gap: str) -> None:
    draft = draft_of(f"Hi,\n\n{LOST}\n\n{sign_off}{gap}Ann Lee\n")
    assert skipped(draft, "signature") == [f"{sign_off}{gap}Ann Lee"]
    assert blocks(draft) == [LOST]


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("opening", ["Kind regards,\n", "-- \n", "--\n", "Thanks,\n\n"])
def test_name_title_company_and_telephone_belong_to_the_signature(card: str, opening: str) -> None:
    draft = draft_of(f"{LOST}\n\n{opening}{card}\n")
    assert skipped(draft, "signature") == [opening + card]
    assert blocks(draft) == [LOST]


@pytest.mark.parametrize(
    "closing",
    [
        "Best, Ann",
        "Thanks, Ann",
        "Cheers Ann",
        "Kind regards, Ann Lee",
        "Ann x",
        "Ann (Accounts)",
        "Ann, Accounts",
        "Ann, 07700 900461",
        "Pawsitively yours,\nAnn",
        "Warmest from Faro,\nAnn Lee\nAcme",
        "- Ann",
        "Ann",
        "Ann Lee",
        "Thanks.",
        "Regards",
        "Sent from my iPhone",
        "Get Outlook for iOS",
        "Von meinem iPhone gesendet",
    ],
)
def test_a_last_line_that_only_closes_is_a_signature(closing: str) -> None:
    draft = draft_of(f"Hi,\n\n{LOST}\n\n{closing}\n")
    assert skipped(draft, "signature") == [closing]
    assert blocks(draft) == [LOST]


@pytest.mark.parametrize(
    "last",
    [
        "Thanks for telling us.",
        "Sorry, Ann",
        "Thanks and sorry for the delay.",
        "Best to call us.",
        "Sorry",
        "Thank you for waiting so long",
        "Cheers for that.",
        "Sent from our depot on Friday.",
        "Regards were sent too late.",
        "Refund sent today.",
        "Yours is on its way.",
        "We are sorry",
        "Kind of you to wait.",
        "Take care that the lid is closed.",
        "Tuesday",
        "With apologies for the delay, we refund you.",
    ],
)
def test_a_last_sentence_is_never_taken_for_a_signature(last: str) -> None:
    draft = draft_of(f"Hi,\n\n{LOST}\n\n{last}\n")
    assert blocks(draft)[-1] == last
    assert "signature" not in kinds(draft)


@pytest.mark.parametrize(
    "sentence",
    [
        "Refund sent today.",
        "We will call you.",
        "The lamp is on its way now",
        "You will hear from us on Friday.",
    ],
)
@pytest.mark.parametrize("above", ["Best,\nAnn\n", "Best,\nAnn\n\n", "Thanks.\n\n", "Cheers,\n\n"])
def test_a_sentence_below_a_sign_off_is_judged(above: str, sentence: str) -> None:
    assert sentence in blocks(draft_of(f"{LOST}\n\n{above}{sentence}\n"))


@pytest.mark.parametrize("mark", ["P.S.", "PS:", "PS", "P.P.S.", "P. S. "])
@pytest.mark.parametrize(
    "above", ["Best,\nAnn", "-- \nAnn Lee\nAcme", "Ann", "Kind regards\n\nAnn Lee\nHead of Service"]
)
def test_a_postscript_below_the_signature_is_judged(above: str, mark: str) -> None:
    draft = draft_of(f"{LOST}\n\n{above}\n\n{mark} We put a new lamp in the box.\n")
    assert blocks(draft) == [LOST, f"{mark} We put a new lamp in the box."]
    assert skipped(draft, "signature") == [above]


def test_a_dash_at_the_end_of_a_line_opens_no_signature() -> None:
    draft = draft_of("We lost it --\nand we regret it —\nand we will pay.\n")
    assert kinds(draft) == set()


def test_a_ruled_line_is_no_signature_unless_only_a_card_follows() -> None:
    assert blocks(draft_of(f"{LOST}\n\n___\n\nWe will pay for it.")) == [LOST, "We will pay for it."]
    assert skipped(draft_of(f"{LOST}\n\n____\nAnn Lee\nAcme Ltd"), "signature") == ["____\nAnn Lee\nAcme Ltd"]


def test_a_list_of_single_words_is_no_signature() -> None:
    draft = draft_of("These are the colours that we have:\n\n- Blue\n- Green\n")
    assert blocks(draft) == ["These are the colours that we have:", "Blue", "Green"]


def test_a_disclaimer_is_skipped_and_talk_of_confidence_is_not() -> None:
    small_print = (
        "This email and any attachments are confidential and intended solely for the addressee.\nIf you have received it in "
        "error, please notify the sender and delete it."
    )
    draft = draft_of(f"{LOST}\n\nBest,\nAnn\n\n{small_print}\n")
    assert skipped(draft, "disclaimer") == [small_print]
    for prose in (
        "This email is confidential, so please do not pass the price on to other guests.",
        "If you are not the intended recipient of the parcel, hand it to your neighbour on the second floor.",
        "We cannot disclose the name of the driver, and we are sorry for that.",
    ):
        assert blocks(draft_of(f"{LOST}\n\n{prose}\n")) == [LOST, prose]


@pytest.mark.parametrize(
    "line",
    [
        "    (we checked it; it was right)",
        "    We lost it, and we are sorry.",
        "\tThe price (30 € each) = too high, we agree.",
    ],
)
def test_indented_prose_is_not_code(line: str) -> None:
    assert blocks(draft_of(f"{LOST}\n\n{line}\n")) == [LOST, line.strip()]


@pytest.mark.parametrize(
    "code",
    [
        "    x = foo(1);",
        "```\nWe are sorry()\n```",
        "    if (a) { return b; }",
        "$ curl -v https://x.example",
        "@@ -1,2 +1,3 @@",
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n-old words\n+new words",
    ],
)
def test_code_and_diffs_are_skipped(code: str) -> None:
    draft = draft_of(f"{LOST}\n\n{code}\n\nWe will pay.\n")
    assert blocks(draft) == [LOST, "We will pay."]
    assert [words.strip() for words in skipped(draft, "code")] == [code.strip()]


@pytest.mark.parametrize(
    "log",
    [
        "2026-11-24 09:14:00 ERROR no stock",
        "Traceback (most recent call last):",
        "Nov 24 09:14:00 host app: died",
        "[ERROR] no stock",
    ],
)
def test_logs_are_skipped(log: str) -> None:
    assert skipped(draft_of(f"{LOST}\n\n{log}\n\nWe will pay.\n"), "log") == [log]


def test_a_fence_that_nothing_closes_hides_nothing_but_itself() -> None:
    assert blocks(draft_of(f"```\n{LOST}\n\nWe will pay.\n")) == [LOST, "We will pay."]


def test_a_price_in_dollars_is_no_command() -> None:
    assert blocks(draft_of("$ 30 will be refunded to you.\n")) == ["$ 30 will be refunded to you."]


def test_items_are_blocks_of_their_own_without_their_marks() -> None:
    draft = draft_of(
        "We will:\n1. refund you\n2. send a new lamp\n   by Friday\n- and call you\n* Twice\n# Heading\n"
    )
    assert blocks(draft) == [
        "We will:",
        "refund you",
        "send a new lamp\n   by Friday",
        "and call you",
        "Twice",
        "Heading",
    ]


def test_hard_wrapped_text_is_one_block_also_beside_one_long_line() -> None:
    wrapped = (
        "We sent your parcel with the wrong label on Tuesday, and the carrier gave\nit to Mrs Brown in number 14. She called us at noon and\n"
        "I asked the driver to bring it back to you before the evening, which he\nforgot. Tomorrow it is with you."
    )
    long_line = "This is one very long line that no editor has wrapped, " * 8
    assert blocks(draft_of(f"{wrapped}\n\n{long_line.strip()}\n")) == [wrapped, long_line.strip()]


def test_a_number_at_a_wrap_is_no_list_mark() -> None:
    text = "The price of the part went up by a third on November\n24. We will pay the difference."
    assert blocks(draft_of(text)) == [text]


def test_short_lines_without_a_stop_are_blocks_of_their_own() -> None:
    assert blocks(draft_of("We lost it\nWe will pay\nIt was our mistake\n")) == [
        "We lost it",
        "We will pay",
        "It was our mistake",
    ]


def test_addresses_and_code_inside_a_sentence_are_skipped_alone() -> None:
    draft = draft_of("See https://acme.example/help, write to ann@acme.example or type `reset`.")
    assert skipped(draft, "url") == ["https://acme.example/help", "ann@acme.example"]
    assert skipped(draft, "code") == ["`reset`"]
    assert len(draft.blocks) == 1


@pytest.mark.parametrize("marks", ["“{}”", '"{}"', "«{}»", "„{}“"])
def test_a_sentence_of_the_clients_in_quotation_marks_is_the_clients(marks: str) -> None:
    said = marks.format("the lamp broke\nafter a day")
    draft = draft_of(
        f"It is true: {said}, and that was our fault.", client="Ann, the lamp broke after a day!"
    )
    assert skipped(draft, "client's words") == [said]
    other = marks.format("we always deliver")
    assert kinds(draft_of(f"Our sign says {other} to all.", client="the lamp broke")) == set()


def test_what_follows_you_wrote_in_quotation_marks_is_the_clients() -> None:
    assert skipped(draft_of('You wrote: "it broke after one day". It did.'), "client's words") == [
        '"it broke after one day"'
    ]


def test_a_subject_line_above_the_letter_is_skipped() -> None:
    draft = draft_of(f"Subject: Your parcel\n\nHi Ann,\n\n{LOST}")
    assert kinds(draft) == {"subject", "greeting"}
    assert blocks(draft) == [LOST]


def test_a_front_matter_is_skipped() -> None:
    assert blocks(draft_of(f"---\ntitle: Reply\n---\n\n{LOST}\n")) == [LOST]


def test_a_draft_with_nothing_of_the_authors_says_so() -> None:
    draft = draft_of("> It broke.\n> Twice.\n")
    assert draft.not_judged == "nothing written"
    assert "quote" in draft.notes[0]


def test_a_draft_that_is_mostly_quote_says_so() -> None:
    draft = draft_of("No.\n\n> It broke.\n> Twice, on Tuesday and on Friday, and I want my money back.\n")
    assert "was not judged" in draft.notes[0]


def test_what_stands_between_two_short_quotations_is_the_authors() -> None:
    text = 'Write "help" from your registered email address with the subject line "lamp" to us.'
    assert kinds(draft_of(f"You can do this: {text}", client=text)) == set()


def test_a_reply_about_accounts_and_liability_is_no_disclaimer() -> None:
    prose = (
        "We tried to reach you on your registered number. Please delete the old card, as we cannot disclose its "
        "number, and our liability for unauthorised payments begins when you report them."
    )
    assert blocks(draft_of(prose)) == [prose]
