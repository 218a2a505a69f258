"""The evaluation as one self-contained HTML page: no script, no outside resource."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from tonecheck.evaluation.agreement import Agreement
from tonecheck.evaluation.plots import agreement_bars, reliability_diagram
from tonecheck.report import FAULT_LETTERS, TYPES

__all__ = ["render_page"]


def render_page(found: Agreement, source: str) -> str:
    """The page; `source` is what the labelled replies are called."""
    kinds = {
        fault: [kind for kind in TYPES if kind[0] == letter and any(kind in pair for pair in found.types)]
        for letter, fault in FAULT_LETTERS.items()
    }
    return _template().render(
        source=source,
        found=found,
        kinds={fault: some for fault, some in kinds.items() if some},
        diagram=Markup(reliability_diagram(found.steps)),
        bars=Markup(agreement_bars(found.measures)),
    )


@cache
def _template() -> Template:
    loader = PackageLoader("tonecheck", "evaluation")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("page.html.j2")
