"""MIME: which part is the letter, in which charset, and what is said where that is in doubt."""

# Lines of mails stay as long as their programs write them.

from __future__ import annotations

import base64
import quopri
from email.message import EmailMessage

import pytest
from reading import HEAD, blocks, mail

from tonecheck.errors import InputError
from tonecheck.mail.message import draft_of_bytes

OWN = "We sent the wrong lamp, and that was my fault."
LONG = " ".join([OWN] * 6)


def letter() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "Re: x"
    return message


@pytest.mark.parametrize(
    "charset",
    [
        "utf-8",
        "windows-1252",
        "iso-8859-1",
        "iso-8859-15",
        "utf-16",
        "koi8-r",
        "gb2312",
        "iso-2022-jp",
        "us-ascii",
    ],
)
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_every_charset_and_encoding_is_read(charset: str, encoding: str) -> None:
    extra = {
        "koi8-r": "Привет",
        "gb2312": "你好",
        "iso-2022-jp": "こんにちは",
        "us-ascii": "",
        "windows-1252": "“é” – €",
    }.get(charset, "é ü")
    text = f"{OWN} {extra}".strip()
    data = text.encode(charset)
    raw = base64.encodebytes(data) if encoding == "base64" else quopri.encodestring(data)
    head = f"{HEAD}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    draft = draft_of_bytes(head + raw, name="a.eml")
    assert draft.text.rstrip("\n") == text
    assert not any("charset" in note for note in draft.notes)


@pytest.mark.parametrize(
    "charset", ["x-no-such", "undefined", "unicode_escape", "idna", '"a b"', "rot13", "base64"]
)
def test_an_unknown_charset_is_read_as_best_can_be_and_said(charset: str) -> None:
    draft = mail(f"{OWN} “é”", f"text/plain; charset={charset}")
    assert blocks(draft) == [f"{OWN} “é”"]
    assert any("charset" in note for note in draft.notes)


def test_smart_quotes_under_the_name_of_latin_1_are_read() -> None:
    data = f"{HEAD}Content-Type: text/plain; charset=iso-8859-1\n\n".encode() + b"\x93Lost\x94 it\x92s."
    assert draft_of_bytes(data, name="a.eml").text == "“Lost” it’s."


def test_plain_text_is_read_before_html_and_html_where_there_is_no_text() -> None:
    both = letter()
    both.set_content(OWN)
    both.add_alternative(f"<p>{OWN} {OWN}</p>", subtype="html")
    assert draft_of_bytes(both.as_bytes(), name="a.eml").source == "a.eml (part 2, text/plain)"
    only = letter()
    only.set_content(f"<p>{OWN}</p>", subtype="html")
    draft = draft_of_bytes(only.as_bytes(), name="a.eml")
    assert draft.source == "a.eml (part 1, text/html as text)"
    assert blocks(draft) == [OWN]


def test_html_is_read_where_the_plain_text_is_only_a_stub() -> None:
    message = letter()
    message.set_content("Please view this mail in an HTML reader.")
    message.add_alternative(f"<p>{LONG}</p>", subtype="html")
    assert blocks(draft_of_bytes(message.as_bytes(), name="a.eml")) == [LONG]


def test_the_letter_is_found_in_mixed_related_and_alternative_parts() -> None:
    message = letter()
    message.set_content(OWN)
    message.add_alternative(f"<p>{OWN} <img src='cid:x'></p>", subtype="html")
    message.get_payload()[1].add_related(b"GIF89a", "image", "gif", cid="<x>")  # type: ignore[union-attr,index]
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    message.add_attachment("The log says it failed.", filename="log.txt", disposition="inline")
    draft = draft_of_bytes(message.as_bytes(), name="a.eml")
    assert blocks(draft) == [OWN]
    assert draft.notes == ()


def test_an_attached_mail_is_not_the_authors() -> None:
    inner = letter()
    inner.set_content("The lamp broke.")
    message = letter()
    message.add_attachment(inner)
    draft = draft_of_bytes(message.as_bytes(), name="a.eml")
    assert draft.not_judged == "nothing written"
    message = letter()
    message.set_content(OWN)
    message.add_attachment(inner)
    assert blocks(draft_of_bytes(message.as_bytes(), name="a.eml")) == [OWN]


