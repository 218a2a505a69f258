"""Mails as the programs write them: what they quote is the client's, what stands between is not."""

# Lines of mails stay as long as their programs write them.

from __future__ import annotations

import pytest
from reading import blocks, kinds, mail, skipped

from tonecheck.mail.draft import draft_of

OWN = "We sent the wrong lamp, and that was my fault."
CLIENT = "The lamp broke after a day."

# As the programs write the line above a quote, and when it says the client wrote (with +01:00 of the draft).
ATTRIBUTIONS = {
    "gmail": ("On Tue, Nov 24, 2026 at 9:14 AM Graham Poe <graham@poe.example> wrote:", 24.8),
    "gmail with a narrow space": (
        "On Tue, Nov 24, 2026 at 9:14\u202fPM Graham Poe <graham@poe.example> wrote:",
        12.8,
    ),
    "gmail wrapped": ("On Tue, Nov 24, 2026 at 9:14 AM Graham Poe <\ngraham@poe.example> wrote:", 24.8),
    "gmail british": ("On Tue, 24 Nov 2026 at 09:14, Graham Poe <graham@poe.example> wrote:", 24.8),
    "apple": ("On 24 Nov 2026, at 09:14, Graham Poe <graham@poe.example> wrote:", 24.8),
    "apple american": ("On Nov 24, 2026, at 9:14 AM, Graham Poe <graham@poe.example> wrote:", 24.8),
    "thunderbird": ("On 24/11/2026 09:14, Graham Poe wrote:", 24.8),
    "thunderbird american": ("On 11/24/26 9:14 AM, Graham Poe wrote:", 24.8),
    "thunderbird iso": ("On 2026-11-24 09:14, Graham Poe wrote:", 24.8),
    "mutt": ("On Tue, Nov 24, 2026 at 09:14:33AM +0000, Graham Poe wrote:", 23.8),
    "yahoo": (
        "On Tuesday, November 24, 2026 at 09:14:22 AM GMT, Graham Poe <graham@poe.example> wrote:",
        23.8,
    ),
    "yahoo wrapped thrice": (
        "On Tuesday, November 24, 2026\nat 09:14:22 AM GMT+1, Graham Poe\n<graham@poe.example> wrote:",
        24.8,
    ),
    "proton": ("On Tuesday, November 24th, 2026 at 9:14 AM, Graham Poe <graham@poe.example> wrote:", 24.8),
    "german": ("Am Di., 24. Nov. 2026 um 09:14 Uhr schrieb Graham Poe <graham@poe.example>:", 24.8),
    "german apple": ("Am 24.11.2026 um 09:14 schrieb Graham Poe <graham@poe.example>:", 24.8),
    "french": ("Le mar. 24 nov. 2026 à 09:14, Graham Poe <graham@poe.example> a écrit :", 24.8),
    "spanish": ("El mar, 24 nov 2026 a las 9:14, Graham Poe (<graham@poe.example>) escribió:", 24.8),
    "italian": ("Il giorno mar 24 nov 2026 alle ore 09:14 Graham Poe <graham@poe.example> ha scritto:", 24.8),
    "dutch": ("Op di 24 nov 2026 om 09:14 schreef Graham Poe <graham@poe.example>:", 24.8),
    "polish": ("wt., 24 lis 2026 o 09:14 Graham Poe <graham@poe.example> napisał(a):", 24.8),
    "polish thunderbird": ("W dniu 24.11.2026 o 09:14, Graham Poe pisze, że napisał:", 24.8),
    "portuguese": ("Em ter., 24 de nov. de 2026 às 09:14, Graham Poe <graham@poe.example> escreveu:", 24.8),
    "swedish": ("Den tis 24 nov. 2026 kl 09:14 skrev Graham Poe <graham@poe.example>:", 24.8),
    "danish": ("Den tirs. 24. nov. 2026 kl. 09.14 skrev Graham Poe <graham@poe.example>:", 24.8),
}


