"""A backup holds the whole record, and brings all of it back or changes nothing."""

from __future__ import annotations

import json
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tonecheck.coach import reviewing
from tonecheck.coach.backup import back_up, restore
from tonecheck.coach.case import Mark
from tonecheck.coach.grade import Grade
from tonecheck.coach.importing import Exchange
from tonecheck.coach.inviting import invite
from tonecheck.coach.learners import TRAINER, join, learner_named, learners, sign_in
from tonecheck.coach.own_mail import keep_own
from tonecheck.coach.progress import keep, start_take
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.removing import Cut
from tonecheck.coach.session import practice_cases
from tonecheck.coach.sets import make_set
from tonecheck.coach.sharing import share
from tonecheck.coach.store import REVISION, Record, open_record, recording
from tonecheck.coach.tables import Attempt, Table
from tonecheck.coach.team_cases import team_cases
from tonecheck.errors import RecordError
from tonecheck.report import Severity, Span

pytest_plugins = ("records",)  # the fixtures record and postgresql

NOW = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)
CASES = built_in_cases()
PHRASE = "four plain short words"


def filled(record: Record, text: str = "Dear Zoë, “sorry” \U0001f600\n") -> None:
    """Something in every table of the team."""
    with recording(record) as session:
        ann = join(session, "Ann")
        join(session, "Tess", PHRASE, TRAINER)
        take = start_take(session, ann, "A", NOW)
        keep(
            session,
            ann,
            "spot",
            "one",
            Grade(0.1, (), {"owns": 1 / 3}),
            answer=[],
            at=NOW,
            seconds=1,
            take=take,
        )
        keep(session, ann, "rewrite", "two", Grade(1, (), {"owns": 0.0}), answer=text, at=NOW, seconds=0.1)
        case = practice_cases(CASES)[0].id
        make_set(session, "Set", [case], CASES, deadline=NOW + timedelta(1), now=NOW, names=["Ann"])
        invite(session, "Bob", NOW)
        share(session, ann, NOW)
        keep_own(session, ann, {"E.system": 3, "X.vague": 1})
    with_team_cases(record)


def with_team_cases(record: Record) -> None:
    """One case to review, one cleared, one marked and one rejected."""
    sent = [
        Exchange(
            f"{n:02}",
            f"Ann’s pump {n} leaks",
            f"Dear Ann,\n\nnot us {n}",
            (Cut(Span(0, 3), "Kim", "name"),),
            (),
        )
        for n in range(4)
    ]
    marks = [Mark(Span(11, 17), "D.deny", Severity.CLEAR, "It is theirs “too”.")]
    with recording(record) as session:
        tess = learner_named(session, "Tess")
        assert tess is not None
        reviewing.add(session, tess, sent, "pumps")
        ids = [case.id for case in reviewing.seen_by(session, tess)]
        for number in ids[1:3]:
            reviewing.clear(session, tess, number, 1, (marks, ["when"], ["owns"]))
        reviewing.mark(session, tess, ids[2], 2, marks, ["owns"], ["It was us.\n\nTess"])
        reviewing.reject(session, tess, ids[3], 1)


def held(record: Record) -> dict[str, list[tuple[Any, ...]]]:
    """All that the record holds."""
    with record.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Table.metadata.sorted_tables
        }


def new(folder: Path, name: str = "new.sqlite3") -> Record:
    return open_record(str(folder / name))


def test_a_backup_of_either_kind_comes_back_in_the_other(
    record: Record, tmp_path: Path, postgresql: str
) -> None:
    filled(record)
    before = held(record)
    file = tmp_path / "kept.zip"
    assert back_up(record, file) == sum(map(len, before.values())) > 8
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert all(before.values())
    other = new(tmp_path) if record.dialect.name == "postgresql" else open_record(postgresql)
    assert restore(other, file, replace=True) == sum(map(len, before.values()))
    assert held(other) == before
    with recording(other) as session:
        tess = sign_in(session, "Tess", PHRASE)
        assert tess.role == TRAINER
        assert [(case.client, case.state) for case in reviewing.seen_by(session, tess)] == [
            ("Kim’s pump 0 leaks", "to review"), ("Kim’s pump 1 leaks", "cleared"), ("Kim’s pump 2 leaks", "marked")
        ]  # fmt: skip
        assert [case.good for case in team_cases(session)] == [("It was us.\n\nTess",)]
        assert reviewing.add(session, tess, [Exchange("03", "back?", "no", (), ())], "pumps") == 0
        assert reviewing.add(session, tess, [Exchange("09", "new", "yes", (), ())], "pumps") == 1
        assert join(session, "Cay").id > max(row[0] for row in before["learners"])
    other.dispose()


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
answers = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Record, Record, Path]]:
    """Two records, made once, and a folder for their backups."""
    folder = tmp_path_factory.mktemp("two")
    pair = new(folder, "first"), new(folder, "second")
    yield (*pair, folder)
    for one in pair:
        one.dispose()


