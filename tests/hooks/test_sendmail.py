"""The sendmail wrapper: the same bytes and arguments reach the real sendmail, or nothing does."""

from __future__ import annotations

import os
import re
import shlex
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Home
from hypothesis import example, given, settings
from hypothesis import strategies as st

BAD = (ROOT / "examples" / "part-x.eml").read_bytes()
GOOD = (ROOT / "examples" / "owned-mistake.eml").read_bytes()
WRAPPER = [sys.executable, "-m", "tonecheck", "sendmail"]


class Real:
    """A real sendmail for tests: keeps its arguments and its standard input, and exits as told."""

    def __init__(self, home: Home, ends: str = "exit 0") -> None:
        self.path = home.work / "real sendmail"
        self._input, self._arguments = home.work / "input", home.work / "arguments"
        for path in (self._input, self._arguments):
            path.unlink(missing_ok=True)
        self.path.write_text(
            f"#!/bin/sh\nprintf '%s\\0' \"$@\" > {self._arguments}\ncat > {self._input}\n{ends}\n", "utf8"
        )
        self.path.chmod(0o755)

    @property
    def was_called(self) -> bool:
        return self._arguments.exists()

    @property
    def got(self) -> bytes:
        return self._input.read_bytes()

    @property
    def arguments(self) -> list[bytes]:
        return self._arguments.read_bytes().split(b"\0")[:-1]


def send(home: Home, real: Real, mail: bytes, *flags: str, **environment: str) -> tuple[int, str]:
    done = home.run("sendmail", *flags, "--", real.path, "-oi", "-t", stdin=mail, **environment)
    assert done.stdout == b""
    return done.returncode, done.stderr.decode("utf8")


def log(home: Home) -> str:
    path = home.state / "faults.log"
    return path.read_text("utf8") if path.exists() else ""


ARGUMENTS = st.lists(st.binary(max_size=12).filter(lambda word: b"\0" not in word), max_size=4)


