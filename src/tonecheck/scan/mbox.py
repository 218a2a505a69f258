"""An mbox as a stream of mails, however large it is and wherever it was cut off."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from tonecheck.mail.files import MAX_BYTES

__all__ = ["mails_in"]

# A mail's own “From ” after a blank line has no time of day; the separators of all programs have.
SEPARATOR = re.compile(rb"From [^\r\n]{1,300}?\d\d?:\d\d")
QUOTED_FROM = re.compile(rb"(?m)^>(>*From )")
LONGEST_LINE = 1 << 20


def mails_in(stream: io.BufferedReader) -> Iterator[tuple[bytes, str | None]]:
    """Each mail's bytes, and what is wrong with it: it is too large, or the file ends inside it.

    Of a mail that is too large only the start is kept.
    """
    kept: list[bytes] = []
    size = 0
    begun = blank = False
    dated = True
    last = b""
    while line := stream.readline(LONGEST_LINE):
        is_start = not last or last.endswith(b"\n")
        if is_start and line.startswith(b"From ") and (blank or not begun):
            dated = dated if begun else SEPARATOR.match(line) is not None
            if not dated or SEPARATOR.match(line):
                if begun:
                    yield _mail(kept, size, whole=True)
                kept, size, begun = [], 0, True
                last, blank = line, False
                continue
        begun = begun or bool(line.strip())
        if size <= MAX_BYTES:
            kept.append(line)
        size += len(line)
        blank = is_start and not line.strip()
        last = line
    if begun:
        yield _mail(kept, size, whole=last.endswith(b"\n"))


def _mail(kept: list[bytes], size: int, *, whole: bool) -> tuple[bytes, str | None]:
    data = QUOTED_FROM.sub(rb"\1", b"".join(kept))
    if size > MAX_BYTES:
        return data[
            :100_000
        ], f"a mail of {size / 1e6:.0f} MB; above {MAX_BYTES // 1_000_000} MB none is read"
    return data, None if whole else "the file ends in the middle of this mail"
