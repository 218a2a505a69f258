"""The training record keeps what was done, for several people, and says plainly what is wrong."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Run
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from tonecheck.coach.grade import Grade
from tonecheck.coach.learners import TRAINER, join, learner_named, learners, sign_in
from tonecheck.coach.progress import (
    attempts_of,
    due_of,
    finish_take,
    keep,
    past_of,
    start_take,
    takes_of,
    unfinished_take,
)
from tonecheck.coach.store import REVISION, Record, open_record, recording
from tonecheck.coach.tables import Table
from tonecheck.errors import RecordError

pytest_plugins = ("records",)  # the fixtures record and postgresql
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
GRADE = Grade(0.7, (), {"D.blame": 1.0, "owns": 0.2})
PHRASE = "four plain short words"


def test_what_was_done_is_kept_and_moves_the_dates_of_its_skills_on(record: Record) -> None:
    with recording(record) as session:
        ann, bob = join(session, "Ann"), join(session, "Bob")
        answer = [[0, 5, "D.blame"]]
        keep(session, ann, "spot", "late-cake", GRADE, answer=answer, at=NOW, seconds=31.5)
    with recording(record) as session:
        (attempt,) = attempts_of(session, ann)
        assert (attempt.answer, attempt.score, attempt.seconds, attempt.at) == (answer, 0.7, 31.5, NOW)
        (past,) = past_of(session, ann)
        assert (past.exercise, past.case, past.skills) == ("spot", "late-cake", GRADE.skills)
        due = due_of(session, ann)
        assert set(due) == set(GRADE.skills)
        assert due["D.blame"] > due["owns"] >= NOW + timedelta(days=1)
        assert past_of(session, bob) == ()
        assert due_of(session, bob) == {}


def test_a_second_try_goes_on_from_the_first(record: Record) -> None:
    with recording(record) as session:
        ann = join(session, "Ann")
        keep(session, ann, "spot", "one", Grade(1, (), {"D.blame": 1.0}), answer=[], at=NOW, seconds=1)
        first = due_of(session, ann)["D.blame"]
        keep(session, ann, "spot", "two", Grade(1, (), {"D.blame": 1.0}), answer=[], at=first, seconds=1)
        assert due_of(session, ann)["D.blame"] - first > first - NOW


def test_a_test_moves_no_dates_and_is_no_practice_and_can_be_broken_off(record: Record) -> None:
    with recording(record) as session:
        ann = join(session, "Ann")
        take = start_take(session, ann, "A", NOW)
        keep(session, ann, "spot", "one", GRADE, answer=[], at=NOW, seconds=1, take=take)
    with recording(record) as session:
        assert past_of(session, ann) == ()
        assert due_of(session, ann) == {}
        assert takes_of(session, ann) == []
        going = unfinished_take(session, ann)
        assert going is not None
        assert [a.case for a in attempts_of(session, ann, going)] == ["one"]
        finish_take(session, going, NOW + timedelta(minutes=9))
    with recording(record) as session:
        assert [take.form for take in takes_of(session, ann)] == ["A"]
        assert unfinished_take(session, ann) is None


def test_a_step_that_fails_leaves_nothing_behind(record: Record) -> None:
    with recording(record) as session:
        ann = join(session, "Ann")

    def kept_and_failed(session: Session) -> None:
        keep(session, ann, "spot", "one", GRADE, answer=[], at=NOW, seconds=1)
        join(session, "Ann")

    with pytest.raises(RecordError, match="already"), recording(record) as session:
        kept_and_failed(session)
    with recording(record) as session:
        assert past_of(session, ann) == ()
        assert due_of(session, ann) == {}


def test_whoever_leaves_takes_all_their_rows_along(record: Record) -> None:
    with recording(record) as session:
        ann = join(session, "Ann")
        keep(session, ann, "spot", "one", GRADE, answer=[], at=NOW, seconds=1)
    with recording(record) as session:
        session.delete(session.merge(ann))
    with record.connect() as connection:
        for table in ("learners", "attempts", "skills", "takes"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_the_right_passphrase_lets_in_and_no_other(record: Record) -> None:
    with recording(record) as session:
        join(session, "Zoë  Ørsted", PHRASE, TRAINER)
    with recording(record) as session:
        assert sign_in(session, "zoë ørsted", PHRASE).role == TRAINER
        for name, phrase in (("Zoë Ørsted", "wrong words here"), ("Zoë Ørsted", None), ("Nobody", PHRASE)):
            with pytest.raises(RecordError, match=r"no learner “.*” with this passphrase"):
                sign_in(session, name, phrase)
        secret = learners(session)[0].secret
        assert secret is not None
        assert secret.startswith("$argon2id$")
        assert PHRASE not in secret


def test_a_passphrase_is_the_same_however_the_keyboard_composes_it(record: Record) -> None:
    with recording(record) as session:
        join(session, "Ann", "cafe\u0301 au lait")
        assert sign_in(session, "ANN", "caf\u00e9 au lait").name == "Ann"


@pytest.mark.parametrize(
    ("name", "phrase", "role", "told"),
    [
        ("ann", None, "learner", "“ann” is in the record already"),
        ("  ", None, "learner", "a name has 1 to 80 characters"),
        ("x" * 81, None, "learner", "a name has 1 to 80 characters"),
        ("Bob", "short", "learner", "at least 8 characters"),
        ("Bob", None, "trainer", "a trainer needs a passphrase"),
        ("Bob", None, "boss", "“boss” is no role"),
    ],
)
def test_joining_is_refused_with_its_reason(
    record: Record, name: str, phrase: str | None, role: str, told: str
) -> None:
    with recording(record) as session:
        join(session, "Ann")
    with pytest.raises(RecordError, match=told), recording(record) as session:
        join(session, name, phrase, role)
    with recording(record) as session:
        assert [learner.name for learner in learners(session)] == ["Ann"]
        assert learner_named(session, "Ann") is not None


def test_the_migrations_make_the_tables_that_the_code_knows(record: Record) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with record.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == REVISION
        assert compare_metadata(context, Table.metadata) == []


def test_the_newest_step_is_the_one_the_code_expects() -> None:
    from alembic.script import ScriptDirectory

    import tonecheck.coach.store as store

    folder = Path(store.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == REVISION


def test_a_new_file_is_readable_by_its_owner_only_and_is_opened_again_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "coach.sqlite3"
    first = open_record(str(path))
    with recording(first) as session:
        join(session, "Ann")
    first.dispose()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = open_record(str(path))
    with recording(again) as session:
        assert [learner.name for learner in learners(session)] == ["Ann"]
    again.dispose()


def test_several_that_open_a_new_record_at_once_all_can(tmp_path: Path) -> None:
    path = str(tmp_path / "coach.sqlite3")
    code = (
        "import sys; from concurrent.futures import ThreadPoolExecutor\n"
        "from tonecheck.coach.learners import join\n"
        "from tonecheck.coach.store import open_record, recording\n"
        "def add(name):\n"
        "    with recording(open_record(sys.argv[1])) as session: join(session, name)\n"
        "with ThreadPoolExecutor(3) as pool: list(pool.map(add, sys.argv[2:]))"
    )
    names = [f"Learner {number}" for number in range(6)]
    halves = [[sys.executable, "-c", code, path, *half] for half in (names[:3], names[3:])]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for command in halves]
    assert [process.communicate(timeout=300)[1] for process in started] == ["", ""]
    opened = open_record(path)
    with recording(opened) as session:
        assert sorted(learner.name for learner in learners(session)) == names
    opened.dispose()


def test_a_record_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "coach.sqlite3"
    open_record(str(path)).dispose()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    before = path.read_bytes()
    with pytest.raises(
        RecordError, match=r"written by a newer tonecheck \(layout 9999, here .*update tonecheck"
    ):
        open_record(str(path))
    assert path.read_bytes() == before


def test_somebody_elses_database_and_a_file_that_is_none_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite3"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE songs (name)")
    database.close()
    with pytest.raises(RecordError, match="holds tables of something else"):
        open_record(str(other))
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ann, this is long enough to be no database at all.\n" * 40, "utf8")
    with pytest.raises(RecordError, match="this file is no training record"):
        open_record(str(letter))
    assert letter.read_text("utf8").startswith("Dear Ann")


def test_a_locked_record_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tonecheck.coach.store.PATIENCE", 0.1)
    path = tmp_path / "coach.sqlite3"
    opened = open_record(str(path))
    other = sqlite3.connect(path)
    other.execute("BEGIN EXCLUSIVE")
    told = r"coach\.sqlite3: .*locked: somebody else is writing"
    with pytest.raises(RecordError, match=told), recording(opened) as session:
        join(session, "Ann")
    other.rollback()
    other.close()
    with recording(opened) as session:
        join(session, "Ann")
    opened.dispose()


def test_a_full_disk_says_so_and_keeps_what_was_there(tmp_path: Path) -> None:
    path = str(tmp_path / "coach.sqlite3")
    opened = open_record(path)
    with recording(opened) as session:
        ann = join(session, "Ann")
        pages = session.execute(text("PRAGMA page_count")).scalar()
    opened.dispose()
    full = open_record(path)
    full.dispose()
    event.listen(full, "connect", lambda c, _: c.execute(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(RecordError, match="full: the disk is full"), recording(full) as session:
        keep(session, ann, "rewrite", "one", GRADE, answer="x" * 100_000, at=NOW, seconds=1)
    with recording(full) as session:
        assert past_of(session, ann) == ()
        assert [learner.name for learner in learners(session)] == ["Ann"]
    full.dispose()


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("mysql://coach@here/x", "mysql://…: not a kind of record that is known"),
        ("postgresql://coach:secret@/none?host=/nowhere", "postgresql:///none?host=/nowhere: "),
        ("postgresql://coach@here:port/x", "not a database's address"),
    ],
)
def test_a_wrong_address_is_told_without_its_passphrase(place: str, told: str) -> None:
    with pytest.raises(RecordError) as error:
        open_record(place)
    assert told in str(error.value)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


def test_the_command_keeps_its_record_in_postgresql(run: Run, postgresql: str) -> None:
    done = run("coach", "--record", postgresql, "--name", "Cay", "--plain", stdin="y\n\n\n")
    assert done.returncode == 0, done.stderr
    assert "1 exercise in 0 minutes, Cay. Your record is kept." in done.stdout
    again = run("coach", "--record", postgresql, "--name", "Cay", "progress")
    assert "1 exercise on 1 day, 1 skill tried." in again.stdout
