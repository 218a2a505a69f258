"""Files and bytes to Drafts: RFC 5322 mail, HTML, Markdown and plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import cast

from tonecheck.errors import InputError
from tonecheck.mail.draft import Draft, draft_of
from tonecheck.mail.html import text_of_html
from tonecheck.mail.lines import ATTRIBUTION
from tonecheck.report import Skipped

__all__ = [
    "MAX_BYTES",
    "MAX_TEXT",
    "draft_of_bytes",
    "is_html",
    "is_mail",
    "missing_or_unreadable",
    "read_bytes",
    "read_client",
    "read_draft",
    "sized",
]

MAX_BYTES = 30_000_000
MAX_TEXT = 500_000
HEADER_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]?")
MAIL_HEADERS = frozenset(
    b"from to cc bcc subject date message-id mime-version reply-to in-reply-to content-type return-path received".split()
)
HTML_START = re.compile(r"\s*(?:<!doctype html|<html|<body|<div|<p[ >]|<!--)", re.IGNORECASE)
SENT = re.compile(r"^[ \t>*]*(?:Sent|Date|Gesendet|Envoyé)\*?:\*?[ \t]*(.+)$", re.MULTILINE)
DATE = re.compile(
    r"(?:(?P<day>\d{1,2})[. ]+(?P<month>[A-Z][a-z]{2})[a-z]*\.?|(?P<month2>[A-Z][a-z]{2})[a-z]*\.? (?P<day2>\d{1,2}))"
    r",? (?P<year>\d{4})\D{1,8}(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)? ?(?P<half>[AaPp]\.?[Mm])?"
    r"(?: ?(?P<zone>[+-]\d{4}))?"
)
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?")
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


@dataclass(frozen=True, slots=True)
class _Body:
    """The text that a reader sees, where it came from, and what its markup sets apart."""

    text: str
    part: str = ""
    given: Sequence[Skipped] = ()


def read_draft(path: Path, *, client: str | None = None) -> Draft:
    """The Draft in a file. Raises InputError in one line for what cannot be read."""
    return draft_of_bytes(read_bytes(path), name=str(path), client=client)


def read_client(path: Path) -> str:
    """The client's message in a file: a mail's own text without what it quotes, or the whole."""
    draft = read_draft(path)
    if draft.not_judged:
        return draft.text
    return "\n\n".join(draft.text[block.start : block.end] for block in draft.blocks)


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises InputError for a missing, unreadable or oversized file."""
    with missing_or_unreadable(path):
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: larger than {MAX_BYTES // 1_000_000} MB; a draft is a mail, not an archive")
        return path.read_bytes()


@contextmanager
def missing_or_unreadable(path: Path) -> Iterator[None]:
    """Turn what goes wrong with reading a file into an InputError of one line."""
    try:
        if path.is_dir():
            raise InputError(f"{path}: this is a folder; name a file in it")
        yield
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; check the path") from None
    except PermissionError:
        raise InputError(f"{path}: may not be read; check its permissions") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None


def draft_of_bytes(data: bytes, *, name: str, client: str | None = None) -> Draft:
    """The Draft in bytes whose kind is told by the name's suffix or by their own look."""
    if not data.strip():
        raise InputError(f"{name}: empty; there is no draft to check")
    if len(data) > MAX_BYTES:
        raise InputError(f"{name}: larger than {MAX_BYTES // 1_000_000} MB; a draft is a mail, not an archive")
    if is_mail(data, name):
        return _of_mail(data, name, client)
    text = _decoded(data, name)
    if is_html(data, name):
        text, given = text_of_html(text)
        return _checked(draft_of(text, client=client, source=f"{name} (HTML as text)", given=given), name)
    return _checked(draft_of(sized(text, name), client=client, source=name), name)


def _checked(draft: Draft, name: str) -> Draft:
    sized(draft.text, name)
    return draft


def sized(text: str, name: str) -> str:
    """The text itself. Raises InputError if it is too long for a draft."""
    if len(text) > MAX_TEXT:
        raise InputError(
            f"{name}: {len(text):,} characters of text; a draft has at most {MAX_TEXT:,}; cut out the letter itself"
        )
    return text


def is_mail(data: bytes, name: str) -> bool:
    """Whether a file is a mail, by its suffix or by its own look."""
    suffix = Path(name).suffix.lower()
    return suffix == ".eml" or (suffix not in {".html", ".htm", ".md"} and _has_headers(data))


def is_html(data: bytes, name: str) -> bool:
    """Whether a file that is no mail is HTML, by its suffix or by its own look."""
    suffix = Path(name).suffix.lower()
    opens = HTML_START.match(data[:1000].decode("utf-8", "replace")) is not None
    return suffix in {".html", ".htm"} or (suffix not in {".md", ".txt"} and opens)


def _has_headers(data: bytes) -> bool:
    """Whether the bytes open with the headers of a mail, as mutt and others hand over a draft."""
    head = re.split(rb"\r?\n\r?\n", data[:20_000], maxsplit=1)[0].splitlines()
    if head and head[0].startswith(b"From "):
        head = head[1:]
    names = [line.split(b":")[0].lower() for line in head if HEADER_LINE.match(line)]
    regular = all(HEADER_LINE.match(line) or line[:1] in (b" ", b"\t") for line in head)
    return regular and sum(name in MAIL_HEADERS for name in names) >= 2


def _decoded(data: bytes, name: str) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                break
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise InputError(f"{name}:{line}: a NUL byte; this is not a text. Save the draft as plain text or .eml")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{name}:{line}: byte {error.start} is not valid UTF-8; save the draft as UTF-8"
        ) from None


