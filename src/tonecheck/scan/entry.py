"""One mail or one row of a table as it was read, before anything is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

__all__ = ["Entry", "digest"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at one place: a mail's bytes, a row's fields, or the reason why there is neither.

    `place` is `FILE:NUMBER`, or `FILE` for a mail in a file of its own. `key` is the same whenever
    the same mail is read again. `client` is the mail that this one answers, zlib-compressed.
    """

    place: str
    key: bytes
    mail: bytes | None = None
    row: Mapping[str, object] | None = None
    error: str | None = None
    client: bytes | None = None

    @property
    def size(self) -> int:
        """Roughly how many bytes it takes to hand it on."""
        return len(self.mail or b"") + len(self.client or b"") + len(str(self.row or ""))


def digest(*parts: str | bytes) -> bytes:
    """16 bytes that stand for the parts."""
    made = blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf8", "surrogatepass")
        made.update(b"%d:" % len(data) + data)
    return made.digest()
