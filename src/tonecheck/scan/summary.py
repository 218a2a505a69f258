"""How a team writes, in numbers: trends, groups, faults, moves, hours, words, threads that cool down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from tonecheck.report import FAULTS, MOVES, TYPES
from tonecheck.scan.cooling import Cooling, cooling
from tonecheck.scan.tally import Tally

__all__ = ["FEWEST", "Change", "Group", "Kind", "MoveShare", "Summary", "Wording", "summed_up"]

# A smaller group would tell of single people.
FEWEST = 5
MOST_WORDS = 15
MEANS = ", ".join(f"avg({fault})" for fault in FAULTS)
HOURS = "avg(hours)"


@dataclass(frozen=True, slots=True)
class Group:
    """Mails of a week, a team or a sender: means of their scores (0 to 100), and hours to answer."""

    name: str
    mails: int
    scores: tuple[float, ...]
    hours: float | None


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of finding: how many there are, in how many of the judged mails."""

    type: str
    findings: int
    mails: int


@dataclass(frozen=True, slots=True)
class MoveShare:
    """A repair move: in how many of the judged mails it is there, and in how many it is missed."""

    kind: str
    there: int
    missing: int


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that are marked often, and one place where they stand, if the scan has kept the text."""

    words: str
    type: str
    findings: int
    example: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A mean before a day and from it on, and the 95 % interval of the difference."""

    measure: str
    before: float
    after: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Summary:
    """All that the page shows. `hidden` are how many weeks, teams and senders are too small to show."""

    mails: int
    judged: int
    errors: int
    scores: tuple[float, ...]
    weeks: tuple[Group, ...]
    teams: tuple[Group, ...]
    senders: tuple[Group, ...]
    hidden: dict[str, int]
    kinds: tuple[Kind, ...]
    moves: tuple[MoveShare, ...]
    hours: tuple[tuple[str, int], ...]
    median_hours: float | None
    words: tuple[Wording, ...]
    cooling: tuple[Cooling, ...]
    date: str | None = None
    changes: tuple[Change, ...] = ()


def summed_up(tally: Tally, *, senders: bool = False, date: str | None = None) -> Summary:
    """The summary of a scan; senders only where they are asked for, groups under five never."""
    (judged,) = next(tally.ask("SELECT count(*) FROM mail WHERE judged"))
    (means,) = list(tally.ask(f"SELECT {MEANS} FROM mail WHERE judged"))
    hidden: dict[str, int] = {}
    return Summary(
        mails=tally.mails,
        judged=judged,
        errors=tally.errors,
        scores=tuple(round(mean, 1) for mean in means if mean is not None),
        weeks=_groups(tally, "week", hidden),
        teams=_groups(tally, "team", hidden),
        senders=_groups(tally, "sender", hidden) if senders else (),
        hidden=hidden,
        kinds=_kinds(tally),
        moves=_moves(tally),
        hours=_hours(tally),
        median_hours=_median_hours(tally),
        words=_words(tally),
        cooling=cooling(tally),
        date=date,
        changes=_changes(tally, date) if date else (),
    )


def _groups(tally: Tally, column: str, hidden: dict[str, int]) -> tuple[Group, ...]:
    """The groups of five and more mails; a team of fewer than five known writers is hidden, too."""
    shown = []
    query = f"""SELECT {column}, count(*), count(DISTINCT writer), {MEANS}, {HOURS} FROM mail
        WHERE judged AND {column} IS NOT NULL GROUP BY {column} ORDER BY {column}"""
    for name, mails, writers, *means, hours in tally.ask(query):
        if mails < FEWEST or (column == "team" and 0 < writers < FEWEST):
            hidden[column] = hidden.get(column, 0) + 1
            continue
        scores = tuple(round(mean, 1) for mean in means)
        shown.append(Group(name, mails, scores, None if hours is None else round(hours, 1)))
    return tuple(shown)


def _kinds(tally: Tally) -> tuple[Kind, ...]:
    query = "SELECT type, count(*), count(DISTINCT mail) FROM finding GROUP BY type"
    found = {kind: Kind(kind, findings, mails) for kind, findings, mails in tally.ask(query)}
    return tuple(found[kind] for kind in TYPES if kind in found)


def _moves(tally: Tally) -> tuple[MoveShare, ...]:
    query = "SELECT kind, sum(NOT missing), sum(missing) FROM move GROUP BY kind"
    found = {kind: MoveShare(kind, there, missing) for kind, there, missing in tally.ask(query)}
    return tuple(found.get(kind, MoveShare(kind, 0, 0)) for kind in MOVES)


STEPS = (
    (1, "under an hour"),
    (4, "1 to 4 hours"),
    (24, "4 to 24 hours"),
    (72, "1 to 3 days"),
    (168, "3 to 7 days"),
)


def _hours(tally: Tally) -> tuple[tuple[str, int], ...]:
    cases = " ".join(f"WHEN hours < {limit} THEN {n}" for n, (limit, _) in enumerate(STEPS))
    query = f"SELECT CASE {cases} ELSE {len(STEPS)} END AS step, count(*) FROM mail WHERE hours IS NOT NULL GROUP BY step"
    found = dict(tally.ask(query))
    names = (*(name for _, name in STEPS), "over a week")
    return tuple((name, found.get(n, 0)) for n, name in enumerate(names)) if found else ()


def _median_hours(tally: Tally) -> float | None:
    (count,) = next(tally.ask("SELECT count(hours) FROM mail"))
    query = "SELECT hours FROM mail WHERE hours IS NOT NULL ORDER BY hours LIMIT 1 OFFSET ?"
    found = next(tally.ask(query, count // 2), None)
    return None if found is None else found[0]


def _words(tally: Tally) -> tuple[Wording, ...]:
    """What is marked in at least five mails: rarer words could be a client's own."""
    query = f"""SELECT words, type, count(*) AS times, min(example) FROM finding GROUP BY words, type
        HAVING count(DISTINCT mail) >= {FEWEST} ORDER BY times DESC, words LIMIT {MOST_WORDS}"""
    return tuple(Wording(*found) for found in tally.ask(query))


def _changes(tally: Tally, date: str) -> tuple[Change, ...]:
    found = []
    for measure in (*FAULTS, "hours"):
        query = f"""SELECT day >= ?, count({measure}), avg({measure}), avg({measure} * {measure}) FROM mail
            WHERE day IS NOT NULL AND {measure} IS NOT NULL GROUP BY 1 ORDER BY 1"""
        parts = list(tally.ask(query, date))
        if len(parts) == 2 and all(count >= FEWEST for _, count, _, _ in parts):
            found.append(_change(measure, parts))
    return tuple(found)


def _change(measure: str, parts: Sequence[tuple[Any, ...]]) -> Change:
    (_, _, before, _), (_, _, after, _) = parts
    spread = sqrt(sum(max(0.0, squares - mean * mean) / (count - 1) for _, count, mean, squares in parts))
    low, high = (after - before + sign * 1.96 * spread for sign in (-1, 1))
    return Change(measure, *(round(value, 1) for value in (before, after, low, high)))
