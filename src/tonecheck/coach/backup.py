"""The whole record in one file, and back again: the same format for SQLite and for PostgreSQL.

A zip with `manifest.json`, which names the layout and each table's rows and checksum, and a JSON line
for every row. It holds what learners wrote and the hashes of their passphrases: guard it like the record.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy import Table as Rows

from tonecheck.coach.store import POSTGRESQL, REVISION, Record, name_of, plainly
from tonecheck.coach.tables import Moment, Table
from tonecheck.errors import RecordError

__all__ = ["back_up", "restore"]

KIND = "tonecheck coach record"
MANIFEST = "manifest.json"
BATCH = 500  # rows
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    NotImplementedError,
)


def back_up(record: Record, path: Path) -> int:
    """Write all that the record holds at one moment, while others may use it; how many rows.

    The file is whole or not there, and its owner's only. Raises RecordError.
    """
    if path.exists():
        raise RecordError(f"{path}: is there already; name another file, nothing was written")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file, plainly(name_of(record)), _one_moment(record) as connection:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                    count = _write(connection, archive)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise RecordError(f"{path}: cannot be written: {error.strerror or error}") from None
    return count


def restore(record: Record, path: Path, *, replace: bool = False) -> int:
    """Put back what `back_up` wrote, all of it or nothing; how many rows.

    A record that holds something is left alone, unless `replace`. Raises RecordError.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            counts = _checked(archive, path)
            with plainly(name_of(record)), record.begin() as connection:
                _alone(connection)
                _empty(connection, name_of(record), replace=replace)
                for table in _tables():
                    if table.name in counts:
                        _read(connection, archive, table)
                _number_on(connection)
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error.strerror or error}") from None
    except DAMAGED:
        raise _damaged(path) from None
    return sum(counts.values())


def _tables() -> list[Rows]:
    """All tables, those that others refer to first."""
    return Table.metadata.sorted_tables


@contextmanager
def _one_moment(record: Record) -> Iterator[Connection]:
    """The record as it is now, whatever others write meanwhile."""
    with record.connect() as connection:
        if connection.dialect.name == POSTGRESQL:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        else:
            connection.exec_driver_sql("BEGIN")  # the driver begins none for reading
        yield connection
        connection.rollback()


def _write(connection: Connection, archive: zipfile.ZipFile) -> int:
    tables, total = {}, 0
    for table in _tables():
        digest, count = hashlib.sha256(), 0
        with archive.open(_member(table.name), "w", force_zip64=True) as file:
            for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
                line = json.dumps({name: _told(value) for name, value in row.items()}).encode() + b"\n"
                digest.update(line)
                file.write(line)
                count += 1
        total += count
        tables[table.name] = {"rows": count, "sha256": digest.hexdigest()}
    manifest = {"kind": KIND, "layout": REVISION, "made": datetime.now(UTC).isoformat(), "tables": tables}
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return total


def _member(table: str) -> str:
    return f"{table}.jsonl"


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _checked(archive: zipfile.ZipFile, path: Path) -> dict[str, int]:
    """How many rows each table has, once every checksum is right. Raises RecordError."""
    manifest = json.loads(archive.read(MANIFEST))
    if manifest["kind"] != KIND:
        raise _damaged(path)
    if manifest["layout"] > REVISION:
        raise RecordError(
            f"{path}: written by a newer tonecheck (layout {manifest['layout']}, here {REVISION}); update tonecheck"
        )
    known = {table.name for table in _tables()}
    for name, told in manifest["tables"].items():
        digest = hashlib.sha256()
        with archive.open(_member(name)) as file:
            for line in file:
                digest.update(line)
        if name not in known or digest.hexdigest() != told["sha256"]:
            raise _damaged(path)
    return {name: int(told["rows"]) for name, told in manifest["tables"].items()}


def _damaged(path: Path) -> RecordError:
    return RecordError(f"{path}: damaged, or no backup of a training record; take another copy")


def _alone(connection: Connection) -> None:
    """Nobody else writes until this is done."""
    if connection.dialect.name == POSTGRESQL:
        names = ", ".join(table.name for table in _tables())
        connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _empty(connection: Connection, name: str, *, replace: bool) -> None:
    for table in reversed(_tables()):
        if not replace and connection.execute(select(func.count()).select_from(table)).scalar():
            raise RecordError(
                f"{name}: holds a record already; name another with --record, or say --replace to lose it"
            )
        connection.execute(table.delete())


def _read(connection: Connection, archive: zipfile.ZipFile, table: Rows) -> None:
    with archive.open(_member(table.name)) as file:
        lines = iter(file)
        while rows := [_row(table, json.loads(line)) for line in islice(lines, BATCH)]:
            connection.execute(insert(table), rows)


def _row(table: Rows, told: Mapping[str, Any]) -> dict[str, Any]:
    """A row's values; a column that an older layout did not have is left to its default."""
    columns = table.columns
    return {
        columns[name].key: datetime.fromisoformat(value)
        if value is not None and isinstance(columns[name].type, Moment)
        else value
        for name, value in told.items()
    }


def _number_on(connection: Connection) -> None:
    """New rows get numbers after those that were brought back; SQLite does so by itself."""
    if connection.dialect.name != POSTGRESQL:
        return
    for table in _tables():
        if "id" in table.columns:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f"coalesce(max(id), 1), max(id) IS NOT NULL) FROM {table.name}"
                )
            )
