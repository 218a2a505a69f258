"""What is below the threshold is silent, and visible with --all without counting in anything."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from conftest import EXAMPLES, Run

from tonecheck.checker import Checker
from tonecheck.mail.message import read_draft
from tonecheck.report import Finding, Report

SCHEMA = json.loads((files("tonecheck") / "schema-1.json").read_text("utf8"))


@pytest.fixture(scope="module")
def doubted(checker: Checker) -> tuple[Path, Report]:
    """The example with the most that is less sure."""
    reports = {path: checker.check(read_draft(path), unsure=True) for path in EXAMPLES}
    path = max(reports, key=lambda p: len(reports[p].unsure))
    assert reports[path].unsure
    return path, reports[path]


def test_what_is_less_sure_is_there_only_if_asked_for_and_changes_nothing_else(checker: Checker) -> None:
    for path in EXAMPLES:
        usual, whole = (checker.check(read_draft(path), unsure=asked) for asked in (False, True))
        assert usual.unsure == ()
        assert whole.findings == usual.findings
        assert whole.scores == usual.scores
        assert whole.missing == usual.missing


def test_what_is_less_sure_adds_to_no_fault_that_the_sentence_is_marked_for(
    doubted: tuple[Path, Report],
) -> None:
    report = doubted[1]

    def place(finding: Finding) -> tuple[int, str]:
        return next(n for n, s in enumerate(report.sentences) if s.overlaps(finding.span)), finding.fault

    assert not {place(f) for f in report.unsure} & {place(f) for f in report.findings}
    for finding in report.unsure:
        assert 0 < finding.confidence < 1
        assert finding.edits == ()


def test_every_format_is_silent_by_default_and_shows_it_with_all(
    run: Run, doubted: tuple[Path, Report]
) -> None:
    path, report = doubted
    first = report.unsure[0]
    shown = run("check", path, "--all")
    assert "Less sure" in shown.stdout
    assert f"less sure ({first.confidence:.2f})" in shown.stdout
    usual = run("check", path)
    assert "ess sure" not in usual.stdout
    assert usual.returncode == shown.returncode

    lines = run("check", path, "--all", "--format", "line").stdout
    assert f"less sure ({first.confidence:.2f}): " in lines
    assert "Less sure" in run("check", path, "--all", "--format", "html").stdout
    whole = json.loads(run("check", path, "--all", "--format", "json").stdout)
    jsonschema.validate(whole, SCHEMA)
    assert [f["start"] for f in whole["unsure"]] == [f.span.start for f in report.unsure]
    assert all(f["points"] == 0 for f in whole["unsure"])
    results = json.loads(run("check", path, "--all", "--format", "sarif").stdout)["runs"][0]["results"]
    reviews = [r for r in results if r.get("kind") == "review"]
    assert len(reviews) == len(report.unsure)
    assert {r["level"] for r in reviews} == {"none"}


def test_only_and_off_hold_for_what_is_less_sure(run: Run, doubted: tuple[Path, Report]) -> None:
    path, report = doubted
    fault = report.unsure[0].fault
    rows = json.loads(run("check", path, "--all", "--only", fault, "--format", "json").stdout)["unsure"]
    assert rows
    assert {row["fault"] for row in rows} == {fault}
