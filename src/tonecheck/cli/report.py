"""`tonecheck report`: how a team writes, out of a finished scan."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from tonecheck.cli.reading import check_page, utf8_output
from tonecheck.errors import InputError

__all__ = ["report"]


@click.command(epilog="Example: tonecheck report reports.jsonl --html report.html")
@click.argument("scan", type=click.Path(path_type=Path))
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path),
    metavar="PAGE.html",
    help="Also write a page with plots (needs tonecheck[plots]).",
)
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "csv")), default="text", show_default=True
)
@click.option(
    "--since",
    "date",
    type=click.DateTime(("%Y-%m-%d",)),
    metavar="YYYY-MM-DD",
    help="Compare the mails before this day with those from it on.",
)
@click.option("--by-sender", is_flag=True, help="Show senders, where the scan has kept them.")
def report(scan: Path, page: Path | None, form: str, date: datetime | None, by_sender: bool) -> None:
    """Sum up a SCAN: trends by week, team, type and move, hours to answer, words.

    Groups of fewer than five are not shown.
    """
    from tonecheck.scan.columns import rows_in
    from tonecheck.scan.listing import as_csv, as_text
    from tonecheck.scan.summary import summed_up
    from tonecheck.scan.tally import Tally

    utf8_output()
    if page is not None:
        check_page(page)  # first, so that nothing is summed up in vain
    tally = Tally(rows_in(scan))
    if not tally.mails and not tally.errors:
        raise InputError(f"{scan}: holds no mail; make a scan with tonecheck scan")
    found = summed_up(tally, senders=by_sender, date=None if date is None else f"{date:%Y-%m-%d}")
    if by_sender and not found.senders and "sender" not in found.hidden:
        raise InputError(f"{scan}: keeps no senders; scan with --with-senders")
    if form == "json":
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
    else:
        click.echo(as_csv(found) if form == "csv" else "\n".join(as_text(found)), nl=form == "text")
    if page is not None:
        from tonecheck.scan.page import render_page

        page.write_text(render_page(found, scan.name), "utf8")
