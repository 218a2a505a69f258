"""A scan summed up: the numbers are those of the rows, and nobody can be picked out."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from statistics import mean
from typing import Any

import pyarrow as pa
import pytest
from boxes import OWN, complaint, mbox, reply
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tonecheck.report import FAULTS, TYPES
from tonecheck.scan.columns import arrow_schema
from tonecheck.scan.page import render_page
from tonecheck.scan.summary import FEWEST, summed_up
from tonecheck.scan.tally import Tally

START = datetime(2026, 1, 5, tzinfo=UTC)


def row(
    day: int, scores: tuple[int, int, int] | None = (0, 0, 0), kinds: tuple[str, ...] = (), **more: object
) -> dict[str, Any]:
    """A row as a scan writes it: sent on that day, with a finding of each kind."""
    findings = [
        {"fault": "doublespeak", "type": k, "text": f"{k} words", "start": 0, "end": 4} for k in kinds
    ]
    said = None if scores is None else list(scores)
    return {
        "id": f"<{day}>",
        "sent": (START + timedelta(days=day)).isoformat(),
        "scores": dict(zip(FAULTS, said or [None] * 3, strict=True)),
        "findings": findings,
        "moves": {},
        "missing": ["owns"],
        "text": "",
        **more,
    }


rows = st.lists(
    st.builds(
        row,
        st.integers(0, 60),
        st.none() | st.tuples(*[st.integers(0, 100)] * 3),
        st.lists(st.sampled_from(TYPES), max_size=3).map(tuple),
        team=st.sampled_from([None, "pumps", "bills"]),
        writer=st.sampled_from("abcdefgh"),
        sender=st.sampled_from(["jo@acme.example", "lee@acme.example"]),
        waited_hours=st.none() | st.floats(0, 500),
    ),
    max_size=40,
)


@given(rows)
def test_the_numbers_are_those_of_the_rows(made: list[dict[str, Any]]) -> None:
    found = summed_up(Tally(made), senders=True)
    judged = [r for r in made if r["scores"]["excuses"] is not None]
    assert (found.mails, found.judged) == (len(made), len(judged))
    for number, fault in enumerate(FAULTS):
        if judged:
            assert found.scores[number] == pytest.approx(mean(r["scores"][fault] for r in judged), abs=0.06)
    assert sum(kind.findings for kind in found.kinds) == sum(len(r["findings"]) for r in judged)
    assert sum(count for _, count in found.hours) == sum(r["waited_hours"] is not None for r in made)
    for sender in found.senders:
        theirs = [r["scores"]["excuses"] for r in judged if r["sender"] == sender.name]
        assert sender.mails == len(theirs)
        assert sender.scores[1] == pytest.approx(mean(theirs), abs=0.06)


@given(rows)
def test_groups_under_five_are_hidden_and_counted(made: list[dict[str, Any]]) -> None:
    found = summed_up(Tally(made), senders=True)
    judged = [r for r in made if r["scores"]["excuses"] is not None]
    assert all(group.mails >= FEWEST for group in (*found.weeks, *found.teams, *found.senders))
    for team in found.teams:
        assert len({r["writer"] for r in judged if r["team"] == team.name}) >= FEWEST
    teams = {r["team"] for r in judged} - {None}
    assert len(found.teams) + found.hidden.get("team", 0) == len(teams)
    assert summed_up(Tally(made)).senders == ()
    said = [f["text"].casefold() for r in made for f in r["findings"]]
    assert all(said.count(wording.words) >= FEWEST for wording in found.words)


@settings(max_examples=3)
@given(rows)
def test_any_scan_gives_a_page_that_needs_nothing_from_outside(made: list[dict[str, Any]]) -> None:
    page = render_page(summed_up(Tally(made), senders=True, date="2026-02-01"), "<b>sent</b> & more")
    assert "&lt;b&gt;sent&lt;/b&gt; &amp; more" in page
    assert not re.search(r"https?://|<script|<link|@import|url\((?!#)", page)
    HTMLParser().feed(page)


def test_a_thread_that_cools_down_is_named_with_its_signs() -> None:
    made = [
        row(0, (0, 0, 10), thread="<cold>", client_tone=0.4, waited_hours=2.0),
        row(3, (0, 0, 60), thread="<cold>", client_tone=-0.3, waited_hours=40.0),
        row(0, (0, 0, 60), thread="<warm>", client_tone=-0.4, waited_hours=30.0),
        row(3, (0, 0, 10), thread="<warm>", client_tone=0.3, waited_hours=2.0),
        row(0, (0, 0, 90), thread="<one>", client_tone=-0.9, waited_hours=99.0),
    ]
    (thread,) = summed_up(Tally(made)).cooling
    assert thread.thread == "<cold>"
    assert thread.signs == (
        "the client's words: +0.40 to -0.30",
        "hours to answer: 2 to 40",
        "the highest score: 10 to 60",
    )


def test_before_and_after_a_day_are_compared_with_an_interval() -> None:
    made = [row(day, (0, 0, 60 + day % 3)) for day in range(20)] + [
        row(day, (0, 0, 20)) for day in range(20, 40)
    ]
    changes = summed_up(Tally(made), date=f"{START + timedelta(days=20):%Y-%m-%d}").changes
    change = next(c for c in changes if c.measure == "doublespeak")
    assert (change.before, change.after) == (61.0, 20.0)
    assert change.low < -41 < change.high < 0


def test_the_real_report_on_a_real_scan(run: Run, tmp_path: Path) -> None:
    sent = mbox(tmp_path / "Sent", [reply(number) for number in range(7)])
    inbox = mbox(tmp_path / "Inbox", [complaint(number) for number in range(7)])
    output, page = tmp_path / "scan.parquet", tmp_path / "page.html"
    assert (
        run("scan", sent, inbox, *OWN, "--output", output, "--write-baseline", "known.json").returncode == 0
    )
    assert parquet.read_schema(output) == arrow_schema()
    done = run("report", output, "--html", page, "--format", "csv")
    assert done.returncode == 0, done.stderr
    table = {tuple(line[:3]): line[3] for line in csv.reader(io.StringIO(done.stdout))}
    assert table["all", "", "mails"] == "7"
    assert table["all", "", "median_hours"] == "2.0"
    assert int(table["words", "our supplier let us down", "E.thirdparty"]) == 7
    assert "our supplier let us down" in page.read_text("utf8")
    told = run("report", output).stdout
    assert "7 mails, 7 judged" in told
    assert "keeps no senders; scan with --with-senders" in run("report", output, "--by-sender").stderr
    known = run("scan", sent, inbox, *OWN, "--baseline", "known.json", "--output", "new.jsonl")
    assert known.returncode == 0, known.stderr
    summary = json.loads(run("report", "new.jsonl", "--format", "json").stdout)
    assert (summary["judged"], summary["kinds"], summary["scores"]) == (7, [], [0.0, 0.0, 0.0])


def test_what_is_no_scan_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "other.jsonl").write_text('{"a": 1}\n', "utf8")
    (tmp_path / "empty.jsonl").write_text("", "utf8")
    parquet.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    for name, told in {
        "other.jsonl": "other.jsonl:1: not a row of a scan; make one with tonecheck scan",
        "empty.jsonl": "empty.jsonl: holds no mail; make a scan with tonecheck scan",
        "other.parquet": "other.parquet: not a scan; its columns are a",
        "none.jsonl": "none.jsonl: no such file; check the path",
        "none.parquet": "none.parquet: cannot be read",
    }.items():
        done = run("report", tmp_path / name)
        assert done.returncode == 2
        assert told in done.stderr
        assert "Traceback" not in done.stderr
