"""A scan from its sources to its rows: two passes over the input, one row a mail, never two."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace

from tonecheck.errors import InputError
from tonecheck.scan.entry import Entry
from tonecheck.scan.journal import Journal
from tonecheck.scan.rows import Scorer
from tonecheck.scan.sources import entries
from tonecheck.scan.streams import Source
from tonecheck.scan.tables import Fields
from tonecheck.scan.threads import Threads, with_head
from tonecheck.scan.workers import batches, in_order

__all__ = ["Input", "Outcome", "left", "run", "survey"]

Progress = Callable[[int], None]
Complain = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Input:
    """What to read, what its columns are called, and whose mail counts."""

    sources: tuple[Source, ...]
    fields: Fields
    kind: str | None = None
    own: tuple[str, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Everything that is there. Raises InputError where a mail shows up and no domain is one's own."""
        for entry in entries(self.sources, self.fields, self.kind):
            if entry.mail is not None and not self.own:
                raise InputError(
                    f"{entry.place}: a mail, and which mails are yours is not known; "
                    "say so with --own-domain acme.example, or own_domains in .tonecheck.toml"
                )
            yield entry


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many mails were scored now, how many of them are errors."""

    scored: int
    errors: int


def survey(given: Input, journal: Container[bytes]) -> tuple[int, Threads]:
    """How many mails are still to be scored, and the clients' mails that they may answer."""
    threads = Threads()
    count = 0
    for entry in given.entries():
        entry, head, counts = with_head(entry, given.own)
        if counts:
            count += entry.key not in journal
        elif head is not None and head.message_id and entry.mail and not head.is_from(given.own):
            threads.keep(head, entry.mail)
    return count, threads


def run(
    given: Input,
    scorer: Scorer,
    journal: Journal,
    threads: Threads,
    *,
    jobs: int,
    progress: Progress,
    complain: Complain,
) -> Outcome:
    """Score what is not in the journal yet; every batch is on disk before the next one is."""
    scored = errors = 0
    begun: set[bytes] = set()
    new = left(given, journal, threads, begun)
    for rows in in_order(batches(new), scorer.scored, jobs):
        journal.add(rows)
        begun.difference_update(row.key for row in rows)
        for row in rows:
            if row.error is not None:
                errors += 1
                complain(row.error)
        scored += len(rows)
        progress(len(rows))
    return Outcome(scored, errors)


def left(given: Input, journal: Container[bytes], threads: Threads, begun: set[bytes]) -> Iterator[Entry]:
    """The mails to score, each once, with the client's message where it is known."""
    for entry in given.entries():
        entry, head, counts = with_head(entry, given.own)
        if not counts or entry.key in begun or entry.key in journal:
            continue
        begun.add(entry.key)
        if entry.error is not None:
            entry = replace(entry, mail=None)
        yield entry if head is None or entry.error else threads.answered(entry, head)
