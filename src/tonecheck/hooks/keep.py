"""What hooks keep in the user's state folder, for the user's eyes only: held mails, the last report, a log."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from platformdirs import user_state_path

__all__ = ["held_copy", "keep_last", "last_file", "log_fault", "log_file"]


def _folder() -> Path:
    return user_state_path("tonecheck")


def log_file() -> Path:
    """Where faults of ours are noted, a line each, without any mail's text."""
    return _folder() / "faults.log"


def last_file() -> Path:
    """The report of the last check that a hook made."""
    return _folder() / "last.txt"


def held_copy(mail: bytes) -> Path:
    """A copy of a held mail, safe on the disk, that only the user may read. Raises OSError."""
    moment = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    for number in range(1, 1000):
        path = _folder() / "held" / f"{moment}-{number}.eml"
        with suppress(FileExistsError):
            _write_new(path, mail, safely=True)
            return path
    raise FileExistsError(f"{path.parent}: too many held mails in one second")


def keep_last(text: str) -> None:
    """Keep the report that `tonecheck last` shows; a disk that is full or read-only is no fault."""
    path = last_file()
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        draft.unlink(missing_ok=True)
        _write_new(draft, text.encode("utf8", "replace"))
        draft.replace(path)


def log_fault(fault: str) -> None:
    """Add a line to the log, in one write; a disk that is full or read-only is no second fault."""
    line = f"{datetime.now().astimezone().isoformat(timespec='seconds')} {fault}\n"
    with suppress(OSError):
        _private(log_file().parent)
        descriptor = os.open(log_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode("utf8", "replace"))
        finally:
            os.close(descriptor)


def _write_new(path: Path, data: bytes, *, safely: bool = False) -> None:
    """Write a file for the user alone, whole or not at all; `safely` waits until the disk has it."""
    _private(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if safely:
                os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise


def _private(folder: Path) -> None:
    """Make the folder, for the user alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
