"""The sendmail wrapper: reads the whole mail, asks the gate, and hands the same bytes to the real sendmail.

This process never loads the checker: that runs in the daemon or in a child, where neither a crash
nor a hang can reach the mail. Only the standard library is imported, and little of it.
"""

from __future__ import annotations

import os
import signal
import sys

from tonecheck.hooks.consent import FLAGS, HOLD, may_go, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

__all__ = ["sendmail"]

REFUSED, UNSTARTED, ENDED_BADLY, UNREADABLE = 2, 69, 70, 74
MUTT_TAKES_FOR_SENT = 126
# The real sendmails that this process stems from, so that a wrapper cannot go round in circles.
CALLED = "TONECHECK_CALLED"


def sendmail(arguments: Sequence[str]) -> int | None:
    """The exit status for the caller; None where click has to explain the arguments."""
    flags, real = _parted(arguments)
    if not real:
        return None
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    program = _found(real[0])
    fault = _fault_of(program)
    if fault:
        return _end(REFUSED, f"{real[0]}: {fault}; name the real sendmail. Nothing was sent.")
    try:
        mail = sys.stdin.buffer.read()
    except (OSError, AttributeError) as error:
        return _end(UNREADABLE, f"the mail cannot be read to its end: {error}. Nothing was sent.")
    recipients = real[real.index("--") + 1 :] if "--" in real else ()
    return _hand_over(mail, program, real) if may_go(mail, flags, recipients) else HOLD


def _parted(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The flags; then the real sendmail with its arguments, before which “--” may stand.

    Mutt needs it without: it puts all that follows a “--” behind its own arguments. A wrapper in a
    wrapper, from a settings file that was read twice, counts once.
    """
    flags, rest = [], list(arguments)
    while rest and rest[0] != "--":
        if rest[0] in FLAGS:
            flags.append(rest.pop(0))
        elif rest[0].startswith("-"):
            return flags, []
        elif rest[1:2] == ["sendmail"] and _is_tonecheck(_found(rest[0])):
            del rest[:2]
        else:
            return flags, rest
    return flags, rest[1:]


def _end(status: int, text: str) -> int:
    say(text)
    return status


def _found(name: str) -> str:
    """The program's path, found as a shell would find it; mutt leaves a `~` as it is."""
    if "/" in name:
        return os.path.expanduser(name)
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    paths = (os.path.join(folder, name) for folder in folders)
    return next((path for path in paths if os.path.isfile(path) and os.access(path, os.X_OK)), name)


def _fault_of(program: str) -> str:
    """Why this cannot be the real sendmail; empty where it can."""
    if not os.path.exists(program):
        return "no such program"
    if not os.path.isfile(program) or not os.access(program, os.X_OK):
        return "it is not executable"
    if _is_tonecheck(program):
        return "it is tonecheck itself"
    if os.path.realpath(program) in os.environ.get(CALLED, "").split(os.pathsep):
        return "it called tonecheck for a mail that it got from tonecheck"
    return ""


def _is_tonecheck(program: str) -> bool:
    script = os.path.join(os.path.dirname(sys.executable), "tonecheck")
    return os.path.realpath(program) in (os.path.realpath(sys.argv[0]), os.path.realpath(script))


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
