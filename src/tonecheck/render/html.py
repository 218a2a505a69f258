"""One self-contained HTML page: no script, no outside resource, prints well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from tonecheck.render.wording import MOVE_NAMES, MOVE_TIPS, Lines, offer, summary, waited
from tonecheck.report import FAULTS, Report, Span

__all__ = ["render_html"]


@dataclass(frozen=True)
class Stretch:
    """A piece of the text that is shown in one way: which findings mark it, and if it is skipped.

    `unsure` tells that a less sure finding lies over it.
    """

    text: str
    findings: tuple[int, ...]
    unsure: bool
    skipped: str


def render_html(reports: Sequence[Report]) -> str:
    """The page for one report or several."""
    pages = [
        {
            "report": report,
            "stretches": list(stretches(report)),
            "summary": summary(report),
            "there": list(dict.fromkeys(MOVE_NAMES[m.kind] for m in report.moves)),
            "missing": [(MOVE_NAMES[kind], MOVE_TIPS[kind]) for kind in report.missing],
            "waited": None if report.waited_hours is None else waited(report.waited_hours),
            "line": Lines.of(report.text),
        }
        for report in reports
    ]
    return _template().render(pages=pages, faults=FAULTS, offer=offer)


@cache
def _template() -> Template:
    loader = PackageLoader("tonecheck", "render")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("report.html.j2")


def stretches(report: Report) -> Iterator[Stretch]:
    """The whole text, cut where a finding or a skipped stretch begins or ends."""
    borders = {0, len(report.text)}
    marked = (*report.findings, *report.unsure)
    for span in (*(f.span for f in marked), *(s.span for s in report.skipped)):
        borders |= {span.start, span.end}
    ordered = sorted(borders)
    for start, end in pairwise(ordered):
        here = Span(start, end)
        over = tuple(i for i, f in enumerate(report.findings) if f.span.covers(here))
        unsure = any(f.span.covers(here) for f in report.unsure)
        skipped = next((s.kind for s in report.skipped if s.span.covers(here)), "")
        yield Stretch(report.text[start:end], over, unsure, skipped)
