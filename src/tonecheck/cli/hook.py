"""`tonecheck hook`: puts tonecheck into a mail program's settings, and is what git calls."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonecheck.cli.reading import style, utf8_output
from tonecheck.errors import TonecheckError

if TYPE_CHECKING:
    from tonecheck.hooks.install.plan import Plan

__all__ = ["hook"]

PROGRAMS = {
    "git": "tonecheck.hooks.install.git",
    "mutt": "tonecheck.hooks.install.mutt",
    "neomutt": "tonecheck.hooks.install.mutt",
    "aerc": "tonecheck.hooks.install.aerc",
    "emacs": "tonecheck.hooks.install.emacs",
    "thunderbird": "tonecheck.hooks.install.thunderbird",
}
COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@click.group(epilog="Example: tonecheck hook install mutt")
def hook() -> None:
    """Put tonecheck before the way out of your mail program."""


@hook.command(epilog="Example: tonecheck hook install mutt --dry-run")
@click.argument("program", type=click.Choice(list(PROGRAMS)))
@click.option("--undo", is_flag=True, help="Take it out again; all else stays as it is.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.option(
    "--file", type=click.Path(path_type=Path), help="The settings file, where it is not in its usual place."
)
@click.option("--global", "everywhere", is_flag=True, help="git: the hook for all your repositories.")
def install(program: str, undo: bool, dry_run: bool, yes: bool, file: Path | None, everywhere: bool) -> None:
    """Let PROGRAM ask tonecheck before it sends; shows the change, and asks you first.

    Your own settings stay: the command that sends your mail is wrapped, a hook that
    you have is kept and runs first. Running it twice changes nothing.
    """
    utf8_output()
    from tonecheck.hooks.install.plan import Request, do, needed, show

    if everywhere and program != "git":
        raise TonecheckError(f"--global is for git; {program} has one place for its settings")
    plan: Plan = needed(import_module(PROGRAMS[program]).plan(Request(program, undo, file, everywhere)))
    for line in show(plan):
        click.echo(style(line, fg=COLOURS.get(line[:1])))
    for note in plan.notes:
        click.echo(f"Note: {note}")
    if not plan.steps:
        click.echo(f"{program}: tonecheck is installed already; nothing to change.")
    elif not dry_run:
        _agreed(yes)
        do(plan)
        click.echo(f"{program}: tonecheck is {'no longer there' if undo else 'installed'}.")


def _agreed(yes: bool) -> None:
    """Go on, if the user says so. Raises TonecheckError where nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise TonecheckError("nothing was changed, for nobody can be asked here; --yes agrees beforehand")
    if not click.confirm("Change this?"):
        click.echo("Nothing was changed.")
        raise SystemExit(1)


@hook.command(epilog="Example: tonecheck hook git 0001-fix-the-pump.patch")
@click.argument("message", type=click.Path(path_type=Path))
@click.argument("headers", type=click.Path(path_type=Path), required=False)
def git(message: Path, headers: Path | None) -> None:
    """Check what is prose in a patch; git send-email calls this from its hook.

    Exits with 0 if it may be sent and 65 if it is held.
    """
    import signal

    from tonecheck.hooks.consent import HOLD
    from tonecheck.hooks.patch import validate

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends this as no fault of ours does
    if not validate(message, headers):
        raise SystemExit(HOLD)
