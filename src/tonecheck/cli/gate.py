"""`tonecheck sendmail`, `tonecheck gate` and `tonecheck last`: the checker where mail leaves."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import click

from tonecheck.cli.reading import STDIN, config_for, error_style, utf8_output, width
from tonecheck.errors import TonecheckError
from tonecheck.hooks.consent import FLAGS, STATUS

__all__ = ["gate", "last", "sendmail"]


def _flags(command: Callable[..., None]) -> Callable[..., None]:
    for name, meaning in reversed(FLAGS.items()):
        command = click.option(name, is_flag=True, help=meaning)(command)
    return command


@click.command(
    context_settings={"allow_interspersed_args": False},
    epilog="Example: tonecheck sendmail -- /usr/sbin/sendmail -oi -t < mail.eml",
)
@_flags
@click.argument("real", nargs=-1, required=True, type=click.UNPROCESSED, metavar="[--] SENDMAIL [ARGUMENTS]…")
def sendmail(real: tuple[str, ...], **flags: bool) -> None:
    """Pass a mail on to the real SENDMAIL, unless it should be read again first.

    The mail on standard input and the arguments go through unchanged. A mail to a
    client that scores above the limit is asked about at a terminal, and held
    elsewhere: the exit status is then 65, the report stands on standard error, and
    a copy is kept. TONECHECK=off in the environment, or the header
    “X-Tonecheck: off”, sends one mail unchecked.

    \b
    Exit status, beside that of the real one:
      2   the real one is missing, or is tonecheck itself; nothing was read
      65  held
      69  the real one cannot be started
      70  the real one exited with 126, which mutt takes for success, or was killed
      74  the mail could not be read to its end
    """
    from tonecheck.hooks import sendmail as wrapper

    given = [name for name in FLAGS if flags[name.lstrip("-").replace("-", "_")]]
    raise SystemExit(wrapper.sendmail([*given, "--", *real]))


@click.command(epilog="Example: tonecheck gate --format json < mail.eml")
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="ADDRESS",
    help="Who gets it; may be repeated. [default: those in its headers]",
)
@click.option(
    "--can-ask", is_flag=True, help="Somebody can be asked: exit with 66 where a mail would be held."
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def gate(recipients: tuple[str, ...], can_ask: bool, form: str) -> None:
    """Decide whether the mail on standard input may leave, as every hook does.

    Exits with 0 if it may, 65 if it should be held, 66 if its writer should be asked.
    """
    utf8_output()
    mail = sys.stdin.buffer.read()
    config = config_for(STDIN)
    from tonecheck.hooks.gate import decide
    from tonecheck.hooks.show import keep, render_decision, told

    decision = decide(mail, config=config, recipients=recipients, can_ask=can_ask)
    keep(decision)
    if form == "json":
        click.echo(json.dumps(told(decision), ensure_ascii=False))
    else:
        click.echo(render_decision(decision, style=error_style, width=width()), err=True, nl=False)
    raise SystemExit(STATUS[decision.verdict])


@click.command(epilog="Example: tonecheck last")
@click.option("--delete", is_flag=True, help="Delete it instead.")
def last(delete: bool) -> None:
    """Show the report of the last mail that a hook checked.

    It holds your own words, so only you can read it, and the next one replaces it.
    """
    from tonecheck.hooks.keep import last_file

    utf8_output()
    path = last_file()
    try:
        report = path.read_text("utf8")
        if delete:
            path.unlink()
    except FileNotFoundError:
        raise TonecheckError("no hook has checked a mail yet") from None
    except OSError as error:
        raise TonecheckError(f"{path}: {error.strerror}") from None
    if delete:
        click.echo(f"{path}: deleted.")
        return
    click.echo(report, nl=False)
    click.echo(f"\nKept in {path}; `tonecheck last --delete` deletes it.", err=True)
