"""A finished scan as tables on disk, so that any question is one query and memory stays bounded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from tonecheck.errors import InputError
from tonecheck.report import FAULTS, MOVES

__all__ = ["Tally"]

TABLES = f"""
CREATE TABLE mail (number INTEGER PRIMARY KEY, week TEXT, day TEXT, team TEXT, writer TEXT, sender TEXT,
  thread TEXT, sent TEXT, tone REAL, hours REAL, judged INTEGER, {", ".join(f"{f} INTEGER" for f in FAULTS)});
CREATE TABLE finding (mail INTEGER, fault TEXT, type TEXT, words TEXT, example TEXT);
CREATE TABLE move (mail INTEGER, kind TEXT, missing INTEGER);
"""
INDICES = """
CREATE INDEX by_thread ON mail (thread, sent);
CREATE INDEX by_type ON finding (type, words);
"""
LONGEST_WORDS = 120
BESIDE = 70


class Tally:
    """Mails, findings and moves in a nameless database that is gone with the process."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + TABLES)
        self.errors = self.mails = 0
        self._base.execute("BEGIN")
        for row in rows:
            if row.get("error"):
                self.errors += 1
            else:
                self.mails += 1
                self._add(row)
        self._base.execute("COMMIT")
        self._base.executescript(INDICES)

    def ask(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The rows that answer a query. Raises InputError where the temporary disk is full."""
        try:
            yield from self._base.execute(query, values)
        except sqlite3.OperationalError as error:
            raise InputError(f"the scan cannot be summed up: {error}; set TMPDIR to a larger disk") from None

    def _add(self, row: Mapping[str, Any]) -> None:
        sent = _moment(row.get("sent"))
        scores = row.get("scores") or {}
        values = (
            self.mails,
            None if sent is None else _monday(sent),
            None if sent is None else f"{sent:%Y-%m-%d}",
            *(
                row.get(name)
                for name in ("team", "writer", "sender", "thread", "sent", "client_tone", "waited_hours")
            ),
            int(scores.get(FAULTS[0]) is not None),
            *(scores.get(fault) for fault in FAULTS),
        )
        self._base.execute(f"INSERT INTO mail VALUES ({', '.join('?' * len(values))})", values)
        if scores.get(FAULTS[0]) is None:
            return  # shares are of the judged mails
        self._base.executemany(
            "INSERT INTO finding VALUES (?, ?, ?, ?, ?)",
            [
                (self.mails, f["fault"], f["type"], _plain(f["text"]), _around(row.get("text") or "", f))
                for f in row.get("findings") or ()
            ],
        )
        there = row.get("moves") or {}
        missing = row.get("missing") or ()
        moves = [
            (self.mails, kind, int(kind in missing)) for kind in MOVES if there.get(kind) or kind in missing
        ]
        self._base.executemany("INSERT INTO move VALUES (?, ?, ?)", moves)


def _around(text: str, finding: Mapping[str, Any]) -> str | None:
    """The words with what stands beside them, where the scan has kept the text."""
    if not text:
        return None
    start, end = max(0, finding["start"] - BESIDE), min(len(text), finding["end"] + BESIDE)
    words = " ".join(text[start:end].split())
    words = words if start == 0 else words.partition(" ")[2]
    words = words if end == len(text) else words.rpartition(" ")[0]
    return f"{'…' * (start > 0)}{words}{'…' * (end < len(text))}"


def _moment(said: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(said))
    except ValueError:
        return None


def _monday(moment: datetime) -> str:
    return f"{moment - timedelta(days=moment.weekday()):%Y-%m-%d}"


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())[:LONGEST_WORDS]
