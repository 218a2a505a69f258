"""The trainer's view: invitations, sets, sharing, and figures that tell nothing of fewer than five people."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.coach.before_after import Pair, group_changes
from tonecheck.coach.divided import Answer, answers_of_team, divided
from tonecheck.coach.grade import Grade
from tonecheck.coach.inviting import VALID, accept, invite
from tonecheck.coach.learners import TRAINER, join, learner_named, sign_in
from tonecheck.coach.measure import Item
from tonecheck.coach.progress import keep
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.session import practice_cases
from tonecheck.coach.sets import make_set, remove_set, sets, sets_of, standing_of
from tonecheck.coach.sharing import FIVE, is_group, share, sharing, stop_sharing
from tonecheck.coach.spot import Guess
from tonecheck.coach.store import Record, open_record, recording
from tonecheck.coach.team import Tried, figures, own_figures, shared_records, tries_of_team
from tonecheck.errors import RecordError
from tonecheck.report import Span

pytest_plugins = ("records",)  # the fixtures record and postgresql
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
CASES = built_in_cases()
FAULTY = next(case for case in practice_cases(CASES) if case.marks)
PHRASE = "four plain short words"


# Who may be seen


@given(st.integers(0, 30), st.integers(0, 30))
def test_no_group_is_smaller_than_five_also_without_those_who_are_known(private: int, shared: int) -> None:
    if is_group(private, shared):
        assert private + shared >= FIVE
        assert private == 0 or private >= FIVE
    assert not is_group(private, shared) or not 0 < private < FIVE
    assert is_group(5, shared)


tries = st.lists(
    st.builds(
        Tried,
        learner=st.integers(1, 9),
        at=st.integers(0, 40).map(lambda day: MONDAY + day * DAY),
        skills=st.dictionaries(
            st.sampled_from(["D.blame", "D.edge", "E.law", "fair", "owns"]), st.floats(0, 1)
        ),
        seen=st.booleans(),
    ),
    max_size=60,
)


def behind(figure_area: str, since: date, until: date, given: Sequence[Tried]) -> list[Tried]:
    """The tries that a figure is made of, found anew."""
    names = {"D.blame": "defensiveness", "D.edge": "defensiveness", "E.law": "excuses"}
    return [
        tried
        for tried in given
        if since <= tried.at.date() < until
        and figure_area in {names.get(skill, skill) for skill in tried.skills}
    ]


@given(tries)
def test_every_figure_has_five_people_who_are_not_known_otherwise_and_no_two_overlap(
    given_tries: list[Tried],
) -> None:
    now = MONDAY + 50 * DAY
    last: dict[str, date] = {}
    for figure in figures(given_tries, now):
        held = behind(figure.area, figure.since, figure.until, given_tries)
        private = {tried.learner for tried in held if not tried.seen}
        people = {tried.learner for tried in held}
        assert figure.people == len(people) >= FIVE
        assert not private or len(private) >= FIVE
        assert figure.since >= last.get(figure.area, figure.since)
        assert figure.until <= now.date()
        assert 0.05 <= figure.low <= figure.value <= figure.high <= 0.95
        last[figure.area] = figure.until


@given(tries, st.integers(0, 50), st.integers(0, 50))
def test_a_figure_that_was_shown_never_changes_so_two_looks_have_no_difference(
    given_tries: list[Tried], first: int, later: int
) -> None:
    early, late = (MONDAY + day * DAY for day in sorted((first, later)))
    before = figures([tried for tried in given_tries if tried.at <= early], early)
    assert set(before) <= set(figures([tried for tried in given_tries if tried.at <= late], late))


@given(tries, st.floats(0, 1))
def test_what_fewer_than_five_do_leaves_no_trace(given_tries: list[Tried], other: float) -> None:
    few = [tried for tried in given_tries if tried.learner <= 4]
    changed = [replace(tried, skills=dict.fromkeys(tried.skills, other)) for tried in few]
    now = MONDAY + 50 * DAY
    assert figures(few, now) == figures(changed, now) == ()


def test_whoever_practises_more_counts_no_more_than_others() -> None:
    lazy = [Tried(who, MONDAY, {"owns": 0.2}) for who in range(2, 7)]
    keen = [Tried(1, MONDAY, {"owns": 0.8}) for _ in range(50)]
    (figure,) = figures(lazy + keen, MONDAY + 7 * DAY)
    assert figure.value == pytest.approx((5 * 0.2 + 0.8) / 6)
    assert (figure.people, figure.since, figure.until) == (6, date(2026, 3, 2), date(2026, 3, 9))


def test_a_week_that_is_not_over_and_a_unanimous_team_are_not_told() -> None:
    same = [Tried(who, MONDAY, {"owns": 1.0}) for who in range(5)]
    assert figures(same, MONDAY + 6 * DAY) == ()
    (figure,) = figures(same, MONDAY + 7 * DAY)
    assert (figure.low, figure.value, figure.high) == (0.95, 0.95, 0.95)


# Divided examples


def marked(who: int, *spans: Span, kind: str = "D.blame", seen: bool = False) -> Answer:
    return Answer(who, FAULTY.id, tuple(Guess(span, kind) for span in spans), seen)


def test_words_that_half_of_the_people_mark_come_first_with_their_numbers() -> None:
    mark = FAULTY.marks[0]
    answers = [marked(who, *([mark.span] if who <= 2 else [])) for who in range(5)]
    (passage,) = divided(CASES, answers)
    assert (passage.case, passage.words, passage.type) == (FAULTY.id, FAULTY.words(mark.span), mark.type)
    assert (passage.marked, passage.people, passage.in_key) == (3, 5, True)
    assert passage.agreement == pytest.approx((3 * 2 + 2 * 1) / 20)


def test_words_outside_the_key_need_two_people_and_all_or_none_divide_nobody() -> None:
    mark, end = FAULTY.marks[0].span, len(FAULTY.draft)
    outside = Span(end - 4, end)
    assert not any(m.span.overlaps(outside) for m in FAULTY.marks)
    alone = [marked(who, mark, *([outside] if who == 0 else [])) for who in range(5)]
    assert divided(CASES, alone) == ()
    two = [marked(who, mark, *([outside] if who < 2 else []), kind="X.canned") for who in range(5)]
    (passage,) = divided(CASES, two)
    assert (passage.span, passage.type, passage.marked, passage.in_key) == (outside, "X.canned", 2, False)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=23))
def test_people_are_counted_in_fives_so_that_one_more_changes_nothing(who: list[tuple[bool, bool]]) -> None:
    span = FAULTY.marks[0].span
    answers = [marked(n, *([span] if does else []), seen=seen) for n, (does, seen) in enumerate(who)]
    private = sum(not seen for _, seen in who)
    known = [answer for answer in answers if answer.seen]
    for passage in divided(CASES, answers):
        assert passage.people == private // FIVE * FIVE + len(known) >= FIVE
        assert 0 < passage.marked < passage.people
    if private % FIVE != FIVE - 1:
        one_more = [*answers, marked(99, span)]
        assert divided(CASES, one_more) == divided(CASES, answers)


# The test before and after


def item(score: float) -> Item:
    return Item("a", score, 10, round(10 * score), round(10 * score), 0, clean=False)


def test_a_change_that_may_be_chance_says_so_and_a_clear_one_does_not() -> None:
    mixed = [Pair((item(0.5),), (item(0.5 + step),)) for step in (-0.3, -0.1, 0.0, 0.1, 0.3)]
    score = group_changes(mixed)[0]
    assert score.low < 0 < score.high
    assert not score.is_shown
    clear = [Pair((item(0.4),), (item(0.7 + step),)) for step in (0.0, 0.1, 0.2, 0.1, 0.0)]
    score = group_changes(clear)[0]
    assert (score.people, score.before) == (5, pytest.approx(0.4))
    assert score.value == pytest.approx(0.38)
    assert 0.3 <= score.low <= score.value <= score.high
    assert score.is_shown


@given(st.lists(st.booleans(), max_size=12))
def test_tests_are_compared_in_fives(seen: list[bool]) -> None:
    pairs = [Pair((item(0.4),), (item(0.5),), seen=s) for s in seen]
    people = seen.count(False) // FIVE * FIVE + seen.count(True)
    assert {change.people for change in group_changes(pairs)} == ({people} if people >= FIVE else set())


# In the record


def practised(record: Record, people: int, at: datetime = MONDAY) -> None:
    """So many learners who do one exercise each; every second one marks the first mark."""
    span = FAULTY.marks[0].span
    with recording(record) as session:
        for number in range(people):
            who = join(session, f"Learner {number}")
            answer = [[span.start, span.end, "D.blame"]] if number % 2 else []
            grade = Grade(number / 10, (), {"D.blame": number / 10, "owns": 0.5})
            keep(session, who, "spot", FAULTY.id, grade, answer=answer, at=at, seconds=9)


def test_an_invitation_lets_one_person_in_once(record: Record) -> None:
    with recording(record) as session:
        old = invite(session, "Ann  Lee", MONDAY)
        code = invite(session, "ann lee", MONDAY)
    refused = [("Ann Lee", old, MONDAY), ("Bob", code, MONDAY), ("Ann Lee", code, MONDAY + VALID)]
    for name, tried, now in refused:
        with pytest.raises(RecordError, match="no invitation for"), recording(record) as session:
            accept(session, name, tried, PHRASE, now)
    for phrase in ("", "short"):
        with pytest.raises(RecordError, match="passphrase"), recording(record) as session:
            accept(session, "Ann Lee", code, phrase, MONDAY)
    with recording(record) as session:
        accept(session, "ANN LEE", f" {code.upper()} ", PHRASE, MONDAY)
        assert sign_in(session, "Ann Lee", PHRASE).name == "ann lee"
    with pytest.raises(RecordError, match="no invitation for"), recording(record) as session:
        accept(session, "Ann Lee", code, PHRASE, MONDAY)
    with pytest.raises(RecordError, match="already"), recording(record) as session:
        invite(session, "Ann Lee", MONDAY)


def test_a_set_is_done_case_by_case_and_belongs_to_those_it_was_given(record: Record) -> None:
    first, second = (case.id for case in practice_cases(CASES)[:2])
    with recording(record) as session:
        ann, bob = join(session, "Ann"), join(session, "Bob")
        join(session, "Tess", PHRASE, TRAINER)
        keep(session, ann, "spot", second, Grade(1, (), {}), answer=[], at=MONDAY - DAY, seconds=1)
        ours = make_set(session, "Two", [first, second], CASES, deadline=MONDAY + DAY, now=MONDAY)
        hers = make_set(
            session, "Hers", [first], CASES, deadline=MONDAY + 2 * DAY, now=MONDAY, names=["ann", "Ann"]
        )
        keep(session, ann, "spot", first, Grade(0, (), {}), answer=[], at=MONDAY, seconds=1)
        told = [(p.set.title, p.done, p.left) for p in sets_of(session, ann)]
        assert told == [("Two", 1, (second,)), ("Hers", 1, ())]
        assert [p.set.title for p in sets_of(session, bob)] == ["Two"]
        assert standing_of(session, ours).people == 2
        assert standing_of(session, hers).shared == ()
        remove_set(session, ours.id)
        assert [s.title for s in sets(session)] == ["Hers"]
        for ids, deadline, names, words in (
            ([first], MONDAY, (), "is over"),
            (["none"], MONDAY + DAY, (), "“none” is no case for practice"),
            ([first], MONDAY + DAY, ("Eve",), "no learner “Eve”"),
            ([], MONDAY + DAY, (), "one case or more"),
        ):
            with pytest.raises(RecordError, match=words):
                make_set(session, "X", ids, CASES, deadline=deadline, now=MONDAY, names=names)


def test_how_many_finished_a_set_is_told_in_fives_and_not_of_a_set_given_by_name(record: Record) -> None:
    with recording(record) as session:
        everybody = [join(session, f"Learner {n}") for n in range(7)]
        ours = make_set(session, "All", [FAULTY.id], CASES, deadline=MONDAY + DAY, now=MONDAY)
        some = make_set(
            session, "Some", [FAULTY.id], CASES, deadline=MONDAY + DAY, now=MONDAY,
            names=[who.name for who in everybody],
        )  # fmt: skip
        told = []
        for who in everybody:
            told.append(standing_of(session, ours).finished)
            keep(session, who, "spot", FAULTY.id, Grade(1, (), {}), answer=[], at=MONDAY, seconds=1)
        assert told == [0, 0, 0, 0, 0, 5, 5]
        assert standing_of(session, some).finished is None


def test_sharing_begins_now_and_withdrawing_hides_all_of_it(record: Record) -> None:
    with recording(record) as session:
        ann = join(session, "Ann")
        keep(session, ann, "spot", "a", Grade(0, (), {"owns": 0.0}), answer=[], at=MONDAY, seconds=1)
        assert own_figures(session) == {}
        share(session, ann, MONDAY + DAY)
        share(session, ann, MONDAY + 2 * DAY)
        assert own_figures(session) == {"Ann": {}}
        keep(session, ann, "spot", "a", Grade(1, (), {"owns": 1.0}), answer=[], at=MONDAY + DAY, seconds=1)
        assert own_figures(session) == {"Ann": {"owns": 1.0}}
        (shared,) = shared_records(session)
        assert (shared.name, shared.exercises, shared.areas["owns"].tries) == ("Ann", 1, 1)
        stop_sharing(session, ann, MONDAY + 3 * DAY)
        assert own_figures(session) == {}
        assert sharing(session).was_seen(ann.id, MONDAY + DAY)
        assert [tried.seen for tried in tries_of_team(session)] == [False, True]


def test_the_team_has_figures_and_divided_words_from_the_fifth_person_on(record: Record) -> None:
    practised(record, 4)
    with recording(record) as session:
        assert figures(tries_of_team(session), MONDAY + 7 * DAY) == ()
        assert divided(CASES, answers_of_team(session)) == ()
        tess = join(session, "Tess", PHRASE, TRAINER)
        keep(session, tess, "spot", FAULTY.id, Grade(1, (), {"owns": 1.0}), answer=[], at=MONDAY, seconds=1)
        assert figures(tries_of_team(session), MONDAY + 7 * DAY) == ()
        ann = join(session, "Ann")
        keep(session, ann, "spot", FAULTY.id, Grade(1, (), {"owns": 1.0}), answer=[], at=MONDAY, seconds=1)
        found = figures(tries_of_team(session), MONDAY + 7 * DAY)
        assert [(f.area, f.people) for f in found] == [("owns", 5)]
        assert [(p.marked, p.people) for p in divided(CASES, answers_of_team(session))] == [(2, 5)]


# The command


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A record with six learners who practised in March, and a trainer."""
    path = tmp_path / "coach.sqlite3"
    opened = open_record(str(path))
    practised(opened, 6)
    with recording(opened) as session:
        join(session, "Tess", PHRASE, TRAINER)
    opened.dispose()
    return path


