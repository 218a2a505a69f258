"""The clients' mails on disk, so that a reply meets the message it answers, in bounded memory."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tonecheck.errors import InputError
from tonecheck.scan.entry import Entry, digest
from tonecheck.scan.heads import Head, head_in

__all__ = ["Threads", "with_head"]

# A letter stands at the top of its mail; attachments come after it.
MOST_KEPT = 300_000


class Threads:
    """An index by Message-ID, in a nameless file that is gone with the process."""

    def __init__(self) -> None:
        # SQLite makes a file for the empty name, spills to it what exceeds its cache, and unlinks it.
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute("PRAGMA journal_mode = OFF")
        self._base.execute("PRAGMA synchronous = OFF")
        self._base.execute("CREATE TABLE clients (id TEXT PRIMARY KEY, mail BLOB) WITHOUT ROWID")
        self._base.execute("BEGIN")

    def keep(self, head: Head, mail: bytes) -> None:
        """Keep a client's mail until it is answered."""
        packed = zlib.compress(mail[:MOST_KEPT], 1)
        with _room():
            self._base.execute("INSERT OR IGNORE INTO clients VALUES (?, ?)", (head.message_id, packed))

    def answered(self, entry: Entry, head: Head) -> Entry:
        """The entry with the nearest client's mail of its thread, where there is one."""
        for older in head.older:
            found = self._base.execute("SELECT mail FROM clients WHERE id = ?", (older,)).fetchone()
            if found is not None:
                return replace(entry, client=found[0])
        return entry


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise InputError(
            f"the index of clients' mails cannot grow: {error}; set TMPDIR to a folder with more room"
        ) from None


def with_head(entry: Entry, own: Sequence[str]) -> tuple[Entry, Head | None, bool]:
    """The entry with its key, its head where it is a mail, and whether it is to be scored.

    A mail whose headers cannot be read becomes an error; of the others only those count that the
    own domains sent to somebody else.
    """
    if entry.mail is None:
        return entry, None, True
    try:
        head = head_in(entry.mail)
    except InputError as error:
        return replace(entry, key=digest(entry.mail), error=str(error)), None, True
    # A mail that is cut off is another one than the whole mail that may come tomorrow.
    key = digest(head.key, entry.error, entry.mail) if entry.error else head.key
    return replace(entry, key=key), head, head.is_sent_by(own)
