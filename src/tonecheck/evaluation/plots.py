"""Plots as SVG for a page: no fonts, colours that follow the page's light or dark scheme."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tonecheck.evaluation.measures import Measure
from tonecheck.evaluation.reliability import Step
from tonecheck.report import FAULTS

__all__ = ["agreement_bars", "reliability_diagram"]

# matplotlib wants colours; the page puts its own in the place of these.
INK, QUIET, LINE = "#010203", "#010204", "#010205"
COLOURS = dict(zip(FAULTS, ("#010206", "#010207", "#010208"), strict=True))
VARIABLES = {INK: "ink", QUIET: "quiet", LINE: "line"} | {c: fault for fault, c in COLOURS.items()}
LOOKS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": LINE,
    "axes.titlecolor": INK,
    "axes.titlesize": 11,
    "figure.constrained_layout.h_pad": 0.12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
}
LEVELS = range(0, 101, 25)


def reliability_diagram(steps: Sequence[Step]) -> str:
    """Scores against 25 × the readers' mean rating, one panel a fault; the line is where both agree."""
    with matplotlib.rc_context(LOOKS):
        figure = Figure(figsize=(9, 3.5), layout="constrained")
        for axes, fault in zip(figure.subplots(1, 3, sharey=True), FAULTS, strict=True):
            _panel(axes, fault, [step for step in steps if step.fault == fault])
        figure.axes[0].set_ylabel("readers' mean rating × 25")
        return _svg(figure, "Scores against readers' mean ratings, for each fault; the table has the numbers")


def _panel(axes: Axes, fault: str, steps: Sequence[Step]) -> None:
    scores, readers = [s.score for s in steps], [s.readers for s in steps]
    reach = [[s.readers - s.low for s in steps], [s.high - s.readers for s in steps]]
    axes.plot([0, 100], [0, 100], color=LINE, linewidth=1.5, linestyle="--")
    axes.errorbar(
        scores, readers, yerr=reach, color=COLOURS[fault], marker="o", markersize=6, linewidth=1.5, capsize=3
    )
    for step in steps:
        axes.annotate(
            str(step.replies),
            (step.score, step.readers),
            xytext=(7, -11),
            textcoords="offset points",
            fontsize=8,
            color=QUIET,
        )
    axes.set(
        title=fault,
        xlabel="score",
        xlim=(-6, 106),
        ylim=(-6, 106),
        xticks=LEVELS,
        yticks=LEVELS,
        box_aspect=1,
    )


def agreement_bars(measures: Sequence[Measure]) -> str:
    """Every measure as a bar from 0 to 1, with its 95 % interval."""
    rows = [m for m in measures if m.value == m.value]  # what cannot be measured is not drawn
    with matplotlib.rc_context(LOOKS):
        figure = Figure(figsize=(9, 0.36 * len(rows) + 0.6), layout="constrained")
        axes = figure.subplots()
        for place, m in enumerate(rows):
            fault = m.name.rpartition(", ")[2]
            axes.barh(place, m.value, height=0.62, color=COLOURS.get(fault, QUIET), alpha=0.75)
            axes.plot([m.low, m.high], [place, place], color=INK, linewidth=1.5, marker="|", markersize=8)
            axes.text(1.02, place, f"{m.value:.2f}", va="center")
        axes.set_yticks(range(len(rows)), [m.name for m in rows])
        axes.invert_yaxis()
        axes.set_xlim(min(0.0, *(m.low for m in rows)), 1)
        return _svg(figure, "Every measure with its 95 % interval; the table has the numbers")


def _svg(figure: Figure, told: str) -> str:
    """The figure as an element of a page, with the page's colours."""
    written = StringIO()
    matplotlib.rcParams["svg.hashsalt"] = told  # ids that differ from figure to figure, not from day to day
    figure.savefig(
        written, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
    )
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r' id="([^"]+)"', lambda found: found[0] if f"#{found[1]}" in svg else "", svg)
    svg = re.sub(r' xmlns(?::xlink)?="[^"]+"', "", svg)
    for colour, name in VARIABLES.items():
        svg = svg.replace(colour, f"var(--{name})")
    return svg.replace("<svg", f'<svg role="img" aria-label="{told}"', 1)
