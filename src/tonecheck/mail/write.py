"""New wording put back into the very file: its encoding, newlines and other bytes as they were."""

from __future__ import annotations

import base64
import os
import quopri
import re
import tempfile
from difflib import SequenceMatcher
from email.message import Message
from pathlib import Path

from tonecheck.errors import InputError
from tonecheck.mail.files import byte_order_mark, read_bytes
from tonecheck.mail.message import is_html, is_mail
from tonecheck.mail.parts import codec_of, decoded_part, letters, parse

__all__ = ["replace_file", "rewritten"]

COPY = "copy the new wording from the diff"
# One line as it was before quoted-printable folded it.
FOLDED = re.compile(rb"(?:[^\n]*=[ \t]*\r?\n)*[^\n]*(?:\n|$)")
MOST_COMPARED = 2000


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
        raise InputError(f"{name}: new wording is not written into HTML; {COPY}")
    mark, encoding = byte_order_mark(data)
    if mark + old.encode(encoding, "replace") != data:
        raise InputError(f"{name}: changed since it was read; run the command again")
    return mark + new.encode(encoding)


def _mail(data: bytes, name: str, old: str, new: str) -> bytes:
    message = parse(data, name)
    kinds = {part.get_content_type() for part in message.walk()}
    if kinds & {"multipart/signed", "multipart/encrypted", "application/pkcs7-mime"}:
        raise InputError(f"{name}: signed or encrypted, and would break; change it in the mail program")
    parts = [part for group in letters(message) for part in group]
    if any(part.get_content_type() == "text/html" for part in parts):
        raise InputError(f"{name}: also holds its text as HTML; change it in the mail program, or {COPY}")
    texts = [part for part in parts if decoded_part(part)[0] == old]
    raw = _raw(texts[0]) if len(texts) == 1 else b""
    if not raw or data.count(raw) != 1:
        raise InputError(f"{name}: the text is not found once in it; {COPY}")
    return data.replace(raw, _encoded(texts[0], raw, name, old, new))


def _encoding(part: Message) -> str:
    return str(part.get("Content-Transfer-Encoding", "7bit")).strip().lower()


def _raw(part: Message) -> bytes:
    """The part's bytes as they stand in the file; empty where they cannot be told."""
    if _encoding(part) not in {"base64", "quoted-printable"}:
        body = part.get_payload(decode=True)
        return body if isinstance(body, bytes) else b""
    payload = part.get_payload()
    return payload.encode() if isinstance(payload, str) and payload.isascii() else b""


def _encoded(part: Message, raw: bytes, name: str, old: str, new: str) -> bytes:
    """The new text in the part's own charset and transfer encoding."""
    body = part.get_payload(decode=True)
    codec, _ = codec_of(part, body if isinstance(body, bytes) else b"")
    try:
        before, after = old.encode(codec), new.encode(codec)
    except UnicodeEncodeError as error:
        letter = error.object[error.start]
        raise InputError(f"{name}: its charset {codec} has no “{letter}”; save the mail as UTF-8") from None
    if before != body:
        raise InputError(f"{name}: its text would not come out the same; {COPY}")
    encoding = _encoding(part)
    if encoding == "base64":
        return _base64(raw, after)
    if encoding == "quoted-printable":
        return _quoted_printable(raw, after)
    if encoding in {"7bit", ""} and raw.isascii() and not after.isascii():
        raise InputError(f"{name}: is 7bit and the new wording is not; save the mail as UTF-8")
    return after


def _base64(raw: bytes, body: bytes) -> bytes:
    """Base64 in lines as long as they were, ended as they were."""
    first = re.match(rb"\s*([A-Za-z0-9+/=]+)", raw)
    width = len(first[1]) if first else 76
    newline = b"\r\n" if b"\r\n" in raw else b"\n"
    digits = base64.b64encode(body)
    lines = [digits[at : at + width] for at in range(0, len(digits), width)]
    tail = raw[len(raw.rstrip()) :]
    return raw[: len(raw) - len(raw.lstrip())] + newline.join(lines) + tail


def _quoted_printable(raw: bytes, body: bytes) -> bytes:
    """Quoted-printable in which every line that says the same keeps its bytes."""
    newline = b"\r\n" if b"\r\n" in raw else b"\n"
    folded = [line for line in FOLDED.findall(raw) if line]
    before = [quopri.decodestring(line) for line in folded]
    after = re.findall(rb"[^\n]*\n|[^\n]+$", body)
    if len(before) + len(after) > MOST_COMPARED:
        return b"".join(_quoted(line, newline) for line in after)
    made: list[bytes] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        made += folded[a:b] if tag == "equal" else [_quoted(line, newline) for line in after[c:d]]
    return b"".join(made)


def _quoted(line: bytes, newline: bytes) -> bytes:
    words = line.rstrip(b"\r\n")
    made = quopri.encodestring(words).replace(b"\n", newline)
    return made + line[len(words) :]


def replace_file(path: Path, old: bytes, new: bytes) -> None:
    """Write a file whole or not at all; its mode stays, and a link stays a link.

    Raises InputError if it no longer holds `old` or cannot be written.
    """
    target = path.resolve()
    if read_bytes(target) != old:
        raise InputError(f"{path}: changed while it was being fixed; nothing was written. Run it again")
    if not target.stat().st_mode & 0o222:
        raise InputError(f"{path}: is read-only; it is as it was. Allow writing (chmod u+w) and run it again")
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