def emptied(record: Record) -> None:
    with record.begin() as connection:
        for table in reversed(Table.metadata.sorted_tables):
            connection.execute(table.delete())


@given(st.lists(st.tuples(answers, st.floats(0, 1), st.datetimes(timezones=st.just(UTC))), max_size=8))
def test_whatever_was_kept_comes_back_as_it_was(
    two: tuple[Record, Record, Path], rows: list[tuple[Any, float, datetime]]
) -> None:
    first, second, folder = two
    emptied(first)
    with recording(first) as session:
        ann = join(session, "Ann")
        for answer, score, at in rows:
            session.add(
                Attempt(
                    learner=ann.id, take=None, exercise="rewrite", case="x", at=at, seconds=score,
                    score=score, answer=answer, skills={"owns": score},
                )
            )  # fmt: skip
    file = folder / "kept.zip"
    file.unlink(missing_ok=True)
    back_up(first, file)
    restore(second, file, replace=True)
    assert held(second) == held(first)


def test_a_record_that_holds_something_is_left_alone_unless_told(record: Record, tmp_path: Path) -> None:
    filled(record)
    file = tmp_path / "kept.zip"
    back_up(record, file)
    with recording(record) as session:
        join(session, "Cay")
    before = held(record)
    with pytest.raises(RecordError, match=r"holds a record already.*--replace"):
        restore(record, file)
    assert held(record) == before
    restore(record, file, replace=True)
    with recording(record) as session:
        assert [learner.name for learner in learners(session)] == ["Ann", "Tess"]


def rewritten(change: Callable[[dict[str, bytes]], None], file: Path, folder: Path) -> Path:
    """A copy of the backup with other contents, in a zip that is whole."""
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    change(held)
    copy = folder / "changed.zip"
    with zipfile.ZipFile(copy, "w") as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return copy


def newer(held: dict[str, bytes]) -> None:
    held["manifest.json"] = held["manifest.json"].replace(f'"{REVISION}"'.encode(), b'"9999"')


def one_word_less(held: dict[str, bytes]) -> None:
    held["learners.jsonl"] = held["learners.jsonl"].replace(b"Tess", b"Bess")


def one_table_less(held: dict[str, bytes]) -> None:
    del held["attempts.jsonl"]


def no_manifest(held: dict[str, bytes]) -> None:
    del held["manifest.json"]


def something_else(held: dict[str, bytes]) -> None:
    held["manifest.json"] = b"[1, 2]"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (newer, r"written by a newer tonecheck \(layout 9999, here .*update tonecheck"),
        (one_word_less, "damaged"),
        (one_table_less, "damaged"),
        (no_manifest, "damaged"),
        (something_else, "damaged"),
    ],
)
def test_a_backup_that_is_newer_or_damaged_changes_nothing(
    change: Callable[[dict[str, bytes]], None], told: str, record: Record, tmp_path: Path
) -> None:
    filled(record)
    file = tmp_path / "kept.zip"
    back_up(record, file)
    before = held(record)
    with pytest.raises(RecordError, match=told) as error:
        restore(record, rewritten(change, file, tmp_path), replace=True)
    assert "\n" not in str(error.value)
    assert held(record) == before


@pytest.fixture(scope="module")
def whole(two: tuple[Record, Record, Path]) -> tuple[dict[str, list[tuple[Any, ...]]], bytes]:
    """What a record holds, and the bytes of its backup."""
    first, _, folder = two
    emptied(first)
    filled(first)
    back_up(first, folder / "whole.zip")
    return held(first), (folder / "whole.zip").read_bytes()


