"""A scan that is stopped anywhere goes on where it was, and no mail is scored twice."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from boxes import OWN, complaint, mbox, names, reply, rows
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tonecheck.errors import TonecheckError
from tonecheck.scan import journal as journals
from tonecheck.scan import workers
from tonecheck.scan.entry import Entry
from tonecheck.scan.journal import Journal
from tonecheck.scan.rows import Scored
from tonecheck.scan.run import Input, run, survey
from tonecheck.scan.streams import Source
from tonecheck.scan.tables import Fields
from tonecheck.scan.workers import in_order


def quick(entry: Entry) -> Scored:
    """A row without a model: only what stands at the place."""
    row = entry.row or {}
    line = json.dumps(
        {"id": str(row["id"]), "scores": None, "findings": [], "error": None, "text": row["text"]}
    )
    return Scored(entry.key, line)


class Quick:
    """Scores without a model."""

    def scored(self, entries: list[Entry]) -> list[Scored]:
        return [quick(entry) for entry in entries]


def scan(source: Path, output: Path) -> None:
    given = Input((Source(str(source), source),), Fields())
    with closing(Journal(output, "quick")) as journal:
        _, threads = survey(given, journal)
        run(given, Quick(), journal, threads, jobs=1, progress=len_of, complain=print)  # type: ignore[arg-type]
        journal.finish()


def len_of(_rows: int) -> None:
    """No progress is shown."""


def dying(source: Path, output: Path, steps: int) -> None:
    """Scan, and be killed before the so-manieth step that leaves a trace on disk."""
    left = steps

    def counted(step):  # type: ignore[no-untyped-def]
        def instead(*given, **named):  # type: ignore[no-untyped-def]
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*given, **named)

        return instead

    for owner, name in (
        (journals.os, "fsync"),
        (journals.os, "replace"),
        (Path, "unlink"),
        (Journal, "_tell"),
        (Journal, "_commit"),
        (journals, "_joined"),
        (journals, "joined_parquet"),
    ):
        setattr(owner, name, counted(getattr(owner, name)))
    scan(source, output)


def table(path: Path, count: int) -> Path:
    path.write_text("".join(json.dumps({"id": n, "text": f"Mail {n}"}) + "\n" for n in range(count)), "utf8")
    return path


def found(output: Path) -> list[str]:
    """The ids in the output, in its order."""
    if output.suffix == ".parquet":
        return [str(name) for name in parquet.read_table(output).column("id").to_pylist()]
    return [row["id"] for row in rows(output.read_text("utf8"))]


@settings(max_examples=7)
@given(st.lists(st.integers(0, 30), max_size=3), st.sampled_from(["jsonl", "parquet"]))
def test_a_scan_that_is_killed_anywhere_ends_with_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, deaths: list[int], kind: str
) -> None:
    folder = tmp_path_factory.mktemp("scan")
    output = folder / f"out.{kind}"
    source = table(folder / "sent.jsonl", 60)
    whole = [str(n) for n in range(60)]
    for steps in deaths:
        child = multiprocessing.get_context("fork").Process(target=dying, args=(source, output, steps))
        child.start()
        child.join()
        assert child.exitcode in {0, -signal.SIGKILL}
        assert not output.exists() or found(output) == whole
    scan(source, output)
    assert found(output) == whole
    table(source, 70)
    scan(source, output)
    assert found(output) == [*whole, *map(str, range(60, 70))]
    assert sorted(path.name for path in folder.iterdir()) == [
        output.name,
        f"{output.name}.scan",
        "sent.jsonl",
    ]


@given(st.integers(1, 3), st.sets(st.integers(0, 40), max_size=3), st.lists(st.integers(1, 9), max_size=8))
@settings(max_examples=8)
def test_a_worker_that_is_killed_costs_only_the_mail_it_died_of(
    jobs: int, deadly: set[int], sizes: list[int]
) -> None:
    def score(entries: list[Entry]) -> list[Scored]:
        if any(int(entry.place) in deadly for entry in entries):
            os.kill(os.getpid(), signal.SIGKILL)
        return [Scored(entry.key, entry.place) for entry in entries]

    numbers = iter(range(100))
    groups = [[Entry(str(next(numbers)), b"") for _ in range(size)] for size in sizes]
    done = [row for group in in_order(groups, score, jobs) for row in group]
    assert len(done) == sum(sizes)
    for number, row in enumerate(done):
        assert (row.error is not None) == (number in deadly)
        assert number in deadly or row.line == str(number)


def test_a_worker_makes_room_for_a_new_one_after_so_many_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LIFE", 5)
    groups = [[Entry(f"{group}.{n}", b"") for n in range(2)] for group in range(20)]

    def score(entries: list[Entry]) -> list[Scored]:
        return [Scored(entry.key, f"{entry.place} {os.getpid()}") for entry in entries]

    done = [row.line.split() for group in in_order(groups, score, 2) for row in group]
    assert [place for place, _ in done] == [entry.place for group in groups for entry in group]
    assert max(Counter(process for _, process in done).values()) == 6


def processes(command: int) -> list[int]:
    """The worker processes of a command."""
    told = subprocess.run(["pgrep", "-P", str(command)], capture_output=True, text=True, check=False).stdout
    return [int(number) for number in told.split()]


def rows_written(part: Path) -> int:
    return part.read_bytes().count(b"\n") if part.exists() else 0


@pytest.fixture
def begun(run: Run, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[str], Path]]:
    """The real command in the midst of a scan, what it was called with, and its output."""
    sent = mbox(tmp_path / "Sent", [reply(number) for number in range(40)])
    inbox = mbox(tmp_path / "Inbox", [complaint(number) for number in range(40)])
    output = tmp_path / "out.jsonl"
    command = ["scan", str(sent), str(inbox), *OWN, "--jobs", "2", "--output", str(output)]
    started = subprocess.Popen(
        [sys.executable, "-m", "tonecheck", *command],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path / "work",
    )
    part = tmp_path / "out.jsonl.part"
    while started.poll() is None and not rows_written(part):
        time.sleep(0.01)
    yield started, command, output
    started.kill()
    started.wait()
    assert started.stderr is not None
    started.stderr.close()


def test_ctrl_c_stops_a_scan_cleanly_and_the_same_command_goes_on(
    begun: tuple[subprocess.Popen[str], list[str], Path], run: Run
) -> None:
    started, command, output = begun
    (killed, _) = processes(started.pid)
    os.kill(killed, signal.SIGKILL)
    started.send_signal(signal.SIGSTOP)
    busy = run(*command)
    assert (busy.returncode, busy.stderr) == (2, f"tonecheck: {output}: another scan is writing there\n")
    assert "another scan is writing there" in run(*command, "--anew").stderr
    started.send_signal(signal.SIGINT)
    started.send_signal(signal.SIGCONT)
    _, told = started.communicate()
    assert started.returncode == 130
    assert told.endswith("tonecheck: stopped; the same command goes on where it was\n")
    assert "Traceback" not in told
    assert not output.exists()
    done = run(*command)
    assert done.returncode == 0, done.stderr
    assert "mails are in the scan already" in done.stderr
    assert names(output) == sorted(f"<r{number}@acme.example>" for number in range(40))
    other = run(*command, "--with-text")
    assert other.returncode == 2
    assert "was scanned with other settings" in other.stderr


def test_a_full_disk_is_told_and_the_scan_goes_on_once_there_is_room(tmp_path: Path) -> None:
    source, folder = table(tmp_path / "sent.jsonl", 2_000), tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120k", "tmpfs", str(folder)], check=True)
    try:
        with pytest.raises(TonecheckError, match="make room and give the same command again"):
            scan(source, folder / "out.jsonl")
        assert not (folder / "out.jsonl").exists()
        subprocess.run(["mount", "-o", "remount,size=9m", str(folder)], check=True)
        scan(source, folder / "out.jsonl")
        assert found(folder / "out.jsonl") == [str(number) for number in range(2_000)]
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_device_is_told_and_stays_a_device(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "sent.jsonl"
    source.write_text('{"text": "The pump is on its way and arrives on Monday."}\n', "utf8")
    done = run("scan", source, "--output", "/dev/full")
    assert done.returncode == 2
    assert "cannot be written: No space left on device" in done.stderr
    assert Path("/dev/full").is_char_device()


def test_an_output_that_is_not_the_scans_own_is_left_alone(run: Run, tmp_path: Path) -> None:
    source, output = table(tmp_path / "sent.jsonl", 1), tmp_path / "out.jsonl"
    output.write_text("mine\n", "utf8")
    done = run("scan", source, "--output", output)
    assert done.returncode == 2
    assert done.stderr == f"tonecheck: {output}: exists already; name another file, or --anew replaces it\n"
    assert output.read_text("utf8") == "mine\n"
    assert run("scan", source, "--output", output, "--anew").returncode == 0
    assert names(output) == ["0"]
