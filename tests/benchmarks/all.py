"""What tonecheck costs, as ratios measured in one run, and what others cost on the same text.

    python tests/benchmarks/all.py [--quick] [--readme README.md] [PART ...]

Parts: starts paces lengths rules memory; without one, all of them. Rows go to standard error as they are
measured, the table to standard output at the end. All is processor time, which a busy machine falsifies
less than the clock, but for what says otherwise. Run it with the tonecheck that is to be
measured. Peers are found on PATH: proselint (PyPI), write-good and alex (npm), vale.
`--readme` puts the table between the file's lines `<!-- benchmarks -->` and `<!-- /benchmarks -->`.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tonecheck.lean import bound_threads

bound_threads()  # as the command does, before NumPy is imported

from costs import Row, lengths, memory, paces, replies, rules, starts, words_in  # noqa: E402

PARTS = ("starts", "paces", "lengths", "rules", "memory")
START, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"
LENGTHS = (1, 10, 100, 1_000, 10_000, 100_000)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("part", nargs="*", default=PARTS, help=" ".join(PARTS))
    asked.add_argument("--quick", action="store_true", help="Few rounds and texts: shows that it runs.")
    asked.add_argument("--readme", type=Path, help="The page to put the table into.")
    given = asked.parse_args()
    if wrong := set(given.part) - set(PARTS):
        asked.error(f"no part {', '.join(sorted(wrong))}; there are {' '.join(PARTS)}")
    if given.readme and not {START, END} <= set(given.readme.read_text("utf8").splitlines()):
        raise SystemExit(f"{given.readme}: no lines {START} and {END}")
    table = table_of(given.part, given.quick)
    print(table)
    if given.readme:
        page = given.readme.read_text("utf8")
        inside = re.compile(f"(?<={re.escape(START)}\n).*?(?={re.escape(END)})", re.DOTALL)
        given.readme.write_text(inside.sub(lambda _: f"\n{table}\n\n", page, count=1), "utf8")


def table_of(parts: Sequence[str], quick: bool) -> str:
    """The parts' rows as a Markdown table, under a line about the machine."""
    random.seed(7)
    texts = replies(6 if quick else 100, fewest=120, most=180)
    lines = []
    for row in measured(parts, texts, quick):
        lines.append(f"| {' | '.join(row)} |")
        print(lines[-1], file=sys.stderr, flush=True)
    words = sum(map(words_in, texts)) / len(texts)
    about = f"{machine()}; {len(texts)} replies of {words:.0f} words. Times are processor time."
    return "\n".join((about, "", "| what | measured | ratio |", "| --- | ---: | ---: |", *lines))


def measured(parts: Sequence[str], texts: list[str], quick: bool) -> Iterator[Row]:
    if "starts" in parts:
        yield from starts(1 if quick else 10)
    if "paces" in parts:
        yield from paces(texts)
    if "lengths" in parts:
        yield from lengths(LENGTHS[:4] if quick else LENGTHS)
    if "rules" in parts:
        yield from rules(texts[: len(texts) // 2])
    if "memory" in parts:
        yield from memory(texts)


def machine() -> str:
    """The processor's name, as far as the system tells it, its cores, and Python's version."""
    info = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.+)", info.read_text()) if info.exists() else []
    name = models[0] if models else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
