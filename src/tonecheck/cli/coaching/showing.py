"""Cases and grades as a terminal shows them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from tonecheck.cli.reading import style, width

if TYPE_CHECKING:
    from tonecheck.coach.case import Case
    from tonecheck.coach.grade import Grade

__all__ = ["show", "show_case", "show_grade", "show_mail"]

LOOKS = {
    "right": ("+", "green"),
    "partly": ("~", "yellow"),
    "missed": ("-", "yellow"),
    "wrong": ("!", "red"),
    "note": ("·", None),
}


def show(text: str = "", indent: str = "", **looks: object) -> None:
    """Print a text, its paragraphs wrapped."""
    for line in text.splitlines() or [""]:
        rows = textwrap.wrap(line, width() - len(indent), break_on_hyphens=False) or [""]
        for row in rows:
            click.echo(f"{indent}{style(row, **looks)}".rstrip())


def show_mail(title: str, text: str) -> None:
    """A message under its title."""
    click.echo()
    show(title, bold=True)
    show(text.strip(), indent="  ")


def show_case(case: Case, *, draft: bool = True) -> None:
    """The client's message, and the draft that is to answer it."""
    show_mail(f"{case.trade}: the client wrote", case.client)
    if draft:
        show_mail("The draft", case.draft)


def show_grade(grade: Grade) -> None:
    """The score and every remark with its reason and source."""
    click.echo()
    looks = "green" if grade.score >= 0.75 else "yellow" if grade.score >= 0.5 else "red"
    show(f"{round(100 * grade.score)} of 100", fg=looks, bold=True)
    for remark in grade.remarks:
        sign, colour = LOOKS[remark.verdict]
        words = f"“{_short(remark.words)}”: " if remark.words else ""
        show(f"{sign} {words}{remark.text}", indent="  ", **({"fg": colour} if colour else {}))
        if remark.why:
            show(remark.why, indent="      ")
        if remark.source and remark.verdict != "right":
            show(remark.source, indent="      ", dim=True)


def _short(words: str) -> str:
    return textwrap.shorten(words, 70, placeholder=" …")
