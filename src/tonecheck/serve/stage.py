"""Where the daemon performs a command: the client's folder, environment, terminal and streams."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO, RawIOBase, TextIOWrapper
from typing import TYPE_CHECKING, Any

from tonecheck.serve.client import ENVIRONMENT, ENVIRONMENTS

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["Command", "Declined", "NeedsInput", "decline", "perform", "performing"]

# Runs the command line given first, under the program name given second; ends with SystemExit.
Command = Callable[[list[str], str], object]
Writes = list[tuple[int, bytes]]


class Declined(BaseException):
    """The client has to do this itself."""


class NeedsInput(BaseException):
    """The command reads its standard input, which the client has not sent yet."""


_performing = False


def performing() -> bool:
    """Whether it is the daemon that runs this."""
    return _performing


def decline() -> None:
    """Leave the command to the client, where it is the daemon that runs it."""
    if _performing:
        raise Declined


def perform(command: Command, message: dict[str, Any], given: bytes | None) -> tuple[int, Writes]:
    """The exit status of a command, and what it wrote, as the client's `message` describes its place.

    `given` is the standard input. Raises NeedsInput where the command reads it and it is None, and
    whatever the command raises.
    """
    writes: Writes = []
    with _staged(message, given, writes):
        try:
            command(message["arguments"], message["program"])
        except SystemExit as end:
            sys.stdout.flush()
            sys.stderr.flush()
            if end.code is None or isinstance(end.code, int):
                return end.code or 0, writes
    raise Declined


@contextmanager
def _staged(message: dict[str, Any], given: bytes | None, writes: Writes) -> Iterator[None]:
    global _performing
    before = dict(os.environ), sys.stdin, sys.stdout, sys.stderr
    terminals = message["terminals"]
    try:
        _performing = True
        os.chdir(message["folder"])
        for name in [n for n in os.environ if n in ENVIRONMENT or n.startswith(ENVIRONMENTS)]:
            del os.environ[name]
        os.environ.update(message["environment"])
        sys.stdin = TextIOWrapper(BufferedReader(_Input(given, 0 in terminals)))
        sys.stdout, sys.stderr = (
            TextIOWrapper(_Output(writes, number, number in terminals), encoding, errors, write_through=True)
            for number, (encoding, errors) in enumerate(message["encodings"], 1)
        )
        yield
    finally:
        _performing = False
        environment, sys.stdin, sys.stdout, sys.stderr = before
        os.environ.clear()
        os.environ.update(environment)
        os.chdir("/")


class _Input(RawIOBase):
    """The client's standard input."""

    def __init__(self, given: bytes | None, terminal: bool) -> None:
        self._given = None if given is None else BytesIO(given)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._given is None:
            raise NeedsInput
        return self._given.readinto(buffer)


class _Output(BytesIO):
    """The client's standard output or error: what is written is noted down, in order."""

    def __init__(self, writes: Writes, number: int, terminal: bool) -> None:
        super().__init__()
        self._writes = writes
        self._number = number
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def write(self, data: Buffer) -> int:
        noted = bytes(data)
        self._writes.append((self._number, noted))
        return len(noted)
