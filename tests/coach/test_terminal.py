"""The coach on a terminal: the real command, on a pipe and on a pseudo-terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Run

from tonecheck.coach.grade import Grade
from tonecheck.coach.learners import join
from tonecheck.coach.measure import drafts_of
from tonecheck.coach.progress import keep
from tonecheck.coach.reading import built_in_cases
from tonecheck.coach.store import open_record, recording

CASES = built_in_cases()


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Where the training record will lie."""
    return tmp_path / "coach.sqlite3"


def rows(record: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(record) as database:
        found = database.execute(query).fetchall()
    database.close()
    return found


def test_a_session_asks_grades_with_reasons_and_keeps_what_was_done(run: Run, record: Path) -> None:
    done = run("coach", "--record", record, "--name", "Ann", "--plain", stdin="y\n\n\n1 2 4 5\n")
    assert done.returncode == 0, done.stderr
    good, faulty, *_ = re.findall(r"^(\d+) of 100$", done.stdout, re.MULTILINE)
    assert int(good) == 100 > int(faulty) > 0
    assert "rightly left alone" in done.stdout
    assert "(ADVICE " in done.stdout
    assert "One good answer" in done.stdout
    assert "2 exercises in 0 minutes, Ann. Your record is kept." in done.stdout
    assert rows(record, "SELECT exercise FROM attempts") == [("spot",), ("missing",)]
    again = run("coach", "--record", record, "progress")
    assert "2 exercises on 1 day" in again.stdout
    assert "Due next: " in again.stdout


def test_words_are_marked_by_typing_them_and_mistakes_in_typing_are_told(run: Run, record: Path) -> None:
    typed = "zebra = D\n?\nthe = nonsense\nit is not … bracket\ndeny\n\n99\n1\n"
    done = run("coach", "--record", record, "--name", "Ann", "--plain", stdin="y\n\n" + typed)
    assert "“zebra” is not in the draft" in done.stdout
    assert "D.blame  D.deny" in done.stdout
    assert "That is no fault" in done.stdout
    assert "! “it is not the bottom bracket”: these words are fine" in done.stdout
    assert "Numbers from 1 to 12" in done.stdout
    assert rows(record, "SELECT score FROM attempts WHERE exercise = 'spot'") == [(0.0,)]


def test_the_better_of_two_is_chosen_and_an_answer_is_written_against_the_clock(
    run: Run, record: Path
) -> None:
    opened = open_record(str(record))
    with recording(opened) as session:
        ann = join(session, "Ann")
        day = datetime.now(UTC) - timedelta(days=1)
        for exercise in ("spot", "missing", "rewrite"):  # so that today the other two come first
            keep(session, ann, exercise, "part-x", Grade(1, (), {"fair": 1.0}), answer=[], at=day, seconds=9)
    opened.dispose()
    answer = "Sorry that this happened. We broke it, and Piet brings a new one on Friday at nine. Ring me: 555 0100.\n.\n"
    done = run("coach", "--record", record, "--plain", stdin=f"1\n{answer}")
    assert "You have 3 minutes from now." in done.stdout
    assert re.search(r"^  \+ “.*”: an apology$", done.stdout, re.MULTILINE)
    assert re.search(r"the (first|second) is better$", done.stdout, re.MULTILINE)
    kept = rows(record, "SELECT exercise, score FROM attempts ORDER BY id")[3:]
    assert [exercise for exercise, _ in kept] == ["better", "answer"]
    assert 0 < float(str(kept[1][1])) < 1
    assert kept[0][1] in {0.0, 1.0}


def marks_typed(form: str, share: int) -> str:
    """What somebody types who finds the first marks of each draft, and knows their types."""
    lines = []
    for case in drafts_of(CASES, form):
        for mark in case.marks[:share]:
            words = " ".join(case.words(mark.span).split())
            lines.append(f"{words} = {mark.type}")
        lines.append("")
    return "\n".join(lines) + "\n"


def test_the_test_gives_no_feedback_and_at_its_end_figures_with_intervals(run: Run, record: Path) -> None:
    done = run("coach", "--record", record, "--name", "Ann", "test", stdin="y\n\n" + marks_typed("A", 1))
    assert done.returncode == 0, done.stderr
    assert "of 100" not in done.stdout
    assert done.stdout.count("Some are good as they are") == 12
    assert re.search(r"^  words found +40 %  \[ *\d+ % to +\d+ %\]$", done.stdout, re.MULTILINE)
    assert re.search(r"^  good drafts left alone +100 %", done.stdout, re.MULTILINE)
    second = run("coach", "--record", record, "test", stdin=marks_typed("B", 9))
    assert re.search(r"^Form B, .*: twelve drafts$", second.stdout, re.MULTILINE)
    assert re.search(r"^Since the first test, .*, form A$", second.stdout, re.MULTILINE)
    found = re.search(r"^  words found +40 % to 100 % +\+60 \[\+\d+ to \+\d+\]$", second.stdout, re.MULTILINE)
    assert found, second.stdout
    assert "no change shown" in second.stdout
    assert rows(record, "SELECT form FROM takes ORDER BY id") == [("A",), ("B",)]
    third = run("coach", "--record", record, "test", stdin=marks_typed("A", 9))
    assert "You had seen these drafts before" in third.stdout
    report = run("coach", "--record", record, "test", "--report")
    assert report.stdout.strip() in third.stdout


def test_a_test_that_is_broken_off_goes_on_where_it_stopped(run: Run, record: Path) -> None:
    typed = marks_typed("A", 9)
    first_two = len(drafts_of(CASES, "A")[0].marks) + len(drafts_of(CASES, "A")[1].marks) + 2
    lines = typed.splitlines(keepends=True)
    broken = run(
        "coach", "--record", record, "--name", "Ann", "test", stdin="y\n\n" + "".join(lines[:first_two])
    )
    assert broken.returncode == 1
    assert "Your answers are kept" in broken.stdout
    assert len(rows(record, "SELECT * FROM attempts")) == 2
    assert "No test was finished yet" in run("coach", "--record", record, "test", "--report").stdout
    on = run("coach", "--record", record, "test", stdin="".join(lines[first_two:]))
    assert "Going on with form A" in on.stdout
    assert "Draft 3 of 12" in on.stdout
    assert "Draft 2 of 12" not in on.stdout
    assert re.search(r"^  words found +100 %", on.stdout, re.MULTILINE)


def test_people_join_with_a_passphrase_and_nobody_goes_on_under_their_name(run: Run, record: Path) -> None:
    phrase = "four plain short words"
    joined = run(
        "coach", "--record", record, "join", "Zoë", "--role", "trainer", stdin=f"{phrase}\n{phrase}\n"
    )
    assert "Zoë has joined as trainer." in joined.stdout
    differ = run("coach", "--record", record, "join", "Bob", stdin="one two three\nfour five six\n")
    assert (differ.returncode, "the two passphrases differ" in differ.stderr) == (2, True)
    wrong = run("coach", "--record", record, "--name", "zoë", "progress", stdin="something else\n")
    assert (wrong.returncode, wrong.stdout.count("exercise")) == (2, 0)
    assert "no learner “zoë” with this passphrase" in wrong.stderr
    right = run("coach", "--record", record, "--name", "zoë", "progress", stdin=f"{phrase}\n")
    assert "Nothing was practised yet." in right.stdout
    assert phrase.encode() not in record.read_bytes()


def test_a_teams_own_cases_are_read_and_a_wrong_one_is_told(run: Run, tmp_path: Path, record: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "burnt.toml").write_text("trade = 3\n", "utf8")
    for command in (("coach", "cases", folder), ("coach", "--record", record, "--cases", folder)):
        done = run(*command)
        assert done.returncode == 2
        assert done.stderr.startswith(f"tonecheck: {folder / 'burnt.toml'}:")
        assert "Traceback" not in done.stderr
    assert not record.exists()


def test_a_record_that_cannot_be_opened_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("This is a letter and no database, whatever the option says.\n" * 30, "utf8")
    done = run("coach", "--record", letter, "progress")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "no training record" in done.stderr


def test_without_its_libraries_the_coach_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        "from tonecheck.cli import main; main(['coach', '--record', sys.argv[1], 'progress'])"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "coach.sqlite3")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "tonecheck: the coach needs sqlalchemy; pip install 'tonecheck[coach]' brings it\n"


