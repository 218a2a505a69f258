"""Running the web application: where it listens, who may reach it, how it starts and stops."""

from __future__ import annotations

import errno
import ipaddress
import os
import re
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from tonecheck.config import load
from tonecheck.errors import ServeError
from tonecheck.rulebook import check_names
from tonecheck.serve.checking import warm_soon
from tonecheck.serve.http import Gate, application

__all__ = ["Place", "listening", "new_token", "prepared", "read_token", "run", "server_for"]

TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,200}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, and under which further names browsers reach it; with `certificate` by TLS."""

    host: str
    port: int
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def hosts(self) -> frozenset[str]:
        """The names that a request may ask for."""
        return frozenset(name.lower() for name in ("localhost", "127.0.0.1", "::1", self.host, *self.names))

    def url(self, port: int) -> str:
        """The address of the page."""
        host = self.names[0] if self.names else self.host
        host = f"[{host}]" if ":" in host else host
        return f"http{'s' if self.certificate else ''}://{host}:{port}/"


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)


def read_token(path: Path) -> str:
    """The token in a file of one line. Raises ServeError."""
    try:
        token = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ServeError(f"{path}: the token cannot be read: {getattr(error, 'strerror', error)}") from None
    if not TOKEN.fullmatch(token):
        raise ServeError(f"{path}: a token has 16 to 200 letters, digits and - . _ ~, and nothing else")
    return token


def listening(place: Place) -> socket.socket:
    """A socket that listens there. Raises ServeError."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            place.host, place.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address, family=family)
    except OSError as error:
        where = f"{place.host}:{place.port}"
        if error.errno == errno.EADDRINUSE:
            raise ServeError(f"{where} is taken; stop what runs there, or choose another --port") from None
        raise ServeError(f"{where}: cannot listen there: {error.strerror or error}") from None


def prepared(place: Place, token: str, gate: Gate, *, log: bool) -> uvicorn.Server:
    """The server under the settings of the folder it starts in. Raises TonecheckError for a wrong one."""
    config = load()
    check_names(config)
    server = server_for(application(config, token=token, hosts=place.hosts, gate=gate, log=log), place)
    warm_soon(config)
    return server


def server_for(app: ASGIApp, place: Place) -> uvicorn.Server:
    """The server of an application at a place. Raises ServeError for a certificate that cannot be used."""
    settings = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=64,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=5,
        ssl_certfile=place.certificate,
        ssl_keyfile=place.key,
    )
    try:
        settings.load()
    except OSError as error:
        reason = getattr(error, "reason", None) or error.strerror
        raise ServeError(
            f"{place.certificate}: the certificate or its key cannot be used: {reason}"
        ) from None
    return uvicorn.Server(settings)


def run(server: uvicorn.Server, open_socket: socket.socket) -> None:
    """Answer requests until Ctrl-C or a signal to end."""
    try:
        server.run(sockets=[open_socket])
    except KeyboardInterrupt:
        # Nobody waits any more for what the checking thread may be doing.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
