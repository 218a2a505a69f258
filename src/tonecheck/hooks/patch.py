"""git's `sendemail-validate` hook: the prose of a patch or cover letter goes to the gate as a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses
from pathlib import Path

from tonecheck.errors import InputError
from tonecheck.hooks.consent import may_go

__all__ = ["prose_of_patch", "validate"]

DIFF = re.compile(rb"diff --git |diff -|--- (?:a/|/dev/null)|GIT binary patch")
# Lines that git writes, or people by rote: no prose.
BY_ROTE = re.compile(
    rb"""---\s*$
    | \s.*\s\|\s+(?:\d+|Bin)\b            # a file's line in the diffstat
    | \s\d+\sfiles?\schanged\b
    | \s(?:create|delete|rename|copy|rewrite|mode\schange)\s
    | [A-Z][\w-]*-[Bb]y:\s
    | (?:Cc|Fixes|Link|Closes|Reported|Change-Id|Message-Id|base-commit|prerequisite-patch-id):\s
    | \(cherry\spicked\sfrom\s
    """,
    re.VERBOSE,
)
MULTIPART = re.compile(rb"^Content-Type:\s*multipart/", re.MULTILINE | re.IGNORECASE)
SHORTLOG = re.compile(rb"\S.* \(\d+\):\s*$")
RECIPIENTS = ("To", "Cc", "Bcc")


def validate(message: Path, headers: Path | None = None) -> bool:
    """Whether git may send the patch; `headers` is git's file with them, since git 2.41.

    Asks at the terminal where there is one. No copy of a held one is kept: git sent none, and has
    the commits. Raises InputError for a file that cannot be read.
    """
    mail, head = _read(message), b"" if headers is None else _read(headers)
    return may_go(prose_of_patch(mail), {"--no-copy"}, _recipients(head))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _recipients(head: bytes) -> list[str]:
    parsed = BytesHeaderParser(policy=compat32).parsebytes(head)
    fields = [str(value) for name in RECIPIENTS for value in parsed.get_all(name, [])]
    return [address for _, address in getaddresses(fields) if address]


def prose_of_patch(mail: bytes) -> bytes:
    """The mail with what is no prose left blank: the diff and its statistics, trailers, the shortlog."""
    start = re.match(rb"From .*\n", mail)  # as in an mbox
    mail = mail[start.end() :] if start else mail
    end = re.search(rb"\r?\n\r?\n", mail)
    if end is None or MULTIPART.search(mail[: end.end()]):
        return mail  # attached: then the diff is a part of its own
    return mail[: end.end()] + b"".join(_prose(mail[end.end() :].splitlines(keepends=True)))


def _prose(lines: list[bytes]) -> Iterator[bytes]:
    in_shortlog = False
    for line in lines:
        if DIFF.match(line):
            return
        in_shortlog = SHORTLOG.match(line) is not None or (in_shortlog and line.startswith(b"  "))
        yield b"\n" if in_shortlog or BY_ROTE.match(line) else line
