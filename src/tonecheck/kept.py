"""What takes time to work out and depends on files only, kept in the user's cache folder.

A cache that is missing, damaged, not ours or not writable costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from platformdirs import user_cache_path

from tonecheck import __version__

__all__ = ["kept", "stamps", "stamps_within"]

Value = TypeVar("Value")
MOST_FILES = 12
PACKAGE = Path(__file__).parent


def stamps(paths: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Each file with its size in bytes and the time of its last change in nanoseconds."""
    found = ((path, path.stat()) for path in paths)
    return tuple((str(path), at.st_size, at.st_mtime_ns) for path, at in found)


def stamps_within(folders: Iterable[Path]) -> frozenset[tuple[str, int, int]]:
    """The same for every file in the folders and below, but for what Python compiles there."""
    found = set()
    for folder in folders:
        for place, inner, names in os.walk(folder):
            inner[:] = (name for name in inner if name != "__pycache__")
            for name in names:
                path = os.path.join(place, name)
                with suppress(OSError):  # it may be gone by now
                    at = os.stat(path)
                    found.add((path, at.st_size, at.st_mtime_ns))
    return frozenset(found)


def kept(name: str, depends_on: object, make: Callable[[], Value]) -> Value:
    """What `make` gives, from the cache if it was made from the same before.

    `depends_on` is everything that the value depends on, as something whose `repr` tells; the
    package's own code is added to it.
    """
    code = stamps(sorted(PACKAGE.glob("*.py")) + sorted((PACKAGE / "detect").glob("*.py")))
    key = hashlib.sha256(repr((__version__, code, depends_on)).encode()).hexdigest()[:24]
    path = user_cache_path("tonecheck") / f"{name}-{key}.pickle"
    try:
        with path.open("rb") as file:
            if _is_own(file.fileno()):
                value: Value = pickle.load(file)
                return value
    except Exception:  # whatever a damaged file leads to
        pass
    value = make()
    with suppress(OSError):
        _write(path, pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))
    return value


def _is_own(file: int) -> bool:
    """Whether only the user can have written the file."""
    if not hasattr(os, "getuid"):
        return True
    status = os.fstat(file)
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _write(path: Path, content: bytes) -> None:
    """Write the file whole or not at all, and drop the oldest files of the cache."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    newest_first = sorted(path.parent.glob("*.pickle"), key=lambda p: p.stat().st_mtime_ns, reverse=True)
    for old in newest_first[MOST_FILES:]:
        old.unlink(missing_ok=True)