def test_a_trainer_invites_sets_and_sees_and_a_learner_joins_shares_and_is_seen(run: Run, team: Path) -> None:
    def tess(*words: str) -> str:
        done = run("coach", "--record", team, "--name", "Tess", *words, stdin=f"{PHRASE}\n")
        assert done.returncode == 0, done.stderr
        return done.stdout

    code = tess("invite", "Ann").split("Passphrase: ")[-1].split()[0]
    phrases = f"{PHRASE}\n{PHRASE}\n"
    joined = run("coach", "--record", team, "join", "Ann", "--code", code, stdin=phrases)
    assert "Ann has joined as learner." in joined.stdout
    again = run("coach", "--record", team, "join", "Ann", "--code", code, stdin=phrases)
    assert (again.returncode, len(again.stderr.splitlines())) == (2, 1)
    assert FAULTY.id in run("coach", "--record", team, "set", "cases").stdout
    assert "Set 1, Blame, by " in tess("set", "new", "Blame", FAULTY.id, "--by", "2099-03-31")
    ann = ("coach", "--record", team, "--name", "Ann")
    assert "Blame: 0 of 1 done" in run(*ann, "set", "list", stdin=f"{PHRASE}\n").stdout
    assert "Ann" not in tess("team")
    assert "since you share it" in run(*ann, "share", "--with-trainer", stdin=f"{PHRASE}\n").stdout
    seen = tess("team")
    assert "Ann: nothing was practised since" in seen
    assert "6 people" in seen
    assert "Learner" not in seen
    assert "is private" in run(*ann, "share", "--stop", stdin=f"{PHRASE}\n").stdout
    assert "Ann" not in tess("team")