def test_text_in_a_further_part_is_said_not_to_be_judged() -> None:
    data = f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{OWN}\n--b\n\nIt was your fault.\n--b\n\n \n--b--\n"
    draft = draft_of_bytes(data.encode(), name="a.eml")
    assert blocks(draft) == [OWN]
    assert draft.notes == ("This mail has 1 more part with text that was not judged.",)


def test_a_mail_of_attachments_only_says_so() -> None:
    message = letter()
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    draft = draft_of_bytes(message.as_bytes(), name="a.eml")
    assert draft.not_judged == "nothing written"
    assert "attachments" in draft.notes[0]


def test_a_mail_as_mutt_hands_it_over_is_known_without_a_suffix() -> None:
    data = f"From: Ann <ann@x.example>\nTo: Graham\nCc:\nSubject: Re: x\n\n{OWN}\n".encode()
    for name in ("/tmp/mutt-host-1000-1", "<stdin>", "draft.txt"):
        draft = draft_of_bytes(data, name=name)
        assert draft.source == f"{name} (part 1, text/plain)"
        assert blocks(draft) == [OWN]
    assert draft_of_bytes(b"Note: we lost it.\n\nSorry.", name="<stdin>").source == "<stdin>"


@pytest.mark.parametrize(
    "head",
    [
        "From: a@b.example\ngarbage in the head\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n",
        "From a@b.example Tue Nov 24 09:14:00 2026\nFrom: a@b.example\nSubject: x\n\n",
        "From: a@b.example\nSubject: x\nContent-Type: nonsense\nContent-Transfer-Encoding: nonsense\nDate: nonsense\n\n",
        "\n\nFrom: a@b.example\nSubject: x\n\n",
        "From: \udcff\udcfe\nSubject: =?x?y?z?=\nSubject: twice\n\n",
        "From: a@b.example\nSubject: x\nContent-Type: multipart/mixed; boundary=gone\n\n--gone\n\n",
        "From: a@b.example\nSubject: x\n folded\n\tand again\n\n",
        "From: a@b.example\nSubject: no blank line below\n",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_broken_headers_do_not_hide_the_letter(head: str, end: str) -> None:
    data = (head + OWN + "\n").replace("\n", end).encode("utf-8", "surrogateescape")
    assert blocks(draft_of_bytes(data, name="a.eml")) == [OWN]


def test_flowed_text_keeps_its_paragraphs_and_its_stuffed_lines() -> None:
    body = "We sent the wrong lamp, \nAnn says, and that \nwas my fault.\nIt stays so.\n > 3 lamps broke.\n>It broke.\n-- \nAnn\n"
    for content in ("text/plain; format=flowed", "text/plain; Format=Flowed; DelSp=yes"):
        draft = mail(body, content)
        assert draft.text == body
        assert blocks(draft) == [
            "We sent the wrong lamp, \nAnn says, and that \nwas my fault.\nIt stays so.\n > 3 lamps broke."
        ]
        assert draft.client == "It broke."


def test_a_nul_byte_in_a_part_is_one_clear_line() -> None:
    with pytest.raises(InputError, match=r"a\.eml: part 1, line 2: a NUL byte"):
        draft_of_bytes(f"{HEAD}\nWe\nare\0 sorry".encode(), name="a.eml")


def test_the_date_of_the_draft_counts_in_its_own_zone() -> None:
    for date, waited in (
        ("Wed, 25 Nov 2026 10:00:00 -0500", 24.0),
        ("Wed, 25 Nov 2026 10:00:00 +0900", 24.0),
        ("nonsense", None),
        ("Mon, 23 Nov 2026 10:00:00 +0000", None),
        ("Fri, 1 Jan 0001 00:00:00 +2300", None),
    ):
        head = f"From: a\nTo: b\nDate: {date}\n"
        assert (
            mail(
                f"{OWN}\n\nOn Tue, Nov 24, 2026 at 10:00 AM Bo <b@x.example> wrote:\n> No.\n", head=head
            ).waited_hours
            == waited
        )
        utc = mail(
            f"{OWN}\n\nOn Tue, Nov 24, 2026 at 10:00:00AM +0000, Bo wrote:\n> No.\n", head=head
        ).waited_hours
        assert utc == (None if waited is None else {"-": 29.0, "+": 15.0}[date[-5]])
