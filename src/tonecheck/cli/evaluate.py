"""`tonecheck eval`: how often tonecheck agrees with your own labelled mail."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tonecheck.cli.reading import utf8_output
from tonecheck.errors import InputError

if TYPE_CHECKING:
    from tonecheck.evaluation import Judged, Measure

__all__ = ["evaluate"]


@click.command("eval", epilog="Example: tonecheck eval labelled.jsonl")
@click.argument("source", metavar="FILE.jsonl", type=click.Path(path_type=Path))
@click.option("--split", help="Only the rows whose field “split” says so.")
@click.option("--rules-only", is_flag=True, help="Leave the judge out.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def evaluate(source: Path, split: str | None, rules_only: bool, form: str) -> None:
    """Measure agreement with labelled replies.

    Each line is an object with the fields reply, client, D, E, X (ratings 0 to 4), f
    (findings: type, severity, exact words) and m (letters of the repair moves).
    Intervals are 95 % over resampled replies.
    """
    from tonecheck.checker import Checker
    from tonecheck.config import Config
    from tonecheck.evaluation import confusion, judged
    from tonecheck.evaluation import evaluate as measure

    utf8_output()
    rows = [row for row in _rows(source) if split is None or row.get("split") == split]
    if not rows:
        raise InputError(f"{source}: no labelled replies{f' in the split “{split}”' if split else ''}")
    checker = Checker(Config(), judge=not rules_only)
    with click.progressbar(rows, label="Checking", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        replies = [judged(checker, row) for row in bar]
    measures = measure(replies)
    types = confusion(replies)
    if form == "json":
        table = {"replies": len(rows), "measures": [asdict(m) for m in measures]}
        table["types"] = [
            {"marked": a, "found": b or None, "count": n} for (a, b), n in sorted(types.items())
        ]
        click.echo(json.dumps(table, indent=2))
        return
    click.echo("".join(_table(replies, measures, types)), nl=False)


def _rows(source: Path) -> Iterator[dict[str, Any]]:
    from tonecheck.evaluation import read_label
    from tonecheck.mail.message import missing_or_unreadable

    with missing_or_unreadable(source):
        lines = source.read_bytes().splitlines()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{source}:{number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{place}: not a JSON object: {error}") from None
        if not isinstance(row, dict):
            raise InputError(f"{place}: not a JSON object; give one object a line")
        read_label(row, place)
        yield row


def _table(replies: list[Judged], measures: list[Measure], types: Any) -> Iterator[str]:
    yield f"{len(replies)} replies\n\n{'measure':<40}{'value':>7}   95 % interval\n"
    for m in measures:
        yield f"{m.name:<40}{m.value:>7.3f}   {m.low:.3f} to {m.high:.3f}\n"
    yield f"\n{'marked type':<16}{'marked':>7}{'found':>7}   found as another type\n"
    for kind in sorted({marked for marked, _ in types}):
        row = {found: n for (marked, found), n in types.items() if marked == kind}
        hits = sum(n for found, n in row.items() if found)
        others = ", ".join(
            f"{f} {n}" for f, n in sorted(row.items(), key=lambda i: -i[1]) if f not in {"", kind}
        )
        yield f"{kind:<16}{sum(row.values()):>7}{hits:>7}   {others}\n"
