"""What has been scored so far: rows and their keys go to disk together, or not at all.

Rows grow in `OUT.part`, their keys in `OUT.scan` (SQLite). What the part holds beyond the last
commit is cut off when the scan goes on. At the end the part joins OUT in one rename.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from tonecheck.errors import InputError, TonecheckError
from tonecheck.scan.columns import is_parquet, joined_parquet
from tonecheck.scan.rows import Scored

__all__ = ["Journal"]

CURE = "make room and give the same command again: it goes on where it was"


class Journal:
    """The rows of one output; without a path they go to standard output and nothing is kept.

    `settings` stands for all that a row depends on: rows of two kinds never meet in one file.
    """

    def __init__(self, output: Path | None, settings: str, *, anew: bool = False) -> None:
        self._stream = sys.stdout.buffer if output is None else None
        if output is not None and output.exists() and not (output.is_file() or output.is_dir()):
            self._stream, output = _device(output), None  # a rename would replace the device
        self.output = output
        self._part = None if output is None else output.with_name(f"{output.name}.part")
        self._state = None if output is None else output.with_name(f"{output.name}.scan")
        if anew:
            self._forget()
        self._check_place()
        self._base = self._opened()
        self._begin(settings)
        self._rows: IO[bytes] = self._opened_part()

    def __contains__(self, key: object) -> bool:
        return self._base.execute("SELECT 1 FROM done WHERE key = ?", (key,)).fetchone() is not None

    @property
    def salt(self) -> bytes:
        """Secret bytes of this output, the same whenever it goes on."""
        return bytes.fromhex(self._told("salt"))

    @property
    def count(self) -> int:
        """How many mails are in it."""
        found: tuple[int] = self._base.execute("SELECT count(*) FROM done").fetchone()
        return found[0]

    def add(self, rows: Sequence[Scored]) -> None:
        """Write the rows. Raises TonecheckError where the disk is full; nothing half-written counts."""
        with self._room():
            self._rows.write("".join(f"{row.line}\n" for row in rows).encode("utf8", "replace"))
            self._rows.flush()
            if self._part is not None:
                os.fsync(self._rows.fileno())
                self._tell("size", str(self._rows.tell()))
            self._base.executemany("INSERT OR IGNORE INTO done VALUES (?)", [(row.key,) for row in rows])
            self._commit()

    def finish(self) -> None:
        """Make the output whole: what it held before, and the rows of this scan."""
        if self.output is None or self._part is None:
            return
        new = self.output.with_name(f"{self.output.name}.new")
        with self._room():
            self._rows.close()
            if self._part.stat().st_size or not self.output.exists():
                if is_parquet(self.output):
                    joined_parquet(self.output, self._part, new)
                else:
                    _joined(self.output, self._part, new)
                self._tell("joined", str(new.stat().st_size))
                self._commit()
                os.replace(new, self.output)
            self._settle()

    def close(self) -> None:
        """Let go of the files; an unfinished scan stays on disk to go on from."""
        if self._part is not None:
            with suppress(OSError):  # on a full disk: what is not committed by now does not count
                self._rows.close()
        self._base.close()

    def _settle(self) -> None:
        """After the rename: the part is in the output, and must not join it again."""
        if self._part is not None:
            self._tell("size", "0")
            self._tell("joined", "")
            self._commit()
            self._part.unlink(missing_ok=True)

    def _check_place(self) -> None:
        if self.output is None or self._state is None:
            return
        if self.output.is_dir() or not self.output.absolute().parent.is_dir():
            raise InputError(f"{self.output}: cannot be written; name a file in a folder that exists")
        if self.output.exists() and not self._state.exists():
            raise InputError(f"{self.output}: exists already; name another file, or --anew replaces it")

    def _forget(self) -> None:
        """Begin anew, unless another scan is at it."""
        if self._state is not None and self._state.is_file():
            base = sqlite3.connect(self._state, isolation_level=None, timeout=1)
            try:
                base.execute("BEGIN EXCLUSIVE")
            except sqlite3.DatabaseError as error:  # a damaged one is forgotten like any other
                if "locked" in str(error):
                    raise self._busy() from None
            finally:
                base.close()
        for path in (self.output, self._part, self._state):
            if path is not None and not path.is_dir():
                path.unlink(missing_ok=True)

    def _opened(self) -> sqlite3.Connection:
        base = sqlite3.connect(self._state or "", isolation_level=None, timeout=1)
        try:
            base.execute("PRAGMA locking_mode = EXCLUSIVE")
            base.execute("BEGIN EXCLUSIVE")
            base.execute("CREATE TABLE IF NOT EXISTS done (key BLOB PRIMARY KEY) WITHOUT ROWID")
            base.execute("CREATE TABLE IF NOT EXISTS told (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
        except sqlite3.DatabaseError as error:
            base.close()
            if "locked" in str(error):
                raise self._busy() from None
            told = f"cannot be used: {error}; --anew forgets what was scanned and begins again"
            raise InputError(f"{self._state}: {told}") from None
        return base

    def _busy(self) -> InputError:
        return InputError(f"{self.output}: another scan is writing there")

    def _begin(self, settings: str) -> None:
        if not self._told("settings"):
            self._tell("settings", settings)
            self._tell("salt", secrets.token_hex(16))
        elif self._told("settings") != settings:
            self._base.close()
            raise InputError(
                f"{self.output}: was scanned with other settings, rules or another version; "
                "name another file, or --anew scans everything again"
            )
        joined = self._told("joined")
        is_joined = joined and self.output is not None and self.output.exists()
        if is_joined and self.output is not None and self.output.stat().st_size == int(joined):
            self._settle()  # it was stopped just after the rename
        with self._room():
            self._commit()

    def _opened_part(self) -> IO[bytes]:
        if self._stream is not None or self._part is None:
            return cast(IO[bytes], self._stream)
        with self._room():
            file = self._part.open("r+b" if self._part.exists() else "w+b")
            size = int(self._told("size") or 0)
            if file.seek(0, os.SEEK_END) < size:
                file.close()
                raise InputError(f"{self._part}: rows are missing from it; --anew begins again")
            file.truncate(size)
            file.seek(size)
        return file

    def _commit(self) -> None:
        self._base.execute("COMMIT")
        self._base.execute("BEGIN")

    def _told(self, name: str) -> str:
        found = self._base.execute("SELECT value FROM told WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def _tell(self, name: str, value: str) -> None:
        self._base.execute("INSERT OR REPLACE INTO told VALUES (?, ?)", (name, value))

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Tell what keeps the rows from being written, in one line."""
        name = self.output or "standard output"
        try:
            yield
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            cure = f"; {CURE}" if error.errno in {errno.ENOSPC, errno.EDQUOT} and self.output else ""
            raise TonecheckError(f"{name}: cannot be written: {error.strerror or error}{cure}") from None
        except sqlite3.OperationalError as error:
            raise TonecheckError(f"{self._state}: cannot be written: {error}; {CURE}") from None


def _device(path: Path) -> IO[bytes]:
    try:
        return path.open("wb", buffering=0)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None


def _joined(output: Path, part: Path, new: Path) -> None:
    with new.open("wb") as target:
        for path in (output, part):
            if path.exists():
                with path.open("rb") as file:
                    shutil.copyfileobj(file, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())