@settings(max_examples=30)
@given(st.binary(max_size=2000), ARGUMENTS)
@example(b"", [])
@example(b"To: a@b.example\r\n\r\n.\r\n\r\n", [b"-f", b"", b"--", b"a@b.example"])
@example(GOOD, [b"--help", b"--", b"--no-ask"])
def test_any_bytes_and_arguments_go_through_as_they_are(
    warm: Home, mail: bytes, arguments: list[bytes]
) -> None:
    real = Real(warm)
    done = subprocess.run(
        [*WRAPPER, "--no-ask", "--", str(real.path), *arguments],
        input=mail,
        env=warm.environment,
        cwd=warm.work,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert real.got == mail
    # printf writes one empty word where there are none.
    assert real.arguments == (arguments or [b""])


@settings(max_examples=8)
@given(st.binary(max_size=2000))
def test_any_bytes_go_through_without_a_daemon(cache: Path, mail: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="tc-") as folder:
        home = Home(Path(folder), cache, 'daemon = "off"\nclients = ["client.example"]\n')
        real = Real(home)
        done = home.run("sendmail", "--", real.path, "-oi", "--", "jo@acme.example", stdin=mail)
        assert (done.returncode, done.stderr) == (0, b"")
        assert real.got == mail
        assert real.arguments == [b"-oi", b"--", b"jo@acme.example"]


def test_a_good_mail_goes_without_a_word(warm: Home) -> None:
    real = Real(warm)
    assert send(warm, real, GOOD) == (0, "")
    assert real.got == GOOD
    assert "nothing in it is above the limit" in warm.run("last").stdout.decode()


def test_a_mail_larger_than_any_draft_goes_through(warm: Home) -> None:
    real = Real(warm)
    mail = GOOD + os.urandom(1 << 20) * 40
    status, said = send(warm, real, mail)
    assert status == 0
    assert "larger than" in said
    assert real.got == mail


def test_a_held_mail_exits_with_65_and_is_safe(warm: Home) -> None:
    real = Real(warm)
    status, said = send(warm, real, BAD)
    assert status == 65
    assert not real.was_called
    assert "^^^^" in said
    assert re.search(r"doublespeak \d\d \(limit 50\)", said)
    path = Path(said.split("held as ")[1].split(";")[0])
    assert path.read_bytes() == BAD
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_program_that_keeps_the_draft_gets_no_copy(warm: Home) -> None:
    before = list((warm.state / "held").glob("*"))
    status, said = send(warm, Real(warm), BAD, "--no-copy")
    assert status == 65
    assert "tonecheck last" in said
    assert list((warm.state / "held").glob("*")) == before


@pytest.mark.parametrize(("ago", "status"), [(0, 0), (50, 0), (61, 65), (-1000, 65)])
def test_a_word_with_its_second_lasts_for_a_minute(warm: Home, ago: int, status: int) -> None:
    assert send(warm, Real(warm), BAD, TONECHECK=f"off@{int(time.time()) - ago}")[0] == status


def test_the_two_dashes_may_be_left_out_and_a_wrapper_in_a_wrapper_counts_once(warm: Home) -> None:
    real = Real(warm)
    once = ("sendmail", "--no-copy")
    done = warm.run(
        *once, ourselves(warm), *once, "~/work/real sendmail", "-oi", "--", "a@b.example", stdin=GOOD
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert real.arguments == [b"-oi", b"--", b"a@b.example"]
    assert real.got == GOOD


def test_an_unknown_flag_is_explained_and_nothing_is_read(warm: Home) -> None:
    done = warm.run("sendmail", "--nocopy", "/bin/cat", stdin=GOOD)
    assert done.returncode == 2
    assert b"--nocopy" in done.stderr


def test_the_last_report_can_be_read_and_deleted(warm: Home) -> None:
    send(warm, Real(warm), BAD)
    shown = warm.run("last")
    assert shown.returncode == 0
    assert re.search(r", held: .*doublespeak \d\d \(limit 50\)", shown.stdout.decode())
    assert "In plainer words" in shown.stdout.decode()
    assert b"tonecheck last --delete" in shown.stderr
    assert stat.S_IMODE((warm.state / "last.txt").stat().st_mode) == 0o600
    assert warm.run("last", "--delete").returncode == 0
    assert warm.run("last").returncode == 2


def test_send_anyway_by_the_environment_or_by_a_header(warm: Home) -> None:
    real = Real(warm)
    before = warm.served()
    assert send(warm, real, BAD, TONECHECK="off") == (0, "")
    assert real.got == BAD
    assert warm.served() == before
    marked = b"X-Tonecheck: off\r\n" + BAD
    assert send(warm, real, marked) == (0, "")
    assert real.got == marked


def test_the_envelope_tells_who_gets_it(warm: Home) -> None:
    warm.settings('own_domains = ["acme.example"]\n')
    try:
        for recipient, status in (("kim@acme.example", 0), ("ann@client.example", 65)):
            done = warm.run("sendmail", "--", Real(warm).path, "-oem", "--", recipient, stdin=BAD)
            assert done.returncode == status
    finally:
        warm.settings("")


@pytest.mark.parametrize(
    ("ends", "status", "told"),
    [
        ("exit 0", 0, ""),
        ("exit 1", 1, ""),
        ("exit 75", 75, ""),
        ("exit 127", 127, ""),
        ("exit 126", 70, "exited with 126"),
        ("kill -KILL $$", 70, "SIGKILL"),
        ("kill -TERM $$", 70, "SIGTERM"),
        ("/etc/passwd", 70, "exited with 126"),
    ],
)
def test_the_real_exit_status_is_passed_on_unless_it_would_be_misread(
    warm: Home, ends: str, status: int, told: str
) -> None:
    code, said = send(warm, Real(warm, ends), GOOD)
    assert code == status
    assert told in said


def missing(home: Home) -> Path:
    return home.work / "no-such-sendmail"


def unexecutable(home: Home) -> Path:
    path = Real(home).path
    path.chmod(0o644)
    return path


def folder(home: Home) -> Path:
    return home.work


def ourselves(_home: Home) -> Path:
    return ROOT / "src" / "tonecheck" / "__main__.py"


def linked(home: Home) -> Path:
    path = home.work / "sendmail"
    path.unlink(missing_ok=True)
    path.symlink_to(home.work / "other")
    (home.work / "other").unlink(missing_ok=True)
    (home.work / "other").symlink_to(ourselves(home))
    return path


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (missing, "no such program"),
        (unexecutable, "not executable"),
        (folder, "not executable"),
        (linked, "tonecheck itself"),
    ],
)
def test_a_real_sendmail_that_cannot_be_one_is_refused_before_the_mail_is_read(
    warm: Home, named: Callable[[Home], Path], told: str
) -> None:
    ourselves(warm).chmod(0o755)
    try:
        with subprocess.Popen(
            [*WRAPPER, "--", str(named(warm))],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=warm.environment,
        ) as process:
            # Its input stays open: whoever would read it would wait.
            assert process.wait(60) == 2
            assert process.stderr is not None
            assert told in process.stderr.read().decode()
    finally:
        ourselves(warm).chmod(0o644)