class Terminal:
    """The command on a pseudo-terminal of its own."""

    def __init__(self, *arguments: str | Path, home: Path) -> None:
        self.shown = ""
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            places = {name: str(home) for name in ("HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")}
            environment = {**os.environ, **places, "TERM": "xterm", "NO_COLOR": "1"}
            environment["PROMPT_TOOLKIT_NO_CPR"] = "1"  # nobody here tells where the cursor is
            command = [sys.executable, "-m", "tonecheck", *map(str, arguments)]
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever started the tests may ignore it
            os.execve(sys.executable, command, environment)

    def wait_for(self, words: str, seconds: float = 120) -> None:
        """Read until the words are shown."""
        end = time.monotonic() + seconds
        while words not in " ".join(self.shown.split()):
            assert time.monotonic() < end, f"{words!r} was not shown, but:\n{self.shown}"
            if select.select([self.end], [], [], 0.5)[0]:
                try:
                    self.shown += os.read(self.end, 65536).decode("utf8", "replace")
                except OSError:  # the other end has closed
                    assert words in self.shown, self.shown
                    return

    def type(self, keys: str) -> None:
        self.shown = ""
        os.write(self.end, keys.encode())

    def status(self, seconds: float = 120) -> int:
        """How the command ended, once it has said all."""
        end = time.monotonic() + seconds
        with suppress(OSError):  # the other end has closed
            while not select.select([self.end], [], [], 0.5)[0] or os.read(self.end, 65536):
                assert time.monotonic() < end, "the command has not ended"
        os.close(self.end)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_a_passphrase_is_not_shown_on_a_terminal_and_control_c_ends_a_session(tmp_path: Path) -> None:
    phrase = "four plain short words"
    terminal = Terminal("coach", "--name", "Ann", "--plain", home=tmp_path)
    terminal.wait_for("Join?")
    terminal.type("y\r")
    terminal.wait_for("A passphrase")
    terminal.type(f"{phrase}\r")
    terminal.wait_for("Once more")
    assert phrase not in terminal.shown
    terminal.type(f"{phrase}\r")
    terminal.wait_for("an empty line ends")
    assert phrase not in terminal.shown
    terminal.type("\x03")
    terminal.wait_for("Until next time.")
    assert terminal.status() == 0
    assert (tmp_path / "tonecheck" / "coach.sqlite3").exists()


