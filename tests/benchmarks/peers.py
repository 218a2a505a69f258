"""Other checkers of prose on the same texts: in one process where they allow it, and started for a file.

A peer is found by its name on PATH. One that is not there is said to be not installed, and is not measured.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PEERS", "Pace", "pace_of"]

# Each reads a list of texts, checks the first to be warm, and prints the seconds of
# processor time for all of them.
PROSELINT = """
import json, sys, time
texts = json.load(open(sys.argv[1]))
try:
    from proselint.checks import __register__
    from proselint.registry import CheckRegistry
    from proselint.tools import LintFile
    CheckRegistry().register_many(__register__)
    def check(text): return LintFile("draft", text).lint()
except ImportError:
    from proselint.tools import lint as check
check(texts[0])
begun = time.process_time()
for text in texts: check(text)
print(time.process_time() - begun)
"""
NODE = """
const texts = JSON.parse(require('fs').readFileSync(process.argv[1], 'utf8'));
(async () => {
  const loaded = await import(process.argv[2]);
  const check = loaded.markdown ? (text) => loaded.text(text) : loaded.default;
  check(texts[0]);
  const begun = process.cpuUsage();
  for (const text of texts) check(text);
  const taken = process.cpuUsage(begun);
  console.log((taken.user + taken.system) / 1e6);
})();
"""
VALE = "StylesPath = styles\nMinAlertLevel = suggestion\n[*]\nBasedOnStyles = Vale\n"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of processor time for all texts once warm, and for a process that checks one file."""

    all_texts: float
    one_file: float


def pace_of(name: str, texts: list[str]) -> Pace | None:
    """The pace of a peer; None where it is not installed."""
    found = shutil.which(name)
    if found is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for number, text in enumerate(texts):
            (place / f"{number}.txt").write_text(text, "utf8")
        listed = place / "texts.json"
        listed.write_text(json.dumps(texts), "utf8")
        (place / ".vale.ini").write_text(VALE, "utf8")
        one_file = _timed(PEERS[name](place / "0.txt"), place)
        return Pace(_all(name, Path(found), listed, one_file), one_file)


def _all(name: str, program: Path, listed: Path, one_file: float) -> float:
    if name == "proselint":
        python = program.parent / "python"
        return float(_output([python if python.exists() else sys.executable, "-c", PROSELINT, listed]))
    if name == "vale":  # it has no library: a folder at once, less what starting it takes
        files = sorted(listed.parent.glob("*.txt"))
        return max(_timed(["vale", "--no-exit", *files], listed.parent) - one_file, 1e-9)
    package = next(p for p in program.resolve().parents if (p / "package.json").exists())
    main = json.loads((package / "package.json").read_text("utf8"))
    entry = package / (main.get("main") or "index.js")
    return float(_output(["node", "-e", NODE, listed, entry]))


def _output(command: list[str | Path]) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command[:1]))}: {done.stderr[-1500:]}")
    return done.stdout


def _timed(command: list[str | Path], folder: Path) -> float:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = subprocess.Popen([*map(str, command)], cwd=folder, **quiet)
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


PEERS = {
    "proselint": lambda file: ["proselint", "check", file],
    "write-good": lambda file: ["write-good", file],
    "alex": lambda file: ["alex", file],
    "vale": lambda file: ["vale", "--no-exit", file],
}