def test_figures_are_exported_and_drawn(run: Run, team: Path, tmp_path: Path) -> None:
    def tess(*words: str | Path) -> str:
        done = run("coach", "--record", team, "--name", "Tess", *words, stdin=f"{PHRASE}\n")
        assert done.returncode == 0, done.stderr
        return done.stdout

    table, lines, plot = (tmp_path / name for name in ("team.csv", "divided.jsonl", "team.svg"))
    tess("export", "team", table)
    with table.open(encoding="utf8") as file:
        rows = {row["area"]: row for row in csv.DictReader(file)}
    assert (rows["owns"]["people"], rows["owns"]["mean"]) == ("6", "0.5")
    assert set(rows) == {"defensiveness", "owns"}
    tess("export", "divided", lines)
    (passage,) = [json.loads(line) for line in lines.read_text("utf8").splitlines()]
    mark = FAULTY.marks[0]
    assert (passage["words"], passage["type"]) == (FAULTY.words(mark.span), mark.type)
    assert (passage["marked"], passage["people"]) == (2, 5)
    assert FAULTY.words(mark.span)[:20] in " ".join(tess("divided").split())
    tess("team", "--plot", plot)
    drawn = plot.read_text("utf8")
    assert drawn.startswith("<svg")
    assert "var(--" not in drawn


