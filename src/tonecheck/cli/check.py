"""`tonecheck check`: the report on one draft or several."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonecheck.cli.reading import (
    STDIN,
    baseline_option,
    client_option,
    config_for,
    profile_option,
    read,
    style,
    utf8_output,
    width,
    write_baseline_option,
)
from tonecheck.errors import InputError
from tonecheck.report import FAULTS, Report

if TYPE_CHECKING:
    from tonecheck.config import Config

__all__ = ["check"]

FORMATS = ("text", "json", "jsonl", "html", "sarif", "line")


@click.command(epilog="Example: tonecheck check reply.eml --format html > report.html")
@click.argument("paths", nargs=-1, metavar="[PATH…|-]")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print the report.",
)
@client_option
@click.option(
    "--fail-over",
    type=click.IntRange(0, 100),
    metavar="N",
    help="Exit with 1 if any fault scores above N. [default: 50, or your settings]",
)
@click.option(
    "--only",
    multiple=True,
    metavar="RULE|FAULT",
    help="Only these rules, folders of rules or faults; may be repeated.",
)
@profile_option
@baseline_option
@write_baseline_option
@click.option("--all", "unsure", is_flag=True, help="Show what is less sure, too; it counts in nothing.")
@click.option("-q", "--quiet", is_flag=True, help="Print only drafts that score above the limit.")
def check(
    paths: tuple[str, ...],
    form: str,
    client_file: Path | None,
    fail_over: int | None,
    only: tuple[str, ...],
    profile: str | None,
    baseline: Path | None,
    write_baseline: Path | None,
    unsure: bool,
    quiet: bool,
) -> None:
    """Check drafts: text, Markdown, HTML or mail (.eml); `-` reads standard input.

    Exits with 0 if every score is at or below the limit, 1 if one is above, 2 if a
    draft cannot be read.
    """
    utf8_output()
    failed = above = starts = False
    known = _baseline(baseline)
    checked: list[Report] = []
    reports: list[Report] = []
    for path in paths or (STDIN,):
        try:
            config = replace(config_for(path, profile), only=only)
            starts = starts or config.daemon == "auto"
            checked.append(_checked(path, client_file, config, unsure))
        except InputError as error:
            click.echo(f"tonecheck: {error}", err=True)
            failed = True
            continue
        report = known(checked[-1])
        over = _is_above(report, config, fail_over)
        above = above or over
        if over or not quiet:
            reports.append(report)
            if form in {"text", "line", "jsonl"} or (form == "json" and len(paths) > 1):
                click.echo(_one(report, form, first=len(reports) == 1), nl=False)
    alone = form == "json" and len(paths) <= 1 and bool(reports)
    if alone or (form in {"html", "sarif"} and (reports or not failed)):
        click.echo(_together(reports, form), nl=False)
    if starts:
        from tonecheck.serve.start import start_soon

        start_soon()
    if write_baseline is not None:
        _write_baseline(write_baseline, checked)
        above = False
    raise SystemExit(2 if failed else int(above))


def _checked(path: str, client_file: Path | None, config: Config, unsure: bool) -> Report:
    draft = read(path, client_file)  # first, so that a wrong path costs no loading
    from tonecheck.checker import checker_for
    from tonecheck.rulebook import check_names

    check_names(config)
    return checker_for(config).check(draft, unsure=unsure)


def _baseline(path: Path | None) -> Callable[[Report], Report]:
    """What takes the findings that a baseline knows out of a report."""
    if path is None:
        return lambda report: report
    from tonecheck.baseline import only_new, read_baseline

    known = read_baseline(path)
    return lambda report: only_new(report, known)


def _write_baseline(path: Path, checked: list[Report]) -> None:
    from tonecheck.baseline import mark_of, place_of, write_baseline

    folder = path.absolute().parent
    marks = [
        mark_of(finding.rule, report.words(finding.span), place_of(report.source, folder))
        for report in checked
        for finding in report.findings
    ]
    click.echo(f"tonecheck: {write_baseline(path, marks):,} findings noted in {path}", err=True)


def _is_above(report: Report, config: Config, fail_over: int | None) -> bool:
    limits = {f: config.limit(f) if fail_over is None else fail_over for f in FAULTS}
    return any((report.score(fault) or 0) > limits[fault] for fault in FAULTS)


def _one(report: Report, form: str, *, first: bool) -> str:
    if form == "text":
        from tonecheck.render.text import render_text

        return ("" if first else "\n") + render_text(report, style=style, width=width())
    if form == "line":
        from tonecheck.render.line import render_lines

        return render_lines(report)
    return json.dumps(report.to_dict(), ensure_ascii=False) + "\n"


def _together(reports: list[Report], form: str) -> str:
    if form == "json":
        return json.dumps(reports[0].to_dict(), ensure_ascii=False, indent=2) + "\n"
    from tonecheck import __version__

    if form == "sarif":
        from tonecheck.render.sarif import sarif_of

        return json.dumps(sarif_of(reports, __version__), ensure_ascii=False, indent=2) + "\n"
    from tonecheck.render.html import render_html

    return render_html(reports)
