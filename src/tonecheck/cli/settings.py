"""`tonecheck config`, `tonecheck ignore` and `tonecheck completion`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from tonecheck.cli.reading import config_for, style, utf8_output
from tonecheck.errors import TonecheckError

__all__ = ["completion", "config", "ignore"]


@click.command(epilog="Example: tonecheck config drafts/reply.eml")
@click.argument("path", default="-")
def config(path: str) -> None:
    """Show every setting that holds for PATH, and which file set it."""
    from tonecheck.config import KEYS, user_file

    utf8_output()
    settings = config_for(path)
    for key in KEYS:
        value = getattr(settings, key)
        origin = settings.origins.get(key, "default")
        click.echo(f"{key} = {_toml(value)}  {style(f'# {origin}', dim=True)}")
    click.echo(style(f"# your own settings for every draft: {user_file()}", dim=True))


def _toml(value: object) -> str:
    import json

    if isinstance(value, Mapping):
        inside = ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)


@click.command(epilog='Example: tonecheck ignore doublespeak/reach-out "reach out"')
@click.argument("rule_id", metavar="RULE")
@click.argument("words", nargs=-1, required=True)
@click.option("--config", "file", type=click.Path(path_type=Path), help="The settings file to keep it in.")
def ignore(rule_id: str, words: tuple[str, ...], file: Path | None) -> None:
    """Leave these WORDS alone when RULE marks them, from now on.

    Keeps a fingerprint of rule and words, not the words, in `.tonecheck.toml`.
    """
    from tonecheck.config import keep_ignored
    from tonecheck.rulebook import heard, rules_of

    known = {*heard(), *(rule.id for rule in rules_of(config_for("-")))}
    if rule_id not in known:
        raise TonecheckError(f"no rule is called “{rule_id}”; `tonecheck rules list` shows all")
    click.echo(f"Kept in {keep_ignored(file or Path.cwd(), rule_id, ' '.join(words))}.")


@click.command(epilog='Example: eval "$(tonecheck completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes tonecheck's commands in your SHELL."""
    from click.shell_completion import get_completion_class

    from tonecheck.cli import main

    found = get_completion_class(shell)
    if found is None:
        raise TonecheckError(f"no completion for {shell}")
    click.echo(found(main, {}, "tonecheck", "_TONECHECK_COMPLETE").source())
