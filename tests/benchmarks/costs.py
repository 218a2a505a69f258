"""What tonecheck costs: each function measures one thing, and yields rows of the table as it has them."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import linear_regression, median

from peers import PEERS, pace_of

from tonecheck.checker import Checker
from tonecheck.config import Config
from tonecheck.detect.language import is_english
from tonecheck.detect.model import model_folder
from tonecheck.mail.draft import draft_of
from tonecheck.rule import built_in_rules
from tonecheck.scan.entry import Entry
from tonecheck.scan.rows import Scorer
from tonecheck.scan.workers import batches, in_order

__all__ = ["Row", "lengths", "memory", "paces", "replies", "rules", "starts", "words_in"]

MAILS = Path(__file__).parents[2] / "models" / "corpus" / "mails.jsonl"
LONG = 100  # words from which the cost of a check is the cost of its words
Row = tuple[str, str, str]
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def replies(count: int, *, fewest: int = 1, most: int = 1_000) -> list[str]:
    """So many replies of our own corpus with so many words, no two alike, in an order of chance."""
    found = {json.loads(line)["reply"] for line in MAILS.read_text("utf8").splitlines()}
    return random.sample(sorted(text for text in found if fewest <= words_in(text) <= most), count)


def words_in(text: str) -> int:
    return len(text.split())


def starts(rounds: int) -> Iterator[Row]:
    """Whole processes, in turns, so that a busy machine slows all of them alike."""
    with tempfile.TemporaryDirectory(prefix="tc-") as home:
        # As it is installed: settings as they come, and compiled once.
        other = ("XDG_", "TONECHECK", "PYTHONDONTWRITEBYTECODE")
        clean = {k: v for k, v in os.environ.items() if not k.startswith(other)}
        warm = {**clean, "HOME": home, "XDG_RUNTIME_DIR": home}
        cold = {**warm, "XDG_RUNTIME_DIR": f"{home}/none"}
        settings, draft = Path(home, ".tonecheck.toml"), Path(home, "draft.txt")
        settings.write_text('daemon = "on"\n', "utf8")
        check = [sys.executable, "-m", "tonecheck", "check", str(draft), "--fail-over", "100"]
        python = [sys.executable, "-c"]
        kinds = {
            "pass": ([*python, "pass"], clean),
            "spacy": ([*python, "import spacy"], clean),
            "cold": (check, cold),
            "warm": (check, warm),
        }
        daemon = [sys.executable, "-m", "tonecheck", "daemon"]
        subprocess.run([*daemon, "start"], env=warm, check=True, stdout=subprocess.DEVNULL)
        try:
            taken: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
            for text in replies(rounds + 1, fewest=140, most=160):
                draft.write_text(text, "utf8")
                for name, (command, environment) in kinds.items():
                    taken[name].append(_process(command, environment))
        finally:
            subprocess.run([*daemon, "stop"], env=warm, check=True, stdout=subprocess.DEVNULL)
    # The first round fills the system's cache of files.
    clock, used = (
        {name: 1000 * median(pair[n] for pair in pairs[1:]) for name, pairs in taken.items()} for n in (0, 1)
    )
    for name, base, of in (("cold", "spacy", "`import spacy`"), ("warm", "pass", "`python -c pass`")):
        times = f"{used[name]:.0f} ms, by the clock {clock[name]:.0f} ms"
        ratio = f"{used[name] / used[base]:.1f} × {of}, by the clock {clock[name] / clock[base]:.1f} ×"
        yield f"`check`, {name}, 150 words", times, ratio


def _process(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds by the clock, and of processor time in the process itself, not in a daemon that it asks."""
    begun, used = time.perf_counter(), _of_children()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun, _of_children() - used


def paces(texts: list[str]) -> Iterator[Row]:
    """Many texts once everything is loaded, and the peers on the same."""
    words = sum(map(words_in, texts))
    whole, one_worker = _scan(texts, judge=True, jobs=1)

    def row(name: str, seconds: float, note: str = "") -> Row:
        rates = f"{len(texts) / seconds:,.1f} drafts/s, {words / seconds:,.0f} words/s"
        return name, rates, f"{whole / seconds:.2f} × scan{note}"

    yield row("scan, all on", whole)
    rules_only, _ = _scan(texts, judge=False, jobs=1)
    yield row("scan, judge off", rules_only)
    yield row("`en_tonecheck` alone (parses, finds nothing)", _pipeline(texts))
    for peer in PEERS:
        pace = pace_of(peer, texts)
        if pace is None:
            yield peer, "not installed", "–"
        else:
            yield row(peer, pace.all_texts, f"; started for one file: {1000 * pace.one_file:.0f} ms")
    _, two_workers = _scan(texts, judge=True, jobs=2)
    took = f"{two_workers:.1f} s by the clock; one: {one_worker:.1f} s"
    yield "scan, all on, two workers", took, f"{one_worker / two_workers:.2f} × one worker"


