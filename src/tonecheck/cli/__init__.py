"""The table of contents of the product: every command by name, loaded when it is called."""

from __future__ import annotations

from importlib import import_module

import click

from tonecheck import __version__
from tonecheck.errors import TonecheckError

__all__ = ["main"]

COMMANDS = {
    "check": "tonecheck.cli.check",
    "fix": "tonecheck.cli.fix",
    "scan": "tonecheck.cli.scan",
    "report": "tonecheck.cli.report",
    "eval": "tonecheck.cli.evaluate",
    "sendmail": "tonecheck.cli.gate",
    "gate": "tonecheck.cli.gate",
    "last": "tonecheck.cli.gate",
    "hook": "tonecheck.cli.hook",
    "daemon": "tonecheck.cli.daemon",
    "rules": "tonecheck.cli.rules",
    "explain": "tonecheck.cli.rules",
    "proxy": "tonecheck.cli.proxy",
    "coach": "tonecheck.cli.coach",
    "config": "tonecheck.cli.settings",
    "ignore": "tonecheck.cli.settings",
    "serve": "tonecheck.cli.serving",
    "lsp": "tonecheck.cli.serving",
    "mcp": "tonecheck.cli.serving",
    "completion": "tonecheck.cli.settings",
}


# Commands whose function cannot bear their name.
CALLED = {"eval": "evaluate"}


class _Contents(click.Group):
    """A group that imports a command's module only when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[name]), CALLED.get(name, name))
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TonecheckError as error:
            click.echo(f"tonecheck: {error}", err=True)
            ctx.exit(2)


def _show_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from tonecheck.detect.model import model_name

    click.echo(f"tonecheck {__version__}, language pipeline {model_name() or 'none'}")
    ctx.exit()


@click.group(
    cls=_Contents,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Example: tonecheck check draft.eml",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version, with that of the language pipeline.",
)
def main() -> None:
    """Read a reply to an upset client as the client will.

    tonecheck marks words that sound defensive, make excuses or hide behind
    doublespeak, says what a client will miss, and offers plainer wording. Nothing
    leaves this machine.
    """
