"""Files and bytes to Drafts: RFC 5322 mail, HTML, Markdown and plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from tonecheck.errors import InputError
from tonecheck.mail.draft import Draft, draft_of
from tonecheck.mail.files import (
    MAX_BYTES,
    MAX_TEXT,
    decoded,
    missing_or_unreadable,
    read_bytes,
    sized,
    weighed,
)
from tonecheck.mail.parts import decoded_part, has_headers, is_flowed, letters, number_of, parse
from tonecheck.report import Skipped

__all__ = [
    "MAX_BYTES",
    "MAX_TEXT",
    "client_of_bytes",
    "draft_of_bytes",
    "draft_of_mail",
    "is_html",
    "is_mail",
    "missing_or_unreadable",
    "read_bytes",
    "read_client",
    "read_draft",
    "sent_date",
    "sized",
]

HTML_START = re.compile(r"\s*+(?:<!doctype html|<html|<body|<div|<p[ >]|<!--)", re.IGNORECASE)
# Some programs put “please use an HTML reader” where the plain text should be.
STUB = 3
STUB_WORDS = 30


@dataclass(frozen=True, slots=True)
class _Body:
    """The text that a reader sees, where it came from, and what its markup sets apart."""

    text: str
    part: str
    given: Sequence[Skipped] = ()
    flowed: bool = False
    wrong_charset: str | None = None


def read_draft(path: Path, *, client: str | None = None) -> Draft:
    """The Draft in a file. Raises InputError in one line for what cannot be read."""
    return draft_of_bytes(read_bytes(path), name=str(path), client=client)


def read_client(path: Path) -> tuple[str, datetime | None]:
    """The client's message in a file, a mail's own text without what it quotes, and its date."""
    return client_of_bytes(read_bytes(path), str(path))


def client_of_bytes(data: bytes, name: str) -> tuple[str, datetime | None]:
    """The same for bytes whose kind is told as a draft's is."""
    draft = draft_of_bytes(data, name=name)
    sent = sent_date(parse(data, name)) if is_mail(data, name) else None
    if draft.not_judged:
        return draft.text, sent
    return "\n\n".join(draft.text[block.start : block.end] for block in draft.blocks), sent


def draft_of_bytes(
    data: bytes, *, name: str, client: str | None = None, client_sent: datetime | None = None
) -> Draft:
    """The Draft in bytes whose kind is told by the name's suffix or by their own look.

    `client` is the client's message where the draft does not quote it, `client_sent` its date.
    """
    if not data.strip(b" \t\r\n\f\v\xef\xbb\xbf"):
        raise InputError(f"{name}: empty; write the draft first, or name another file")
    weighed(data, name)
    if is_mail(data, name):
        return draft_of_mail(data, name=name, client=client, client_sent=client_sent)
    text = decoded(data, name)
    if is_html(data, name):
        text, given = _text_of_html(text, name)
        return draft_of(sized(text, name), client=client, source=f"{name} (HTML as text)", given=given)
    return draft_of(sized(text, name), client=client, source=name)


def _text_of_html(html: str, name: str) -> tuple[str, tuple[Skipped, ...]]:
    from tonecheck.mail.html import text_of_html, without_pictures  # most drafts are plain text

    return text_of_html(sized(without_pictures(html), name))


def is_mail(data: bytes, name: str) -> bool:
    """Whether a file is a mail, by its suffix or by its own look."""
    suffix = Path(name).suffix.lower()
    return suffix == ".eml" or (suffix not in {".html", ".htm", ".md"} and has_headers(data))


def is_html(data: bytes, name: str) -> bool:
    """Whether a file that is no mail is HTML, by its suffix or by its own look."""
    suffix = Path(name).suffix.lower()
    opens = HTML_START.match(data[:1000].decode("utf-8-sig", "replace")) is not None
    return suffix in {".html", ".htm"} or (suffix not in {".md", ".txt"} and opens)


def draft_of_mail(
    data: bytes, *, name: str, client: str | None = None, client_sent: datetime | None = None
) -> Draft:
    """The same of bytes that are known to be a mail."""
    message = parse(data, name)
    written = sent_date(message)
    groups = iter(letters(message))
    body = next((body for group in groups if (body := _body(message, group, name)) is not None), None)
    if body is None:
        note = "This mail has no text of its own, only attachments or blank parts."
        return Draft("", (), source=name, client=client, not_judged="nothing written", notes=(note,))
    draft = draft_of(
        body.text,
        client=client,
        source=f"{name} ({body.part})",
        given=body.given,
        flowed=body.flowed,
        written=written,
        sent=client_sent,
    )
    return replace(draft, notes=(*draft.notes, *_notes(body, groups)))


def _notes(body: _Body, others: Iterator[list[Message]]) -> Iterator[str]:
    """What a reader of the report must know; `others` are the mail's further texts."""
    if body.wrong_charset:
        yield f"Its charset “{body.wrong_charset}” is unknown or wrong; some letters may be read amiss."
    more = sum(any(decoded_part(part)[0].strip() for part in group) for group in others)
    if more:
        yield f"This mail has {more} more part{'s' * (more > 1)} with text that was not judged."


def _body(message: Message, alternatives: Sequence[Message], name: str) -> _Body | None:
    """The one of the alternatives that a reader sees: plain text, or HTML as text."""
    htmls = [part for part in alternatives if part.get_content_type() == "text/html"]
    plain = None
    for part in alternatives:
        if part not in htmls and plain is None:
            plain = _plain(message, part, name)
    if plain is not None and (not htmls or len(plain.text.split()) > STUB_WORDS * STUB):
        return plain
    html = next((body for part in htmls if (body := _html(message, part, name, plain)) is not None), None)
    if plain is None or html is None:
        return plain or html
    words = len(html.text.split())
    return html if words > STUB_WORDS and words > STUB * len(plain.text.split()) else plain


def _plain(message: Message, part: Message, name: str) -> _Body | None:
    text, wrong = _text(message, part, name)
    place = f"part {number_of(message, part)}, {part.get_content_type()}"
    return _Body(text, place, (), is_flowed(part), wrong) if text.strip() else None


def _html(message: Message, part: Message, name: str, plain: _Body | None) -> _Body | None:
    source, wrong = decoded_part(part)
    from tonecheck.mail.html import text_of_html, without_pictures

    source = without_pictures(source)
    if plain is not None and len(source) > MAX_TEXT:
        return None
    text, given = text_of_html(sized(source, name))
    place = f"part {number_of(message, part)}, text/html as text"
    return _Body(sized(text, name), place, given, False, wrong) if text.strip() else None


def _text(message: Message, part: Message, name: str) -> tuple[str, str | None]:
    text, wrong = decoded_part(part)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        place = f"{name}: part {number_of(message, part)}, line {line}"
        raise InputError(f"{place}: a NUL byte; this is not a text. Save the mail again as .eml")
    return sized(text, name), wrong


def sent_date(message: Message) -> datetime | None:
    """The moment in the mail's Date header, or None."""
    try:
        moment = parsedate_to_datetime(str(message["Date"])[:200])
    except (ValueError, TypeError, IndexError, AttributeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
