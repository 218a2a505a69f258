"""The warm daemon: runs commands for clients that would otherwise load the checker each time.

It runs one at a time, in its own process, as if it stood in the client's folder and environment;
what the command writes goes back in one piece. What it cannot do just like the client, it declines.
"""

from __future__ import annotations

import faulthandler
import fcntl
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import tonecheck
from tonecheck.errors import TonecheckError
from tonecheck.serve import client
from tonecheck.serve.stage import Command, Declined, NeedsInput, perform

__all__ = ["serve"]

SLOW_CLIENT = 5.0
# A batch would keep others waiting, and loads its checker only once anyway.
MOST_ARGUMENTS = {"check": 20}
LONGEST_COMMAND = 120


def serve(
    command: Command,
    *,
    idle: float,
    warm: Callable[[], object],
    changed: Callable[[], bool],
    ready: Callable[[], object],
) -> bool:
    """Answer clients until none came for `idle` seconds, or until `changed` says that the files did.

    Calls `warm` to load what is slow, and `ready` once clients can connect. False where another
    daemon serves already. Raises TonecheckError where there can be no socket.
    """
    with ExitStack() as stack:
        try:
            _prepare_folder()
            if not stack.enter_context(_alone()):
                return False
            warm()
            listener = stack.enter_context(_listener())
        except OSError as error:
            raise TonecheckError(f"{client.address()}: the daemon cannot listen here: {error}") from None
        stack.callback(_remove_socket)
        listener.settimeout(idle)
        ready()
        _answer_all(listener, command, changed)
    return True


def _prepare_folder() -> None:
    """Make the folder of the socket, for the user alone."""
    folder = Path(client.folder())
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise PermissionError("its folder belongs to somebody else")
    folder.chmod(0o700)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other daemon of this installation runs; none will while this lasts."""
    with open(f"{client.address()}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _listener() -> socket.socket:
    _remove_socket()  # one that is there was left by a daemon that was killed
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(client.address())
    os.chmod(client.address(), 0o600)
    listener.listen(64)
    return listener


def _remove_socket() -> None:
    with suppress(OSError):
        os.unlink(client.address())


def _answer_all(listener: socket.socket, command: Command, changed: Callable[[], bool]) -> None:
    state = {"pid": os.getpid(), "since": time.time(), "served": 0}
    goes_on = True
    while goes_on:
        try:
            link, _ = listener.accept()
        except TimeoutError:
            return
        with link, suppress(OSError, ValueError, LookupError, TypeError):  # gone, or talks nonsense
            link.settimeout(SLOW_CLIENT)
            client.send(link, {"tonecheck": tonecheck.__version__})
            message, given = client.receive(link)
            if message["do"] == "run":
                goes_on = _run(link, command, message, given, changed)
                state["served"] += 1
            else:
                client.send(link, state)
                goes_on = message["do"] != "stop"


def _run(
    link: socket.socket, command: Command, message: dict[str, Any], given: bytes, changed: Callable[[], bool]
) -> bool:
    """Answer with what the command writes; whether this daemon is still good for another one."""
    stale, arguments = changed(), message["arguments"]
    if stale or len(arguments) > MOST_ARGUMENTS.get(arguments[0], len(arguments)):
        client.send(link, {"declined": True})
        return not stale
    with _watched():
        answer, written = _outcome(command, message, given if message["has_input"] else None)
        with suppress(OSError), link:
            client.send(link, answer, written)
        for thread in threading.enumerate():
            if thread.daemon:
                thread.join()  # a check that took too long for its hook, and would disturb the next
    return True


def _outcome(command: Command, message: dict[str, Any], given: bytes | None) -> tuple[dict[str, Any], bytes]:
    try:
        status, writes = perform(command, message, given)
    except NeedsInput:
        return {"status": None, "writes": []}, b""
    except (Declined, Exception):  # the client will meet the same error, and show it
        return {"declined": True}, b""
    lengths = [[descriptor, len(data)] for descriptor, data in writes]
    return {"status": status, "writes": lengths}, b"".join(data for _, data in writes)


@contextmanager
def _watched() -> Iterator[None]:
    """End this process if what follows hangs, even inside a library that lets nobody else run."""
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(LONGEST_COMMAND, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
