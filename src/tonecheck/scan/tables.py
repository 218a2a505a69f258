"""JSON lines, CSV, Parquet and Arrow as streams of rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tonecheck.errors import InputError
from tonecheck.mail.files import MAX_BYTES
from tonecheck.scan.entry import Entry, digest
from tonecheck.scan.streams import Source, opened, pyarrow, whole_file

__all__ = ["Fields", "csv_rows", "json_rows", "parquet_rows"]

BATCH = 256


@dataclass(frozen=True, slots=True)
class Fields:
    """What the columns are called; only `text` has to be there."""

    text: str = "text"
    id: str = "id"
    client: str | None = None
    sender: str | None = None
    date: str | None = None
    team: str | None = None

    def wanted(self) -> dict[str, str]:
        """Our names of the fields and the table's, those that are asked for."""
        named = ("text", "id", "client", "sender", "date", "team")
        return {name: column for name in named if (column := getattr(self, name)) is not None}

    def missing_from(self, columns: Sequence[str]) -> str | None:
        """What to tell where a column that was asked for is not there."""
        for name, column in self.wanted().items():
            if column not in columns and name != "id":
                there = ", ".join(map(str, columns)) or "none"
                return f"no {name} in the field “{column}”; fields here: {there}; see --{name}-field"
        return None


def json_rows(source: Source, fields: Fields) -> Iterator[Entry]:
    """One entry a line that is not blank."""
    with opened(source) as stream:
        number = 0
        while line := stream.readline(MAX_BYTES + 1):
            number += 1
            place = f"{source.name}:{number}"
            if len(line) > MAX_BYTES:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(MAX_BYTES)
                yield Entry(place, digest(place), error="a line above 30 MB, so no draft of a mail")
            elif line.strip():
                yield _of_json(line, place, fields)


def _of_json(line: bytes, place: str, fields: Fields) -> Entry:
    try:
        table = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Entry(place, digest(place, line), error=f"not a JSON object: {error}")
    if not isinstance(table, dict):
        return Entry(place, digest(place, line), error="not a JSON object; give one object a line")
    return _entry(table, place, fields)


def _entry(table: dict[str, Any], place: str, fields: Fields) -> Entry:
    row = {name: table.get(column) for name, column in fields.wanted().items()}
    said = repr(sorted(row.items()))
    key = digest(said) if row["id"] is not None else digest(place, said)
    if not isinstance(row["text"], str):
        columns = ", ".join(map(str, table)) or "none"
        error = f"no text in the field “{fields.text}”; fields here: {columns}; see --text-field"
        return Entry(place, key, row={"id": row["id"]}, error=error)
    for name in ("client", "sender", "team"):
        if not isinstance(row.get(name) or "", str):
            return Entry(place, key, row={"id": row["id"]}, error=f"its {name} is not a text")
    return Entry(place, key, row=row)


def csv_rows(source: Source, fields: Fields) -> Iterator[Entry]:
    """One entry a record. Raises InputError where a column is not there."""
    csv.field_size_limit(MAX_BYTES)
    with opened(source) as stream:
        text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
        records = csv.DictReader(text, strict=True)
        try:
            columns = records.fieldnames or []
        except csv.Error as error:
            raise InputError(f"{source.name}: not a CSV file: {error}") from None
        if missing := fields.missing_from(columns):
            raise InputError(f"{source.name}: {missing}")
        number = 1
        while True:
            number += 1
            place = f"{source.name}:{number}"
            try:
                record = next(records, None)
            except csv.Error as error:
                yield Entry(place, digest(place, str(error)), error=f"not a record of a CSV file: {error}")
                continue
            if record is None:
                return
            if any(isinstance(v, str) and not _is_unicode(v) for v in record.values()):
                yield Entry(
                    place, digest(place, repr(record)), error="not valid UTF-8; save the table as UTF-8"
                )
            else:
                yield _entry(record, place, fields)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def parquet_rows(source: Source, fields: Fields, kind: str) -> Iterator[Entry]:
    """One entry a row of a Parquet or Arrow file. Raises InputError for another schema."""
    arrow = pyarrow(f"{source.name}: {kind}")
    number = 0
    with whole_file(source) as file, _readable(source, arrow, kind):
        schema, batches = _batches(file, kind, fields)
        if missing := fields.missing_from(schema.names):
            raise InputError(f"{source.name}: {missing}")
        column = schema.field(fields.text).type
        if not arrow.types.is_string(column) and not arrow.types.is_large_string(column):
            raise InputError(f"{source.name}: the column “{fields.text}” holds {column}, not text")
        for batch in batches:
            for record in batch.to_pylist():
                number += 1
                yield _entry(record, f"{source.name}:{number}", fields)


def _batches(file: Any, kind: str, fields: Fields) -> tuple[Any, Iterator[Any]]:
    wanted = list(fields.wanted().values())
    if kind == "parquet":
        from pyarrow.parquet import ParquetFile

        table = ParquetFile(file)
        there = [name for name in wanted if name in table.schema_arrow.names]
        return table.schema_arrow, table.iter_batches(BATCH, columns=there)
    from pyarrow import ipc

    start = file.read(6)
    file.seek(0)
    if start == b"ARROW1":
        reader = ipc.open_file(file)
        return reader.schema, (reader.get_batch(i) for i in range(reader.num_record_batches))
    stream = ipc.open_stream(file)
    return stream.schema, iter(stream)


@contextmanager
def _readable(source: Source, arrow: Any, kind: str) -> Iterator[None]:
    try:
        yield
    except (arrow.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{source.name}: cannot be read as {kind.capitalize()}: {reason}") from None
