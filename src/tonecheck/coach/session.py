"""What to practise next: a little that is new, what is due, and one's own commonest faults."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zlib import crc32

from tonecheck.coach.case import Case
from tonecheck.coach.exercise import EXERCISES
from tonecheck.coach.grade import FAIR
from tonecheck.report import MOVES, TYPES

__all__ = ["SECONDS", "Past", "Task", "commonest_faults", "next_task", "practice_cases"]

SECONDS = 300
RECENT = 60
FAULTS_CHOSEN = 3
WRITTEN = ("rewrite", "answer")
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Past:
    """One exercise that was done: which, on which case, when, and how each skill went, 0 to 1."""

    exercise: str
    case: str
    at: datetime
    skills: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Task:
    """One exercise to do, and the skill that it was chosen for."""

    exercise: str
    case: Case
    skill: str


def practice_cases(cases: Sequence[Case]) -> tuple[Case, ...]:
    """The cases that may be practised: all but those kept back for the test."""
    return tuple(case for case in cases if case.form is None)


def commonest_faults(past: Sequence[Past], count: int = FAULTS_CHOSEN) -> tuple[str, ...]:
    """The types of fault that went wrong most in the latest tries, the worst first."""
    wrong: dict[str, float] = defaultdict(float)
    for done in sorted(past, key=lambda p: p.at)[-RECENT:]:
        for skill, score in done.skills.items():
            if skill in TYPES or skill == FAIR:
                wrong[skill] += 1 - score
    worst = sorted((skill for skill in wrong if wrong[skill] > 0), key=lambda skill: (-wrong[skill], skill))
    return tuple(worst[:count])


def next_task(
    cases: Sequence[Case],
    past: Sequence[Past],
    due: Mapping[str, datetime],
    now: datetime,
    *,
    started: datetime,
    left: float = SECONDS,
    own: Collection[str] = (),
    given: Collection[str] = (),
) -> Task | None:
    """The next exercise of the session that started at `started` and has `left` seconds; None when it is over.

    First come the cases in `given`, which a trainer set; then skills never tried, a fault and a move in a
    session; then those that are due, the longest overdue first; then the learner's three commonest faults,
    and those in `own`, found in their own mail. Faults and moves take turns. A skill comes once in a session, a text to write once too; of the
    exercises and cases that try a skill those come that were not done for the longest.
    """
    today = [done for done in past if done.at >= started]
    tried = {skill for done in today for skill in done.skills}
    writes = any(done.exercise in WRITTEN for done in today)
    fitting = [
        (exercise.name, case, exercise.skills(case))
        for exercise in EXERCISES.values()
        if exercise.seconds <= left and not (writes and exercise.name in WRITTEN)
        for case in practice_cases(cases)
    ]
    wanted = list(_wanted(past, due, now, tried, own))
    if today:
        after_moves = any(skill in MOVES for skill in today[-1].skills)
        wanted.sort(key=lambda skill: (skill in MOVES) == after_moves)
    fresh = [skill for skill in wanted if skill not in tried]
    set_ones = [option for option in fitting if option[1].id in given]
    # A case that was set comes even where all its skills were tried today.
    return _first(set_ones, fresh, past) or _first(set_ones, wanted, past) or _first(fitting, fresh, past)


def _first(
    options: Sequence[tuple[str, Case, frozenset[str]]], wanted: Sequence[str], past: Sequence[Past]
) -> Task | None:
    """The most wanted skill that can be tried, on what was not done for the longest."""
    seen, used = _last(past, "case"), _last(past, "exercise")
    for skill in wanted:
        able = [(name, case) for name, case, skills in options if skill in skills]
        if able:
            name, case = min(
                able,
                key=lambda o: (used.get(o[0], NEVER), seen.get(o[1].id, NEVER), crc32(o[1].id.encode())),
            )
            return Task(name, case, skill)
    return None


def _wanted(
    past: Sequence[Past],
    due: Mapping[str, datetime],
    now: datetime,
    tried: Collection[str],
    own: Collection[str],
) -> Iterator[str]:
    """Every skill, the most wanted first; some come twice."""
    counts = Counter(skill for done in past for skill in done.skills)
    new_today = {skill in MOVES for skill in tried if counts[skill] == 1}
    new = [skill for skill in _in_turn() if skill not in due]
    order = sorted(due, key=lambda skill: (due[skill], skill))
    yield from (skill for skill in new if (skill in MOVES) not in new_today)
    yield from (skill for skill in order if due[skill] <= now)
    yield from commonest_faults(past)
    yield from own
    yield from new
    yield from order


def _in_turn() -> Iterator[str]:
    """All skills for a beginner: good words first, then faults and moves in turn."""
    yield FAIR
    by_fault = [kind for n in range(len(TYPES)) for kind in TYPES if _rank(kind) == n]
    for number in range(max(len(by_fault), len(MOVES))):
        yield from by_fault[number : number + 1]
        yield from MOVES[number : number + 1]


def _rank(kind: str) -> int:
    """Which of its fault's types it is, from 0."""
    return [t for t in TYPES if t[0] == kind[0]].index(kind)


def _last(past: Sequence[Past], what: str) -> dict[str, datetime]:
    """When each case, or each exercise, was last done."""
    last: dict[str, datetime] = {}
    for done in past:
        key = done.case if what == "case" else done.exercise
        last[key] = max(done.at, last.get(key, NEVER))
    return last