@pytest.mark.parametrize("name", ATTRIBUTIONS)
@pytest.mark.parametrize("marks", ["> ", ">", ""])
def test_the_line_above_a_quote_is_known_in_every_program(name: str, marks: str) -> None:
    attribution, waited = ATTRIBUTIONS[name]
    draft = mail(f"Hi Graham,\n\n{OWN}\n\nBest,\nAnn\n\n{attribution}\n\n{marks}{CLIENT}\n")
    assert blocks(draft) == [OWN]
    assert skipped(draft, "attribution") == [attribution]
    assert draft.client == CLIENT
    assert draft.waited_hours == waited


HEADS = {
    "outlook": "From: Graham Poe <graham@poe.example>\nSent: Tuesday, November 24, 2026 9:14 AM\nTo: Ann Lee <ann@shop.example>\nSubject: broken",
    "outlook with stars": "*From:* Graham Poe <graham@poe.example>\n*Sent:* 24 November 2026 09:14\n*To:* Ann Lee\n*Subject:* broken",
    "outlook german": "Von: Graham Poe <graham@poe.example>\nGesendet: Dienstag, 24. November 2026 09:14\nAn: Ann Lee\nBetreff: kaputt",
    "outlook french": "De : Graham Poe\nEnvoyé : mardi 24 novembre 2026 09:14\nÀ : Ann Lee\nObjet : cassé",
    "outlook rule": "-----Original Message-----\nFrom: Graham Poe\nSent: 24 November 2026 09:14\nTo: Ann Lee\nSubject: broken",
    "outlook german rule": "-----Ursprüngliche Nachricht-----\nVon: Graham Poe\nGesendet: 24.11.2026 09:14\nAn: Ann\nBetreff: x",
    "outlook web": "________________________________\nFrom: Graham Poe\nSent: 24 November 2026 09:14\nTo: Ann Lee\nSubject: broken",
    "wrapped to": "From: Graham Poe\nSent: 24 November 2026 09:14\nTo: Ann Lee <ann@shop.example>;\n Bob Ray <bob@shop.example>\nSubject: broken",
    "thunderbird forward": "-------- Forwarded Message --------\nSubject: \tbroken\nDate: \tTue, 24 Nov 2026 09:14:00 +0100\nFrom: \tGraham\nTo: \tAnn",
    "gmail forward": "---------- Forwarded message ---------\nFrom: Graham Poe <graham@poe.example>\nDate: Tue, Nov 24, 2026 at 9:14 AM\n"
    "Subject: broken on 3 Nov 2026 at 10:00\nTo: <ann@shop.example>",
    "apple forward": "Begin forwarded message:\n\nFrom: Graham Poe\nSubject: broken\nDate: 24 November 2026 at 09:14:00 CET\nTo: Ann Lee",
}


@pytest.mark.parametrize("name", HEADS)
def test_a_header_block_opens_the_old_mail(name: str) -> None:
    draft = mail(f"{OWN}\n\nBest,\nAnn\n\n{HEADS[name]}\n\n{CLIENT}\n\nGraham\n")
    assert blocks(draft) == [OWN]
    assert draft.client == f"{CLIENT}\n\nGraham"
    assert draft.waited_hours == 24.8


def test_only_the_topmost_mail_of_a_long_history_is_the_clients() -> None:
    old = "We never send wrong lamps."
    history = (
        f"{HEADS['outlook']}\n\n{CLIENT}\n\n{HEADS['outlook german'].replace('2026', '2025')}\n\n{old}\n"
    )
    draft = mail(f"{OWN}\n\n{history}")
    assert draft.client == CLIENT
    assert draft.waited_hours == 24.8
    quoted = f"{ATTRIBUTIONS['mutt'][0]}\n> {CLIENT}\n>\n> On Mon, Nov 23, 2026 at 09:14:33AM +0000, Ann wrote:\n>> {old}\n"
    assert mail(f"{OWN}\n\n{quoted}").client == CLIENT


