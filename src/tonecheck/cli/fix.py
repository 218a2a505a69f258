"""`tonecheck fix`: the draft in plainer words, as a diff, written back, or edit by edit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tonecheck.cli.reading import STDIN, client_option, config_for, profile_option, read, style, utf8_output
from tonecheck.errors import InputError

if TYPE_CHECKING:
    from tonecheck.checker import Checker
    from tonecheck.mail.draft import Draft

__all__ = ["fix"]


@click.command(epilog="Example: tonecheck fix reply.eml --write")
@click.argument("path")
@click.option("--write", is_flag=True, help="Write the new wording into the file.")
@click.option("--unsafe", is_flag=True, help="Also make edits that you must agree to.")
@click.option("-i", "--interactive", is_flag=True, help="Ask edit by edit, then offer to write.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How to show what changed.",
)
@profile_option
@client_option
def fix(
    path: str,
    write: bool,
    unsafe: bool,
    interactive: bool,
    form: str,
    profile: str | None,
    client_file: Path | None,
) -> None:
    """Show a draft in plainer words as a diff.

    Only safe edits are made unless you ask for more: the ones that drop noise and
    leave meaning, facts and promises alone. Nothing is written without --write.
    """
    from tonecheck.mail.message import read_bytes
    from tonecheck.serve.stage import decline

    utf8_output()
    if path == STDIN and (write or interactive):
        raise InputError("standard input cannot be written to; name a file")
    if interactive and form == "json":
        raise click.UsageError("--interactive asks; it has no JSON")
    if write or interactive:
        decline()  # who asks, and who writes a file, does it in a process of its own
    before = b"" if path == STDIN else read_bytes(Path(path))
    draft = read(path, client_file)
    from tonecheck.checker import checker_for  # after reading, so that a wrong path costs no loading

    checker = checker_for(config_for(path, profile))
    if draft.not_judged:
        raise InputError(f"{draft.source}: {draft.not_judged}; there is no wording to change")
    after = _asked(checker, draft, path) if interactive else checker.plainer(draft, safe_only=not unsafe)
    text = after.text
    if form == "json":
        click.echo(json.dumps(_as_json(checker, draft, after, unsafe), ensure_ascii=False, indent=2))
    else:
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
    """The draft after the edits that the writer agreed to; what to leave from now on is kept."""
    from tonecheck.cli.asking import ask
    from tonecheck.cli.stepping import stepped
    from tonecheck.config import keep_ignored

    step = stepped(draft, lambda d: checker.check(d, plain=False), ask)
    for rule, words in step.ignored:
        click.echo(f"“{words}” is left alone from now on: kept in {keep_ignored(Path(path), rule, words)}.")
    return step.draft


def _as_json(checker: Checker, draft: Draft, after: Draft, unsafe: bool) -> dict[str, Any]:
    from tonecheck.render.changes import changes_of

    reports = (checker.check(d, plain=False) for d in (draft, after))
    return changes_of(*reports, unsafe=unsafe)