@given(st.data())
def test_a_file_that_was_cut_or_has_a_wrong_byte_never_leaves_half_a_record(
    two: tuple[Record, Record, Path],
    whole: tuple[dict[str, list[tuple[Any, ...]]], bytes],
    data: st.DataObject,
) -> None:
    _, second, folder = two
    before, good = whole
    emptied(second)
    at = data.draw(st.integers(0, len(good) - 1))
    bad = data.draw(st.sampled_from([good[:at], good[:at] + bytes([good[at] ^ 0x55]) + good[at + 1 :]]))
    (folder / "bad.zip").write_bytes(bad)
    try:
        restore(second, folder / "bad.zip")
    except RecordError:
        assert not any(held(second).values())
    else:
        assert held(second) == before  # a byte that says nothing, such as a date in the zip


def test_a_row_that_does_not_fit_takes_all_others_back(record: Record, tmp_path: Path) -> None:
    import hashlib

    def orphaned(held: dict[str, bytes]) -> None:
        held["attempts.jsonl"] = held["attempts.jsonl"].replace(b'"learner": ', b'"learner": 77')
        manifest = json.loads(held["manifest.json"])
        manifest["tables"]["attempts"]["sha256"] = hashlib.sha256(held["attempts.jsonl"]).hexdigest()
        held["manifest.json"] = json.dumps(manifest).encode()

    filled(record)
    file = tmp_path / "kept.zip"
    back_up(record, file)
    before = held(record)
    with pytest.raises(RecordError):
        restore(record, rewritten(orphaned, file, tmp_path), replace=True)
    assert held(record) == before


def test_a_backup_is_of_one_moment_while_others_write(record: Record, tmp_path: Path) -> None:
    from threading import Event, Thread

    filled(record)
    stop = Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with recording(record) as session:
                who = join(session, f"Learner {number}")
                keep(session, who, "spot", "x", Grade(1, (), {"owns": 1.0}), answer=[], at=NOW, seconds=1)

    writer = Thread(target=write)
    writer.start()
    try:
        for number in range(4):
            back_up(record, tmp_path / f"{number}.zip")
    finally:
        stop.set()
        writer.join()
    for number in range(4):
        other = new(tmp_path, f"{number}.sqlite3")
        restore(other, tmp_path / f"{number}.zip")
        found = held(other)
        assert len(found["attempts"]) - 2 == len(found["learners"]) - 2 == len(found["skills"]) - 1
        other.dispose()


# The command


def test_the_command_backs_up_and_restores_and_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    path, again, file = (tmp_path / name for name in ("a.sqlite3", "b.sqlite3", "kept.zip"))
    opened = open_record(str(path))
    filled(opened)
    assert "rows in" in run("coach", "--record", path, "backup", file).stdout
    assert "rows are back" in run("coach", "--record", again, "restore", file).stdout
    brought = open_record(str(again))
    assert held(brought) == held(opened)
    for engine in (opened, brought):
        engine.dispose()
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ann", "utf8")
    for words, told in (
        (("backup", file), "is there already"),
        (("backup", tmp_path / "none" / "x.zip"), "cannot be written: No such file"),
        (("restore", file), "holds a record already"),
        (("restore", letter), "letter.txt: damaged, or no backup"),
        (("restore", tmp_path / "none.zip"), "cannot be read: No such file"),
    ):
        done = run("coach", "--record", path, *words)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert told in done.stderr
    assert not list(tmp_path.glob(".kept*"))
    assert "rows are back" in run("coach", "--record", path, "restore", file, "--replace").stdout


def test_a_disk_that_is_full_leaves_no_half_backup(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    opened = open_record(str(path))
    filled(opened)
    opened.dispose()
    done = run("coach", "--record", path, "backup", "/dev/full/x.zip")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "cannot be written" in done.stderr


def test_a_record_that_is_locked_is_not_restored_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonecheck.coach.store.PATIENCE", 0.1)
    path, file = tmp_path / "a.sqlite3", tmp_path / "kept.zip"
    opened = open_record(str(path))
    filled(opened)
    before = held(opened)
    back_up(opened, file)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RecordError, match="locked: somebody else is writing"):
        restore(opened, file, replace=True)
    other.rollback()
    other.close()
    assert held(opened) == before
    opened.dispose()
