"""What comes next, and when it comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tonecheck.coach.exercise import EXERCISES
from tonecheck.coach.grade import FAIR
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.schedule import reviewed
from tonecheck.coach.session import SECONDS, Past, commonest_faults, next_task, practice_cases
from tonecheck.report import MOVES, TYPES

CASES = built_in_cases()
PRACTISED = [case.id for case in practice_cases(CASES)]
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
scores = st.floats(0, 1)
skills = st.sampled_from([*TYPES, *MOVES, FAIR])
pasts = st.lists(
    st.builds(
        Past,
        st.sampled_from(sorted(EXERCISES)),
        st.sampled_from(PRACTISED),
        st.integers(1, 40).map(lambda days: NOW - days * DAY),
        st.dictionaries(skills, scores, min_size=1, max_size=4),
    ),
    max_size=25,
)
dues = st.dictionaries(skills, st.integers(-30, 30).map(lambda days: NOW + days * DAY))


@given(st.lists(scores, min_size=1, max_size=12))
def test_a_skill_comes_back_after_a_day_at_least_and_half_a_year_at_most(tries: list[float]) -> None:
    card, at = None, NOW
    for score in tries:
        card, due = reviewed(card, score, at)
        assert timedelta(days=1) <= due - at <= timedelta(days=180)
        at = due


@given(st.lists(scores, max_size=6), scores, scores)
def test_whoever_does_better_waits_no_shorter(tries: list[float], one: float, other: float) -> None:
    card, at = None, NOW
    for score in tries:
        card, at = reviewed(card, score, at)
    worse, better = sorted((one, other))
    assert reviewed(card, worse, at)[1] <= reviewed(card, better, at)[1]


def test_the_same_tries_give_the_same_dates() -> None:
    assert reviewed(None, 0.8, NOW) == reviewed(None, 0.8, NOW)


def test_what_goes_well_comes_back_later_each_time() -> None:
    card, at, waits = None, NOW, []
    for _ in range(4):
        card, due = reviewed(card, 1.0, at)
        waits.append(due - at)
        at = due
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


@given(pasts, dues, st.integers(0, SECONDS))
def test_a_task_fits_the_time_and_tries_its_skill_on_a_case_that_is_not_kept_for_the_test(
    past: list[Past], due: dict[str, datetime], left: int
) -> None:
    task = next_task(CASES, past, due, NOW, started=NOW, left=left)
    shortest = min(exercise.seconds for exercise in EXERCISES.values())
    if task is None:
        assert left < shortest + 30
        return
    exercise = EXERCISES[task.exercise]
    assert exercise.seconds <= left
    assert task.skill in exercise.skills(task.case)
    assert task.case.form is None


def session(past: list[Past], due: dict[str, datetime], start: datetime, score: float) -> list[Past]:
    """A whole session of somebody who always scores the same."""
    done: list[Past] = []
    at, left = start, float(SECONDS)
    while task := next_task(CASES, [*past, *done], due, at, started=start, left=left):
        exercise = EXERCISES[task.exercise]
        at, left = at + timedelta(seconds=exercise.seconds), left - exercise.seconds
        tried = dict.fromkeys(exercise.skills(task.case), score)
        done.append(Past(task.exercise, task.case.id, at, tried))
        for skill in tried:
            due[skill] = reviewed(None, score, at)[1]
    return done


def test_a_session_takes_five_minutes_and_asks_for_one_text_at_most() -> None:
    past: list[Past] = []
    due: dict[str, datetime] = {}
    for day in range(12):
        done = session(past, due, NOW + day * DAY, 0.6)
        assert 2 <= len(done) <= 7
        assert sum(EXERCISES[d.exercise].seconds for d in done) <= SECONDS
        assert sum(d.exercise in {"rewrite", "answer"} for d in done) <= 1
        assert len({d.case for d in done}) == len(done)
        past += done


def test_within_three_weeks_everything_has_been_tried_and_every_exercise_done() -> None:
    past: list[Past] = []
    due: dict[str, datetime] = {}
    for day in range(21):
        past += session(past, due, NOW + day * DAY, 0.8)
    assert set(due) == {*TYPES, *MOVES, FAIR}
    assert {done.exercise for done in past} == set(EXERCISES)


def test_once_all_is_known_what_is_due_comes_first_and_then_the_commonest_faults() -> None:
    due = dict.fromkeys([*TYPES, *MOVES, FAIR], NOW + DAY)
    past = [Past("spot", "blunt-bike-frame", NOW - DAY, {"E.system": 0.0, "D.edge": 0.9})] * 3
    due["D.shield"] = NOW - DAY
    first = next_task(CASES, past, due, NOW, started=NOW)
    assert first is not None
    assert first.skill == "D.shield"
    del due["D.shield"]
    due["D.shield"] = NOW + DAY
    then = next_task(CASES, past, due, NOW, started=NOW)
    assert then is not None
    assert then.skill == "E.system"


def test_faults_in_ones_own_mail_are_practised_too() -> None:
    due = dict.fromkeys([*TYPES, *MOVES, FAIR], NOW + DAY)
    task = next_task(CASES, [], due, NOW, started=NOW, own=["X.jargon"])
    assert task is not None
    assert task.skill == "X.jargon"


@given(pasts, dues, st.sets(st.sampled_from(PRACTISED), min_size=1, max_size=3))
def test_cases_that_a_trainer_set_come_first_whatever_was_practised(
    past: list[Past], due: dict[str, datetime], ids: set[str]
) -> None:
    task = next_task(CASES, past, due, NOW, started=NOW - DAY, given=ids)
    assert task is not None
    assert task.case.id in ids


@given(pasts)
def test_the_commonest_faults_are_three_at_most_and_were_all_missed(past: list[Past]) -> None:
    found = commonest_faults(past)
    assert len(found) <= 3
    for fault in found:
        assert fault not in MOVES
        assert any(done.skills.get(fault, 1.0) < 1 for done in past)
