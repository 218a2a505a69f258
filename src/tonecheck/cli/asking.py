"""One edit at a time, on a terminal by single keys, elsewhere by lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tonecheck.cli.reading import style, width
from tonecheck.cli.stepping import Choice, Item
from tonecheck.detect.rewrite import WRITER_SLOT
from tonecheck.mail.edit import apply
from tonecheck.render.text import underlined
from tonecheck.render.wording import Lines, moved_scores, offer
from tonecheck.report import Edit, Report

__all__ = ["ask"]

HELP = """  y      make the first edit        1-9    make that edit
  a      make all edits of this sentence that ask nothing of you
  e      type your own wording      n      leave these words
  i      leave these words here and from now on (kept in .tonecheck.toml)
  u      one step back              q      stop here and keep what was decided"""
ENTER = ("\r", "\n")
ENDS = ("\x03", "\x04", "")


def ask(item: Item, before: Report | None) -> Choice:
    """Show a finding with its edits and take the writer's answer. Raises click.Abort on Ctrl-C."""
    if before is not None:
        for line in moved_scores(before, item.report):
            click.echo(style(f"      {line}", dim=True))
    _show(item)
    while True:
        answer = _answer(item)
        if answer == "?":
            click.echo(HELP)
            continue
        choice = _choice(item, answer)
        if choice is not None:
            return choice


def _show(item: Item) -> None:
    report, finding = item.report, item.finding
    line = Lines.of(report.text).place(finding.span.start)[0]
    click.echo("\n" + underlined(report.text, item.sentence, [finding], line, style, width()), nl=False)
    click.echo(f"      {finding.message}")
    for number, edit in enumerate(finding.edits, 1):
        wording, note = offer(report.text, finding, edit)
        click.echo(
            f"   {number}  {style(wording, fg='green')}" + (style(f"  ({note})", dim=True) if note else "")
        )
    if item.together:
        after = apply(report.text, item.together)
        end = item.sentence.end + len(after) - len(report.text)
        words = " ".join(after[item.sentence.start : end].split())
        click.echo(f"   a  {style('all edits here:', dim=True)} {style(words, fg='green')}")


def _keys(item: Item) -> list[str]:
    numbers = [str(n) for n in range(1, min(9, len(item.finding.edits)) + 1)]
    return ["y", *numbers, *(["a"] if item.together else []), "e", "n", "i", "u", "q", "?"]


def _answer(item: Item) -> str:
    """One of the keys: a single key press on a terminal, a line elsewhere."""
    keys = _keys(item)
    prompt = f"Make this edit ({item.number} of {item.count}) [{','.join(keys)}]"
    if not sys.stdin.isatty():
        answer = str(click.prompt(prompt, prompt_suffix="? ")).strip().lower()
    else:
        click.echo(f"{prompt}? ", nl=False)
        answer = click.getchar()
        if answer in ENDS:
            click.echo()
            raise click.Abort
        answer = "y" if answer in ENTER else answer.lower()
        click.echo(answer if answer.isprintable() else "")
    return answer if answer in keys else "?"


def _choice(item: Item, answer: str) -> Choice | None:
    """The choice of an answer; None where the writer began to type and thought better of it."""
    if answer in {"n", "i", "u", "q"}:
        return Choice(ignore=answer == "i", undo=answer == "u", stop=answer == "q")
    if answer == "a":
        return Choice(edits=item.together)
    edit = _own(item) if answer == "e" else _filled(item.finding.edits[_number(answer)])
    return None if edit is None else Choice(edits=(edit,))


def _number(answer: str) -> int:
    return 0 if answer == "y" else int(answer) - 1


def _own(item: Item) -> Edit | None:
    """The writer's own wording for the words that are marked."""
    words = " ".join(item.report.words(item.finding.span).split())
    text = _typed("Your wording (empty to go back)", words)
    return Edit(item.finding.span, text, safe=False) if text and text != words else None


def _filled(edit: Edit) -> Edit | None:
    """The edit with each slot filled by the writer; None where one is left empty."""
    text = edit.text
    for slot in dict.fromkeys(WRITER_SLOT.findall(edit.text)):
        answer = _typed(f"{slot} (empty to go back)", "")
        if not answer:
            return None
        text = text.replace(slot, answer)
    if text[:1].islower() and edit.text[:1] == "[" and edit.text[1:2].isupper():
        text = text[:1].upper() + text[1:]
    return Edit(edit.span, text, edit.safe and text == edit.text)


def _typed(prompt: str, begun: str) -> str:
    """A line that the writer types; on a terminal with line editing it begins with some words."""
    with _begun(begun):
        return str(click.prompt(prompt, default="", show_default=False)).strip()


@contextmanager
def _begun(words: str) -> Iterator[None]:
    """Within, a line that is asked for begins with these words, where the terminal can edit lines."""
    try:
        import readline
    except ImportError:  # Windows
        yield
        return
    readline.set_startup_hook(lambda: readline.insert_text(words))
    try:
        yield
    finally:
        readline.set_startup_hook()
