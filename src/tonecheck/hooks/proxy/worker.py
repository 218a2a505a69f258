"""A warm checker in a process of its own: a check that hangs or crashes takes no mail with it."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from tonecheck.config import Config
from tonecheck.errors import TonecheckError
from tonecheck.mail.draft import Draft
from tonecheck.report import Report

__all__ = ["CheckFailed", "Worker"]

START_SECONDS = 300
WARM_UP = (
    "We sent you the wrong pump on Monday. The right one leaves our house today, before noon, by courier."
)


class CheckFailed(TonecheckError):
    """A check that ended without a report; its text tells nothing of the draft's."""


class Worker:
    """One process with a warm checker, which serves one draft at a time."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._one_at_a_time = threading.Lock()
        self._start()

    def wait(self) -> None:
        """Until the checker is warm. Raises TonecheckError where it cannot be."""
        try:
            if not self._warm(time.monotonic() + START_SECONDS):
                raise CheckFailed("the checker takes too long to start")
        except EOFError:
            raise CheckFailed("the checker does not start; try “tonecheck check” on a draft") from None

    def check(self, draft: Draft) -> Report:
        """The report on a draft. Raises TimeoutError after the hooks' timeout, and TonecheckError."""
        until = time.monotonic() + self._config.timeout
        with self._one_at_a_time:
            try:
                if not self._warm(until):
                    raise TimeoutError  # still loading, and so left in peace
                self._connection.send(draft)
                if self._answers(until):
                    return _report_in(self._connection.recv())
            except (EOFError, ConnectionError):
                self._start_again()
                raise CheckFailed("the checker crashed") from None
            self._start_again()
            raise TimeoutError

    def close(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")  # a fork would copy threads and open connections
        self._is_warm = False
        self._connection, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(theirs, self._config), daemon=True)
        self._process.start()
        theirs.close()

    def _start_again(self) -> None:
        self.close()
        self._start()

    def _warm(self, until: float) -> bool:
        if not self._is_warm and self._answers(until):
            fault = self._connection.recv()
            if fault is not None:
                raise fault
            self._is_warm = True
        return self._is_warm

    def _answers(self, until: float) -> bool:
        return self._connection.poll(max(0.0, until - time.monotonic()))


def _report_in(answer: Any) -> Report:
    if isinstance(answer, Report):
        return answer
    raise CheckFailed(f"the checker stopped with {answer}")


def _serve(connection: Connection, config: Config) -> None:
    """Say that the checker is warm, then answer drafts until the other end is gone."""
    for number in (signal.SIGTERM, signal.SIGINT):  # they mean the proxy, which ends what is in hand first
        signal.signal(number, signal.SIG_IGN)
    from tonecheck.checker import checker_for
    from tonecheck.mail.draft import draft_of
    from tonecheck.rulebook import check_names

    with suppress(EOFError, ConnectionError):
        try:
            check_names(config)
            checker = checker_for(config)
            checker.check(draft_of(WARM_UP))
        except TonecheckError as error:
            return connection.send(error)
        connection.send(None)
        while True:
            connection.send(_answer(checker.check, connection.recv()))


def _answer(check: Callable[[Draft], Report], draft: Draft) -> Report | str:
    """The report, or what went wrong: only its name, as an exception's words may quote the draft."""
    try:
        return check(draft)
    except Exception as error:
        return type(error).__name__
