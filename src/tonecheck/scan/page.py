"""A scan as one self-contained HTML page: no script, no outside resource, prints well."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from tonecheck.render.wording import MOVE_NAMES
from tonecheck.report import FAULT_LETTERS, FAULTS
from tonecheck.scan.plots import hours_bars, kind_bars, move_bars, trend
from tonecheck.scan.summary import FEWEST, Summary

__all__ = ["render_page"]


def render_page(found: Summary, source: str) -> str:
    """The page; `source` is what the scan is called."""
    figures = {
        "trend": trend(found.weeks, found.date) if len(found.weeks) > 1 else "",
        "kinds": kind_bars(found.kinds, found.judged) if found.kinds else "",
        "moves": move_bars(found.moves, found.judged) if found.judged else "",
        "hours": hours_bars(found.hours) if found.hours else "",
    }
    return _template().render(
        source=source,
        found=found,
        faults=FAULTS,
        fault_of=FAULT_LETTERS,
        move_names=MOVE_NAMES,
        fewest=FEWEST,
        figures={name: Markup(drawn) for name, drawn in figures.items()},
    )


@cache
def _template() -> Template:
    loader = PackageLoader("tonecheck", "scan")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("page.html.j2")
