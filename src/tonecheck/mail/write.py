"""New wording put back into the very file: its encoding, newlines and other bytes as they were."""

from __future__ import annotations

import base64
import os
import quopri
import tempfile
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from pathlib import Path

from tonecheck.errors import InputError
from tonecheck.mail.message import is_html, is_mail, read_bytes

__all__ = ["replace_file", "rewritten"]

MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
QUOTED_WIDTH = 76


def rewritten(data: bytes, name: str, old: str, new: str) -> bytes:
    """The file's bytes with the text `old` in it replaced by `new`.

    Raises InputError where that cannot be done without touching anything else: HTML, a mail that
    carries a second version of its text, a signed mail, a letter that its charset lacks.
    """
    if old == new:
        return data
    if is_mail(data, name):
        return _mail(data, name, old, new)
    if is_html(data, name):
        raise InputError(f"{name}: new wording is not written into HTML; copy it from the diff")
    mark, encoding = next(((m, e) for m, e in MARKS if data.startswith(m)), (b"", "utf-8"))
    if mark + old.encode(encoding) != data:
        raise InputError(f"{name}: changed since it was read; run the command again")
    return mark + new.encode(encoding)


def _mail(data: bytes, name: str, old: str, new: str) -> bytes:
    message = message_from_bytes(data, policy=compat32)
    parts = [part for part in message.walk() if not part.is_multipart()]
    texts = [p for p in parts if p.get_content_type() == "text/plain" and _text(p) == old]
    if message.get_content_type() in {"multipart/signed", "multipart/encrypted"}:
        raise InputError(f"{name}: signed or encrypted; new wording would break it. Change it in the mail program")
    if any(p.get_content_type() == "text/html" for p in parts):
        raise InputError(f"{name}: also holds its text as HTML; change it in the mail program, or copy from the diff")
    if len(texts) != 1:
        raise InputError(f"{name}: the text is not found once in it; copy the new wording from the diff")
    raw = str(texts[0].get_payload()).encode("ascii", "surrogateescape")
    if data.count(raw) != 1:
        raise InputError(f"{name}: the text is not found once in it; copy the new wording from the diff")
    return data.replace(raw, _encoded(texts[0], raw, name, new))


def _charset(part: Message) -> str:
    return part.get_content_charset() or "utf-8"


def _text(part: Message) -> str | None:
    payload = part.get_payload(decode=True)
    try:
        return payload.decode(_charset(part)) if isinstance(payload, bytes) else None
    except (LookupError, UnicodeDecodeError):
        return None


def _encoded(part: Message, raw: bytes, name: str, new: str) -> bytes:
    """The new text in the part's own charset and transfer encoding."""
    newline = b"\r\n" if b"\r\n" in raw else b"\n"
    try:
        body = new.encode(_charset(part))
    except UnicodeEncodeError as error:
        letter = new[error.start]
        raise InputError(f"{name}: its charset {_charset(part)} has no “{letter}”; save the mail as UTF-8") from None
    encoding = str(part.get("Content-Transfer-Encoding", "7bit")).strip().lower()
    if encoding == "base64":
        return base64.encodebytes(body).replace(b"\n", newline)
    if encoding == "quoted-printable":
        unix = quopri.encodestring(body.replace(b"\r\n", b"\n"))
        return unix.replace(b"\n", newline)
    if encoding == "7bit" and not body.isascii():
        raise InputError(f"{name}: is 7bit and the new wording is not; save the mail as UTF-8")
    return body


def replace_file(path: Path, old: bytes, new: bytes) -> None:
    """Write a file whole or not at all; its mode stays, and a link stays a link.

    Raises InputError if it no longer holds `old` or cannot be written.
    """
    target = path.resolve()
    if read_bytes(target) != old:
        raise InputError(f"{path}: changed while it was being fixed; nothing was written. Run it again")
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(new)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(target.stat().st_mode & 0o7777)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}; it is as it was") from None
