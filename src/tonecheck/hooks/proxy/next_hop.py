"""The next mail server: what is said to it, and its answers as they are."""

from __future__ import annotations

import ssl
from contextlib import suppress
from enum import StrEnum
from functools import cache

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPResponse,
    SMTPResponseException,
)

from tonecheck.hooks.proxy.address import Address

__all__ = ["Tls", "call", "leave", "on_the_wire", "say", "send"]

CONNECT_SECONDS = 30
# What RFC 5321 4.5.3.2 asks a client to wait for a command and for the end of the data.
COMMAND_SECONDS = 300
CONTENT_SECONDS = 600
QUIT_SECONDS = 5

NO_TLS = SMTPResponse(421, "4.7.0 The next mail server offers no TLS, which is required")
LOST = SMTPResponse(451, "4.4.2 The connection to the next mail server was lost; please try again")
NOT_A_COMMAND = SMTPResponse(501, "5.5.2 Control characters do not belong into a command")


class Tls(StrEnum):
    """Whether the way to the next hop is encrypted: if it offers that, always and verified, or never."""

    MAY = "may"
    REQUIRE = "require"
    NEVER = "never"


async def call(address: Address, tls: Tls, name: str) -> SMTP | SMTPResponse:
    """A connection on which the next hop was greeted under the client's name; 421 where there is none."""
    try:
        return await _greeted(address, tls, name)
    except (SMTPException, OSError) as error:
        if tls is Tls.MAY and not isinstance(error, SMTPConnectError):
            return await call(address, Tls.NEVER, name)  # as mail servers do: in clear rather than not at all
        return SMTPResponse(421, f"4.4.1 The next mail server cannot be used: {_reason(error)}")


async def _greeted(address: Address, tls: Tls, name: str) -> SMTP | SMTPResponse:
    hop = SMTP(
        hostname=address.host,
        port=address.port,
        local_hostname=name,
        start_tls=False,
        tls_context=_context(tls),
        timeout=CONNECT_SECONDS,
    )
    await hop.connect()
    try:
        await _hello(hop)
        if tls is not Tls.NEVER and hop.supports_extension("starttls"):
            await hop.starttls()
            await _hello(hop)
        elif tls is Tls.REQUIRE:
            await leave(hop)
            return NO_TLS
    except BaseException:
        hop.close()
        raise
    return hop


async def _hello(hop: SMTP) -> None:
    try:
        await hop.ehlo()
    except SMTPHeloError:
        await hop.helo()


@cache
def _context(tls: Tls) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if tls is not Tls.REQUIRE:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


async def say(hop: SMTP, command: bytes) -> SMTPResponse:
    """The next hop's answer to one command; 451 where it is gone."""
    try:
        return await hop.execute_command(command, timeout=COMMAND_SECONDS)
    except ValueError:
        return NOT_A_COMMAND
    except (SMTPException, OSError):
        hop.close()
        return LOST


async def send(hop: SMTP, head: bytes, content: bytes) -> SMTPResponse:
    """The next hop's answer to a whole mail, whose `content` is as it came, with its doubled dots.

    aiosmtplib's own `data` would mend line ends, and so change the mail.
    """
    answer = await say(hop, b"DATA")
    if answer.code != 354:
        return answer if answer.code >= 400 else _confused(hop)
    try:
        if hop.protocol is None:
            return LOST
        hop.protocol.write(head + content + b".\r\n")
        answer = await hop.protocol.read_response(timeout=CONTENT_SECONDS)
    except (SMTPException, OSError):
        hop.close()
        return LOST
    return answer if answer.code >= 400 or answer.code // 100 == 2 else _confused(hop)


def _confused(hop: SMTP) -> SMTPResponse:
    hop.close()
    return LOST


async def leave(hop: SMTP) -> None:
    """Say goodbye, and do not mind if nobody answers."""
    with suppress(SMTPException, OSError):
        await hop.quit(timeout=QUIT_SECONDS)
    hop.close()


def on_the_wire(answer: SMTPResponse) -> bytes:
    """The answer as SMTP writes it, in one line or several, without the last line end."""
    *lines, last = answer.message.encode("utf8", "surrogateescape").split(b"\n")
    code = str(answer.code).encode()
    return b"".join(code + b"-" + line + b"\r\n" for line in lines) + code + b" " + last


def _reason(error: Exception) -> str:
    """An error in one line of ASCII, as a mail server may answer."""
    text = error.message if isinstance(error, SMTPResponseException) else str(error)
    return " ".join(text.split()).encode("ascii", "replace").decode() or type(error).__name__
