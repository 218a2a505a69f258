"""Reports on the examples, as text to read: tests/golden/NAME.txt.

After a wanted change: `TONECHECK_GOLDEN=write pytest tests/test_golden.py`, and read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import EXAMPLES, ROOT

from tonecheck.checker import Checker
from tonecheck.mail.message import read_draft
from tonecheck.render.text import render_text

GOLDEN = Path(__file__).parent / "golden"
GOOD = {"blunt-and-honest", "firm-refusal", "owned-mistake"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_report_on_an_example_reads_as_before(
    checker: Checker, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    shown = render_text(checker.check(read_draft(path.relative_to(ROOT))))
    golden = GOLDEN / f"{path.stem}.txt"
    if os.environ.get("TONECHECK_GOLDEN") == "write":
        golden.write_text(shown, "utf8")
    assert shown == golden.read_text("utf8")


def test_there_are_enough_examples_good_and_bad(checker: Checker) -> None:
    assert len(EXAMPLES) >= 8
    assert {path.stem for path in EXAMPLES} >= GOOD
    worst = {
        path.stem: max(score.value for score in checker.check(read_draft(path)).scores) for path in EXAMPLES
    }
    assert all(worst[name] <= 25 for name in GOOD), worst
    assert sum(value > 50 for value in worst.values()) >= 3, worst


def test_no_finding_marks_a_good_example(checker: Checker) -> None:
    for path in EXAMPLES:
        if path.stem in GOOD:
            assert checker.check(read_draft(path)).findings == (), path.stem
