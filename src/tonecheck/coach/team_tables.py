"""The team's figures and divided passages as CSV or JSON lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from tonecheck.coach.divided import Passage
from tonecheck.coach.grade import FAIR
from tonecheck.coach.team import Figure
from tonecheck.render.wording import MOVE_NAMES

__all__ = ["FIGURE", "FORMATS", "PASSAGE", "area_name", "figure_rows", "passage_rows", "written"]

FORMATS = ("csv", "jsonl")
FIGURE = ("area", "since", "until", "people", "mean", "low", "high")
PASSAGE = ("words", "type", "marked", "people", "agreement", "in_key", "case", "start", "end")
RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run as a formula


def area_name(area: str) -> str:
    """A fault, a move or leaving good words alone, in words."""
    return MOVE_NAMES.get(area, "leaving good words alone" if area == FAIR else area)


def figure_rows(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """One row for each figure, shares rounded to a hundredth."""
    return [
        {
            "area": f.area,
            "since": f.since.isoformat(),
            "until": f.until.isoformat(),
            "people": f.people,
            "mean": round(f.value, 2),
            "low": round(f.low, 2),
            "high": round(f.high, 2),
        }
        for f in figures
    ]


def passage_rows(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """One row for each passage that divides people."""
    return [
        {
            "words": p.words,
            "type": p.type,
            "marked": p.marked,
            "people": p.people,
            "agreement": round(p.agreement, 3),
            "in_key": p.in_key,
            "case": p.case,
            "start": p.span.start,
            "end": p.span.end,
        }
        for p in passages
    ]


def written(rows: Iterable[dict[str, Any]], names: Sequence[str], kind: str) -> str:
    """The rows as a text of this format; CSV has its head also without rows."""
    if kind == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    text = StringIO()
    table = csv.DictWriter(text, names, lineterminator="\n")
    table.writeheader()
    for row in rows:
        table.writerow({name: _harmless(value) for name, value in row.items()})
    return text.getvalue()


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
