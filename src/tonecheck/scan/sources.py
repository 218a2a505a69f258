"""What is at the paths that were named: mailboxes, folders, tables, all as one stream of entries."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tonecheck.errors import InputError
from tonecheck.mail.files import MAX_BYTES
from tonecheck.mail.parts import has_headers
from tonecheck.scan.entry import Entry, digest
from tonecheck.scan.mbox import mails_in
from tonecheck.scan.streams import COMPRESSED, Source, opened
from tonecheck.scan.tables import Fields, csv_rows, json_rows, parquet_rows

__all__ = ["KINDS", "entries"]

KINDS = ("mbox", "eml", "jsonl", "csv", "parquet", "arrow")
SUFFIXES = {
    ".mbox": "mbox",
    ".eml": "eml",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
}
# A folder with these two is a Maildir: every file in them is a mail.
MAILDIR = ("cur", "new")


def entries(sources: Sequence[Source], fields: Fields, kind: str | None = None) -> Iterator[Entry]:
    """Everything that the sources hold, one at a time.

    Raises InputError for a source that was named and cannot be read; a file that fails half way or
    inside a folder is an entry with its error.
    """
    for source in sources:
        if source.path is not None and source.path.is_dir():
            yield from _in_folder(source.path, fields)
        else:
            found_kind = kind or _kind(source)
            if found_kind is None:
                raise InputError(f"{source.name}: neither a mailbox nor a table; see --kind")
            yield from _whole_or_told(source, fields, found_kind)


def _in_folder(folder: Path, fields: Fields) -> Iterator[Entry]:
    """The files of a folder and below, in the order of the disk: names of millions are not held."""
    try:
        with os.scandir(folder) as found:
            names = {entry.name for entry in found if entry.is_dir(follow_symlinks=False)}
    except OSError as error:
        raise InputError(f"{folder}: cannot be read: {error.strerror}; check its permissions") from None
    if set(MAILDIR) <= names:
        for inner in MAILDIR:
            yield from _files(folder / inner, fields, "eml")
        names -= {*MAILDIR, "tmp"}
    else:
        yield from _files(folder, fields, None)
    for name in sorted(names):
        yield from _in_folder(folder / name, fields)


def _files(folder: Path, fields: Fields, kind: str | None) -> Iterator[Entry]:
    with os.scandir(folder) as found:
        for entry in found:
            if not entry.is_file():
                continue
            source = Source(entry.path, Path(entry.path))
            try:
                known = kind or _kind(source)
                if known is not None:
                    yield from _whole_or_told(source, fields, known)
            except InputError as error:
                said = str(error).removeprefix(f"{source.name}: ")
                yield Entry(source.name, digest(source.name, said), error=said)


def _kind(source: Source) -> str | None:
    """Mailbox or table, by the name's suffix or by the first bytes; None where it is neither."""
    name = source.name.lower()
    for suffix in COMPRESSED:
        name = name.removesuffix(suffix)
    known = SUFFIXES.get(Path(name).suffix)
    if known is not None:
        return known
    try:
        with opened(source) as stream:
            start = stream.peek(20_000)[:20_000]
    except (EOFError, OSError, zlib.error):
        return None
    return _kind_of(start)


def _kind_of(start: bytes) -> str | None:
    for mark, kind in (
        (b"From ", "mbox"),
        (b"PAR1", "parquet"),
        (b"ARROW1", "arrow"),
        (b"\xff\xff\xff\xff", "arrow"),
    ):
        if start.startswith(mark):
            return kind
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "jsonl"
    if not start.strip():
        return "mbox"  # an empty mailbox is one, too
    return "eml" if has_headers(start) else None


def _whole_or_told(source: Source, fields: Fields, kind: str) -> Iterator[Entry]:
    """The source's entries; where its bytes end early or are damaged, an entry says so."""
    count = 0
    try:
        for entry in _entries(source, fields, kind):
            count += 1
            yield entry
    except (EOFError, OSError, zlib.error) as error:
        told = f"cannot be read to its end: {getattr(error, 'strerror', None) or error}; {count} came before"
        yield Entry(source.name, digest(source.name, told), error=told)


def _entries(source: Source, fields: Fields, kind: str) -> Iterator[Entry]:
    if kind == "jsonl":
        yield from json_rows(source, fields)
    elif kind == "csv":
        yield from csv_rows(source, fields)
    elif kind == "eml":
        yield _one_mail(source)
    elif kind == "mbox":
        with opened(source) as stream:
            for number, (mail, wrong) in enumerate(mails_in(stream), 1):
                yield replace(_entry(f"{source.name}:{number}", mail), error=wrong)
    else:
        yield from parquet_rows(source, fields, kind)


def _one_mail(source: Source) -> Entry:
    with opened(source) as stream:
        mail = stream.read(MAX_BYTES + 1)
    if len(mail) > MAX_BYTES:
        wrong = f"a mail above {MAX_BYTES // 1_000_000} MB; none of that size is read"
        return replace(_entry(source.name, mail[:100_000]), error=wrong)
    if not mail.strip():
        return Entry(source.name, digest(source.name), error="empty")
    return _entry(source.name, mail)


def _entry(place: str, mail: bytes) -> Entry:
    return Entry(place, b"", mail=mail)
