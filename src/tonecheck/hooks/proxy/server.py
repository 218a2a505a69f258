"""The proxy from its start to its end."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass

from tonecheck.config import Config
from tonecheck.errors import InputError
from tonecheck.hooks.proxy.address import Address
from tonecheck.hooks.proxy.checks import Checks
from tonecheck.hooks.proxy.delivery import Delivery
from tonecheck.hooks.proxy.next_hop import Tls
from tonecheck.hooks.proxy.session import STOPPING, Proxy, Session

__all__ = ["Settings", "serve"]

GRACE_SECONDS = 60
BACKLOG = 512

log = logging.getLogger("tonecheck.proxy")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the proxy stands and what it may take: mails up to `max_bytes`, `at_once` in hand."""

    listen: Address
    next_hop: Address
    tls: Tls
    reject: bool
    max_bytes: int
    at_once: int
    workers: int


def serve(settings: Settings, config: Config) -> None:
    """Pass mail on until SIGTERM or SIGINT, then end what is in hand. Raises TonecheckError."""
    logging.basicConfig(format="tonecheck proxy: %(message)s", level=logging.INFO)
    # aiosmtpd tells of addresses, and of text where a client takes it for commands.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
    door = _door(settings.listen)
    checks = Checks(config, settings.workers)
    try:
        checks.wait()
        asyncio.run(_run(settings, Delivery(config, checks, settings.reject), door))
    finally:
        checks.close()
        door.close()


def _door(listen: Address) -> socket.socket:
    """A socket that is bound, and does not listen before the checkers are warm."""
    family = socket.AF_INET6 if listen.ips[0].version == 6 else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((str(listen.ips[0]), listen.port))
    except OSError as error:
        door.close()
        raise InputError(
            f"--listen {listen}: {error.strerror or error}; stop what listens there, or choose another port"
        ) from None
    return door


async def _run(settings: Settings, delivery: Delivery, door: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    proxy = Proxy(
        next_hop=settings.next_hop,
        tls=settings.tls,
        name=socket.getfqdn(),
        max_bytes=settings.max_bytes,
        places=asyncio.Semaphore(settings.at_once),
        deliver=delivery,
    )
    server = await loop.create_server(lambda: Session(proxy), sock=door, backlog=BACKLOG)
    host, port = door.getsockname()[:2]
    log.info("listening on %s port %d, next hop %s", host, port, settings.next_hop)
    await stop.wait()
    server.close()
    await _farewell(proxy)


async def _farewell(proxy: Proxy) -> None:
    """Let mails in hand come to their end, and dismiss the clients without one."""
    proxy.stopping = True
    log.info("stopping; %d mails in hand", sum(not session.idle for session in proxy.sessions))
    for session in list(proxy.sessions):
        if session.idle:
            with suppress(ConnectionError):
                await session.answer(STOPPING)
    until = asyncio.get_running_loop().time() + GRACE_SECONDS
    while proxy.sessions and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.05)
    log.info("stopped; %d mails cut off", len(proxy.sessions))
