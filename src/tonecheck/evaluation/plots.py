"""The evaluation as figures of a page."""

from __future__ import annotations

from collections.abc import Sequence

from tonecheck.evaluation.measures import Measure
from tonecheck.evaluation.reliability import Step
from tonecheck.figure import COLOURS, INK, LINE, QUIET, Axes, drawing, svg
from tonecheck.report import FAULTS

__all__ = ["agreement_bars", "reliability_diagram"]

LEVELS = range(0, 101, 25)


def reliability_diagram(steps: Sequence[Step]) -> str:
    """Scores against 25 × the readers' mean rating, one panel a fault; the line is where both agree."""
    with drawing(9, 3.5) as figure:
        for axes, fault in zip(figure.subplots(1, 3, sharey=True), FAULTS, strict=True):
            _panel(axes, fault, [step for step in steps if step.fault == fault])
        figure.axes[0].set_ylabel("readers' mean rating × 25")
        return svg(figure, "Scores against readers' mean ratings, for each fault; the table has the numbers")


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
    with drawing(9, 0.36 * len(rows) + 0.6) as figure:
        axes = figure.subplots()
        for place, m in enumerate(rows):
            fault = m.name.rpartition(", ")[2]
            axes.barh(place, m.value, height=0.62, color=COLOURS.get(fault, QUIET), alpha=0.75)
            axes.plot([m.low, m.high], [place, place], color=INK, linewidth=1.5, marker="|", markersize=8)
            axes.text(1.02, place, f"{m.value:.2f}", va="center")
        axes.set_yticks(range(len(rows)), [m.name for m in rows])
        axes.invert_yaxis()
        axes.set_xlim(min(0.0, *(m.low for m in rows)), 1)
        return svg(figure, "Every measure with its 95 % interval; the table has the numbers")