def test_a_learner_and_a_stranger_see_nothing_of_the_team(run: Run, team: Path, tmp_path: Path) -> None:
    for words in (("team",), ("divided",), ("invite", "Eve"), ("export", "team", tmp_path / "t.csv")):
        for name, told in (("Learner 1", "is no trainer"), ("Eve", "no learner “Eve”")):
            done = run("coach", "--record", team, "--name", name, *words, stdin="\n")
            assert done.returncode == 2
            assert told in done.stderr
            assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "t.csv").exists()


def test_four_learners_have_no_figures_but_clear_words(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "coach.sqlite3"
    opened = open_record(str(path))
    practised(opened, 4)
    with recording(opened) as session:
        join(session, "Tess", PHRASE, TRAINER)
        assert learner_named(session, "Learner 3") is not None
    opened.dispose()
    done = run("coach", "--record", path, "--name", "Tess", "team", stdin=f"{PHRASE}\n")
    told = " ".join(done.stdout.split())
    assert "Figures come from five people up" in told
    assert "Five people or more who have taken the test twice are needed" in told
    assert "of a hundred [" not in told
    shown = run("coach", "--record", path, "--name", "Tess", "divided", stdin=f"{PHRASE}\n").stdout
    assert "no case that five people have done divides them" in " ".join(shown.split())
