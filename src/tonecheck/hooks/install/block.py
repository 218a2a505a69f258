"""A block of lines of ours in a file of the user's: put in, replaced, and taken out without a trace."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from tonecheck.errors import InputError, TonecheckError
from tonecheck.hooks.install.plan import Change

__all__ = ["block_in", "block_out", "contents"]

START, END = ">>> tonecheck >>>", "<<< tonecheck <<<"
MADE = "this file was made for it"


def contents(path: Path) -> bytes | None:
    """The file's bytes; None where there is none. Raises InputError where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():
            raise InputError(f"{path}: leads to {os.readlink(path)}, which does not exist") from None
        return None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def block_in(path: Path, lines: Iterable[str], *, comment: str) -> Change:
    """The file with the lines at its end, or in place of the block that it has. Raises InputError.

    A file whose last line has no newline still has none then, which tells how to put it back.
    """
    data = contents(path)
    old = data or b""
    found = _block(old, path, comment)
    made = data is None or (found is not None and MADE.encode() in found[0])
    newline = b"\r\n" if b"\r\n" in old else b"\n"
    first = f"{comment} {START} {MADE}" if made else f"{comment} {START}"
    block = newline.join(os.fsencode(line) for line in (first, *lines, f"{comment} {END}"))
    if found:
        new = old[: found.start()] + block + old[found.end() :]
    elif old and not old.endswith(b"\n"):
        new = old + newline + block
    else:
        new = old + block + newline
    return Change(path, data, new)


def block_out(path: Path, *, comment: str) -> Change:
    """The file as it was before the block came; gone, if it was made for the block and holds nothing else."""
    data = contents(path)
    found = _block(data or b"", path, comment)
    if data is None or found is None:
        raise TonecheckError(f"{path}: tonecheck is not installed here; nothing to undo")
    before, after = data[: found.start()], data[found.end() :]
    if after:
        after = after[2:] if after.startswith(b"\r\n") else after[1:]
    else:
        before = before[:-2] if before.endswith(b"\r\n") else before[:-1]
    rest = before + after
    return Change(path, data, None if not rest and MADE.encode() in found[0] else rest)


def _block(data: bytes, path: Path, comment: str) -> re.Match[bytes] | None:
    """The block in the file, without the end of its last line."""
    start, end = (re.escape(f"{comment} {mark}".encode()) for mark in (START, END))
    starts = [m.start() for m in re.finditer(rb"^" + start, data, re.MULTILINE)]
    ends = re.findall(rb"^" + end, data, re.MULTILINE)
    found = re.search(rb"^" + start + rb".*\n(?:.*\n)*?" + end + rb"(?=\r?$)", data, re.MULTILINE)
    if len(starts) != len(ends) or len(starts) > 1 or (starts and not found):
        line = data.count(b"\n", 0, starts[-1] if starts else data.index(END.encode())) + 1
        cure = f"remove what is left of it, from “{START}” to “{END}”, and run this again"
        raise InputError(f"{path}:{line}: the block of tonecheck is damaged; {cure}")
    return found
