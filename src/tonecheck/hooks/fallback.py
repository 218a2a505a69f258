"""What the sendmail wrapper needs where no daemon answers, or where something went wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

from tonecheck.config import Config, load
from tonecheck.errors import ConfigError, TonecheckError
from tonecheck.hooks.keep import log_fault
from tonecheck.serve.client import Answer, ask
from tonecheck.serve.start import start, waits

__all__ = ["answer_of_gate", "noted", "seconds_for_a_hook"]

# The gate keeps the time itself, and can say more about it: it has the first word.
GRACE = 1.0


def seconds_for_a_hook() -> float:
    """How long the whole check may take."""
    return _settings().timeout + GRACE


def answer_of_gate(question: list[str], mail: bytes, seconds_left: Callable[[], float]) -> Answer:
    """The gate's words and status: from a daemon, started for this, or else from a child of ours.

    Raises TimeoutError, ConfigError, and OSError where no child can be started.
    """
    if load().daemon != "off" and not waits() and start(seconds_left()):
        answer = ask(question, mail, seconds_left)
        if answer is not None:
            return answer
    seconds = seconds_left()
    if seconds <= 0:
        raise TimeoutError
    # Not from the folder that the caller happens to stand in, and not through the daemon.
    command = (
        sys.executable,
        "-P",
        "-c",
        "from tonecheck.__main__ import in_this_process as run; run()",
        *question,
    )
    told = None if os.isatty(2) else subprocess.PIPE  # a terminal shows colours
    try:
        done = subprocess.run(
            command, input=mail, stdout=subprocess.PIPE, stderr=told, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    return Answer(done.returncode, [(1, done.stdout), (2, done.stderr or b"")])


def noted(fault: str | Exception) -> tuple[str, bool]:
    """The fault in one line, which is now in the log; and whether the settings let the mail go."""
    told = fault if isinstance(fault, str) else _in_words(fault)
    log_fault(told)
    return told, _settings().on_fault != "hold"


def _in_words(error: Exception) -> str:
    """An error without anything that might quote the mail."""
    if isinstance(error, TimeoutError):
        return f"tonecheck took longer than {_settings().timeout:g} seconds"
    return (
        str(error) if isinstance(error, TonecheckError) else f"tonecheck stopped with {type(error).__name__}"
    )


def _settings() -> Config:
    """The settings that hold here; the defaults where they cannot be read."""
    with suppress(ConfigError):
        return load()
    return Config()
