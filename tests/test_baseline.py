"""A baseline: what was there when a team began counts no more, what is new does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.baseline import Baseline, mark_of, only_new
from tonecheck.checker import Checker
from tonecheck.mail.draft import draft_of

BAD = "Apparently the pump is not working. Unfortunately our supplier let us down, so there is nothing we can do.\n"
NEW = "As we already told you twice, you should have read the manual before you complained to us.\n"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "reply.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(BAD, "utf8")
    return path


def test_what_the_baseline_knows_counts_no_more_and_what_is_new_does(run: Run, draft: Path) -> None:
    over = ("--fail-over", "0")
    assert run("check", draft, *over).returncode == 1
    noted = run("check", draft, *over, "--write-baseline", "known.json")
    assert noted.returncode == 0, noted.stderr
    assert "pump" not in (draft.parent / "known.json").read_text("utf8")
    known = run("check", "reply.txt", *over, "--baseline", "known.json", "--format", "json")
    assert known.returncode == 0, known.stdout
    assert json.loads(known.stdout)["findings"] == []
    draft.write_text(f"Hello Ann,\n\n{NEW}\n{BAD.replace(' so', chr(10) + 'so')}", "utf8")
    again = run("check", draft, *over, "--baseline", "known.json", "--format", "json")
    assert again.returncode == 1
    found = json.loads(again.stdout)["findings"]
    assert found
    assert all(finding["text"] in NEW for finding in found)


def test_a_baseline_that_is_none_is_named(run: Run, draft: Path) -> None:
    for text in ("{}", "[1]", "no json", '{"kind": "tonecheck baseline", "findings": {"a": "b"}}'):
        (draft.parent / "known.json").write_text(text, "utf8")
        done = run("check", draft, "--baseline", "known.json")
        assert done.returncode == 2
        assert (
            done.stderr
            == "tonecheck: known.json: not a baseline of tonecheck; write one with --write-baseline\n"
        )
    assert "no-such.json: cannot be read" in run("check", draft, "--baseline", "no-such.json").stderr


@given(st.integers(0, 4), st.integers(0, 4))
def test_as_many_are_known_as_were_there(checker: Checker, before: int, now: int) -> None:
    text = "We sent the pump on Monday and it will be with you on Friday at the latest, I promise.\n\n"
    report = checker.check(draft_of(text + "Apparently the pump is not working.\n\n" * now), plain=False)
    marks = {mark_of(f.rule, report.words(f.span), "<text>") for f in report.findings}
    left = only_new(report, Baseline(dict.fromkeys(marks, before), Path()))
    assert len(left.findings) == len(marks) * max(0, now - before)
    assert {s.value > 0 for s in left.scores if s.fault == "doublespeak"} == {now > before}


@given(st.text(max_size=40), st.lists(st.sampled_from(" \n\t"), min_size=1, max_size=3))
def test_a_mark_stays_when_lines_are_broken_anew_or_case_changes(words: str, blanks: list[str]) -> None:
    broken = "".join(blanks).join(words.split(" "))
    assert mark_of("excuses/overload", words, "a") == mark_of("excuses/overload", broken, "a")
    assert mark_of("excuses/overload", words, "a") != mark_of("excuses/overload", words, "b")
