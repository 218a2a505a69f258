"""What holds for every text, every run of bytes and every set of edits."""

# Lines of mails stay as long as their programs write them.

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from reading import is_sound

from tonecheck.errors import InputError
from tonecheck.mail.draft import draft_of
from tonecheck.mail.edit import apply, apply_to_draft, compatible
from tonecheck.mail.html import text_of_html
from tonecheck.mail.message import draft_of_bytes
from tonecheck.report import Edit, Span

LINES = st.sampled_from(
    """Hi Ann,|Hi Ann, we lost your parcel.|We lost your parcel.|We regret it and|will send a new one|Graham|Ann|Best,|-- |--|___
> It broke.|>> Older.|On Tue, Nov 24, 2026 at 9:14 AM Graham <g@x.example> wrote:|On Tuesday I wrote to you:|From: Graham Poe
Sent: 24 November 2026 09:14|To: Ann|Subject: Broken|-----Original Message-----|```|    x = foo(1);|- one thing|1. first
P.S. The lamp is yours.|See https://x.example/a and write to ann@x.example.|You wrote "it broke after a day" to us.|`code`|---
Sent from my iPhone|diff --git a/x b/x|+added|2026-11-24 09:14:00 ERROR failed|Thanks for telling us.|Thanks,|*Bold* words|\u00a0""".replace(
        "\n", "|"
    ).split("|")
)
TEXTS = st.lists(st.one_of(LINES, st.just(""), st.text(max_size=30)), max_size=25).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines))
)
HEADERS = st.sampled_from(
    [
        "From: a@b.example",
        "To: c",
        "Subject: x",
        "Date: Tue, 24 Nov 2026 25:00",
        "Date: 1 Jan 0001 00:00 +2359",
        "garbage",
        "Content-Type: multipart/mixed; boundary=b",
        'Content-Type: multipart/alternative; boundary="b"',
        "Content-Type: text/html",
        'Content-Type: text/plain; charset="x\0y"; format=flowed',
        "Content-Type: text/plain; charset*0*=utf-8''%zz; charset*1=a",
        "Content-Type: message/rfc822",
        "Content-Type: ;;;=",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: uuencode",
        "Content-Transfer-Encoding: quoted-printable",
        "Content-Disposition: attachment; filename*=x'y",
        "--b",
        "--b--",
        "",
        " folded",
        "Content-Type: text/plain; charset=undefined",
        "Content-Type: text/plain; charset=unicode_escape",
        "\\N{x} \\q =E9= =",
        "😀 é",
    ]
)
MAILS = st.lists(st.one_of(HEADERS, LINES), max_size=30).map("\n".join)
TAGS = st.sampled_from(
    """<p>|</p>|<div class=gmail_quote>|</div>|<blockquote type=cite>|</blockquote>|<br>|<pre>|</pre>|<li>|<code>|</code>|<td>|&nbsp;|&#0;
<div id=appendonsend>|<div class=gmail_signature>|<div style="display:none">|<!-- x -->|<script>|</script>|<b>|</b>|<""".replace(
        "\n", "|"
    ).split("|")
)
HTML = st.lists(st.one_of(TAGS, LINES, st.text(max_size=10)), max_size=30).map("".join)


@given(TEXTS, st.booleans())
def test_the_text_is_never_altered_and_spans_lie_in_it_without_crossing(text: str, flowed: bool) -> None:
    draft = draft_of(text, flowed=flowed)
    assert draft.text == text
    is_sound(draft)


@given(TEXTS)
def test_every_word_is_judged_or_listed_as_skipped_with_its_kind(text: str) -> None:
    draft = draft_of(text)
    if draft.not_judged:
        assert draft.notes
        return
    covered = [*draft.blocks, *(s.span for s in draft.skipped)]
    for word in re.finditer(r"[^\W\d_]{2,}", text):
        here = Span(*word.span())
        assert any(span.covers(here) for span in covered), word[0]


@given(TEXTS)
def test_a_draft_of_which_little_is_judged_says_so(text: str) -> None:
    draft = draft_of(text)
    judged = sum(len(b) for b in draft.blocks)
    if text.strip() and judged < len(text) / 20:
        assert draft.notes


@given(st.binary(max_size=400), st.sampled_from(["a.eml", "a.txt", "a.html", "a.md", "<stdin>"]))
def test_any_bytes_give_a_draft_or_an_input_error(data: bytes, name: str) -> None:
    read(data, name)


def read(data: bytes, name: str) -> None:
    """Read the bytes and assert that there is a sound draft, or one line that names the file."""
    message = name
    try:
        is_sound(draft_of_bytes(data, name=name))
    except InputError as error:
        message = str(error)
    assert message.startswith(name)
    assert "\n" not in message


@given(MAILS, st.sampled_from(["utf-8", "utf-16", "cp1252"]), st.sampled_from(["\n", "\r\n", "\r"]))
def test_any_broken_mail_gives_a_draft_or_an_input_error(text: str, encoding: str, end: str) -> None:
    data = text.replace("\n", end).encode(encoding, "replace")
    read(data, "a.eml")


@given(HTML)
def test_any_html_gives_text_with_stretches_inside_it(html: str) -> None:
    text, given_ = text_of_html(html)
    assert all(0 <= s.span.start < s.span.end <= len(text) for s in given_)
    draft = draft_of(text, given=given_)
    assert draft.text == text
    is_sound(draft)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(TEXTS)
    draft = draft_of(text)
    edits = []
    for block in draft.blocks:
        for _ in range(draw(st.integers(0, 2))):
            a = draw(st.integers(block.start, block.end))
            b = draw(st.integers(a, block.end))
            edits.append(Edit(Span(a, b), draw(st.sampled_from(["", "x", "We", "two words"])), True))
    return text, edits


@given(edited())
def test_edits_inside_blocks_leave_each_block_with_its_own_edits_made(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    draft = draft_of(text)
    after = apply_to_draft(draft, edits)
    assert after.text == apply(text, edits)
    expected = []
    for block in draft.blocks:
        own = [e for e in compatible(edits) if block.covers(e.span)]
        moved = [Edit(e.span.shifted(-block.start), e.text, e.safe) for e in own]
        expected.append(apply(text[block.start : block.end], moved))
    assert [after.text[b.start : b.end] for b in after.blocks] == [words for words in expected if words]


@given(edited())
def test_what_was_skipped_keeps_its_words_where_no_edit_touches_it(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    draft = draft_of(text)
    after = apply_to_draft(draft, edits)
    for stretch in draft.skipped:
        if any(e.span.overlaps(stretch.span) for e in edits):
            continue
        if any(stretch.span.start < e.span.start < stretch.span.end for e in edits):
            continue
        words = text[stretch.span.start : stretch.span.end]
        assert any(
            after.text[s.span.start : s.span.end] == words and s.kind == stretch.kind for s in after.skipped
        )


@given(
    st.text(max_size=20),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.text(max_size=3)), max_size=6),
)
def test_compatible_edits_never_overlap_and_the_earliest_stays(
    text: str, raw: list[tuple[int, int, str]]
) -> None:
    edits = [Edit(Span(min(a, b, len(text)), min(max(a, b), len(text))), new, True) for a, b, new in raw]
    kept = compatible(edits)
    assert all(a.span.end <= b.span.start for a, b in pairwise(kept))
    assert not edits or kept[0] == min(edits)
    assert len(apply(text, edits)) == len(text) + sum(len(e.text) - len(e.span) for e in kept)
