"""A scan's figures: the trend, the types, the moves, the hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tonecheck.figure import COLOURS, INK, LINE, QUIET, drawing, svg
from tonecheck.render.wording import MOVE_NAMES
from tonecheck.report import FAULT_LETTERS, FAULTS
from tonecheck.scan.summary import Group, Kind, MoveShare

__all__ = ["hours_bars", "kind_bars", "move_bars", "trend"]

MARKERS = dict(zip(FAULTS, "osD", strict=True))
MOST_TICKS = 12


def trend(weeks: Sequence[Group], split: str | None) -> str:
    """The mean score of each fault by week, and how many mails a week has; the line is the given day."""
    days = [date.fromisoformat(week.name) for week in weeks]
    with drawing(9, 4.2) as figure:
        scores, mails = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        ends = []
        for number, fault in enumerate(FAULTS):
            values = [week.scores[number] for week in weeks]
            scores.plot(days, values, color=COLOURS[fault], marker=MARKERS[fault], markersize=4, label=fault)
            ends += values
        scores.set(ylabel="mean score", ylim=(0, max(10.0, *ends) * 1.15))
        scores.legend(frameon=False, ncols=3, loc="upper left", fontsize=9)
        mails.bar(days, [week.mails for week in weeks], width=5, color=QUIET, alpha=0.6)
        mails.set_ylabel("mails")
        mails.set_xticks(days[:: -(-len(days) // MOST_TICKS)])
        mails.tick_params(axis="x", rotation=30)
        if split is not None and days[0] <= date.fromisoformat(split) <= days[-1]:
            scores.axvline(date.fromisoformat(split), color=INK, linewidth=1, linestyle="--")
        return svg(figure, "Mean score of each fault and number of mails by week; the table has the numbers")


def kind_bars(kinds: Sequence[Kind], judged: int) -> str:
    """In how many of a hundred judged mails each type is found."""
    shown = sorted(kinds, key=lambda kind: -kind.mails)
    with drawing(9, 0.3 * len(shown) + 0.9) as figure:
        axes = figure.subplots()
        for place, kind in enumerate(shown):
            share = 100 * kind.mails / judged
            axes.barh(place, share, height=0.62, color=COLOURS[FAULT_LETTERS[kind.type[0]]], alpha=0.75)
            axes.text(share, place, f" {share:.0f} %", va="center", fontsize=9)
        axes.set_yticks(range(len(shown)), [f"{FAULT_LETTERS[k.type[0]]}: {k.type[2:]}" for k in shown])
        axes.invert_yaxis()
        axes.set_xlabel("of a hundred mails")
        return svg(figure, "In how many of a hundred mails each type is found; the table has the numbers")


def move_bars(moves: Sequence[MoveShare], judged: int) -> str:
    """In how many of a hundred judged mails each repair move is there, and in how many it is missed."""
    with drawing(9, 0.3 * len(moves) + 0.9) as figure:
        axes = figure.subplots()
        places = range(len(moves))
        there = [100 * move.there / judged for move in moves]
        missing = [100 * move.missing / judged for move in moves]
        axes.barh(places, there, height=0.62, color=QUIET, alpha=0.85, label="there")
        axes.barh(
            places,
            missing,
            left=there,
            height=0.62,
            facecolor="none",
            edgecolor=LINE,
            hatch="////",
            label="missed",
        )
        axes.set_yticks(places, [MOVE_NAMES[move.kind] for move in moves])
        axes.invert_yaxis()
        axes.set(xlim=(0, 100), xlabel="of a hundred mails")
        axes.legend(frameon=False, ncols=2, loc="lower right", fontsize=9)
        return svg(
            figure, "In how many of a hundred mails each move is there or missed; the table has the numbers"
        )


def hours_bars(hours: Sequence[tuple[str, int]]) -> str:
    """How many replies took how long."""
    with drawing(9, 2.6) as figure:
        axes = figure.subplots()
        bars = axes.bar([name for name, _ in hours], [count for _, count in hours], color=QUIET, alpha=0.75)
        axes.bar_label(bars, fontsize=9)
        axes.set_ylabel("replies")
        return svg(figure, "How many replies took how long; the table has the numbers")
