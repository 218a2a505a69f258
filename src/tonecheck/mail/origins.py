"""Where the characters of a draft stand in the file that an editor shows."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from tonecheck.mail.files import weighed
from tonecheck.mail.message import is_mail
from tonecheck.mail.parts import codec_of, decoded_part, letters, parse
from tonecheck.report import Span

__all__ = ["Origins", "origins_of"]

# A soft line break, a byte by its number, or a byte as it is.
QUOTED_PRINTABLE = re.compile(rb"=[ \t]*\r?\n|=([0-9A-Fa-f]{2})|(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Origins:
    """For each character of a draft's text, where in the file's text it begins and ends."""

    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, span: Span) -> Span:
        """A stretch of the draft as a stretch of the file."""
        if not len(span):
            start = self.starts[span.start] if span.start < len(self.starts) else self.ends[-1]
            return Span(start, start)
        return Span(self.starts[span.start], self.ends[span.end - 1])

    def offset(self, place: int) -> int:
        """The character of the draft at a place in the file, or the nearest before it."""
        return max(0, bisect_right(self.starts, place) - 1)


def origins_of(file: str, name: str, text: str) -> Origins | None:
    """Where the draft `text`, read from a file whose text is `file`, stands in it.

    None where it does not stand there as a person could change it: in base64, in HTML, twice.
    """
    if text and file.count(text) == 1:
        start = file.index(text)
        return Origins(range(start, start + len(text)), range(start + 1, start + len(text) + 1))
    data = weighed(file.encode(errors="replace"), name)
    if not text or not is_mail(data, name):
        return None
    for part in (part for group in letters(parse(data, name)) for part in group):
        encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
        payload = part.get_payload()
        if encoding == "quoted-printable" and isinstance(payload, str) and decoded_part(part)[0] == text:
            return _folded(file, payload, text, codec_of(part, _bytes(payload)[0])[0])
    return None


def _bytes(payload: str) -> tuple[bytes, list[Span]]:
    """The bytes that quoted-printable stands for, and where each is written."""
    found = [m for m in QUOTED_PRINTABLE.finditer(payload.encode("ascii", "replace")) if m[1] or m[2]]
    body = b"".join(bytes.fromhex(m[1].decode()) if m[1] else m[2] for m in found)
    return body, [Span(m.start(), m.end()) for m in found]


def _folded(file: str, payload: str, text: str, codec: str) -> Origins | None:
    body, places = _bytes(payload)
    if file.count(payload) != 1 or body != text.encode(codec, "replace"):
        return None
    base, starts, ends, at = file.index(payload), [], [], 0
    for character in text:
        size = len(character.encode(codec))
        starts.append(base + places[at].start)
        ends.append(base + places[at + size - 1].end)
        at += size
    return Origins(starts, ends)
