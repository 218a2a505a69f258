"""The team's figures drawn: each fault and each move over the weeks, with its intervals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

from tonecheck.coach.grade import FAIR
from tonecheck.coach.team import Figure
from tonecheck.coach.team_tables import area_name
from tonecheck.figure import COLOURS, QUIET, Axes, drawing, svg
from tonecheck.report import FAULTS, MOVES

__all__ = ["fault_plot", "move_plot", "stand_alone"]

DAY = timedelta(days=1)
COLUMNS = 3
PLAIN = {"ink": "#1d2327", "quiet": "#59646c", "line": "#8d8a82"} | dict(
    zip(FAULTS, ("#b3261e", "#8f5400", "#4653b5"), strict=True)
)


def fault_plot(figures: Sequence[Figure]) -> str:
    """How well each fault is found, and good words are left alone, as an SVG element."""
    return _small(figures, (*FAULTS, FAIR), 2, "How well the team hears each fault over the weeks")


def move_plot(figures: Sequence[Figure]) -> str:
    """How well each repair move is missed where it is missing, as an SVG element."""
    return _small(figures, MOVES, COLUMNS, "How well the team knows each move over the weeks")


def _small(figures: Sequence[Figure], areas: Sequence[str], columns: int, told: str) -> str:
    """One small plot for each area, all on the same scales."""
    rows = -(-len(areas) // columns)
    with drawing(9, 1.7 * rows + 0.4) as figure:
        panes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for axes, area in zip(panes.flat, areas, strict=False):
            _draw(axes, area, [f for f in figures if f.area == area])
        for axes in panes[:, 0]:
            axes.set_ylabel("of a hundred", fontsize=8)
        return _unstyled(svg(figure, f"{told}, with 95 % intervals; the table has the numbers"))


def _draw(axes: Axes, area: str, figures: Sequence[Figure]) -> None:
    colour = COLOURS.get(area, QUIET)
    axes.set_title(area_name(area), fontsize=9)
    axes.set_ylim(0, 100)
    axes.tick_params(axis="x", rotation=30, labelsize=8)
    if not figures:
        axes.text(0.5, 0.5, "fewer than five", transform=axes.transAxes, ha="center", color=QUIET, fontsize=8)
        return
    values = [100 * f.value for f in figures]
    below = [100 * (f.value - f.low) for f in figures]
    above = [100 * (f.high - f.value) for f in figures]
    days: Any = [f.until - DAY for f in figures]
    axes.errorbar(days, values, yerr=[below, above], color=colour, marker="o", markersize=4, capsize=3)
    axes.set_xticks(days[:: -(-len(days) // 4)])


def _unstyled(drawn: str) -> str:
    """The same with attributes in the place of styles, which the pages' security policy does not let in."""
    drawn = re.sub(r"<style.*?</style>", "", drawn, flags=re.DOTALL)
    return re.sub(r' style="([^"]*)"', lambda found: _attributes(found[1]), drawn)


def _attributes(style: str) -> str:
    pairs = [part.split(":", 1) for part in style.split(";") if ":" in part]
    named = {name.strip(): value.strip() for name, value in pairs}
    font = named.pop("font", None)
    if font is not None:
        sizes = re.search(r"[\d.]+px", font)
        named |= {"font-size": sizes[0] if sizes else "10px", "font-family": "sans-serif"}
    return "".join(f' {name}="{escape(value, {chr(34): "&quot;"})}"' for name, value in named.items())


def stand_alone(*plots: str) -> str:
    """Plots, one below the other, as a file of their own with plain colours."""
    heights, pieces, above = [], [], 0.0
    for plot in plots:
        width, height = (float(x) for x in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', plot)[0])
        pieces.append(plot.replace("<svg", f'<svg y="{above:.0f}"', 1))
        above += height
        heights.append((width, height))
    width = max(w for w, _ in heights)
    drawn = "\n".join(pieces)
    for name, colour in PLAIN.items():
        drawn = drawn.replace(f"var(--{name})", colour)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {width:.0f} {above:.0f}">\n<rect width="100%" height="100%" fill="#fff"/>\n{drawn}</svg>\n'
    )
