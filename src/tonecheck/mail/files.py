"""Files and bytes to text, within bounds, and in one clear line where that cannot be done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tonecheck.errors import InputError

__all__ = [
    "MAX_BYTES",
    "MAX_TEXT",
    "byte_order_mark",
    "decoded",
    "missing_or_unreadable",
    "read_bytes",
    "sized",
    "weighed",
]

MAX_BYTES = 30_000_000
MAX_TEXT = 500_000
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
NOT_TEXT = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a Word, OpenDocument or zip file"),
    (b"\xd0\xcf\x11\xe0", "an Outlook .msg or an old Word file"),
    (b"{\\rtf", "an RTF file"),
    (b"\x1f\x8b", "a compressed file"),
)


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises InputError for a missing, unreadable or oversized file."""
    with missing_or_unreadable(path):
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path}: {_too_large()}")
        # A device or a pipe has no size, so the reading itself is bounded.
        with path.open("rb") as file:
            return weighed(file.read(MAX_BYTES + 1), str(path))


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
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {reason}; check the path") from None
    except ValueError:
        raise InputError(f"{str(path)!r}: is no file name; check the path") from None


def weighed(data: bytes, name: str) -> bytes:
    """The bytes themselves. Raises InputError if they are too many for a draft."""
    if len(data) > MAX_BYTES:
        raise InputError(f"{name}: {_too_large()}")
    return data


def _too_large() -> str:
    return f"larger than {MAX_BYTES // 1_000_000} MB, so no draft of a mail; cut out the letter itself"


def sized(text: str, name: str) -> str:
    """The text itself. Raises InputError if it is too long for a draft."""
    if len(text) > MAX_TEXT:
        raise InputError(
            f"{name}: {len(text):,} characters of text, and a draft has at most {MAX_TEXT:,}; "
            "cut out the letter itself"
        )
    return text


def byte_order_mark(data: bytes) -> tuple[bytes, str]:
    """The mark that the bytes open with, and their encoding: UTF-8 where there is no mark."""
    return next(((mark, name) for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), (b"", "utf-8"))


def decoded(data: bytes, name: str) -> str:
    """The bytes as text, without their byte order mark. Raises InputError, with the line."""
    for start, kind in NOT_TEXT:
        if data.startswith(start):
            raise InputError(f"{name}: {kind}, not a text; save the draft as plain text or .eml")
    mark, encoding = byte_order_mark(data)
    body = data[len(mark) :]
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(body, name, error.start, "UTF-8" if encoding == "utf-8" else "UTF-16") from None
    if "\0" in text:
        raise _nul(name, text[: text.index("\0")].count("\n") + 1)
    return text


def _undecodable(body: bytes, name: str, at: int, encoding: str) -> InputError:
    if b"\0" in body and encoding == "UTF-8":
        return _nul(name, body[: body.index(b"\0")].count(b"\n") + 1)
    line = body[:at].count(b"\n") + 1
    return InputError(f"{name}:{line}: byte {at} is not valid {encoding}; save the draft as UTF-8")


def _nul(name: str, line: int) -> InputError:
    return InputError(f"{name}:{line}: a NUL byte, so this is no text; save the draft as plain text or .eml")
