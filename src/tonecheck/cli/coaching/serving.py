"""`tonecheck coach serve`: the coach in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonecheck.cli.doors import to_browsers
from tonecheck.errors import ServeError

if TYPE_CHECKING:
    from tonecheck.cli.coach import Desk

__all__ = ["serve"]


@click.command(epilog="Example: tonecheck coach serve --port 8664")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8664,  # one beside tonecheck serve
    show_default=True,
    help="The port; 0 takes any that is free.",
)
@to_browsers
@click.pass_obj
def serve(
    desk: Desk, host: str, port: int, names: tuple[str, ...], cert: Path | None, key: Path | None, log: bool
) -> None:
    """Open the coach in the browser, for one or for a team.

    The first time, the terminal shows an address where the first trainer is named. Only
    this machine can reach the pages, unless --host says otherwise, and then over https
    only. Ctrl-C stops it; everybody signs in again after that.
    """
    from tonecheck.cli.serving import extra

    with extra("coach", "starlette", "uvicorn"):
        from tonecheck.coach.web.app import application, desk_for
        from tonecheck.serve.web import Place, listening, run, server_for
    from tonecheck.config import load
    from tonecheck.serve.checking import warm_soon

    place = Place(host, port, names, cert, key)
    if cert is None and (key is not None or not place.is_loopback):
        told = "--key" if key is not None else f"{host} can be reached from other machines and"
        raise ServeError(f"{told} needs --cert, a certificate: passphrases cross the network")
    config = load()
    desk.cases()  # a wrong case is told before a record is made
    record = desk.open()
    pages = desk_for(record, lambda: desk.cases_with(record), config, secure=cert is not None)
    with listening(place) as open_socket:
        server = server_for(application(pages, place.hosts, log=log), place)
        url = place.url(open_socket.getsockname()[1])
        click.echo(f"The coach is at {url}")
        if not pages.is_set_up:
            click.echo(f"Name the first trainer at {url}set-up?key={pages.key}")
        click.echo("Ctrl-C stops it.", err=True)
        warm_soon(config)
        run(server, open_socket)
