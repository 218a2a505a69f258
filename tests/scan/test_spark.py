"""A column of replies on a local Spark cluster: two machines' worth of processes, one of them killed."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyspark
import pytest
from boxes import COMPLAINT, REPLY
from conftest import Run
from pyarrow import RecordBatch, Table, parquet
from pyspark.sql import DataFrame, SparkSession

from tonecheck import spark
from tonecheck.checker import Checker
from tonecheck.config import Config
from tonecheck.errors import ConfigError, InputError

COUNT, TASKS = 48, 8
GOOD = "I am sorry: we sent pump number {} without its seal. I bring the seal on Monday at noon, and you pay nothing."
# What a short life costs less with: a compiler that does little, and one thread for garbage.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A driver, and two executors of one core each, every one a process of its own."""
    home = tmp_path_factory.mktemp("spark")  # executors keep their logs in Spark's own folder
    for part in Path(pyspark.__file__).parent.iterdir():
        (home / part.name).symlink_to(part)
    (home / "work").unlink(missing_ok=True)
    # Names are not looked up: that takes minutes where no name server answers.
    local = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost"}
    settings = {
        "spark.default.parallelism": str(TASKS),
        "spark.driver.extraJavaOptions": JAVA,
        "spark.executor.extraJavaOptions": JAVA,
        "spark.executor.memory": "512m",
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**local, "PYSPARK_PYTHON": sys.executable, "SPARK_HOME": str(home)}.items():
            patch.setenv(name, value)
        builder = SparkSession.builder.master("local-cluster[2,1,512]").appName("tonecheck tests")
        started = builder.config(map=settings).getOrCreate()
        yield started
        started.stop()


@pytest.fixture(scope="module")
def sent() -> list[dict[str, object]]:
    """Replies of two kinds and an empty one, half of them with what they answer."""
    texts = [(GOOD if number % 3 else REPLY).format(number) for number in range(COUNT)]
    rows = [
        {"number": n, "reply": text, "asked": COMPLAINT.format(n) if n % 2 else None, "team": "pumps"}
        for n, text in enumerate(texts)
    ]
    rows[5]["reply"] = ""
    return rows


def frame(session: SparkSession, rows: list[dict[str, object]]) -> DataFrame:
    return session.createDataFrame(Table.from_pylist(rows))


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


def test_what_cannot_be_checked_is_a_row_that_says_why(session: SparkSession) -> None:
    texts = (REPLY.format(1), None, "x" * 600_000)
    rows = [{"my reply.s": text, "id": number} for number, text in enumerate(texts)]
    replies = frame(session, rows)
    found = spark.check(replies, text="my reply.s", id="id")
    errors = {row["id"]: row["error"] for row in found.select("id", "error").collect()}
    assert errors["0"] is None
    assert errors["1"] == "no text: it is null"
    assert "at most 500,000" in errors["2"]


def test_a_process_loads_the_rules_once_however_many_tasks_it_does(session: SparkSession) -> None:
    def known(batches: Iterator[RecordBatch]) -> Iterator[RecordBatch]:
        for _ in batches:
            ours = [o for o in gc.get_objects() if type(o) is Checker and o.config == Config()]
            yield RecordBatch.from_pylist([{"process": os.getpid(), "checkers": len(ours)}])

    replies = frame(session, [{"text": REPLY.format(number)} for number in range(TASKS)])
    spark.check(replies).collect()
    found = replies.mapInArrow(known, "process long, checkers long").collect()
    assert len(found) == TASKS
    assert {row["checkers"] for row in found} == {1}


def test_text_is_kept_where_it_is_asked_for_and_settings_hold_on_every_machine(session: SparkSession) -> None:
    words = REPLY.format(1)
    one = frame(session, [{"text": words}])
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


def test_rows_are_those_of_a_scan_although_a_machine_dies_half_way(
    session: SparkSession, sent: list[dict[str, object]], run: Run, tmp_path: Path
) -> None:
    source, output = tmp_path / "sent.jsonl", tmp_path / "rows.parquet"
    source.write_text("".join(json.dumps(row) + "\n" for row in sent), "utf8")
    fields = "--text-field reply --client-field asked --id-field number --team-field team".split()
    done = run("scan", source, *fields, "--output", output)
    assert done.returncode == 0, done.stderr

    checked = spark.check(frame(session, sent), text="reply", client="asked", id="number", team="team")
    victim, _ = executors(os.getpid())
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(checked.write.parquet, str(tmp_path / "cluster"))
        while not writing.done() and completed(session) < TASKS // 3:
            time.sleep(0.005)
        assert not writing.done()
        os.kill(victim, signal.SIGKILL)
        writing.result()

    ours, theirs = (parquet.read_table(path).to_pylist() for path in (tmp_path / "cluster", output))
    for row in (*ours, *theirs):
        del row["source"]
    assert len(ours) == COUNT
    assert sorted(ours, key=lambda row: int(row["id"])) == theirs
