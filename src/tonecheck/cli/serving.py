"""`tonecheck serve`, `tonecheck lsp` and `tonecheck mcp`: the doors that stay open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tonecheck.cli.doors import to_browsers
from tonecheck.errors import ServeError

__all__ = ["lsp", "mcp", "serve"]


@contextmanager
def extra(name: str, *libraries: str) -> Iterator[None]:
    """Say how to install what is missing; `libraries` are the extra's top-level modules."""
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in libraries:
            raise
        cure = f"pip install 'tonecheck[{name}]'"
        raise ServeError(f"tonecheck {name} needs {missing}, which is not installed; {cure}") from None


@click.command(epilog="Example: tonecheck serve --port 8700")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8663,  # TONE on a telephone's keys
    show_default=True,
    help="The port; 0 takes any that is free.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A file with the token to ask for. [default: a new one at each start]",
)
@to_browsers
def serve(
    host: str,
    port: int,
    token_file: Path | None,
    names: tuple[str, ...],
    cert: Path | None,
    key: Path | None,
    log: bool,
) -> None:
    """Open a page in the browser that marks words as you type, and an API.

    Only this machine can reach it, unless --host says otherwise; the address that is
    printed holds the token that lets you in. Nothing is kept. Ctrl-C stops it.
    """
    with extra("serve", "starlette", "uvicorn"):
        from tonecheck.hooks.compose import decision_on
        from tonecheck.serve.web import Place, listening, new_token, prepared, read_token, run
    place = Place(host, port, names, cert, key)
    if not place.is_loopback and token_file is None:
        raise ServeError(f"{host} can be reached from other machines; give a token with --token-file")
    if key is not None and cert is None:
        raise ServeError("--key needs --cert, the certificate that it belongs to")
    token = new_token() if token_file is None else read_token(token_file)
    with listening(place) as open_socket:
        server = prepared(place, token, decision_on, log=log)
        url = place.url(open_socket.getsockname()[1])
        click.echo(f"tonecheck is at {url}#token={'…' if token_file else token}")
        if not place.is_loopback and cert is None:
            click.echo("Without --cert, drafts cross the network unencrypted.", err=True)
        click.echo("Ctrl-C stops it.", err=True)
        run(server, open_socket)


@click.command(epilog="Example: tonecheck lsp")
@click.option("--stdio", is_flag=True, hidden=True, help="What some editors ask for; it is the only way.")
def lsp(stdio: bool) -> None:
    """Serve an editor that speaks the language server protocol, over standard input and output.

    The editor starts it; see examples/neovim.md for Neovim, Vim, Helix and VS Code.
    """
    with extra("lsp", "pygls", "lsprotocol"):
        from tonecheck.serve.lsp import server
    server.start_io()


@click.command(epilog="Example: tonecheck mcp")
def mcp() -> None:
    """Serve a program that speaks the Model Context Protocol, over standard input and output.

    The program starts it; see examples/mcp.md. Its tools only read.
    """
    with extra("mcp", "mcp", "mcp_types"):
        from tonecheck.serve.mcp import server
    server().run()