def test_inline_replies_between_quotes_are_the_authors() -> None:
    draft = draft_of(
        f"{ATTRIBUTIONS['mutt'][0]}\n> It broke.\n\nIt did.\n\n> > Older.\n> Who pays?\n\nWe do.\n\nAnn\n"
    )
    assert blocks(draft) == ["It did.", "We do."]
    assert draft.client == "It broke.\nWho pays?"
    assert skipped(draft, "signature") == ["Ann"]


def test_an_answer_below_the_quote_is_the_authors() -> None:
    assert blocks(draft_of(f"{ATTRIBUTIONS['gmail'][0]}\n> It broke.\n\n{OWN}\n\n-- \nAnn\n")) == [OWN]


def test_prose_that_opens_like_an_attribution_is_prose() -> None:
    for line in (
        "On Tuesday I wrote to you:",
        "On 24 November 2026 I wrote:",
        "Your husband wrote:",
        "From: the depot to you it takes a day.",
        "Am I right that you wrote at 9:14 and I wrote:",
    ):
        draft = draft_of(f"{OWN}\n\n{line}\n\nThe lamp is lost. We knew it then.\n")
        assert kinds(draft) == set(), line
        assert len(draft.blocks) == 3
    assert skipped(draft_of(f"{OWN}\n\nOn Tuesday I wrote to you:\n> We pay.\n"), "attribution") == [
        "On Tuesday I wrote to you:"
    ]


def test_a_header_line_inside_prose_is_prose() -> None:
    text = "We checked the label.\nFrom: York\nIt went to Leeds, and we do not know why."
    assert kinds(draft_of(text)) == set()


@pytest.mark.parametrize(
    "line",
    [
        "##- Please type your reply above this line -##",
        "--- Please reply above this line ---",
        "## Reply above this line ##",
    ],
)
def test_what_a_ticket_system_quotes_below_its_line_is_old(line: str) -> None:
    draft = mail(f"Hi Graham,\n\n{OWN}\n\n{line}\n\nGraham Poe\nNov 24, 2026, 09:14 GMT\n\n{CLIENT}\n")
    assert blocks(draft) == [OWN]
    assert draft.client == CLIENT
    assert draft.waited_hours == 23.8
    assert blocks(mail(f"{line}\n\nHi Graham,\n\n{OWN}\n")) == [OWN]


def test_a_short_mail_from_a_telephone_is_judged_without_its_last_line() -> None:
    draft = mail(f"{OWN}\n\nSent from my iPhone\n\n> {ATTRIBUTIONS['apple'][0]}\n> \n> {CLIENT}\n")
    assert blocks(draft) == [OWN]
    assert skipped(draft, "signature") == ["Sent from my iPhone"]
    assert (draft.client, draft.waited_hours) == (CLIENT, 24.8)


