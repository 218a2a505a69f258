"""What a learner types: words of a draft, moves, a choice, a text."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from tonecheck.cli.coaching.showing import show
from tonecheck.render.wording import MOVE_NAMES
from tonecheck.report import FAULT_LETTERS, FAULTS, MOVES, TYPES

if TYPE_CHECKING:
    from tonecheck.coach.spot import Guess

__all__ = ["ask_choice", "ask_moves", "ask_spots", "ask_text", "has_screen"]

END = "."


def ask_spots(draft: str, *, plain: bool) -> list[Guess]:
    """The words that the learner marks, each with the fault that they hear in it.

    With the cursor on a terminal that can move it, else typed line by line.
    """
    if not plain and has_screen():
        from tonecheck.cli.coaching.screen import mark_on_screen

        return mark_on_screen(draft)
    return _typed_spots(draft)


def has_screen() -> bool:
    """Whether the cursor can be moved about."""
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _typed_spots(draft: str) -> list[Guess]:
    from tonecheck.coach.spot import Guess, place_of

    show(
        "One a line: the words, = and the fault: D defensiveness, E excuse, X doublespeak, or a type.\n"
        "“first … last” is enough for many words. ? lists the types, an empty line ends.",
        dim=True,
    )
    guesses: list[Guess] = []
    while line := click.prompt(f"{len(guesses) + 1}", default="", show_default=False).strip():
        if line == "?":
            show("\n".join("  ".join(t for t in TYPES if t[0] == letter) for letter in FAULT_LETTERS))
            continue
        words, _, name = line.rpartition("=") if "=" in line else (line, "", "")
        span = place_of(draft, words)
        kind = _kind(name or click.prompt("  Which fault?", default="", show_default=False))
        if span is None:
            show(f"“{words.strip()}” is not in the draft; copy the words as they stand.", fg="yellow")
        elif kind is None:
            show("That is no fault; D, E, X or a type such as D.blame. ? lists them.", fg="yellow")
        else:
            guesses.append(Guess(span, kind))
    return guesses


def _kind(name: str) -> str | None:
    """The type or the fault's letter that a learner means."""
    said = name.strip().lower()
    by_name = {kind.lower(): kind for kind in TYPES} | {kind[2:]: kind for kind in TYPES}
    by_name |= {letter.lower(): letter for letter in FAULT_LETTERS}
    by_name |= {fault: letter for letter, fault in FAULT_LETTERS.items()}
    by_name |= {fault.rstrip("s"): letter for letter, fault in zip(FAULT_LETTERS, FAULTS, strict=True)}
    return by_name.get(said)


def ask_moves() -> set[str]:
    """The moves that the learner misses, by their numbers."""
    for number, move in enumerate(MOVES, 1):
        show(f"{number:>2}  {MOVE_NAMES[move]}", indent="  ")
    while True:
        said = click.prompt("Their numbers", default="", show_default=False).replace(",", " ").split()
        if all(word.isdigit() and 1 <= int(word) <= len(MOVES) for word in said):
            return {MOVES[int(word) - 1] for word in said}
        show(f"Numbers from 1 to {len(MOVES)}, with spaces between.", fg="yellow")


def ask_choice() -> int:
    """Which of two, 0 or 1."""
    return int(click.prompt("Which is better", type=click.Choice(["1", "2"]))) - 1


def ask_text(start: str = "", *, plain: bool, seconds: float | None = None) -> str:
    """A text of several lines: written on the screen, or typed line by line."""
    if not plain and has_screen():
        from tonecheck.cli.coaching.screen import write_on_screen

        return write_on_screen(start, seconds)
    show(f"Write it, and end with a line that holds only “{END}”.", dim=True)
    lines: list[str] = []
    while (line := click.prompt("", default="", show_default=False, prompt_suffix="> ")) != END:
        lines.append(line)
    return "\n".join(lines)
