"""Files and standard input as streams of bytes, decompressed on the way; nothing is held whole."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from tonecheck.errors import InputError
from tonecheck.mail.files import missing_or_unreadable

__all__ = ["COMPRESSED", "Source", "opened", "pyarrow", "spooled", "whole_file"]

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
COMPRESSED = (".gz", ".zst")
BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, by its name; `spool` is the file itself where it has no path."""

    name: str
    path: Path | None = None
    spool: IO[bytes] | None = None


def pyarrow(needed_for: str) -> Any:
    """The library. Raises InputError, with the cure, where it is not installed."""
    try:
        import pyarrow
    except ImportError:
        cure = "pip install 'tonecheck[scan]'"
        raise InputError(f"{needed_for} needs PyArrow, which is missing: {cure}") from None
    return pyarrow


def spooled(stream: BinaryIO, name: str) -> Source:
    """All that a pipe gives, on disk and nameless: it is read twice, and may be larger than memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the source
    try:
        shutil.copyfileobj(stream, file, BUFFER)
    except OSError as error:
        raise InputError(f"{name}: cannot be kept in {tempfile.gettempdir()}: {error.strerror}") from None
    return Source(name, spool=file)


@contextmanager
def opened(source: Source) -> Iterator[io.BufferedReader[Any]]:
    """The source's bytes from the start, decompressed. Raises InputError for what cannot be read."""
    with _raw(source) as file:
        mark = file.peek(4)[:4]
        if mark.startswith(GZIP):
            with gzip.open(file) as unpacked:
                yield io.BufferedReader(unpacked, BUFFER)
        elif mark == ZSTD:
            arrow = pyarrow(f"{source.name}: zstd")
            stream = arrow.CompressedInputStream(arrow.PythonFile(file, "r"), "zstd")
            yield io.BufferedReader(stream, BUFFER)
        else:
            yield file


@contextmanager
def whole_file(source: Source) -> Iterator[IO[bytes]]:
    """The same as a file that can be read at any place, as Parquet needs it."""
    with _raw(source) as file:
        packed = file.peek(4)[:4] == ZSTD or file.peek(2)[:2] == GZIP
        if not packed:
            yield file
            return
    with opened(source) as stream, tempfile.TemporaryFile() as unpacked:
        shutil.copyfileobj(stream, unpacked, BUFFER)
        unpacked.seek(0)
        yield unpacked


@contextmanager
def _raw(source: Source) -> Iterator[io.BufferedReader[Any]]:
    if source.spool is not None:
        source.spool.seek(0)
        with io.BufferedReader(io.FileIO(os.dup(source.spool.fileno())), BUFFER) as spool:
            yield spool
        return
    assert source.path is not None
    with missing_or_unreadable(source.path):
        file = io.BufferedReader(io.FileIO(source.path), BUFFER)
    with file:
        yield file
