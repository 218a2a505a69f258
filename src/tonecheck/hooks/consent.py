"""Whether a mail may go: what the gate says, and the writer at the terminal where the gate asks.

Nothing heavy is loaded here: the gate works in the daemon or in a child, where neither a crash nor a
hang can reach the mail.
"""

from __future__ import annotations

import os
from time import monotonic, time

from tonecheck.serve.client import MOST_INPUT, ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import BinaryIO

    from tonecheck.serve.client import Answer

__all__ = ["FLAGS", "HOLD", "STATUS", "answer_to", "may_go", "say"]

FLAGS = {
    "--no-copy": "Keep no copy of a held mail: for mail programs that keep the draft, such as mutt.",
    "--no-ask": "Hold rather than ask at the terminal.",
}
SEND, HOLD, ASK = 0, 65, 66
STATUS = {"send": SEND, "hold": HOLD, "ask": ASK}


def may_go(mail: bytes, flags: Collection[str] = (), recipients: Iterable[str] = ()) -> bool:
    """Whether the gate, or the writer at the terminal, lets the mail go. A fault of ours does."""
    if _is_off(os.environ.get("TONECHECK", "")):
        return True
    terminal = None if "--no-ask" in flags else _terminal()
    question = ["gate", *(f"--recipient={name}" for name in recipients), *(["--can-ask"] if terminal else [])]
    try:
        answer = answer_to(question, mail[:MOST_INPUT])
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


def _is_off(told: str) -> bool:
    """Whether the check is off: by “off”, or for a minute by “off@” and the second it was said at."""
    word, _, since = told.partition("@")
    if word.lower() != "off" or not since:
        return word.lower() == "off"
    return since.isdecimal() and 0 <= time() - int(since) < 60


def answer_to(question: list[str], mail: bytes) -> Answer:
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
    say(f"{'sent all the same' if goes else 'held'}: {told}")
    return goes


def _holds(mail: bytes, *, keeps_copy: bool) -> bool:
    """Say that the mail is held, and where it is kept; whether it goes because it cannot be kept."""
    if not keeps_copy:
        say("held; `tonecheck last` shows the whole report.")
        return False
    try:
        from tonecheck.hooks.keep import held_copy

        path = held_copy(mail)
    except Exception as error:
        return _goes_despite(f"it was to be held, but no copy can be kept: {error}")
    say(f"held as {path}; `tonecheck last` shows the whole report.")
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


def say(text: str) -> None:
    """Tell the writer, on standard error."""
    _write(f"tonecheck: {text}\n".encode("utf8", "replace"))


def _write(words: bytes) -> None:
    """Write to standard error, if anybody listens: the mail matters more."""
    try:
        with open(2, "wb", closefd=False) as stream:
            stream.write(words)
    except OSError:
        return