def _scan(texts: list[str], *, judge: bool, jobs: int) -> tuple[float, float]:
    """Seconds of processor time that the workers took, and seconds by the clock."""
    config = Config()
    scorer = Scorer(Checker(config, judge=judge), config)
    scorer.warm_up()
    entries = [Entry(str(n), b"", row={"text": text}) for n, text in enumerate(texts)]
    begun, used = time.perf_counter(), _of_children()
    rows = [row for group in in_order(batches(entries), scorer.scored, jobs) for row in group]
    clock = time.perf_counter() - begun
    wrong = [row.error for row in rows if row.error]
    if wrong or len(rows) != len(texts):
        raise SystemExit(f"the scan went wrong: {wrong[:1] or len(rows)}")
    return _of_children() - used, clock


def _of_children() -> float:
    """Seconds of processor time that processes took which this one started and which have ended."""
    took = os.times()
    return took.children_user + took.children_system


def _pipeline(texts: list[str]) -> float:
    import spacy

    nlp = spacy.load(model_folder() or "")
    list(nlp.pipe(texts[:1]))
    return _seconds(lambda: list(nlp.pipe(texts)))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def lengths(sizes: tuple[int, ...]) -> Iterator[Row]:
    """One draft of ever more words; in the logarithms, a slope of 1 is a cost that grows as they do."""
    checker = Checker(Config())
    Scorer(checker, Config()).warm_up()
    words = " ".join(replies(1_000)).split(" ")
    is_english(" ".join(words[:50]))
    taken = {}
    for size in sizes:
        many = words * (size // len(words) + 1)
        tries = 5 if size <= LONG else 1
        # Another beginning each time, so that no report is kept from before.
        drafts = [draft_of(" ".join(many[n : n + size])) for n in range(tries)]
        taken[size] = median([_seconds(lambda d=d: checker.check(d, plain=False)) for d in drafts])
        ratio = f"{1e6 * taken[size] / size:,.0f} µs a word"
        yield f"one draft of {size:,} word{'s' * (size > 1)}", f"{1000 * taken[size]:,.1f} ms", ratio
    long = {size: seconds for size, seconds in taken.items() if size >= LONG}
    slope = linear_regression([math.log(n) for n in long], [math.log(s) for s in long.values()]).slope
    yield "cost against length", f"slope {slope:.2f} from {LONG} words on", "1 is a straight line"


def rules(texts: list[str]) -> Iterator[Row]:
    """The same texts, judge off, under a part of the rules."""
    names = [rule.id for rule in built_in_rules()]
    random.shuffle(names)
    parts = [names[: len(names) // 4], names[: len(names) // 2], names]
    drafts = [draft_of(text) for text in texts]
    taken = []
    for part in ([], *parts):  # the first meets every word for the first time, and does not count
        config = Config(only=tuple(part))
        checker = Checker(config, judge=False)
        Scorer(checker, config).warm_up()
        taken.append(_seconds(lambda c=checker: [c.check(draft, plain=False) for draft in drafts]))
    del taken[0]
    for part, seconds in zip(parts, taken, strict=True):
        each = f"{1000 * seconds / len(texts):.1f} ms a draft"
        yield f"{len(part)} rules, judge off", each, f"{seconds / taken[-1]:.2f} × all rules"


def memory(texts: list[str]) -> Iterator[Row]:
    """The most that a process held: a check, a scan, and one of ten times as many rows."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HOME": home, "XDG_RUNTIME_DIR": home}
        draft, few, many = (Path(home, name) for name in ("draft.txt", "few.jsonl", "many.jsonl"))
        draft.write_text(texts[0], "utf8")
        part = texts[: max(len(texts) // 10, 2)]
        few.write_text(_lines(part), "utf8")
        many.write_text(_lines([f"{text} {n}" for n in range(10) for text in part]), "utf8")
        one = _peak(["check", str(draft), "--fail-over", "100"], environment)
        yield "peak memory, `check`", f"{one:.0f} MB", "–"
        base = _peak(["scan", str(few), "--jobs", "1", "--output", f"{few}.out.jsonl"], environment)
        yield f"peak memory, scan of {len(part)}", f"{base:.0f} MB", f"{base / one:.2f} × `check`"
        more = _peak(["scan", str(many), "--jobs", "1", "--output", f"{many}.out.jsonl"], environment)
        yield f"peak memory, scan of {10 * len(part)}", f"{more:.0f} MB", f"{more / base:.2f} × the smaller"


def _lines(texts: list[str]) -> str:
    return "".join(json.dumps({"text": text}) + "\n" for text in texts)


def _peak(command: list[str], environment: dict[str, str]) -> float:
    """Megabytes of the largest process that the command ran."""
    # A child counts its parent's memory as its own until it is another program: the parent is a small one.
    whole = [sys.executable, "-c", PEAK, sys.executable, "-m", "tonecheck", *command]
    done = subprocess.run(whole, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"tonecheck {command[0]} failed: {done.stderr[-1500:]}")
    return int(done.stdout) / 1024
