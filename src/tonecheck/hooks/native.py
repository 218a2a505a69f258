"""The native messaging host: Thunderbird's add-on asks here, over standard input and output.

Each message is JSON after its length in four bytes. This process never loads the checker: the
gate works in the daemon or in a child, where neither a crash nor a hang can reach the mail.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from tonecheck.errors import InputError
from tonecheck.hooks.compose import mail_of, recipients_of
from tonecheck.hooks.consent import STATUS, answer_to
from tonecheck.hooks.fallback import noted, seconds_for_a_hook
from tonecheck.serve.client import MOST_INPUT

__all__ = ["main", "serve"]

LENGTH = struct.Struct("=I")
# More than this the mail program does not take from a host.
MOST_ANSWER = 1_000_000


def main() -> None:
    """Answer the mail program that started this, until it closes the pipe."""
    with suppress(OSError):
        os.chdir(os.path.expanduser("~"))  # the settings are the user's, wherever the program was started
    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer each message: first with the seconds that it may take, then with the decision."""
    for message in _messages(questions):
        if message == {"do": "warm"}:
            _warm()
            continue
        _send(answers, {"seconds": seconds_for_a_hook()})
        decision = _decision(message)
        if not _send(answers, decision):
            _send(answers, {key: decision[key] for key in ("verdict", "reason", "fault")})


def _messages(stream: BinaryIO) -> Iterator[Any]:
    """What comes in, up to the end or to a message that breaks off; None for what is no message."""
    while len(head := stream.read(LENGTH.size)) == LENGTH.size:
        size = LENGTH.unpack(head)[0]
        if size > 2 * MOST_INPUT:  # an odd length: what follows cannot be told apart
            yield None
            return
        data = stream.read(size)
        if len(data) < size:
            return
        try:
            yield json.loads(data)
        except (ValueError, RecursionError):
            yield None


def _send(stream: BinaryIO, message: dict[str, Any]) -> bool:
    """Send a message; whether it was short enough."""
    data = json.dumps(message, ensure_ascii=False).encode("utf8", "replace")
    if len(data) > MOST_ANSWER:
        return False
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()
    return True


def _warm() -> None:
    """Start the daemon for the letter that is being written now."""
    from tonecheck.config import load
    from tonecheck.serve.start import start_soon

    with suppress(Exception):  # the check itself will say what is wrong
        if load().daemon != "off":
            start_soon()


def _decision(message: Any) -> dict[str, Any]:
    """The gate's decision on the letter. A fault of ours lets it go, unless the settings hold it."""
    try:
        return _asked(message)
    except Exception as error:
        told, goes = noted(error)
        reason = f"sent unchecked: {told}" if goes else f"held, because it could not be checked: {told}"
        return {"verdict": "send" if goes else "hold", "reason": reason, "fault": told}


def _asked(message: Any) -> dict[str, Any]:
    if not isinstance(message, dict):
        raise InputError("the add-on sent something that is no letter")
    recipients = (f"--recipient={address}" for address in recipients_of(message))
    question = ["gate", "--format=json", "--can-ask", *recipients]
    answer = answer_to(question, mail_of(message)[:MOST_INPUT])
    if answer.status not in STATUS.values():
        raise InputError(f"the check ended with status {answer.status}")
    told: dict[str, Any] = json.loads(b"".join(words for number, words in answer.writes if number == 1))
    return told


if __name__ == "__main__":
    main()
