"""Threads that cool down: the client's words grow colder, the answers slower or worse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from tonecheck.report import FAULTS
from tonecheck.scan.tally import Tally

__all__ = ["Cooling", "cooling"]

FEWEST_REPLIES = 2
MOST_SHOWN = 20
# Changes from the first half of a thread to the second that a reader of it would notice.
COLDER, SLOWER, LATE, WORSE = 0.2, 2.0, 8.0, 15.0


@dataclass(frozen=True, slots=True)
class Cooling:
    """A thread by the Message-ID of its first mail, how many replies it has, and what got worse."""

    thread: str
    replies: int
    signs: tuple[str, ...]


def cooling(tally: Tally) -> tuple[Cooling, ...]:
    """The threads with the most signs of cooling down, two at least, for one alone is often chance."""
    found = sorted(_cooling(tally), key=lambda c: (-len(c.signs), -c.replies, c.thread))
    return tuple(found[:MOST_SHOWN])


def _cooling(tally: Tally) -> Iterator[Cooling]:
    query = f"""SELECT thread, tone, hours, max({", ".join(FAULTS)}) FROM mail
        WHERE thread IS NOT NULL AND judged ORDER BY thread, sent"""
    for thread, rows in groupby(tally.ask(query), key=itemgetter(0)):
        replies = list(rows)
        if len(replies) >= FEWEST_REPLIES:
            signs = tuple(_signs(replies))
            if len(signs) >= 2:
                yield Cooling(thread, len(replies), signs)


def _signs(replies: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    half = len(replies) // 2
    (tone, cold), (soon, late), (good, bad) = (
        (_mean(replies[:half], column), _mean(replies[-half:], column)) for column in (1, 2, 3)
    )
    if tone is not None and cold is not None and cold <= tone - COLDER:
        yield f"the client's words: {tone:+.2f} to {cold:+.2f}"
    if soon is not None and late is not None and late >= LATE and late >= SLOWER * soon:
        yield f"hours to answer: {soon:.0f} to {late:.0f}"
    if good is not None and bad is not None and bad >= good + WORSE:
        yield f"the highest score: {good:.0f} to {bad:.0f}"


def _mean(replies: Sequence[tuple[Any, ...]], column: int) -> float | None:
    known = [reply[column] for reply in replies if reply[column] is not None]
    return sum(known) / len(known) if known else None
