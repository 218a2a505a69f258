"""The benchmark's quick parts run and fill the table; how fast things are is not tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = ("one draft of 1 word", "one draft of 1,000 words", "cost against length", "433 rules, judge off")


def test_the_table_of_costs_goes_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- benchmarks -->\nold\n<!-- /benchmarks -->\nafter\n", "utf8")
    done = subprocess.run(
        [
            sys.executable,
            ROOT / "tests" / "benchmarks" / "all.py",
            "lengths",
            "rules",
            "--quick",
            "--readme",
            page,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = page.read_text("utf8")
    assert written == (
        f"before\n<!-- benchmarks -->\n\n{done.stdout.strip()}\n\n<!-- /benchmarks -->\nafter\n"
    )
    cells = [line.strip("| ").split(" | ") for line in written.splitlines() if line.startswith("|")]
    assert {len(row) for row in cells} == {3}
    assert set(ROWS) <= {row[0] for row in cells}
    assert all(all(row) for row in cells)


def test_a_page_without_the_marks_is_told_at_once(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("No marks\n", "utf8")
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "benchmarks" / "all.py", "--readme", page],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "no lines <!-- benchmarks --> and <!-- /benchmarks -->" in done.stderr
