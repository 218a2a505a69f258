"""A column of replies on a local Spark cluster: two machines' worth of processes, one of them killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from boxes import COMPLAINT, REPLY
from conftest import Run
from pyarrow import parquet
from pyspark.sql import DataFrame, SparkSession

from tonecheck import spark
from tonecheck.config import Config
from tonecheck.errors import ConfigError, InputError

COUNT, TASKS = 48, 12
GOOD = "I am sorry: we sent pump number {} without its seal. I bring the seal on Monday at noon, and you pay nothing."


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    """A driver, and two executors of one core each, every one a process of its own."""
    # Names are not looked up: that takes minutes where no name server answers.
    os.environ |= {
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_HOSTNAME": "localhost",
    }
    builder = SparkSession.builder.master("local-cluster[2,1,1024]").appName("tonecheck tests")
    settings = {
        "spark.ui.enabled": "false",
        "spark.executor.memory": "512m",
        "spark.sql.session.timeZone": "UTC",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    started = builder.getOrCreate()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def sent() -> list[dict[str, object]]:
    """Replies of three kinds, among them a null and an empty one."""
    texts = [(GOOD if number % 3 else REPLY).format(number) for number in range(COUNT)]
    rows = [
        {"number": n, "reply": text, "asked": COMPLAINT.format(n) if n % 2 else None, "team": "pumps"}
        for n, text in enumerate(texts)
    ]
    rows[5]["reply"] = ""
    return rows


def frame(session: SparkSession, rows: list[dict[str, object]]) -> DataFrame:
    columns = "number long, reply string, asked string, team string"
    return session.createDataFrame([tuple(row.values()) for row in rows], columns).repartition(TASKS)


def executors(driver: int) -> list[int]:
    """The executors' processes."""
    told = subprocess.run(
        ["pgrep", "-f", "CoarseGrainedExecutorBackend.*--driver-url"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return [int(number) for number in told.split() if _is_below(int(number), driver)]


def _is_below(process: int, driver: int) -> bool:
    while process > 1:
        if process == driver:
            return True
        try:
            process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return False


def completed(session: SparkSession) -> int:
    """How many tasks of the running stage are done."""
    tracker = session.sparkContext.statusTracker()
    stages = [tracker.getStageInfo(number) for number in tracker.getActiveStageIds()]
    return max((stage.numCompletedTasks for stage in stages if stage and stage.numTasks == TASKS), default=0)


def test_rows_are_those_of_a_scan_although_a_machine_dies_half_way(
    session: SparkSession, sent: list[dict[str, object]], run: Run, tmp_path: Path
) -> None:
    source, output = tmp_path / "sent.jsonl", tmp_path / "rows.parquet"
    source.write_text("".join(json.dumps(row) + "\n" for row in sent), "utf8")
    fields = (
        "--text-field",
        "reply",
        "--client-field",
        "asked",
        "--id-field",
        "number",
        "--team-field",
        "team",
    )
    done = run("scan", source, *fields, "--output", output)
    assert done.returncode == 0, done.stderr

    checked = spark.check(frame(session, sent), text="reply", client="asked", id="number", team="team")
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(checked.write.parquet, str(tmp_path / "cluster"))
        while not writing.done() and completed(session) < TASKS // 3:
            time.sleep(0.02)
        victim, _ = executors(os.getpid())
        assert not writing.done()
        os.kill(victim, signal.SIGKILL)
        writing.result()

    ours, theirs = (parquet.read_table(path).to_pylist() for path in (tmp_path / "cluster", output))
    for row in (*ours, *theirs):
        del row["source"]
    assert len(ours) == COUNT
    assert sorted(ours, key=lambda row: int(row["id"])) == theirs


def test_what_cannot_be_checked_is_a_row_that_says_why(session: SparkSession) -> None:
    rows = [(REPLY.format(1), "1"), (None, "2"), ("x" * 31_000_000, "3")]
    found = spark.check(
        session.createDataFrame(rows, "`my reply.s` string, id string"), text="my reply.s", id="id"
    )
    errors = {row["id"]: row["error"] for row in found.select("id", "error").collect()}
    assert errors["1"] is None
    assert errors["2"] == "no text: it is null"
    assert "30 MB" in errors["3"]


def test_text_is_kept_where_it_is_asked_for_and_settings_hold_on_every_machine(session: SparkSession) -> None:
    words = REPLY.format(1)
    one = session.createDataFrame([(words,)], "text string")
    (row,) = spark.check(one, with_text=True, config=Config(off=("excuses", "doublespeak"))).collect()
    assert row["text"] == words
    assert row["id"] is None
    assert {finding["fault"] for finding in row["findings"]} <= {"defensiveness"}


def test_a_wrong_column_or_setting_is_told_before_anything_runs(
    session: SparkSession, sent: list[dict[str, object]]
) -> None:
    replies = frame(session, sent)
    with pytest.raises(
        InputError, match="no column “text”, which was named as text; columns here: number, reply"
    ):
        spark.check(replies)
    with pytest.raises(InputError, match="the column “number”, named as client, holds bigint, not string"):
        spark.check(replies, text="reply", client="number")
    with pytest.raises(ConfigError):
        spark.check(replies, text="reply", config=Config(off=("no-such-rule",)))
