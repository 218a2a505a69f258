"""From an entry to its row: schema 1's fields, and beside them who, when and in which thread."""

from __future__ import annotations

import json
import traceback
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from tonecheck import __version__
from tonecheck.baseline import Baseline, only_new
from tonecheck.checker import Checker
from tonecheck.config import Config
from tonecheck.detect.sentiment import sentiment_of
from tonecheck.errors import TonecheckError
from tonecheck.mail.addresses import is_among
from tonecheck.mail.draft import Draft, draft_of
from tonecheck.mail.files import sized
from tonecheck.mail.message import client_of_bytes, draft_of_mail
from tonecheck.scan.entry import Entry
from tonecheck.scan.heads import head_in

__all__ = ["Scored", "Scorer", "failed"]

TOGETHER = 16  # drafts that the pipeline reads at once
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Scored:
    """A row as a line of JSON; `error` says why it holds no report."""

    key: bytes
    line: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class _Question:
    """A draft to check, and what its row says beside the report."""

    name: object
    about: Mapping[str, object]
    draft: Draft


@dataclass(frozen=True)
class Scorer:
    """All that a worker needs; `salt` makes writers' pseudonyms that nobody else can reckon out."""

    checker: Checker
    config: Config
    text: bool = False
    senders: bool = False
    baseline: Baseline | None = None
    salt: bytes = b""

    @property
    def settings(self) -> str:
        """All that a row depends on beside its mail, as a name that differs where rows may."""
        known = sorted(self.baseline.counts.items()) if self.baseline else None
        config = self.config
        kept = (self.text, self.senders, known, sorted(config.teams.items()))
        whole = repr((__version__, self.checker.model, self.checker.judges, config.for_checks(), kept))
        return sha256(whole.encode("utf8", "surrogatepass")).hexdigest()

    def warm_up(self) -> None:
        """Load everything now, so that workers share it."""
        warm = "Thank you for telling us. We sent the wrong part, and the right one leaves on Monday at noon."
        self.checker.check(draft_of(warm, client="The part is wrong. When will the right one come?"))

    def scored(self, entries: Sequence[Entry]) -> list[Scored]:
        """Each entry's row, whatever happens: an error is a row, too."""
        starts = range(0, len(entries), TOGETHER)
        return [row for start in starts for row in self._read_together(entries[start : start + TOGETHER])]

    def _read_together(self, entries: Sequence[Entry]) -> list[Scored]:
        asked = [_or_failed(entry, self._question) for entry in entries]
        with suppress(Exception):  # it comes again where each is read by itself, and that one's row says so
            self.checker.read_ahead(one.draft for one in asked if isinstance(one, _Question))
        return [
            one if isinstance(one, Scored) else _or_failed(entry, partial(self._row, one))
            for entry, one in zip(entries, asked, strict=True)
        ]

    def _question(self, entry: Entry) -> _Question | Scored:
        if entry.error is not None:
            return failed(entry, entry.error)
        return self._of_mail(entry) if entry.mail is not None else self._of_row(entry)

    def _of_mail(self, entry: Entry) -> _Question:
        head = head_in(entry.mail or b"")
        client, asked = _client(entry)
        draft = draft_of_mail(entry.mail or b"", name=entry.place, client=client, client_sent=asked)
        about = {
            "sent": None if head.sent is None else _utc(head.sent),
            "thread": head.thread,
            **self._who(head.sender),
        }
        return _Question(head.message_id, about, draft)

    def _of_row(self, entry: Entry) -> _Question:
        row = entry.row or {}
        text = sized(str(row["text"]).replace("\0", "\ufffd"), "the draft")
        draft = draft_of(text, client=str(row["client"]) if row.get("client") else None, source=entry.place)
        about: dict[str, object] = {}
        if "date" in row:
            about["sent"] = _moment(row["date"])
        if "sender" in row:
            about |= self._who(str(row["sender"] or "").casefold())
        if "team" in row:
            about["team"] = row["team"]
        return _Question(row.get("id"), about, draft)

    def _who(self, sender: str) -> dict[str, object]:
        """The writer's team and a pseudonym; the address itself only where it was asked for."""
        if not sender:
            return {}
        team = next((name for name, people in self.config.teams.items() if is_among(sender, people)), None)
        writer = sha256(self.salt + sender.encode()).hexdigest()[:12]
        shown = {"sender": sender} if self.senders else {}
        return {"team": team, "writer": writer, **shown}

    def _row(self, asked: _Question, entry: Entry) -> Scored:
        name, about, draft = asked.name, asked.about, asked.draft
        report = self.checker.check(draft, plain=self.text)
        if self.baseline is not None:
            report = only_new(report, self.baseline, str(name or draft.source))
        tone = (
            {"client_tone": round(sentiment_of(draft.client).polarity, 4)} if about and draft.client else {}
        )
        found = report.to_dict()
        row = {"id": name, **about, **tone, **(found if self.text else _without_text(found))}
        return Scored(entry.key, json.dumps(row, ensure_ascii=False))


def _or_failed(entry: Entry, made: Callable[[Entry], Made]) -> Made | Scored:
    """What is made of the entry, or the row that says why nothing is."""
    try:
        return made(entry)
    except TonecheckError as error:
        return failed(entry, str(error).removeprefix(f"{entry.place}: "))
    except Exception as error:  # one odd mail must not end the run; its words stay out of the message
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        return failed(entry, f"tonecheck stopped with {type(error).__name__} at {where}")


def _client(entry: Entry) -> tuple[str | None, datetime | None]:
    """The client's words and their date; a client's mail that cannot be read is as good as none."""
    if entry.client is None:
        return None, None
    try:
        return client_of_bytes(zlib.decompress(entry.client), "client.eml")
    except TonecheckError:
        return None, None


def failed(entry: Entry, error: str) -> Scored:
    """The row of what could not be scored."""
    name = (entry.row or {}).get("id")
    row = {"id": name, "source": entry.place, "error": error}
    return Scored(entry.key, json.dumps(row, ensure_ascii=False, default=str), f"{entry.place}: {error}")


def _without_text(row: dict[str, Any]) -> dict[str, Any]:
    """The row without what was written, but for the words that it marks; places and counts stay."""
    counts = {name: [""] * len(row[name]) for name in ("answered", "unanswered")}
    return {**row, **dict.fromkeys(("text", "plain", "plain_safe"), ""), **counts}


def _utc(moment: datetime) -> str | None:
    try:
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError):
        return None


def _moment(value: object) -> str | None:
    """A table's date as ISO 8601 in UTC; None for what is no date."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return _utc(value if value.tzinfo else value.replace(tzinfo=UTC))
