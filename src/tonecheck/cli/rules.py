"""`tonecheck rules` and `tonecheck explain`: what is flagged, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonecheck.cli.reading import config_for, utf8_output
from tonecheck.errors import TonecheckError

if TYPE_CHECKING:
    from tonecheck.rule import Rule

__all__ = ["explain", "rules"]


@click.group(epilog="Example: tonecheck rules list --type X.vague")
def rules() -> None:
    """List the rules, show one or all, or test a folder of your own."""
    utf8_output()


@rules.command("list", epilog="Example: tonecheck rules list")
@click.option("--type", "kind", metavar="TYPE", help="Only this type, such as X.vague, or fault, such as X.")
def list_rules(kind: str | None) -> None:
    """List every rule with its type, its severity and what it says."""
    from tonecheck.phrase import phrasings
    from tonecheck.rulebook import unserved

    config = config_for("-")
    readable, broken = _readable_rules()
    rules = [rule for rule in readable if not config.is_off(rule.id)]
    silent = set(unserved(tuple(rules)))
    shown = [r for r in rules if kind is None or r.type == kind or r.type.startswith(f"{kind}.")]
    if not shown:
        raise TonecheckError(f"no rule has the type “{kind}”; `tonecheck rules list` shows all")
    room = max(len(rule.id) for rule in shown)
    for rule in shown:
        note = "  (silent: needs the trained pipeline)" if rule.id in silent else ""
        click.echo(f"{rule.id:<{room}}  {rule.type:<16}{rule.severity.word}{note}")
    wordings = sum(sum(map(phrasings, p.phrases)) or 1 for rule in shown for p in rule.patterns)
    click.echo(f"{len(shown)} rules for {wordings:,} wordings")
    if broken:
        raise SystemExit(2)


@rules.command("show", epilog="Example: tonecheck rules show doublespeak/unmet-metric")
@click.argument("rule_id", metavar="ID")
def show_rule(rule_id: str) -> None:
    """Show one rule: why, examples, what it lets pass."""
    click.echo("".join(f"{row}\n" for row in _page(rule_id)), nl=False)


@rules.command("test", epilog="Example: tonecheck rules test ./house-rules")
@click.argument("folder", type=click.Path(path_type=Path))
def test_rules(folder: Path) -> None:
    """Test every rule in a folder by the sentences inside it."""
    from dataclasses import replace

    from tonecheck.checker import Checker
    from tonecheck.config import Config
    from tonecheck.proof import failures
    from tonecheck.rule import built_in_rules, load_folder

    own = load_folder(folder)
    built_in = {rule.path.resolve() for rule in built_in_rules() if rule.path}
    config = Config()
    if not all(rule.path and rule.path.resolve() in built_in for rule in own):
        config = replace(config, rules=(folder,))
    checker = Checker(config)
    loaded = {rule.path.resolve(): rule for rule in checker.rules if rule.path}
    broken = list(failures(checker, tuple(loaded[r.path.resolve()] for r in own if r.path)))
    for failure in broken:
        click.echo(str(failure))
    for rule in own:
        if rule.id in checker.unserved:
            click.echo(f"{rule.path}:1: needs the trained language pipeline and was not tested")
    sentences = sum(len(rule.examples) + len(rule.fine) for rule in own)
    click.echo(f"{len(own)} rule{'s' * (len(own) != 1)}, {sentences} sentences, {len(broken)} failures")
    raise SystemExit(1 if broken else 0)


@rules.command("doc", epilog="Example: tonecheck rules doc > rules.md")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
def doc_rules(folder: Path | None) -> None:
    """Write all rules, or those of a FOLDER, as one Markdown page."""
    from tonecheck.cli.pages import all_pages
    from tonecheck.rule import built_in_rules, load_folder

    shown = built_in_rules() if folder is None else load_folder(folder)
    click.echo("".join(all_pages(shown)), nl=False)


@click.command(epilog="Example: tonecheck explain doublespeak/unmet-metric")
@click.argument("rule_id", metavar="ID")
def explain(rule_id: str) -> None:
    """Explain one rule: why it matters, with examples and the source."""
    utf8_output()
    click.echo("".join(f"{row}\n" for row in _page(rule_id)), nl=False)


def _page(rule_id: str) -> Iterator[str]:
    """The page of a rule, or of what the judge hears; a short name will do."""
    from tonecheck.cli.pages import heard_rows, rule_rows
    from tonecheck.rulebook import called

    found = called(rule_id, _readable_rules()[0])
    return heard_rows(found) if isinstance(found, str) else rule_rows(found)


def _readable_rules() -> tuple[tuple[Rule, ...], bool]:
    """The rules, also those that are off, and whether a folder with a broken one was left out."""
    from tonecheck.rulebook import readable_rules

    rules, broken = readable_rules(config_for("-"))
    for error in broken:
        click.echo(f"tonecheck: {error}", err=True)
    return rules, bool(broken)
