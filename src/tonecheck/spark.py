"""A column of replies on a Spark cluster: `check(frame, text="reply")` gives a row of a scan for each.

Spark cuts the work into tasks, and does those of a lost machine again; here is what one task does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from tonecheck.checker import checker_for
from tonecheck.config import Config
from tonecheck.errors import InputError
from tonecheck.rulebook import check_names
from tonecheck.scan.columns import arrow_schema
from tonecheck.scan.entry import Entry
from tonecheck.scan.rows import Scorer
from tonecheck.scan.streams import pyarrow

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

__all__ = ["check"]

PIECE = 256


def check(
    frame: DataFrame,
    *,
    text: str = "text",
    client: str | None = None,
    id: str | None = None,
    date: str | None = None,
    team: str | None = None,
    config: Config | None = None,
    with_text: bool = False,
) -> DataFrame:
    """A row for each row of the frame, with the columns and the values that `tonecheck scan` writes.

    The arguments name columns: the reply, the client's message, what tells rows apart (it comes back
    as text, in `id`), the day it was sent, its writer's team. Without `with_text` the rows hold no text
    but the words that are marked. What cannot be checked is a row whose `error` says why.
    Nothing runs before the result is used. Raises InputError for a column that is not there or holds
    no text, ConfigError and RuleError for wrong settings.
    """
    config = config or Config()
    check_names(config)
    named = {"text": text, "client": client, "id": id, "date": date, "team": team}
    wanted = {name: column for name, column in named.items() if column is not None}
    chosen = frame.select(*_chosen(frame, wanted))
    columns = frame.sparkSession.createDataFrame(arrow_schema().empty_table()).schema
    return chosen.mapInArrow(partial(_scored, config=config, with_text=with_text), columns)


def _chosen(frame: DataFrame, wanted: Mapping[str, str]) -> Iterator[Column]:
    """The columns that a task needs, under our names."""
    from pyspark.sql.functions import col

    kinds = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
    for name, column in wanted.items():
        if column not in kinds:
            there = ", ".join(kinds) or "none"
            raise InputError(f"no column “{column}”, which was named as {name}; columns here: {there}")
        if name in {"text", "client", "team"} and kinds[column] != "string":
            raise InputError(f"the column “{column}”, named as {name}, holds {kinds[column]}, not string")
        quoted = col("`{}`".format(column.replace("`", "``")))
        yield (quoted.cast("string") if name == "id" else quoted).alias(name)


def _scored(batches: Iterator[Any], config: Config, with_text: bool) -> Iterator[Any]:
    """A task: Arrow in, Arrow out. The checker stays in its process for the next task."""
    arrow, schema = pyarrow("Spark"), arrow_schema()
    scorer = Scorer(checker_for(config), config, text=with_text)
    for batch in batches:
        for start in range(0, batch.num_rows, PIECE):
            entries = list(map(_entry, batch.slice(start, PIECE).to_pylist()))
            rows = [json.loads(row.line) for row in scorer.scored(entries)]
            yield arrow.RecordBatch.from_pylist(rows, schema)


def _entry(row: dict[str, Any]) -> Entry:
    place = row.get("id") or "row"
    if row["text"] is None:
        return Entry(place, b"", row=row, error="no text: it is null")
    return Entry(place, b"", row=row)
