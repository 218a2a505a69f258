"""`tonecheck fix`: the draft in plainer words, as a diff, written back, or edit by edit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonecheck.cli.reading import (
    STDIN,
    client_option,
    config_for,
    profile_option,
    read,
    style,
    utf8_output,
    width,
)
from tonecheck.errors import InputError

if TYPE_CHECKING:
    from tonecheck.checker import Checker
    from tonecheck.mail.draft import Draft
    from tonecheck.report import Edit, Finding, Span

__all__ = ["fix"]

HELP = """  y      make the first edit        1-9    make that edit
  e      type your own wording      n      leave these words
  i      leave them here and from now on (kept in .tonecheck.toml)
  q      stop here and keep what was decided"""


@click.command(epilog="Example: tonecheck fix reply.eml --write")
@click.argument("path")
@click.option("--write", is_flag=True, help="Write the new wording into the file.")
@click.option("--unsafe", is_flag=True, help="Also make edits that you must agree to.")
@click.option("-i", "--interactive", is_flag=True, help="Ask edit by edit, then offer to write.")
@profile_option
@client_option
def fix(
    path: str, write: bool, unsafe: bool, interactive: bool, profile: str | None, client_file: Path | None
) -> None:
    """Show a draft in plainer words as a diff.

    Only safe edits are made unless you ask for more: the ones that drop noise and
    leave meaning, facts and promises alone. Nothing is written without --write.
    """
    from tonecheck.mail.message import read_bytes

    utf8_output()
    if path == STDIN and (write or interactive):
        raise InputError("standard input cannot be written to; name a file")
    before = b"" if path == STDIN else read_bytes(Path(path))
    draft = read(path, client_file)
    from tonecheck.checker import checker_for  # after reading, so that a wrong path costs no loading

    checker = checker_for(config_for(path, profile))
    if draft.not_judged:
        raise InputError(f"{draft.source}: {draft.not_judged}; there is no wording to change")
    text = _asked(checker, draft, path).text if interactive else checker.plain(draft, safe_only=not unsafe)
    _show(draft, text)
    if text == draft.text or path == STDIN:
        return
    if write or (interactive and click.confirm("Write this to the file?", default=True)):
        from tonecheck.mail.write import replace_file, rewritten

        replace_file(Path(path), before, rewritten(before, path, draft.text, text))
        click.echo(f"{path}: written.", err=True)


def _show(draft: Draft, text: str) -> None:
    from tonecheck.render.text import difference

    if text == draft.text:
        click.echo(f"{draft.source}: nothing to change.", err=True)
        return
    names = (draft.source, f"{draft.source}, plainer")
    click.echo(difference(draft.text, text, style, names=names), nl=False)


def _asked(checker: Checker, draft: Draft, path: str) -> Draft:
    """The draft after the edits that the writer agreed to, one after another."""
    from tonecheck.mail.edit import apply_to_draft

    left: set[tuple[str, str, int]] = set()
    while True:
        keyed = _keyed(draft, checker.findings(draft))
        key, finding = next(((k, f) for k, f in keyed if f.edits and k not in left), (("", "", 0), None))
        if finding is None:
            return draft
        answer = _ask(draft, finding, checker.sentences(draft))
        if answer == "q":
            return draft
        if answer == "i":
            _ignore(path, finding, draft)
        if answer in {"n", "i"}:
            left.add(key)
            continue
        edit = _chosen(finding, answer)
        if edit is None:
            left.add(key)
            continue
        draft = apply_to_draft(draft, [edit])


def _keyed(draft: Draft, found: list[Finding]) -> Iterator[tuple[tuple[str, str, int], Finding]]:
    """Each finding with what a decision is remembered by: rule, words, and which of several it is."""
    seen: Counter[tuple[str, str]] = Counter()
    for finding in found:
        words = draft.text[finding.span.start : finding.span.end]
        seen[finding.rule, words] += 1
        yield (finding.rule, words, seen[finding.rule, words]), finding


def _ask(draft: Draft, finding: Finding, sentences: tuple[Span, ...]) -> str:
    from tonecheck.render.text import underlined
    from tonecheck.render.wording import Lines, offer

    line = Lines.of(draft.text).place(finding.span.start)[0]
    sentence = next((s for s in sentences if s.covers(finding.span)), finding.span)
    click.echo("\n" + underlined(draft.text, sentence, [finding], line, style, width()), nl=False)
    click.echo(f"      {finding.message}")
    for number, edit in enumerate(finding.edits, 1):
        wording, note = offer(draft.text, finding, edit)
        click.echo(
            f"   {number}  {style(wording, fg='green')}" + (style(f"  ({note})", dim=True) if note else "")
        )
    choices = ["y", *(str(n) for n in range(1, len(finding.edits) + 1)), "e", "n", "i", "q", "?"]
    while True:
        answer = (
            str(click.prompt(f"Make this edit [{','.join(choices)}]", prompt_suffix="? ")).strip().lower()
        )
        if answer in choices and answer != "?":
            return answer
        click.echo(HELP)


def _chosen(finding: Finding, answer: str) -> Edit | None:
    """The edit that the answer names; where only the writer can fill it in, they type it."""
    from tonecheck.detect.rewrite import WRITER_SLOT
    from tonecheck.report import Edit

    if answer == "e":
        text = click.prompt("Your wording (empty to leave it)", default="", show_default=False)
        return Edit(finding.span, text, safe=False) if text else None
    edit = finding.edits[0 if answer == "y" else int(answer) - 1]
    if not WRITER_SLOT.search(edit.text):
        return edit
    text = click.prompt(f"Fill in {edit.text} (empty to leave it)", default="", show_default=False)
    return Edit(edit.span, text, safe=False) if text else None


def _ignore(path: str, finding: Finding, draft: Draft) -> None:
    from tonecheck.config import keep_ignored

    words = draft.text[finding.span.start : finding.span.end]
    click.echo(f"Kept in {keep_ignored(Path(path), finding.rule, words)}.")
