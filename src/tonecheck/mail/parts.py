"""The parts of a mail: which of them is its letter, in which charset, and which are not the author's."""

from __future__ import annotations

import codecs
import re
import warnings
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from tonecheck.errors import InputError

__all__ = [
    "codec_of",
    "decoded_part",
    "has_headers",
    "head_of",
    "is_flowed",
    "letters",
    "number_of",
    "parse",
]

HEADER_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:")
BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n")
MAIL_HEADERS = frozenset(
    b"""from to cc bcc subject date sent message-id mime-version reply-to in-reply-to references content-type
    content-transfer-encoding return-path received delivered-to x-mailer user-agent""".split()
)
CONTENT_HEADER = re.compile(rb"(?im)^content-[a-z-]+:[^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+")
# The standard library takes quadratic time over a header's parameters.
MOST_PARSED = 100_000_000
HEAD = 100_000
# Every line is compared with every boundary that is open.
MOST_BOUNDARIES = 100
MOST_COMPARED = 20_000_000
# Decoders that are no charset of a letter, or take more than linear time.
BAD_CHARSETS = "idna punycode unicode_escape raw_unicode_escape undefined mbcs oem"
NO_CHARSET = frozenset(BAD_CHARSETS.split())
# Mail programs name the narrower set and write the wider one.
WIDER = {
    "ascii": "utf-8",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
}


def has_headers(data: bytes) -> bool:
    """Whether the bytes open with the headers of a mail, as mutt and others hand over a draft."""
    head = BLANK_LINE.split(data[:20_000].lstrip(b"\r\n"), maxsplit=1)[0].splitlines()
    if head and head[0].startswith(b"From "):
        head = head[1:]
    names = [line.split(b":")[0].lower() for line in head if HEADER_LINE.match(line)]
    regular = all(HEADER_LINE.match(line) or line[:1] in (b" ", b"\t") for line in head)
    return regular and sum(name in MAIL_HEADERS for name in names) >= 2


def parse(data: bytes, name: str) -> Message:
    """The mail in the bytes. Raises InputError for one that is built to hang its reader."""
    boundaries = data.lower().count(b"boundary")
    if boundaries > MOST_BOUNDARIES or boundaries * data.count(b"\n") > MOST_COMPARED:
        raise _too_deep(name)
    if sum(len(match[0]) ** 2 for match in CONTENT_HEADER.finditer(data)) > MOST_PARSED:
        raise InputError(f"{name}: its Content headers are too long to be real; save the letter as text")
    try:
        message = message_from_bytes(_without_garbage(data), policy=compat32)
        letters(message)
    except RecursionError:
        raise _too_deep(name) from None
    return message


def head_of(data: bytes) -> Message:
    """The mail's headers alone, however large the rest is."""
    data = data.lstrip(b"\r\n")[:HEAD]
    return parse(BLANK_LINE.split(data, maxsplit=1)[0] + b"\n\n", "<headers>")


def _too_deep(name: str) -> InputError:
    return InputError(f"{name}: its parts are nested too deep to be a person's mail; save the letter as text")


def _without_garbage(data: bytes) -> bytes:
    """The mail without lines among its headers that are none; a parser would end the headers there."""
    data = data.lstrip(b"\r\n")
    blank = BLANK_LINE.search(data[:HEAD])
    stop = blank.start() if blank else min(len(data), HEAD)
    lines = data[:stop].splitlines(keepends=True)
    heads = [line.split(b":")[0].lower() if b":" in line else b"" for line in lines]
    known = [i for i, head in enumerate(heads) if head in MAIL_HEADERS]
    if not known:
        return data
    kept = (line for i, line in enumerate(lines) if i > known[-1] or _belongs_to_head(i, line))
    return b"".join(kept) + data[stop:]


def _belongs_to_head(i: int, line: bytes) -> bool:
    is_envelope = i == 0 and line.startswith(b"From ")
    return is_envelope or HEADER_LINE.match(line) is not None or line[:1] in (b" ", b"\t")


def letters(part: Message) -> list[list[Message]]:
    """The author's texts, in order; each with its alternatives. Attached mails are other people's."""
    kind = part.get_content_type()
    if kind.startswith("message/") or _is_attached(part):
        return []
    children = part.get_payload() if part.is_multipart() else None
    if isinstance(children, list):
        found = [group for child in children if isinstance(child, Message) for group in letters(child)]
        if kind == "multipart/alternative" and found:
            return [[leaf for group in found for leaf in group]]
        return found
    return [[part]] if kind in {"text/plain", "text/markdown", "text/html"} else []


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def number_of(message: Message, part: Message) -> int:
    """Which part of the mail this is, counted from 1 with the containers."""
    return next(number for number, other in enumerate(message.walk(), 1) if other is part)


def is_flowed(part: Message) -> bool:
    """Whether the part is format=flowed (RFC 3676)."""
    return str(part.get_param("format") or "").lower() == "flowed"


def codec_of(part: Message, data: bytes) -> tuple[str, str | None]:
    """The codec that reads the part, and the name of its charset where that one does not."""
    declared = part.get_content_charset()
    for charset in (declared, "utf-8", "cp1252"):
        codec = _codec(charset or "utf-8")
        if codec and _reads(codec, data):
            return codec, declared if charset != declared else None
    return "latin-1", declared


def _codec(charset: str) -> str | None:
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError, UnicodeError):
        return None
    name = WIDER.get(name, name)
    return None if name.replace("-", "_") in NO_CHARSET else name


def _reads(codec: str, data: bytes) -> bool:
    try:
        data.decode(codec)
    except (LookupError, ValueError):
        return False
    return True


def decoded_part(part: Message) -> tuple[str, str | None]:
    """The part's text, and the name of its charset if that is unknown or wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return "", None
    codec, wrong = codec_of(part, data)
    return data.decode(codec), wrong