def test_a_script_that_calls_tonecheck_again_ends_the_circle(warm: Home) -> None:
    script = warm.work / "circle"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(WRAPPER)} -- {script} "$@"\n', "utf8")
    script.chmod(0o755)
    done = warm.run("sendmail", "--", script, stdin=GOOD)
    assert done.returncode == 2
    assert b"got from tonecheck" in done.stderr


def test_a_program_is_found_as_a_shell_finds_it(warm: Home) -> None:
    real = Real(warm)
    real.path.rename(warm.work / "msmtp-for-test")
    path = f"{warm.work}:{os.environ['PATH']}"
    assert warm.run("sendmail", "--", "msmtp-for-test", stdin=GOOD, PATH=path).returncode == 0
    assert real.got == GOOD


@pytest.mark.parametrize("arguments", [("--no-cpy", "--", "/bin/true"), ("--",), (), ("/bin/true",)])
def test_wrong_arguments_are_explained_and_nothing_is_sent(warm: Home, arguments: tuple[str, ...]) -> None:
    done = warm.run("sendmail", *arguments, stdin=GOOD)
    assert done.returncode == (0 if arguments == ("/bin/true",) else 2)
    assert (b"Usage: " in done.stderr) == (done.returncode == 2)


@pytest.mark.parametrize("given", ["<&-", "0> written"])
def test_a_mail_that_cannot_be_read_to_its_end_is_not_sent(warm: Home, given: str) -> None:
    """Standard input is closed, or can only be written to."""
    real = Real(warm)
    done = subprocess.run(
        ["sh", "-c", f"exec {shlex.join(WRAPPER)} -- {shlex.quote(str(real.path))} {given}"],
        env=warm.environment,
        cwd=warm.work,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 74
    assert b"Nothing was sent" in done.stderr
    assert not real.was_called


@pytest.mark.parametrize("deaf", ["2>&-", "2> /dev/full"])
@pytest.mark.parametrize("settings", ["", 'daemon = "off"\n'])
def test_a_mail_is_held_even_if_nobody_hears_why(warm: Home, deaf: str, settings: str) -> None:
    real = Real(warm)
    warm.settings(settings)
    command = f"exec {shlex.join(WRAPPER)} -- {shlex.quote(str(real.path))} {deaf}"
    done = subprocess.run(["sh", "-c", command], input=BAD, env=warm.environment, cwd=warm.work, check=False)
    warm.settings("")
    assert done.returncode == 65
    assert not real.was_called


# What goes wrong with us: the mail still goes, says so, and a line without its text stays in the log.


def test_without_a_daemon_it_starts_one_and_the_next_mail_finds_it(home: Home) -> None:
    real = Real(home)
    assert send(home, real, BAD)[0] == 65
    assert home.served() > 0
    assert send(home, real, GOOD) == (0, "")
    assert real.got == GOOD


def test_without_a_place_for_the_socket_the_gate_still_holds(home: Home) -> None:
    nowhere = {"XDG_RUNTIME_DIR": "/nowhere", "TMPDIR": "/nowhere"}
    assert send(home, Real(home), BAD, **nowhere)[0] == 65
    assert home.run("daemon", "start", **nowhere).returncode == 2


def test_a_mail_that_takes_too_long_goes_unchecked(home: Home) -> None:
    home.settings("timeout = 0.001\n")
    real = Real(home)
    status, said = send(home, real, BAD)
    assert status == 0
    assert "longer than 0.001 seconds" in said
    assert real.got == BAD
    assert "longer than 0.001 seconds" in log(home)
    assert "Part X" not in log(home)


def test_a_daemon_that_hangs_does_not_keep_the_mail(home: Home) -> None:
    home.run("daemon", "start")
    home.settings("timeout = 1\n")
    told = home.run("daemon", "status").stdout
    process = int(told.split(b"process ")[1].split(b".")[0])
    os.kill(process, signal.SIGSTOP)
    try:
        real = Real(home)
        status, said = send(home, real, GOOD)
    finally:
        os.kill(process, signal.SIGCONT)
    assert status == 0
    assert real.got == GOOD
    assert "longer than 1 seconds" in said


def test_broken_settings_let_the_mail_go_and_say_so(warm: Home) -> None:
    warm.settings("limts = {}\n")
    try:
        real = Real(warm)
        status, said = send(warm, real, BAD)
    finally:
        warm.settings("")
    assert status == 0
    assert "did you mean “limits”" in said
    assert "sent all the same" in said
    assert real.got == BAD


@pytest.mark.parametrize(("on_fault", "status"), [("send", 0), ("hold", 65)])
def test_whoever_wants_it_held_when_we_fail_gets_that(home: Home, on_fault: str, status: int) -> None:
    home.settings(f'timeout = 0.001\ndaemon = "off"\non_fault = "{on_fault}"\n')
    assert send(home, Real(home), GOOD)[0] == status


def test_a_broken_installation_lets_the_mail_go(home: Home) -> None:
    (home.folder / "broken").mkdir()
    (home.folder / "broken" / "platformdirs.py").write_text("raise RuntimeError('broken')\n", "utf8")
    real = Real(home)
    path = f"{home.folder / 'broken'}:{os.environ.get('PYTHONPATH', '')}"
    status, said = send(home, real, BAD, PYTHONPATH=path)
    assert status == 0
    assert "sent all the same: tonecheck stopped with RuntimeError" in said
    assert real.got == BAD


def read_only(home: Home) -> dict[str, str]:
    """Root may write everywhere, so a file stands where the state folder should be made."""
    (home.folder / "file").touch()
    return {"XDG_STATE_HOME": str(home.folder / "file")}


def test_with_a_read_only_home_a_good_mail_goes_and_a_held_one_is_not_lost(warm: Home) -> None:
    real = Real(warm)
    assert send(warm, real, GOOD, **read_only(warm)) == (0, "")
    status, said = send(warm, real, BAD, **read_only(warm))
    assert status == 0
    assert "no copy can be kept" in said
    assert real.got == BAD
    assert send(warm, real, BAD, "--no-copy", **read_only(warm))[0] == 65


def test_with_a_full_disk_the_mail_goes(warm: Home) -> None:
    """No file may grow: neither a copy, nor the log, nor one to hand the mail over in."""
    real = Real(warm)
    # The real one writes more slowly than it is fed, so that the pipe fills up.
    mail = BAD + b"x" * 300_000
    command = f"ulimit -f 0; exec {shlex.join(WRAPPER)} -- {shlex.quote(str(real.path))}"
    real.path.write_text("#!/bin/sh\nsleep 0.2; wc -c >&2\n", "utf8")
    done = subprocess.run(
        ["sh", "-c", command],
        input=mail,
        env=warm.environment,
        cwd=warm.work,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert "no copy can be kept" in done.stderr.decode()
    assert str(len(mail)).encode() in done.stderr


def test_two_at_once_both_go(warm: Home) -> None:
    reals = []
    processes = []
    for number in range(4):
        place = warm.work / str(number)
        place.mkdir()
        copy = place / "real"
        copy.write_text(f"#!/bin/sh\ncat > {place}/input\n", "utf8")
        copy.chmod(0o755)
        reals.append(place / "input")
        processes.append(
            subprocess.Popen(
                [*WRAPPER, "--", str(copy)], stdin=subprocess.PIPE, env=warm.environment, cwd=warm.work
            )
        )
    for number, process in enumerate(processes):
        assert process.stdin is not None
        process.stdin.write(GOOD + str(number).encode())
        process.stdin.close()
    assert [process.wait(120) for process in processes] == [0] * 4
    assert [path.read_bytes() for path in reals] == [GOOD + str(n).encode() for n in range(4)]


def test_a_killed_wrapper_leaves_the_real_one_the_whole_mail(home: Home) -> None:
    real = Real(home)
    begun, done = home.work / "begun", home.work / "done"
    real.path.write_text(
        f"#!/bin/sh\ntouch {begun}; sleep 0.5; cat > {home.work}/input; touch {done}\n", "utf8"
    )
    mail = GOOD + b"x" * 500_000
    with subprocess.Popen(
        [*WRAPPER, "--", str(real.path)], stdin=subprocess.PIPE, env={**home.environment, "TONECHECK": "off"}
    ) as process:
        assert process.stdin is not None
        process.stdin.write(mail)
        process.stdin.close()
        until(begun.exists)
        process.kill()
    until(done.exists)
    assert real.got == mail


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


# At a terminal.


WRITER = """
import os, pty, sys
typed = sys.stdin.buffer.read()
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("sh", ["sh", "-c", sys.argv[1]])
shown = b""
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    shown += part
    if not part:
        break
    if b"[y/N]" in shown and typed:
        os.write(terminal, typed)
        typed = b""
sys.stdout.buffer.write(shown)
"""


def at_terminal(home: Home, real: Real, typed: bytes, *flags: str) -> tuple[int, str]:
    """The exit status and all that the terminal showed to a writer who answers the question so."""
    (home.work / "mail.eml").write_bytes(BAD)
    wrapper = f"{shlex.join([*WRAPPER, *flags])} -- {shlex.quote(str(real.path))} < mail.eml"
    done = subprocess.run(
        [sys.executable, "-c", WRITER, f"trap : INT; {wrapper}; echo status $?"],
        input=typed,
        env=home.environment,
        cwd=home.work,
        capture_output=True,
        check=True,
    )
    shown = done.stdout.decode()
    return int(shown.split("status ")[1].split()[0]), shown


@pytest.mark.parametrize(
    ("typed", "status"), [(b"y\n", 0), (b"YES\n", 0), (b"n\n", 65), (b"\n", 65), (b"\x04", 65)]
)
def test_at_a_terminal_the_writer_is_asked(warm: Home, typed: bytes, status: int) -> None:
    real = Real(warm)
    code, shown = at_terminal(warm, real, typed)
    assert code == status
    assert "Send anyway? [y/N]" in shown
    assert "\x1b[" in shown
    assert real.was_called == (status == 0)
    if real.was_called:
        assert real.got == BAD


def test_who_breaks_off_sends_nothing(warm: Home) -> None:
    real = Real(warm)
    code, _ = at_terminal(warm, real, b"\x03")
    assert code == 130
    assert not real.was_called


def test_who_does_not_want_to_be_asked_is_not(warm: Home) -> None:
    real = Real(warm)
    code, shown = at_terminal(warm, real, b"y\n", "--no-ask")
    assert code == 65
    assert "Send anyway" not in shown
