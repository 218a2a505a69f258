"""The screens on which words are marked with the cursor keys, and replies are written."""

from __future__ import annotations

import time
from collections.abc import Iterator

import click
from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.shortcuts import PromptSession
from prompt_toolkit.styles import Style

from tonecheck.cli.coaching.marking import Marking, marking_of, pressed, types_of
from tonecheck.cli.coaching.showing import show
from tonecheck.cli.reading import width
from tonecheck.coach.spot import Guess
from tonecheck.report import FAULT_LETTERS

__all__ = ["mark_on_screen", "write_on_screen"]

MARGIN = "  "
KEYS = ("left", "right", "up", "down", "space", "escape", "backspace", *"dexDEX1234567")
STYLE = Style.from_dict(
    {"at": "reverse", "chosen": "underline", "d": "bold #d75f00", "e": "bold #875fff", "x": "bold #00875f"}
)
HELP = (
    "Arrows move. Space begins a mark; D, E or X ends it and names the fault:\n"
    "defensiveness, excuse, doublespeak. Backspace takes a mark away, Enter ends."
)


def mark_on_screen(draft: str) -> list[Guess]:
    """The words that the learner marks with the cursor. Raises click.Abort for Ctrl-C."""
    marking = marking_of(draft, width() - 2 * len(MARGIN))
    keys = KeyBindings()

    def press(event: KeyPressEvent, key: str) -> None:
        nonlocal marking
        if key == "enter" and marking.letter is None:
            event.app.exit()
        else:
            marking = pressed(marking, key)

    for key in KEYS:
        keys.add(key, eager=True)(lambda event, key=key: press(event, key))
    keys.add("enter")(lambda event: press(event, "enter"))
    keys.add("c-c")(lambda event: event.app.exit(exception=click.Abort()))
    shown = Window(FormattedTextControl(lambda: _shown(marking), show_cursor=False), dont_extend_height=True)
    told = Window(FormattedTextControl(lambda: _told(marking)), dont_extend_height=True, wrap_lines=True)
    screen: Application[None] = Application(Layout(HSplit([shown, told])), key_bindings=keys, style=STYLE)
    screen.ttimeoutlen = 0.1
    screen.run()
    return list(marking.guesses)


def _shown(marking: Marking) -> StyleAndTextTuples:
    """The draft, its marks and the cursor."""
    pieces: StyleAndTextTuples = []
    for number, row in enumerate(marking.rows):
        if number:
            before = marking.text[marking.words[row[0] - 1].end : marking.words[row[0]].start]
            pieces.append(("", "\n" * max(1, min(2, before.count("\n")))))
        pieces.append(("", MARGIN))
        for place in row:
            if place != row[0]:
                inside = _style(marking, place) if _together(marking, place) else ""
                pieces.append((inside, " "))
            word = marking.words[place]
            at = " class:at" if place == marking.at else ""
            pieces.append((_style(marking, place) + at, marking.text[word.start : word.end]))
    pieces.append(("", "\n"))
    return pieces


def _style(marking: Marking, place: int) -> str:
    word = marking.words[place]
    being = marking.since is not None or marking.letter is not None
    names = [f"class:{g.kind[0].lower()}" for g in marking.guesses if g.span.overlaps(word)]
    if being and marking.span.overlaps(word):
        names.append("class:chosen")
    return " ".join(names)


def _together(marking: Marking, place: int) -> bool:
    """Whether the word and the one before it lie in one mark."""
    return _style(marking, place) != "" and _style(marking, place) == _style(marking, place - 1)


def _told(marking: Marking) -> StyleAndTextTuples:
    """The marks so far, and what may be pressed now."""
    return [("", line) for line in _lines(marking)]


def _lines(marking: Marking) -> Iterator[str]:
    for guess in marking.guesses:
        yield f"\n{MARGIN}“{' '.join(marking.text[guess.span.start : guess.span.end].split())}” = {guess.kind}"
    if marking.letter is None:
        yield f"\n{HELP}"
        return
    types = "  ".join(f"{n} {kind[2:]}" for n, kind in enumerate(types_of(marking.letter), 1))
    yield f"\n{FAULT_LETTERS[marking.letter]}: {types}\nEnter: leave it open, Esc: go back"


def write_on_screen(start: str, seconds: float | None = None) -> str:
    """A text that the learner writes, or `start` as they change it; with a clock where seconds are given.

    The clock stops nobody. Raises click.Abort for Ctrl-C.
    """
    keys = KeyBindings()
    keys.add("c-d", eager=True)(lambda event: event.current_buffer.validate_and_handle())
    began = time.monotonic()

    def clock() -> str:
        left = round((seconds or 0) - (time.monotonic() - began))
        return f"{'-' if left < 0 else ''}{abs(left) // 60}:{abs(left) % 60:02}"

    show("Ctrl-D ends, Ctrl-C leaves.", dim=True)
    if seconds is None:
        session: PromptSession[str] = PromptSession(multiline=True, key_bindings=keys)
    else:
        session = PromptSession(multiline=True, key_bindings=keys, bottom_toolbar=clock, refresh_interval=1)
    try:
        return session.prompt("", default=start)
    except (KeyboardInterrupt, EOFError):
        raise click.Abort from None
