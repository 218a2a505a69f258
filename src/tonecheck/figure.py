"""Figures as SVG for a page: no fonts, colours that follow the page's light or dark scheme."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tonecheck.report import FAULTS

__all__ = ["COLOURS", "INK", "LINE", "QUIET", "Axes", "Figure", "drawing", "svg"]

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


@contextmanager
def drawing(width: float, height: float) -> Iterator[Figure]:
    """A figure of so many inches; within, all that is drawn has the page's looks."""
    with matplotlib.rc_context(LOOKS):
        yield Figure(figsize=(width, height), layout="constrained")


def svg(figure: Figure, told: str) -> str:
    """The figure as an element of a page, with the page's colours."""
    written = StringIO()
    matplotlib.rcParams["svg.hashsalt"] = told  # ids that differ from figure to figure, not from day to day
    figure.savefig(
        written, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
    )
    drawn = written.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    used = drawn
    drawn = re.sub(r' id="([^"]+)"', lambda found: found[0] if f"#{found[1]}" in used else "", drawn)
    drawn = re.sub(r' xmlns(?::xlink)?="[^"]+"', "", drawn)
    for colour, name in VARIABLES.items():
        drawn = drawn.replace(colour, f"var(--{name})")
    return drawn.replace("<svg", f'<svg role="img" aria-label="{told}"', 1)
