"""The warm daemon: the same bytes as without it, and no harm where it is odd or gone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import EXAMPLES, ROOT, Home

TEXT = b"We will leverage our partners and utilise the spare part prior to your visit, and Marek will call on Monday.\n"
FORMATS = ("text", "json", "jsonl", "html", "sarif", "line")


def pid(home: Home) -> int:
    return int(home.run("daemon", "status").stdout.split(b"process ")[1].split(b".")[0])


def alone(
    home: Home, *arguments: str | Path, stdin: bytes = b"", **environment: str
) -> tuple[int, bytes, bytes]:
    """The command in a process of its own: the daemon is out of reach."""
    done = home.run(
        *arguments, stdin=stdin, **{**environment, "XDG_RUNTIME_DIR": "/nowhere", "TMPDIR": "/nowhere"}
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def told_alone(warm: Home) -> tuple[int, bytes, bytes]:
    """What a check of the text gives in a process of its own."""
    return alone(warm, "check", "-", stdin=TEXT)


def same_as_alone(home: Home, *arguments: str | Path, stdin: bytes = b"", **environment: str) -> None:
    before = home.served()
    done = home.run(*arguments, stdin=stdin, **environment)
    assert (done.returncode, done.stdout, done.stderr) == alone(home, *arguments, stdin=stdin, **environment)
    assert home.served() > before


@pytest.mark.parametrize("form", FORMATS)
def test_the_daemon_writes_the_same_bytes_in_every_format(warm: Home, form: str) -> None:
    same_as_alone(warm, "check", "--format", form, *EXAMPLES)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "-", "--format", "line"),
        ("check",),
        ("check", "no-such-file.txt", "-"),
        ("check", "--format", "xml"),
        ("check", "--help"),
        ("check", "-", "--only", "doublespeek"),
        ("check", "-", "--fail-over", "0", "--quiet"),
        ("fix", "-"),
        ("fix", "-", "--unsafe", "--format", "json"),
        ("fix", "no-such-file.txt"),
        ("gate",),
        ("gate", "--can-ask", "--recipient", "ann@client.example", "--format", "json"),
    ],
)
def test_standard_input_errors_and_exit_status_are_the_same(warm: Home, arguments: tuple[str, ...]) -> None:
    same_as_alone(warm, *arguments, stdin=TEXT)


def test_a_file_is_written_by_a_process_of_its_own(warm: Home) -> None:
    draft = warm.work / "draft.txt"
    draft.write_bytes(TEXT)
    before = warm.served()
    done = warm.run("fix", "draft.txt", "--write")
    assert done.returncode == 0, done.stderr
    assert draft.read_bytes() == TEXT.replace(b"utilise", b"use").replace(b"prior to", b"before")
    assert warm.served() == before + 1  # asked, and declined
    draft.unlink()


def test_folder_environment_and_encoding_are_the_clients(warm: Home) -> None:
    (warm.work / "draft.txt").write_bytes(TEXT + "“Grüße”\n".encode())
    (warm.work / ".tonecheck.toml").write_text('off = ["doublespeak/utilise"]\n', "utf8")
    try:
        same_as_alone(warm, "check", "draft.txt", COLUMNS="50", PYTHONIOENCODING="latin-1")
        assert b"utilise" not in warm.run("check", "draft.txt", "--format", "line").stdout
    finally:
        (warm.work / ".tonecheck.toml").unlink()


def test_a_terminal_gets_its_colours_and_width(warm: Home) -> None:
    (warm.work / "draft.txt").write_bytes(TEXT)
    shown = {}
    for runtime in (warm.environment["XDG_RUNTIME_DIR"], "/nowhere"):
        shell = f"stty cols 60; exec {sys.executable} -m tonecheck check draft.txt"
        code = "import pty, sys; pty.spawn(['sh', '-c', sys.argv[1]])"
        environment = {**warm.environment, "XDG_RUNTIME_DIR": runtime, "TMPDIR": runtime}
        done = subprocess.run(
            [sys.executable, "-c", code, shell],
            cwd=warm.work,
            env=environment,
            capture_output=True,
            check=True,
        )
        shown[runtime] = done.stdout
    coloured, other = shown.values()
    assert b"\x1b[" in coloured
    assert coloured == other


def test_a_loop_that_reads_names_keeps_its_standard_input(warm: Home) -> None:
    (warm.work / "draft.txt").write_bytes(TEXT)
    loop = f'while read -r name; do {sys.executable} -m tonecheck check "$name" --format line | wc -l; done'
    done = subprocess.run(
        ["sh", "-c", loop],
        input=b"draft.txt\ndraft.txt\n",
        capture_output=True,
        cwd=warm.work,
        env=warm.environment,
        check=True,
    )
    assert len(done.stdout.split()) == 2


def test_a_reader_that_leaves_is_no_success(warm: Home) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "tonecheck", "check", str(EXAMPLES[0])],
        stdout=writing,
        stderr=subprocess.PIPE,
        env=warm.environment,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 1
    assert done.stderr == b""


def test_many_at_once_are_all_answered(warm: Home) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda path: warm.run("check", path, "--format", "json"), EXAMPLES))
    for path, result in zip(EXAMPLES, done, strict=True):
        assert json.loads(result.stdout)["source"].startswith(str(path)), result.stderr


def test_only_the_user_can_reach_the_socket(warm: Home) -> None:
    (path,) = warm.sockets.glob("*.sock")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(warm.sockets.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "sent",
    [b"", b"\0", b"\0\0\0\x02\0\0\0\0{}", b"GET / HTTP/1.1\r\n\r\n", b'\0\0\0\x0f\0\0\0\0{"do": "dance"}'],
)
def test_a_client_that_talks_nonsense_leaves_the_daemon_well(warm: Home, sent: bytes) -> None:
    (path,) = warm.sockets.glob("*.sock")
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(str(path))
        link.sendall(sent)
    before = warm.served()
    assert warm.run("check", "-", stdin=TEXT).stdout
    assert warm.served() > before


def test_a_folder_that_others_may_enter_is_not_trusted(home: Home) -> None:
    home.sockets.mkdir(mode=0o755)
    home.sockets.chmod(0o755)
    (address,) = listening(home)
    with socket.socket(socket.AF_UNIX) as trap:
        trap.bind(address)
        trap.listen()
        trap.settimeout(0)
        assert home.run("check", "-", stdin=TEXT).stdout
        with pytest.raises(BlockingIOError):
            trap.accept()


def listening(home: Home) -> list[str]:
    code = "from tonecheck.serve.client import address; print(address())"
    done = subprocess.run(
        [sys.executable, "-c", code], env=home.environment, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_start_status_stop_and_a_second_start(home: Home) -> None:
    assert home.run("daemon", "status").returncode == 1
    with ThreadPoolExecutor(2) as pool:
        started = list(pool.map(lambda _: home.run("daemon", "start"), range(2)))
    assert [done.returncode for done in started] == [0, 0]
    first = pid(home)
    assert b"already" in home.run("daemon", "start").stdout
    assert home.run("daemon", "run").returncode == 2
    assert pid(home) == first
    assert b"ended" in home.run("daemon", "stop").stdout
    assert home.run("daemon", "status").returncode == 1
    assert list(home.sockets.glob("*.sock")) == []


def test_whoever_waits_for_the_end_of_a_pipe_is_not_kept_waiting(home: Home) -> None:
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "tonecheck", "daemon", "start"]
    subprocess.run(
        command, stdout=writing, stderr=writing, pass_fds=[writing], env=home.environment, check=True
    )
    os.close(writing)
    with open(reading, "rb") as pipe:
        assert pipe.read() == b"The daemon is running.\n"
    assert home.run("daemon", "status").returncode == 0


def test_a_killed_daemon_and_its_stale_socket_harm_nobody(
    home: Home, told_alone: tuple[int, bytes, bytes]
) -> None:
    home.run("daemon", "start")
    first = pid(home)
    os.kill(first, signal.SIGKILL)
    (path,) = home.sockets.glob("*.sock")
    assert path.is_socket()
    assert home.run("check", "-", stdin=TEXT).stdout == told_alone[1]
    assert home.run("daemon", "start").returncode == 0
    assert pid(home) != first


@pytest.mark.parametrize("hello", [b"", b'{"tonecheck": "0.0.1"}', b"x", None])
def test_a_daemon_that_is_another_or_dies_half_way_is_done_without(
    home: Home, told_alone: tuple[int, bytes, bytes], hello: bytes | None
) -> None:
    """None is one that says hello as it should, takes the draft and dies."""
    from tonecheck import __version__

    home.sockets.mkdir(mode=0o700)
    (address,) = listening(home)
    with socket.socket(socket.AF_UNIX) as listener, ThreadPoolExecutor(1) as pool:
        listener.bind(address)
        listener.listen()
        done = pool.submit(home.run, "check", "-", stdin=TEXT)
        link, _ = listener.accept()
        with link:
            told = json.dumps({"tonecheck": __version__}).encode() if hello is None else hello
            link.sendall(len(told).to_bytes(4, "big") + bytes(4) + told)
            if hello is None:
                assert b"arguments" in link.recv(1 << 16)
                link.sendall(b"\0\0\0\x20\0\0")
        listener.close()
        assert done.result().stdout == told_alone[1]


def test_a_stopped_daemon_is_not_waited_for(home: Home, told_alone: tuple[int, bytes, bytes]) -> None:
    home.run("daemon", "start")
    stopped = pid(home)
    os.kill(stopped, signal.SIGSTOP)
    try:
        assert home.run("check", "-", stdin=TEXT).stdout == told_alone[1]
    finally:
        os.kill(stopped, signal.SIGCONT)


def test_off_means_that_the_daemon_is_not_used_and_auto_that_a_check_starts_it(
    home: Home, told_alone: tuple[int, bytes, bytes]
) -> None:
    home.settings('daemon = "auto"\n')
    assert home.run("check", "-", stdin=TEXT).stdout
    until(lambda: home.run("daemon", "status").returncode == 0)
    home.settings('daemon = "off"\n')
    done = home.run("check", "-", stdin=TEXT)
    assert (done.returncode, done.stdout, done.stderr) == told_alone


def until(holds: object, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.2)


def test_it_ends_when_nobody_asks(home: Home) -> None:
    home.run("daemon", "start", "--idle", "0.01")
    until(lambda: not list(home.sockets.glob("*.sock")))


def test_a_changed_tonecheck_is_not_served_by_what_was_loaded_before(home: Home) -> None:
    copy = home.folder / "checkout" / "src"
    shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy.parent / "models").symlink_to(ROOT / "models")
    rule = copy / "tonecheck" / "rules" / "doublespeak" / "utilise.toml"
    assert home.run("daemon", "start", PYTHONPATH=str(copy)).returncode == 0
    before = home.run("check", "-", "--format", "line", stdin=TEXT, PYTHONPATH=str(copy))
    rule.write_text(rule.read_text("utf8").replace("” means use.", "” is long for use."), "utf8")
    after = home.run("check", "-", "--format", "line", stdin=TEXT, PYTHONPATH=str(copy))
    assert "means use" in before.stdout.decode()
    assert "is long for use" in after.stdout.decode()
    assert home.run("daemon", "status", PYTHONPATH=str(copy)).returncode == 1


def test_changed_settings_and_house_rules_hold_at_once(warm: Home) -> None:
    def rules() -> set[str]:
        shown = warm.run("check", "-", "--format", "json", stdin=TEXT).stdout
        return {finding["rule"] for finding in json.loads(shown)["findings"]}

    before = rules()
    house = warm.work / "house" / "doublespeak"
    house.mkdir(parents=True)
    (house / "call-on.toml").write_text(house_rule("will call on"), "utf8")
    (warm.work / ".tonecheck.toml").write_text('rules = ["house"]\noff = ["doublespeak/utilise"]\n', "utf8")
    try:
        assert rules() == before - {"doublespeak/utilise"} | {"doublespeak/call-on"}
        (house / "call-on.toml").write_text(house_rule("will call back on"), "utf8")
        assert rules() == before - {"doublespeak/utilise"}
    finally:
        (warm.work / ".tonecheck.toml").unlink()
    assert rules() == before


def house_rule(phrase: str) -> str:
    return (
        'type = "X.vague"\nmessage = "“{match}” says little."\nwhy = "It is vague."\nseverity = "mild"\n'
        f'source = "ours"\nfine = ["We call.", "They call on us."]\n[[pattern]]\nphrases = ["{phrase}"]\n'
        f'[[example]]\ntext = "Marek [{phrase}] Monday."\n'
    )


def test_the_client_loads_only_the_standard_library_and_little_of_it(warm: Home) -> None:
    (warm.work / "real").write_text("#!/bin/sh\ncat >/dev/null\n", "utf8")
    (warm.work / "real").chmod(0o755)
    report = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "sys.argv = ['tonecheck', *sys.argv[1:]]\n"
        "from tonecheck.__main__ import main\n"
        "try: main()\n"
        "finally:\n"
        "    ours = {n for n in sys.modules if n.startswith('tonecheck')}\n"
        "    theirs = {n.split('.')[0] for n in sys.modules.keys() - before} - sys.stdlib_module_names - {'tonecheck'}\n"
        "    slow = {'dataclasses', 'inspect', 'typing', 'subprocess', 'email', 'pathlib', 'shutil'} & (sys.modules.keys() - before)\n"
        "    print(sorted(ours), sorted(theirs), sorted(slow), file=open('loaded', 'w'))\n"
    )
    allowed = ["tonecheck", "tonecheck.__main__", "tonecheck.serve", "tonecheck.serve.client"]
    for arguments, more in (
        (["check", str(EXAMPLES[0])], []),
        (
            ["sendmail", "--", "./real"],
            ["tonecheck.hooks", "tonecheck.hooks.consent", "tonecheck.hooks.sendmail"],
        ),
    ):
        subprocess.run(
            [sys.executable, "-c", report, *arguments],
            input=b"To: a@b.example\n\nFine.\n",
            cwd=warm.work,
            capture_output=True,
            check=False,
            env={**warm.environment, "PYTHONPATH": str(ROOT / "src")},
        )
        assert (warm.work / "loaded").read_text() == f"{sorted(allowed + more)} [] []\n"
