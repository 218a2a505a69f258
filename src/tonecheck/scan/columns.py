"""Rows as Parquet: schema 1 in Arrow's types, written and read in pieces."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tonecheck.errors import InputError
from tonecheck.report import FAULTS, MOVES
from tonecheck.scan.streams import Source, opened, pyarrow

__all__ = ["arrow_schema", "is_parquet", "joined_parquet", "rows_in"]

GROUP = 2_000


def is_parquet(path: Path) -> bool:
    """Whether a file is to be Parquet, by its suffix."""
    return path.suffix.lower() == ".parquet"


def arrow_schema() -> Any:
    """The columns of a scan: who and when, then schema 1's fields. Raises InputError without PyArrow."""
    pa = pyarrow("Parquet")
    span = [("start", pa.int32()), ("end", pa.int32())]
    edit = pa.struct([*span, ("text", pa.string()), ("safe", pa.bool_())])
    finding = pa.struct(
        [
            *((name, pa.string()) for name in ("rule", "type", "fault", "severity")),
            ("confidence", pa.float64()),
            *span,
            *((name, pa.string()) for name in ("text", "message", "why")),
            ("points", pa.float64()),
            ("edits", pa.list_(edit)),
        ]
    )
    texts = pa.list_(pa.string())
    return pa.schema(
        [
            *((name, pa.string()) for name in ("id", "sent", "thread", "team", "writer", "sender")),
            ("client_tone", pa.float64()),
            ("error", pa.string()),
            ("schema", pa.int32()),
            *((name, pa.string()) for name in ("tonecheck", "model", "source")),
            ("scores", pa.struct([(fault, pa.int32()) for fault in FAULTS])),
            ("sentiment", pa.struct([("polarity", pa.float64()), ("subjectivity", pa.float64())])),
            ("moves", pa.struct([(kind, pa.list_(pa.struct(span))) for kind in MOVES])),
            *((name, texts) for name in ("missing", "answered", "unanswered")),
            *((name, pa.list_(finding)) for name in ("findings", "unsure")),
            ("skipped", pa.list_(pa.struct([*span, ("kind", pa.string())]))),
            *((name, pa.string()) for name in ("text", "plain", "plain_safe")),
            ("waited_hours", pa.float64()),
            ("not_judged", pa.string()),
            ("notes", texts),
        ]
    )


def joined_parquet(output: Path, part: Path, new: Path) -> None:
    """Write the rows of a Parquet file, where it exists, and of a file of JSON lines as a new one."""
    pa, schema = pyarrow("Parquet"), arrow_schema()
    from pyarrow.parquet import ParquetFile, ParquetWriter

    with new.open("wb") as file:
        with ParquetWriter(file, schema, compression="zstd") as writer:
            if output.exists():
                with ParquetFile(output) as old:
                    for batch in old.iter_batches(GROUP):
                        writer.write_batch(batch)
            rows: list[dict[str, Any]] = []
            for row in _json_rows(part):
                name = row.get("id")
                rows.append(
                    {**row, "id": name if name is None or isinstance(name, str) else json.dumps(name)}
                )
                if len(rows) == GROUP:
                    writer.write_table(pa.Table.from_pylist(rows, schema))
                    rows = []
            if rows:
                writer.write_table(pa.Table.from_pylist(rows, schema))
        file.flush()
        os.fsync(file.fileno())


def rows_in(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a finished scan, JSON lines (also packed) or Parquet. Raises InputError."""
    if not is_parquet(path):
        yield from _json_rows(path)
        return
    pa = pyarrow("Parquet")
    from pyarrow.parquet import ParquetFile

    try:
        with path.open("rb") as file:
            table = ParquetFile(file)
            if not {"scores", "findings", "error"} <= set(table.schema_arrow.names):
                raise InputError(f"{path}: not a scan; its columns are {', '.join(table.schema_arrow.names)}")
            for batch in table.iter_batches(GROUP):
                yield from batch.to_pylist()
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())[:200]}") from None


def _json_rows(path: Path) -> Iterator[dict[str, Any]]:
    with opened(Source(str(path), path)) as stream:
        for number, line in enumerate(stream, 1):
            try:
                row = json.loads(line)
            except ValueError as error:
                raise InputError(f"{path}:{number}: not a JSON object: {error}") from None
            if not isinstance(row, dict) or not ("error" in row or {"scores", "findings"} <= set(row)):
                raise InputError(f"{path}:{number}: not a row of a scan; make one with tonecheck scan")
            yield row