def test_an_answer_is_not_lost_while_somebody_else_writes_to_the_record(tmp_path: Path) -> None:
    record = tmp_path / "coach.sqlite3"
    opened = open_record(str(record))
    with recording(opened) as session:
        join(session, "Ann")
    opened.dispose()
    terminal = Terminal("coach", "--record", record, "--plain", home=tmp_path)
    terminal.wait_for("an empty line ends")
    other = sqlite3.connect(record)
    other.execute("BEGIN EXCLUSIVE")
    terminal.type("\r")
    terminal.wait_for("somebody else is writing")
    terminal.wait_for("Try again?")
    other.rollback()
    other.close()
    terminal.type("y\r")
    terminal.wait_for("100 of 100")
    terminal.type("\x03")
    assert terminal.status() == 0
    assert rows(record, "SELECT exercise, score FROM attempts") == [("spot", 1.0)]


def test_words_are_marked_with_the_cursor_keys(tmp_path: Path) -> None:
    record = tmp_path / "coach.sqlite3"
    terminal = Terminal("coach", "--record", record, "--name", "Ann", home=tmp_path)
    terminal.wait_for("Join?")
    terminal.type("y\r")
    terminal.wait_for("A passphrase")
    terminal.type("\r")
    terminal.wait_for("Enter ends.")
    right, down = "\x1b[C", "\x1b[B"
    terminal.type(f"{down} {right * 5}d2\r")
    terminal.wait_for("0 of 100")
    terminal.wait_for("these words are fine")
    terminal.wait_for("Their numbers")
    terminal.type("1 4 5\r")
    terminal.wait_for("Helpdesk")  # the end of the draft that is to be rewritten
    terminal.type("\x04")
    terminal.wait_for("0 of 100")
    terminal.wait_for("still there, X.euphemism")
    terminal.wait_for("One good answer")
    terminal.type("\x03")
    assert terminal.status() == 0
    kept = rows(record, "SELECT exercise, score > 0 FROM attempts ORDER BY id")
    assert kept == [("spot", 0), ("missing", 1), ("rewrite", 0)]
