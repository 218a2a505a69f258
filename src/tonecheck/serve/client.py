"""Asks the warm daemon to run a command, and needs nothing but a little of the standard library.

Whatever is odd here (no daemon, a stale socket, another version, one that is busy or dies half way) means
that the caller does the work itself; nothing is written before the whole answer is there.
"""

from __future__ import annotations

import binascii
import io
import json
import os
import socket
import stat
import struct
import sys

import tonecheck

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

__all__ = ["Answer", "address", "ask", "connect", "folder", "receive", "run", "send", "show"]

LENGTHS = struct.Struct("!II")
# More than any draft may have: what reads it will say so.
MOST_INPUT = 30_000_001
# A daemon that is busy for longer leaves the work to the caller.
PATIENCE = 2.0
ENVIRONMENT = ("COLUMNS", "FORCE_COLOR", "HOME", "LANG", "LANGUAGE", "LINES", "NO_COLOR", "TERM", "TZ")
ENVIRONMENTS = ("LC_", "TONECHECK", "XDG_")


class Answer:
    """What the command wrote, in order, as (file descriptor, bytes), and its exit status.

    The status is None where the command waits for its standard input.
    """

    __slots__ = ("status", "writes")

    def __init__(self, status: int | None, writes: list[tuple[int, bytes]]) -> None:
        self.status = status
        self.writes = writes


def folder() -> str:
    """The folder of the user's sockets: in the runtime folder, else beside other temporary files.

    platformdirs knows these folders too, but loading it takes longer than a whole question.
    """
    for runtime in (os.environ.get("XDG_RUNTIME_DIR"), f"/run/user/{os.geteuid()}"):
        if runtime and os.path.isdir(runtime):
            return os.path.join(runtime, "tonecheck")
    return os.path.join(os.environ.get("TMPDIR", "/tmp"), f"tonecheck-{os.geteuid()}")


def address() -> str:
    """The socket of this very installation: another version, or another place, has another one."""
    place = f"{sys.prefix}\n{os.path.dirname(tonecheck.__file__)}"
    return os.path.join(folder(), f"{tonecheck.__version__}-{binascii.crc32(os.fsencode(place)):08x}.sock")


def connect() -> socket.socket:
    """A connection to the daemon, which has said hello. Raises OSError or ValueError."""
    place = os.lstat(folder())
    if not stat.S_ISDIR(place.st_mode) or place.st_uid != os.geteuid() or place.st_mode & 0o077:
        raise PermissionError(f"{folder()}: others may write here")
    link = socket.socket(socket.AF_UNIX)
    try:
        link.settimeout(PATIENCE)
        link.connect(address())
        hello, _ = receive(link)
        if hello != {"tonecheck": tonecheck.__version__}:
            raise ValueError("another version")
    except BaseException:
        link.close()
        raise
    return link


def ask(
    arguments: Iterable[str], given: bytes | None = None, time: Callable[[], float] | None = None
) -> Answer | None:
    """What the daemon's own run of the command gives; None where it gives no whole answer.

    `given` is the standard input. `time` is asked once the answer takes long, for the seconds that
    may still pass; without it they are the daemon's business, which ends itself when it hangs.
    """
    try:
        with connect() as link:
            send(
                link,
                {"do": "run", **_circumstances(list(arguments)), "has_input": given is not None},
                given or b"",
            )
            answer, written = _received_in(link, time)
        if answer.get("declined"):
            return None
        writes, start = [], 0
        for descriptor, length in answer["writes"]:
            writes.append((descriptor, written[start : start + length]))
            start += length
        return Answer(answer["status"], writes)
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return None


def _received_in(link: socket.socket, time: Callable[[], float] | None) -> tuple[Any, bytes]:
    if time is None:
        link.settimeout(None)
        return receive(link)
    import select

    if not select.select([link], [], [], PATIENCE)[0]:
        link.settimeout(max(time(), 0.001))
    return receive(link)


def run(arguments: list[str]) -> int | None:
    """The exit status of a command that the daemon ran, its output written; None where it did not.

    Standard input is read only if the command asks for it, and is there again for the caller.
    """
    answer = ask(arguments)
    if answer is not None and answer.status is None:
        if sys.stdin is None or sys.stdin.isatty():
            return None
        given = sys.stdin.buffer.read(MOST_INPUT)
        answer = ask(arguments, given)
        sys.stdin = io.TextIOWrapper(io.BytesIO(given))
    return None if answer is None or answer.status is None else show(answer)


def show(answer: Answer) -> int:
    """Write the answer where the command would have; its exit status, 1 where nobody reads it."""
    for descriptor, written in answer.writes:
        try:
            with open(descriptor, "wb", closefd=False) as stream:
                stream.write(written)
        except BrokenPipeError:
            return 1
    return answer.status or 0


def _circumstances(arguments: list[str]) -> dict[str, Any]:
    """All that a command's output depends on beside its files."""
    kept = {k: v for k, v in os.environ.items() if k in ENVIRONMENT or k.startswith(ENVIRONMENTS)}
    terminals = [number for number in range(3) if os.isatty(number)]
    if 1 in terminals:
        size = os.get_terminal_size(1)
        kept = {"COLUMNS": str(size.columns), "LINES": str(size.lines), **kept}
    as_module = getattr(sys.modules["__main__"], "__package__", None)
    return {
        "arguments": arguments,
        "program": "python -m tonecheck" if as_module else os.path.basename(sys.argv[0]),
        "folder": os.getcwd(),
        "environment": kept,
        "terminals": terminals,
        "encodings": [[stream.encoding, stream.errors] for stream in (sys.stdout, sys.stderr)],
    }


def send(link: socket.socket, message: dict[str, Any], data: bytes = b"") -> None:
    """Send one message and its bytes."""
    head = json.dumps(message).encode()
    link.sendall(LENGTHS.pack(len(head), len(data)) + head + data)


def receive(link: socket.socket) -> tuple[Any, bytes]:
    """One message and its bytes. Raises OSError or ValueError."""
    head, data = LENGTHS.unpack(_exactly(link, LENGTHS.size))
    return json.loads(_exactly(link, head)), _exactly(link, data)


def _exactly(link: socket.socket, size: int) -> bytes:
    parts = []
    while size:
        part = link.recv(min(size, 1 << 20))
        if not part:
            raise ConnectionError("the other side is gone")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
