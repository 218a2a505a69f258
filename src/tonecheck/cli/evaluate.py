"""`tonecheck eval`: how often tonecheck agrees with your own labelled mail."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tonecheck.cli.reading import check_page, rules_only_option, utf8_output
from tonecheck.errors import InputError

if TYPE_CHECKING:
    from tonecheck.evaluation import Agreement

__all__ = ["evaluate"]


@click.command("eval", epilog="Example: tonecheck eval labelled.jsonl --html agreement.html")
@click.argument("source", metavar="FILE.jsonl", type=click.Path(path_type=Path))
@click.option("--split", help="Only the rows whose field “split” says so.")
@rules_only_option
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="PAGE.html",
    help="Also write a page with plots (needs tonecheck[plots]).",
)
def evaluate(source: Path, split: str | None, rules_only: bool, form: str, page: Path | None) -> None:
    """Measure agreement with labelled replies.

    Each line is an object with the fields reply, client, D, E, X (ratings 0 to 4), f
    (findings: type, severity, exact words) and m (letters of the repair moves).
    Intervals are 95 % over resampled replies.
    """
    from tonecheck.checker import Checker
    from tonecheck.config import Config
    from tonecheck.evaluation import judged, report_on

    utf8_output()
    if page is not None:
        check_page(page)  # first, so that nothing is measured in vain
    rows = [row for row in _rows(source) if split is None or row.get("split") == split]
    if not rows:
        raise InputError(f"{source}: no labelled replies{f' in the split “{split}”' if split else ''}")
    checker = Checker(Config(), judge=not rules_only)
    with click.progressbar(rows, label="Checking", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        found = report_on([judged(checker, row) for row in bar])
    click.echo(_json(found) if form == "json" else "".join(_table(found)), nl=False)
    if page is not None:
        from tonecheck.evaluation.page import render_page

        page.write_text(render_page(found, source.name), "utf8")


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


def _json(found: Agreement) -> str:
    table = {
        "replies": found.replies,
        "measures": [{k: None if v != v else v for k, v in asdict(m).items()} for m in found.measures],
        "reliability": [asdict(step) for step in found.steps],
        "types": [
            {"marked": a or None, "found": b or None, "count": n} for (a, b), n in sorted(found.types.items())
        ],
    }
    return json.dumps(table, indent=2) + "\n"


def _table(found: Agreement) -> Iterator[str]:
    yield f"{found.replies} replies\n\n{'measure':<40}{'value':>7}   95 % interval\n"
    for m in found.measures:
        if m.value != m.value:
            yield f"{m.name:<40}{'-':>7}   nothing to measure it by\n"
            continue
        yield f"{m.name:<40}{m.value:>7.3f}   {m.low:.3f} to {m.high:.3f}\n"
    yield f"\n{'scored':<26}{'replies':>7}{'score':>7}   readers' mean x 25, 95 % interval\n"
    for s in found.steps:
        name = f"{s.fault}, about {s.about}"
        yield f"{name:<26}{s.replies:>7}{s.score:>7.0f}{s.readers:>10.0f}   {s.low:.0f} to {s.high:.0f}\n"
    yield f"\n{'type':<16}{'marked':>7}{'found':>7}{'false':>7}   found as another type\n"
    for kind in sorted({kind for pair in found.types for kind in pair} - {""}):
        row = {b: n for (a, b), n in found.types.items() if a == kind}
        hits = sum(n for b, n in row.items() if b)
        others = ", ".join(
            f"{b} {n}" for b, n in sorted(row.items(), key=lambda i: -i[1]) if b not in {"", kind}
        )
        yield f"{kind:<16}{sum(row.values()):>7}{hits:>7}{found.types['', kind]:>7}   {others}\n"
