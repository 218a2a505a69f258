"""Sets: cases that a trainer gives to learners, with a deadline, and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from tonecheck.coach.case import Case
from tonecheck.coach.learners import LEARNER, learner_named
from tonecheck.coach.session import practice_cases
from tonecheck.coach.sharing import FIVE, sharing
from tonecheck.coach.tables import Assigned, Attempt, CaseSet, Learner
from tonecheck.errors import RecordError

__all__ = [
    "Progress",
    "Standing",
    "left_of",
    "make_set",
    "progress_on",
    "remove_set",
    "sets",
    "sets_of",
    "standing_of",
]

LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a set's cases a learner has done since it was made, of how many."""

    set: CaseSet
    done: int
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a trainer may see of a set: those who share their record by name, the team in steps of five.

    `finished` is None where there is no group: for a set given by name, and for fewer than five people.
    """

    set: CaseSet
    people: int
    finished: int | None
    shared: tuple[tuple[str, int], ...]


def make_set(
    session: Session,
    title: str,
    ids: Sequence[str],
    cases: Sequence[Case],
    *,
    deadline: datetime,
    now: datetime,
    names: Sequence[str] = (),
) -> CaseSet:
    """A new set of cases for the learners of these names, or for all. Raises RecordError."""
    title, ids = " ".join(title.split()), list(dict.fromkeys(ids))
    if not title or len(title) > LONGEST_TITLE:
        raise RecordError(f"a title has 1 to {LONGEST_TITLE} characters")
    if not ids:
        raise RecordError("a set has one case or more; tonecheck coach set cases lists them")
    if deadline <= now:
        raise RecordError(f"{deadline:%Y-%m-%d} is over; name a day to come")
    known = {case.id for case in practice_cases(cases)}
    unknown = [name for name in ids if name not in known]
    if unknown:
        raise RecordError(f"“{unknown[0]}” is no case for practice; tonecheck coach set cases lists them")
    people = [_learner(session, name) for name in names]
    made = CaseSet(title=title, cases=ids, made=now, deadline=deadline, for_all=not people)
    session.add(made)
    session.flush()
    session.add_all(Assigned(case_set=made.id, learner=who) for who in sorted({p.id for p in people}))
    session.flush()
    return made


def _learner(session: Session, name: str) -> Learner:
    found = learner_named(session, name)
    if found is None:
        raise RecordError(f"no learner “{name}” in the record; check the name")
    return found


def remove_set(session: Session, number: int) -> CaseSet:
    """The set that is no longer there; what was practised stays. Raises RecordError."""
    found = session.get(CaseSet, number)
    if found is None:
        raise RecordError(f"there is no set {number}; tonecheck coach set list names them")
    session.delete(found)
    session.flush()
    return found


def sets(session: Session) -> Sequence[CaseSet]:
    """All sets, the nearest deadline first."""
    return session.scalars(select(CaseSet).order_by(CaseSet.deadline, CaseSet.id)).all()


def sets_of(session: Session, learner: Learner) -> tuple[Progress, ...]:
    """The learner's sets and how far they are, the nearest deadline first."""
    mine = select(Assigned.case_set).where(Assigned.learner == learner.id)
    for_all = CaseSet.for_all if learner.role == LEARNER else false()
    rows = session.scalars(
        select(CaseSet).where(or_(CaseSet.id.in_(mine), for_all)).order_by(CaseSet.deadline, CaseSet.id)
    )
    return tuple(progress_on(session, row, learner.id) for row in rows)


def left_of(session: Session, learner: Learner) -> tuple[str, ...]:
    """The cases that were set to the learner and are not done, the nearest deadline first."""
    return tuple(dict.fromkeys(case for one in sets_of(session, learner) for case in one.left))


def progress_on(session: Session, given: CaseSet, learner: int) -> Progress:
    """How far one learner is with a set: a case counts once any exercise on it was done."""
    done = set(
        session.scalars(
            select(Attempt.case).where(
                Attempt.learner == learner, Attempt.take.is_(None), Attempt.at >= given.made
            )
        )
    )
    left = tuple(case for case in given.cases if case not in done)
    return Progress(given, len(given.cases) - len(left), left)


def standing_of(session: Session, given: CaseSet) -> Standing:
    """How far those are to whom a set was given, as far as a trainer may know."""
    people = select(Learner).order_by(Learner.name)
    if given.for_all:
        people = people.where(Learner.role == LEARNER)
    else:
        people = people.where(Learner.id.in_(select(Assigned.learner).where(Assigned.case_set == given.id)))
    everybody = session.scalars(people).all()
    shares = sharing(session)
    done = {who.id: progress_on(session, given, who.id).done for who in everybody}
    shared = [who for who in everybody if shares.was_seen(who.id, given.made) and shares.shares_now(who.id)]
    private = [who for who in everybody if who not in shared]
    finished = None
    if given.for_all and len(private) >= FIVE:
        finished = sum(done[who.id] == len(given.cases) for who in private) // FIVE * FIVE
    return Standing(given, len(everybody), finished, tuple((who.name, done[who.id]) for who in shared))
