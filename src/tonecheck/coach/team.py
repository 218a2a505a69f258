"""Where the team stands, by fault and by move, over the weeks: never fewer than five people in a figure.

Nothing can be filtered and no two figures overlap, so none can be had by taking one from another: a
figure is of one fault or move in whole weeks that are over, as many as five people need, and is the
same whenever it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from tonecheck.coach.grade import FAIR
from tonecheck.coach.learners import LEARNER
from tonecheck.coach.session import Past
from tonecheck.coach.sharing import Sharing, is_group, sharing
from tonecheck.coach.standing import Standing, standings
from tonecheck.coach.tables import Attempt, Learner
from tonecheck.report import FAULT_LETTERS, FAULTS, MOVES

__all__ = [
    "AREAS",
    "Figure",
    "Shared",
    "Tried",
    "area_of",
    "figures",
    "own_figures",
    "shared_records",
    "tries_of_team",
]

AREAS = (*FAULTS, FAIR, *MOVES)
WEEK = timedelta(days=7)
DRAWS = 20_000
SEED = 7
EDGE = 0.05  # where all do the same, a mean would tell what each of them does


@dataclass(frozen=True, slots=True)
class Tried:
    """What one learner did once, how each skill went, 0 to 1, and whether trainers could see it then."""

    learner: int
    at: datetime
    skills: Mapping[str, float]
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """How well an area went, 0.05 to 0.95, from the Monday `since` to before `until`, with a 95 % interval."""

    area: str
    since: date
    until: date
    people: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Shared:
    """A learner who shares their record: how much they did since, when last, and how each area stands."""

    name: str
    exercises: int
    latest: datetime | None
    areas: Mapping[str, Standing]


def area_of(skill: str) -> str:
    """The fault of a type; a move and FAIR are areas of their own."""
    return FAULT_LETTERS[skill[0]] if skill[1:2] == "." else skill


def tries_of_team(session: Session) -> tuple[Tried, ...]:
    """All that learners practised; trainers are no part of the team."""
    shares = sharing(session)
    rows = (
        select(Attempt.learner, Attempt.at, Attempt.skills)
        .join(Learner, Learner.id == Attempt.learner)
        .where(Attempt.take.is_(None), Learner.role == LEARNER)
    )
    return tuple(
        Tried(who, at, skills, shares.was_seen(who, at)) for who, at, skills in session.execute(rows)
    )


def figures(tries: Sequence[Tried], now: datetime) -> tuple[Figure, ...]:
    """Every figure that may be shown, by area and in the order of time."""
    this_week = _monday(now)
    return tuple(
        _figure(area, since, until, held)
        for area in AREAS
        for since, until, held in _periods(area, [t for t in tries if _monday(t.at) < this_week])
    )


def _monday(at: datetime) -> date:
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def _periods(area: str, tries: Sequence[Tried]) -> Iterator[tuple[date, date, list[Tried]]]:
    """The area's weeks, so many together as make a group; what is left at the end waits."""
    weeks: dict[date, list[Tried]] = {}
    for tried in tries:
        if any(area_of(skill) == area for skill in tried.skills):
            weeks.setdefault(_monday(tried.at), []).append(tried)
    held: list[Tried] = []
    since: date | None = None
    for week in sorted(weeks):
        since = since or week
        held += weeks[week]
        private = {tried.learner for tried in held if not tried.seen}
        shared = {tried.learner for tried in held} - private
        if is_group(len(private), len(shared)):
            yield since, week + WEEK, held
            held, since = [], None


def _figure(area: str, since: date, until: date, held: Sequence[Tried]) -> Figure:
    """The mean over people, each counting once however much they practised."""
    scores: dict[int, list[float]] = {}
    for tried in held:
        found = [score for skill, score in tried.skills.items() if area_of(skill) == area]
        scores.setdefault(tried.learner, []).extend(found)
    means = tuple(float(np.mean(found)) for _, found in sorted(scores.items()))
    value, low, high = (float(x) for x in np.clip([np.mean(means), *_interval(means)], EDGE, 1 - EDGE))
    return Figure(area, since, until, len(means), value, low, high)


@lru_cache(4096)
def _interval(means: tuple[float, ...]) -> tuple[float, float]:
    """95 % of where the mean of such people lies; a week that is over is not drawn anew for each visitor."""
    spread = np.random.default_rng(SEED).standard_t(len(means) - 1, DRAWS) * np.std(means, ddof=1)
    low, high = np.percentile(np.mean(means) + spread / np.sqrt(len(means)), [2.5, 97.5])
    return float(low), float(high)


def own_figures(session: Session) -> Mapping[str, Mapping[str, float]]:
    """Of each learner who shares their record, by name, the mean of each area since they do."""
    found: dict[str, dict[str, float]] = {}
    for name, done in _shared(session):
        scores: dict[str, list[float]] = {}
        for attempt in done:
            for skill, score in attempt.skills.items():
                scores.setdefault(area_of(skill), []).append(score)
        found[name] = {area: float(np.mean(scores[area])) for area in AREAS if area in scores}
    return found


def shared_records(session: Session) -> tuple[Shared, ...]:
    """How each learner who shares their record stands by the latest tries, by name."""
    found = []
    for name, done in _shared(session):
        past = [Past(a.exercise, a.case, a.at, _by_area(a.skills)) for a in done]
        areas = {one.skill: one for one in standings(past)}
        found.append(Shared(name, len(done), max((one.at for one in past), default=None), areas))
    return tuple(found)


def _by_area(skills: Mapping[str, float]) -> Mapping[str, float]:
    """One try of an area is the mean of what it tried."""
    areas: dict[str, list[float]] = {}
    for skill, score in skills.items():
        areas.setdefault(area_of(skill), []).append(score)
    return {area: float(np.mean(scores)) for area, scores in areas.items()}


def _shared(session: Session) -> Iterator[tuple[str, list[Attempt]]]:
    """The learners who share their record, by name, and what they did since they do."""
    shares: Sharing = sharing(session)
    for who in session.scalars(select(Learner).where(Learner.role == LEARNER).order_by(Learner.name)):
        if shares.shares_now(who.id):
            rows = select(Attempt).where(Attempt.learner == who.id, Attempt.take.is_(None))
            yield who.name, [done for done in session.scalars(rows) if shares.is_seen(who.id, done.at)]
