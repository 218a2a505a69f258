"""`tonecheck daemon`: the warm checker behind hooks and checks."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from tonecheck.errors import TonecheckError
from tonecheck.serve import client

__all__ = ["daemon"]

LOADING = 120
READY, BUSY = "ready", "busy"
idle_option = click.option(
    "--idle",
    type=click.FloatRange(min=0, min_open=True),
    metavar="MINUTES",
    default=30,
    show_default=True,
    help="End after so long without a check.",
)
# A mail that makes the checker load all it has: HTML, the client's question, something to mark.
SAMPLE = b"""From: a@a.example
To: b@b.example
Content-Type: text/html

<p>Hi Ann,</p><p>We value your business and will utilise the spare part as soon as the courier has brought it here.
It is your fault that we are late, and mistakes were made.</p><p>Kind regards,<br>Jo</p>
<div>On Tue, 24 Nov 2026 at 09:14, Ann wrote:<blockquote>When will you come? The pump leaks.</blockquote></div>
"""


@click.group(epilog="Example: tonecheck daemon status")
def daemon() -> None:
    """Keep a checker warm, so that hooks and checks feel instant.

    Hooks start it by themselves. It listens on a socket that only you can open,
    opens no other connection, and ends when nobody asks.
    """


@daemon.command(epilog="Example: tonecheck daemon start --idle 480")
@idle_option
def start(idle: float) -> None:
    """Start it in the background and wait until it is warm."""
    from tonecheck.serve.start import runs

    if runs():
        click.echo("The daemon is running already.")
        return
    hearing, telling = os.pipe()
    if os.fork() == 0:
        os.close(hearing)
        _serve_in_background(idle, telling)
    os.close(telling)
    with open(hearing, encoding="utf8") as pipe:
        told = pipe.read()
    if told == BUSY:
        _wait_for_the_other(runs)
    elif told != READY:
        raise TonecheckError(told or "the daemon ended while it was loading")
    click.echo("The daemon is running.")


def _serve_in_background(idle: float, telling: int) -> NoReturn:
    """Serve in this forked process, away from the caller's terminal, and tell through the pipe how it went."""
    told = False

    def tell(word: str) -> None:
        nonlocal told
        if not told:
            os.write(telling, word.encode("utf8", "replace"))
            os.close(telling)
        told = True

    try:
        os.setsid()
        os.chdir("/")
        _let_go_of_all_but(telling)
        _serve(idle, lambda: tell(READY))
        tell(BUSY)
    except BaseException as error:
        tell(str(error) or type(error).__name__)
    finally:
        os._exit(0)


def _let_go_of_all_but(kept: int) -> None:
    """Close what the caller had open: whoever reads from its pipes waits for their end."""
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)


def _wait_for_the_other(runs: Callable[[], bool]) -> None:
    """Wait for a daemon that somebody else is starting right now."""
    end = time.monotonic() + LOADING
    while not runs():
        if time.monotonic() > end:
            raise TonecheckError(
                "another daemon is starting and takes too long; see `tonecheck daemon status`"
            )
        time.sleep(0.05)


@daemon.command(epilog="Example: tonecheck daemon run --idle 60")
@idle_option
def run(idle: float) -> None:
    """Serve in the foreground, as for a service manager."""
    if not _serve(idle, lambda: click.echo(f"Listening on {client.address()}.")):
        raise TonecheckError("a daemon is running already; `tonecheck daemon stop` ends it")


def _serve(idle: float, ready: Callable[[], object]) -> bool:
    import tonecheck
    from tonecheck.detect.model import judge_folder, model_folder
    from tonecheck.kept import stamps_within
    from tonecheck.serve.daemon import serve

    package = Path(tonecheck.__file__).parent
    folders = [folder for folder in (package, model_folder(), judge_folder()) if folder]
    loaded = stamps_within(folders)
    return serve(
        _command, idle=idle * 60, warm=_warm, changed=lambda: stamps_within(folders) != loaded, ready=ready
    )


def _command(arguments: list[str], program: str) -> None:
    from tonecheck.cli import main

    main(arguments, program)


def _warm() -> None:
    for module in ("cli.check", "cli.gate", "hooks.show"):
        import_module(f"tonecheck.{module}")
    from tonecheck.config import Config
    from tonecheck.hooks.gate import decide
    from tonecheck.render.text import render_text

    decision = decide(SAMPLE, config=Config(timeout=600), can_ask=False)
    if decision.report is not None:
        render_text(decision.report)
    gc.collect()
    gc.freeze()  # all this stays; the collector need not look through it again and again


@daemon.command(epilog="Example: tonecheck daemon stop")
def stop() -> None:
    """End it; the next hook starts a new one."""
    click.echo("The daemon has ended." if _asked("stop") else "No daemon is running.")


@daemon.command(epilog="Example: tonecheck daemon status")
def status() -> None:
    """Say whether it runs; exits with 1 where it does not."""
    told = _asked("status")
    if told is None:
        click.echo("No daemon is running.")
        raise SystemExit(1)
    since = datetime.fromtimestamp(told["since"]).strftime("%H:%M on %Y-%m-%d")
    click.echo(f"The daemon is running since {since} as process {told['pid']}.")
    click.echo(f"It has served {told['served']} checks on {client.address()}.")


def _asked(what: str) -> dict[str, float] | None:
    """The daemon's state; None where no daemon answers."""
    try:
        with client.connect() as link:
            client.send(link, {"do": what})
            answer, _ = client.receive(link)
    except (OSError, ValueError):
        return None
    found: dict[str, float] = answer
    return found
