"""`tonecheck proxy`: a check on the mail server, before a mail is accepted."""

from __future__ import annotations

import click

from tonecheck.cli.reading import STDIN, config_for, utf8_output
from tonecheck.errors import InputError

__all__ = ["proxy"]


@click.command(epilog="Example: tonecheck proxy --listen 127.0.0.1:10025 --next-hop 127.0.0.1:10026")
@click.option(
    "--listen", default="127.0.0.1:10025", show_default=True, metavar="HOST:PORT", help="Where mail comes in."
)
@click.option("--next-hop", required=True, metavar="HOST:PORT", help="The mail server that takes it on.")
@click.option(
    "--on-hold",
    type=click.Choice(["mark", "reject"]),
    default="mark",
    show_default=True,
    help="What to do with a mail that a hook would hold back.",
)
@click.option(
    "--tls",
    type=click.Choice(["may", "require", "never"]),
    default="may",
    show_default=True,
    help="Encryption to the next hop: if it offers it; always, with a certificate that is verified; never.",
)
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    default=50_000_000,
    show_default=True,
    help="The largest mail; a larger one is refused.",
)
@click.option(
    "--at-once",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many mails are in hand at most; further ones wait.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes check; each takes about 300 MB.",
)
@click.option("--allow-remote", is_flag=True, help="Let other machines in; see to it that a firewall stands.")
def proxy(
    listen: str,
    next_hop: str,
    on_hold: str,
    tls: str,
    max_bytes: int,
    at_once: int,
    workers: int,
    allow_remote: bool,
) -> None:
    """Check mail between a mail server and the next, such as Postfix before its queue.

    A mail is accepted only when the next hop has accepted it. Each gets lines
    “X-Tonecheck-…” on top and goes on otherwise as it came; with `--on-hold reject`
    one that should be held is refused instead. A fault of ours lets mail go. The
    settings are those of the folder that it is started in; it runs until SIGTERM.
    """
    utf8_output()
    config = config_for(STDIN)
    try:
        from tonecheck.hooks.proxy import Settings, Tls, address_of, refuse_loop, refuse_remote, serve
    except ModuleNotFoundError as error:
        raise InputError(f"the proxy needs {error.name}: pip install 'tonecheck[proxy]'") from None
    settings = Settings(
        listen=address_of(listen, "--listen"),
        next_hop=address_of(next_hop, "--next-hop"),
        tls=Tls(tls),
        reject=on_hold == "reject",
        max_bytes=max_bytes,
        at_once=at_once,
        workers=workers,
    )
    if not allow_remote:
        refuse_remote(settings.listen)
    refuse_loop(settings.listen, settings.next_hop)
    serve(settings, config)