HTML = {
    "gmail": """<div dir="ltr"><div>Hi Graham,</div><div><br></div><div>{own}</div><div><br></div><div>Best,</div><div>Ann</div></div><br>
<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, Nov 24, 2026 at 9:14 AM Graham &lt;<a href="mailto:g@poe.example">g@poe.example</a>&gt; wrote:<br></div>
<blockquote class="gmail_quote" style="border-left:1px solid">{client}<blockquote class="gmail_quote">Older.</blockquote></blockquote></div>""",
    "outlook desktop": """<html><body><div class="WordSection1"><p class="MsoNormal">Hi Graham,<o:p></o:p></p><p class="MsoNormal">&nbsp;</p>
<p class="MsoNormal">{own}</p><p class="MsoNormal">Kind regards,</p><p class="MsoNormal">Ann Lee</p><div><div style="border-top:solid #E1E1E1 1.0pt">
<p class="MsoNormal"><b>From:</b> Graham Poe &lt;g@poe.example&gt;<br><b>Sent:</b> Tuesday, November 24, 2026 9:14 AM<br><b>To:</b> Ann Lee<br>
<b>Subject:</b> broken</p></div></div><p class="MsoNormal">{client}</p></div></body></html>""",
    "outlook web": """<div class="elementToProof">Hi Graham,</div><div class="elementToProof">{own}</div><div id="Signature"><p>Ann Lee</p></div>
<div id="appendonsend"></div><hr style="width:98%"><div id="divRplyFwdMsg" dir="ltr"><b>Von:</b> Graham<br><b>Gesendet:</b> Dienstag, 24. November 2026 09:14<br>
<b>An:</b> Ann Lee<br><b>Betreff:</b> kaputt</div><div>{client}</div>""",
    "apple": """<html><body><div>Hi Graham,</div><div><br></div>{own}<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>On 24 Nov 2026,
 at 09:14, Graham Poe &lt;g@poe.example&gt; wrote:</div><br class="Apple-interchange-newline"><div>{client}</div></blockquote></div></body></html>""",
    "thunderbird": """<html><head><title>x</title></head><body><p>Hi Graham,</p><p>{own}<br></p><pre class="moz-signature" cols="72">--&#32;
Ann Lee</pre><div class="moz-cite-prefix">On 24/11/2026 09:14, Graham Poe wrote:<br></div><blockquote type="cite" cite="mid:x">
<pre class="moz-quote-pre" wrap="">{client}</pre></blockquote></body></html>""",
    "yahoo": """<div class="ydp1">Hi Graham,<br><br>{own}</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Tuesday, November 24, 2026 at 09:14:22 AM GMT+1,
 Graham &lt;g@poe.example&gt; wrote:</div><div>{client}</div></div>""",
    "proton": """<div>Hi Graham,</div><div>{own}</div><div class="protonmail_signature_block"><div>Sent with Proton Mail secure email.</div></div><div class="protonmail_quote">
On Tuesday, November 24th, 2026 at 9:14 AM, Graham &lt;g@poe.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">{client}</blockquote></div>""",
    "telephone": """<div dir="ltr">Hi Graham,</div><div dir="ltr">{own}</div><br id="l"><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br>
<blockquote type="cite">On 24 Nov 2026, at 09:14, Graham &lt;g@poe.example&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{client}</div></blockquote>""",
    "gmail forward": """<div dir="ltr">Hi Graham,<div>{own}</div></div><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>
From: <b>Graham</b> &lt;g@poe.example&gt;<br>Date: Tue, Nov 24, 2026 at 9:14 AM<br>Subject: broken<br>To: &lt;ann@shop.example&gt;<br></div><br>{client}</div>""",
}


@pytest.mark.parametrize("name", HTML)
def test_the_html_of_every_program_gives_the_authors_words_and_the_clients(name: str) -> None:
    draft = mail(HTML[name].format(own=OWN, client=CLIENT), "text/html; charset=utf-8")
    assert blocks(draft) == [OWN]
    assert draft.client == CLIENT
    assert draft.waited_hours == 24.8


def test_what_gmail_keeps_between_its_quotes_is_the_authors() -> None:
    html = (
        f'<div class="gmail_quote"><div class="gmail_attr">{ATTRIBUTIONS["thunderbird"][0]}</div><blockquote class="gmail_quote">It broke.</blockquote>'
        f'<div>{OWN}</div><blockquote class="gmail_quote">Who pays?</blockquote><div>We do.</div></div>'
    )
    draft = mail(html, "text/html")
    assert blocks(draft) == [OWN, "We do."]
    assert draft.client == "It broke.\nWho pays?"


def test_indented_html_is_the_authors_and_hidden_html_nobodys() -> None:
    html = f'<p style="display:none">Preview text</p><blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>{OWN}</div></blockquote>'
    draft = mail(html, "text/html")
    assert draft.text == f"{OWN}\n"
    assert blocks(draft) == [OWN]


def test_code_inside_an_html_sentence_is_skipped_alone() -> None:
    assert skipped(mail("<p>Please type <code>reset now</code> once.</p>", "text/html"), "code") == [
        "reset now"
    ]


def test_html_however_deep_loses_no_text() -> None:
    assert blocks(mail("<div>" * 3000 + OWN, "text/html")) == [OWN]
