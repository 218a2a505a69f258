"""The sendmail wrapper: reads the whole mail, asks the gate, and hands the same bytes to the real sendmail.

This process never loads the checker: that runs in the daemon or in a child, where neither a crash
nor a hang can reach the mail. Only the standard library is imported, and little of it.
"""

from __future__ import annotations

import os
import signal
import sys
from time import monotonic

from tonecheck.serve.client import MOST_INPUT, ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

    from tonecheck.serve.client import Answer

__all__ = ["FLAGS", "STATUS", "sendmail"]

FLAGS = {
    "--no-copy": "Keep no copy of a held mail: for mail programs that keep the draft, such as mutt.",
    "--no-ask": "Hold rather than ask at the terminal.",
}
SEND, HOLD, ASK = 0, 65, 66
STATUS = {"send": SEND, "hold": HOLD, "ask": ASK}
REFUSED, UNSTARTED, ENDED_BADLY, UNREADABLE = 2, 69, 70, 74
MUTT_TAKES_FOR_SENT = 126
# The real sendmails that this process stems from, so that a wrapper cannot go round in circles.
CALLED = "TONECHECK_CALLED"


def sendmail(arguments: Sequence[str]) -> int | None:
    """The exit status for the caller; None where click has to explain the arguments."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    flags, real = arguments[:cut], list(arguments[cut + 1 :])
    if not real or not FLAGS.keys() >= set(flags):
        return None
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    program = _found(real[0])
    fault = _fault_of(program)
    if fault:
        return _end(REFUSED, f"{real[0]}: {fault}; name the real sendmail after “--”. Nothing was sent.")
    try:
        mail = sys.stdin.buffer.read()
    except (OSError, AttributeError) as error:
        return _end(UNREADABLE, f"the mail cannot be read to its end: {error}. Nothing was sent.")
    if os.environ.get("TONECHECK", "").lower() != "off" and not _may_go(mail, flags, real[1:]):
        return HOLD
    return _hand_over(mail, program, real)


def _say(text: str) -> None:
    _write(f"tonecheck: {text}\n".encode("utf8", "replace"))


def _write(words: bytes) -> None:
    """Write to standard error, if anybody listens: the mail matters more."""
    try:
        with open(2, "wb", closefd=False) as stream:
            stream.write(words)
    except OSError:
        return


def _end(status: int, text: str) -> int:
    _say(text)
    return status


def _found(name: str) -> str:
    """The program's path, found as a shell would find it."""
    if "/" in name:
        return name
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    paths = (os.path.join(folder, name) for folder in folders)
    return next((path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)), name)


def _fault_of(program: str) -> str:
    """Why this cannot be the real sendmail; empty where it can."""
    if not os.path.exists(program):
        return "no such program"
    if not os.path.isfile(program) or not os.access(program, os.X_OK):
        return "it is not executable"
    real = os.path.realpath(program)
    script = os.path.join(os.path.dirname(sys.executable), "tonecheck")
    if real in (os.path.realpath(sys.argv[0]), os.path.realpath(script)):
        return "it is tonecheck itself"
    if real in os.environ.get(CALLED, "").split(os.pathsep):
        return "it called tonecheck for a mail that it got from tonecheck"
    return ""


def _may_go(mail: bytes, flags: Sequence[str], given: Sequence[str]) -> bool:
    """Whether the gate, or the writer at the terminal, lets the mail go. A fault of ours does."""
    terminal = None if "--no-ask" in flags else _terminal()
    recipients = given[given.index("--") + 1 :] if "--" in given else ()
    question = ["gate", *(f"--recipient={name}" for name in recipients), *(["--can-ask"] if terminal else [])]
    try:
        answer = _answer(question, mail[:MOST_INPUT])
    except Exception as error:
        return _goes_despite(error)
    _write(b"".join(words for _, words in answer.writes))
    status = answer.status
    if status not in (SEND, HOLD, ASK):
        return _goes_despite(f"its check ended with status {status}")
    if status == ASK and terminal is not None:
        status = SEND if _agrees(terminal) else HOLD
    if status == SEND:
        return True
    return _holds(mail, keeps_copy="--no-copy" not in flags)


