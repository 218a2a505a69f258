"""The faults of one's own mail are practised, if one allows it, and no word of the mail is kept."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from conftest import Run
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.coach.choosing import next_for
from tonecheck.coach.grade import FAIR
from tonecheck.coach.learners import join
from tonecheck.coach.own_mail import faults_in, forget_own, keep_own, own_faults
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.store import Record, recording
from tonecheck.coach.tables import Skill
from tonecheck.report import MOVES, TYPES

pytest_plugins = ("records",)  # the fixtures record and postgresql

CASES = built_in_cases()
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
rows = st.lists(
    st.fixed_dictionaries(
        {"findings": st.lists(st.fixed_dictionaries({"type": st.sampled_from(TYPES)}), max_size=4)},
        optional={"error": st.just("broken"), "sender": st.sampled_from(["ann@a.example", "Bo@a.example"])},
    ),
    max_size=12,
)


@given(rows)
def test_each_mail_counts_once_for_a_type_and_everybodys_mail_is_somebodys(
    rows: list[dict[str, object]],
) -> None:
    found, mails = faults_in(rows)
    assert all(count <= mails for count in found.values())
    named = [faults_in(rows, who) for who in ("Ann@a.example", "bo@a.example", "cy@a.example")]
    assert sum(count for _, count in named) == sum("sender" in row and "error" not in row for row in rows)
    assert named[2] == ({}, 0)


def test_what_ones_own_mail_shows_comes_next_until_it_is_forgotten(record: Record) -> None:
    with recording(record) as session:
        ann, bo = join(session, "Ann"), join(session, "Bo")
        for who in (ann, bo):  # all was practised, nothing is due
            session.add_all(
                Skill(learner=who.id, skill=skill, card="", due=NOW + timedelta(9))
                for skill in (*TYPES, *MOVES, FAIR)
            )
        keep_own(session, ann, {"D.edge": 2})
        keep_own(session, ann, {"X.jargon": 9, "E.system": 4, "D.blame": 1, "D.edge": 3})
        assert [fault.type for fault in own_faults(session, ann)] == ["X.jargon", "E.system", "D.edge"]
        assert not own_faults(session, bo)
        task = next_for(session, ann, CASES, NOW, started=NOW, left=300)
        assert task is not None
        assert task.skill == "X.jargon"
        forget_own(session, ann)
        assert not own_faults(session, ann)


def test_the_command_counts_a_scan_and_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    mail = "From: Ann <ann@acme.example>\nTo: Kim <kim@bakery.example>\nSubject: Oven\n\nDear Kim,\n\nour supplier let us down, so there is nothing that we can do for you about the oven that you bought.\n"
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent" / "one.eml").write_text(mail, "utf8")
    scan, record = tmp_path / "reports.jsonl", tmp_path / "coach.sqlite3"
    done = run("scan", tmp_path / "sent", "--own-domain", "acme.example", "--output", scan, "--jobs", "1")
    assert done.returncode == 0, done.stderr
    own = ("coach", "--record", record, "--name", "Ann", "own")
    told = run(*own, scan, stdin="y\n\n").stdout
    assert "1 mail counted." in told
    kind = json.loads(scan.read_text("utf8"))["findings"][0]["type"]
    assert f"{kind}: in 1 mail" in told
    with sqlite3.connect(record) as database:
        assert (kind, 1) in database.execute("SELECT type, mails FROM own_faults").fetchall()
        assert not any("supplier" in line for line in database.iterdump())
    database.close()
    wrong = run(*own, scan, "--sender", "bo@acme.example")
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
    assert "--with-senders" in wrong.stderr
    assert "Nothing of your own mail is kept." in run(*own, "--forget").stdout