def _of_mail(data: bytes, name: str, client: str | None) -> Draft:
    try:
        message = cast(EmailMessage, message_from_bytes(data, policy=default))
        body = _body(message, name)
        date = _header_date(message)
    except RecursionError:
        raise InputError(f"{name}: its parts are nested too deep to be a mail from a person") from None
    if body is None:
        note = "This mail has no text of its own, only attachments."
        return Draft("", (), source=name, client=client, not_judged="nothing written", notes=(note,))
    draft = draft_of(
        sized(body.text, name), client=client, source=f"{name} ({body.part})", given=body.given
    )
    return replace(draft, waited_hours=_waited(draft, date))


def _body(message: EmailMessage, name: str) -> _Body | None:
    """The part that a reader sees: plain text where there is some, else HTML as text."""
    plain = html = None
    for number, part in enumerate(message.walk(), 1):
        kind = part.get_content_type()
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        if kind == "text/plain" and plain is None:
            text = _part_text(part)
            plain = _Body(text, f"part {number}, text/plain") if text.strip() else None
        elif kind == "text/html" and html is None:
            text, given = text_of_html(sized(_part_text(part), name))
            html = _Body(text, f"part {number}, text/html as text", given) if text.strip() else None
    return plain or html


def _part_text(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    for charset in (part.get_content_charset(), "utf-8", "cp1252"):
        try:
            return data.decode(charset or "utf-8").replace("\0", "\ufffd")
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("latin-1").replace("\0", "\ufffd")


def _header_date(message: Message) -> datetime | None:
    try:
        return _aware(parsedate_to_datetime(str(message["Date"])))
    except (ValueError, TypeError, IndexError, AttributeError):
        return None


def _aware(moment: datetime, like: datetime | None = None) -> datetime:
    zone = like.tzinfo if like is not None and like.tzinfo else UTC
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _waited(draft: Draft, written: datetime | None) -> float | None:
    """Hours from the client's message to the draft, by the quote's own date line."""
    if written is None:
        return None
    for skipped in draft.skipped:
        if skipped.kind not in {"attribution", "quote"}:
            continue
        words = draft.text[skipped.span.start : skipped.span.end]
        heads = [m[1] for m in SENT.finditer(words)] + [
            line for line in words.splitlines() if ATTRIBUTION.match(line) or skipped.kind == "attribution"
        ]
        for head in (*heads, " ".join(words.split())[:300]):
            moment = _date_in(head, written)
            if moment is not None and moment <= written:
                return round((written - moment).total_seconds() / 3600, 1)
    return None


def _date_in(words: str, like: datetime) -> datetime | None:
    iso = ISO_DATE.search(words)
    try:
        if iso:
            return _aware(datetime.fromisoformat(iso[0]), like)
        found = DATE.search(words)
        if found is None:
            return None
        month = MONTHS.index((found["month"] or found["month2"]).lower()) + 1
        hour = int(found["hour"])
        if found["half"]:
            hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
        day = int(found["day"] or found["day2"])
        moment = datetime(int(found["year"]), month, day, hour, int(found["minute"]))
        if found["zone"]:
            return datetime.strptime(f"{moment:%Y-%m-%d %H:%M} {found['zone']}", "%Y-%m-%d %H:%M %z")
        return _aware(moment, like)
    except ValueError:
        return None