def _answer(question: list[str], mail: bytes) -> Answer:
    """The gate's words and status, from the daemon or else from a process of its own."""
    began = monotonic()

    def seconds_left() -> float:
        from tonecheck.hooks.fallback import seconds_for_a_hook

        return seconds_for_a_hook() - (monotonic() - began)

    answer = ask(question, mail, seconds_left)
    if answer is not None:
        return answer
    from tonecheck.hooks.fallback import answer_of_gate

    return answer_of_gate(question, mail, seconds_left)


def _goes_despite(fault: str | Exception) -> bool:
    """Note a fault of ours, and say it; whether the mail goes, as it does unless the user wants it held."""
    try:
        from tonecheck.hooks.fallback import noted

        told, goes = noted(fault)
    except Exception as error:  # a broken installation
        told, goes = f"tonecheck stopped with {type(error).__name__}", True
    _say(f"{'sent all the same' if goes else 'held'}: {told}")
    return goes


def _holds(mail: bytes, *, keeps_copy: bool) -> bool:
    """Say that the mail is held, and where it is kept; whether it goes because it cannot be kept."""
    if not keeps_copy:
        _say("held; `tonecheck last` shows the whole report.")
        return False
    try:
        from tonecheck.hooks.keep import held_copy

        path = held_copy(mail)
    except Exception as error:
        return _goes_despite(f"it was to be held, but no copy can be kept: {error}")
    _say(f"held as {path}; `tonecheck last` shows the whole report.")
    return False


def _terminal() -> BinaryIO | None:
    """The terminal at which the writer sits, if the report can be read there."""
    if not os.isatty(2):
        return None
    try:
        return open("/dev/tty", "r+b", buffering=0)
    except OSError:
        return None


def _agrees(terminal: BinaryIO) -> bool:
    with terminal:
        terminal.write(b"Send anyway? [y/N] ")
        return terminal.readline().strip().lower() in (b"y", b"yes")


def _hand_over(mail: bytes, program: str, real: list[str]) -> int:
    """Start the real sendmail with the mail as its standard input; its exit status, made safe."""
    given, feed = _as_file(mail)
    called = [*filter(None, os.environ.get(CALLED, "").split(os.pathsep)), os.path.realpath(program)]
    try:
        child = os.posix_spawn(
            program,
            real,
            {**os.environ, CALLED: os.pathsep.join(called)},
            file_actions=[(os.POSIX_SPAWN_DUP2, given, 0)],
            setsigdef=(signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT),
        )
    except OSError as error:
        return _end(UNSTARTED, f"{real[0]}: cannot be started: {error.strerror}. Nothing was sent.")
    os.close(given)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to the real one as well
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: os.kill(child, number))
    feed()
    _, how = os.waitpid(child, 0)
    if os.WIFSIGNALED(how):
        name = signal.Signals(os.WTERMSIG(how)).name
        return _end(ENDED_BADLY, f"{real[0]} was ended by {name}; the mail may not be sent.")
    status = os.WEXITSTATUS(how)
    if status == MUTT_TAKES_FOR_SENT:
        return _end(ENDED_BADLY, f"{real[0]} exited with {status}; the mail may not be sent.")
    return status


def _as_file(mail: bytes) -> tuple[int, Callable[[], object]]:
    """A descriptor to read the mail from, and what is left to do once somebody reads it.

    A file holds all of it before the real sendmail starts, so that our death cannot cut it off.
    """
    for make in (_in_memory, _on_disk):
        try:
            with make() as file:
                file.write(mail)
                file.seek(0)
                return os.dup(file.fileno()), lambda: None
        except (OSError, AttributeError):
            continue
    reading, writing = os.pipe()
    return reading, lambda: _feed(writing, mail)


def _in_memory() -> BinaryIO:
    return open(os.memfd_create("mail"), "r+b")


def _on_disk() -> BinaryIO:
    from tempfile import TemporaryFile

    return TemporaryFile()


def _feed(writing: int, mail: bytes) -> None:
    try:
        with open(writing, "wb") as pipe:
            pipe.write(mail)
    except BrokenPipeError:
        return  # the real one has read enough
