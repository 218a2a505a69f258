"""Starts the daemon in the background; only those that found none need to load this."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import suppress

from tonecheck.serve import client
from tonecheck.serve.stage import performing

__all__ = ["runs", "start", "start_soon", "waits"]

# Not from the folder that the caller happens to stand in.
COMMAND = (sys.executable, "-P", "-m", "tonecheck", "daemon", "start")


def runs() -> bool:
    """Whether a daemon of this installation answers."""
    try:
        client.connect().close()
    except (OSError, ValueError):
        return False
    return True


def waits() -> bool:
    """Whether something listens on the socket at all, be it busy or of another version."""
    with socket.socket(socket.AF_UNIX) as link:
        try:
            link.connect(client.address())
        except OSError:
            return False
        return True


def start(seconds: float) -> bool:
    """Start the daemon and wait until it is warm, at most so long; it goes on loading after that."""
    try:
        done = subprocess.run(
            COMMAND,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def start_soon() -> None:
    """Start the daemon for the next command, without waiting for it; within the daemon there is one."""
    if performing() or waits():
        return
    with suppress(OSError):
        os.posix_spawn(
            sys.executable,
            COMMAND,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, 0, 2),
            ],
        )
