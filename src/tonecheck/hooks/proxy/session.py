"""One client's conversation: each command is the next hop's to answer, until the mail is there."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import Envelope
from aiosmtplib import SMTP as Client
from aiosmtplib import SMTPResponse

from tonecheck.hooks.proxy.address import Address
from tonecheck.hooks.proxy.envelope import acceptable, address_in, declared_size
from tonecheck.hooks.proxy.next_hop import LOST, Tls, call, leave, on_the_wire, say

__all__ = ["Proxy", "Session"]

# Extensions that ask nothing of us but to pass on what the client says.
PASSED_ON = ("8bitmime", "smtputf8", "dsn", "xforward", "enhancedstatuscodes")
IDLE_SECONDS = 1800  # longer than a check and the next hop's answer can take together
NAME = re.compile(r"[!-~]{1,255}")
END = b".\r\n"
# To some servers this ends a mail, to others it is text: a second mail could be smuggled in it.
AMBIGUOUS_END = re.compile(rb"(?:^|[\r\n])\.[\r\n]")

OK = SMTPResponse(250, "2.0.0 Ok")
STOPPING = SMTPResponse(421, "4.3.2 The tonecheck proxy is shutting down; please try again")
GONE = SMTPResponse(421, "4.4.2 The connection to the next mail server was lost; please try again")
NOT_A_NAME = SMTPResponse(501, "5.5.4 A host name is missing: EHLO name.example")
NO_RECIPIENT = SMTPResponse(503, "5.5.1 No recipient was accepted")
TOO_BIG = SMTPResponse(552, "5.3.4 The mail is larger than this server takes")
AMBIGUOUS = SMTPResponse(550, "5.5.2 A lone dot between bare line ends; end lines with CRLF")
NOT_OFFERED = SMTPResponse(502, "5.5.1 Not offered here")
OUR_FAULT = SMTPResponse(451, "4.3.0 The tonecheck proxy had a fault; please try again")

log = logging.getLogger("tonecheck.proxy")

Deliver = Callable[[Client, Envelope, bytes], Awaitable[SMTPResponse]]


@dataclass(slots=True)
class Proxy:
    """What all sessions share; `places` bounds how many mails are in hand at once."""

    next_hop: Address
    tls: Tls
    name: str
    max_bytes: int
    places: asyncio.Semaphore
    deliver: Deliver
    sessions: set[Session] = field(default_factory=set)
    stopping: bool = False


class Session(Server):
    """A client of the proxy, with a connection to the next hop of its own."""

    command_size_limit = 8192
    line_length_limit = 65536

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.hop: Client | None = None
        super().__init__(
            None,
            hostname=proxy.name,
            ident="tonecheck proxy",
            enable_SMTPUTF8=True,
            timeout=IDLE_SECONDS,
            loop=asyncio.get_running_loop(),
        )

    @property
    def idle(self) -> bool:
        """Whether no mail has been begun."""
        return self.envelope is None or self.envelope.mail_from is None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.proxy.sessions.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.proxy.sessions.discard(self)
        if self.hop is not None:
            self.hop.close()
        super().connection_lost(error)

    async def answer(self, answer: SMTPResponse) -> None:
        """Tell the client; after a 421 nothing more is said."""
        await self.push(on_the_wire(answer))
        if answer.code == STOPPING.code and self.transport is not None:
            self.transport.close()

    async def handle_exception(self, error: Exception) -> str:
        if not isinstance(error, EOFError | ConnectionError):  # those are a client that left
            log.error("a fault of ours: %s", type(error).__name__, exc_info=error)
        if self.hop is not None:
            self.hop.close()
        self.envelope = Envelope()
        return on_the_wire(OUR_FAULT).decode()

    async def smtp_EHLO(self, hostname: str) -> None:
        await self._welcome(hostname, extended=True)

    async def smtp_HELO(self, hostname: str) -> None:
        await self._welcome(hostname, extended=False)

    async def _welcome(self, name: str | None, *, extended: bool) -> None:
        """Greet the next hop under the client's name, and offer what it offers."""
        if not NAME.fullmatch(name or ""):
            return await self.answer(NOT_A_NAME)
        if self.hop is not None:
            await leave(self.hop)
        hop = await call(self.proxy.next_hop, self.proxy.tls, str(name))
        if isinstance(hop, SMTPResponse):
            log.warning("next hop %s: %s", self.proxy.next_hop, hop.message)
            return await self.answer(hop)
        self.hop, self.envelope = hop, Envelope()
        assert self.session is not None
        self.session.host_name, self.session.extended_smtp = name, extended
        lines = [self.hostname, *self._offers(hop)] if extended else [self.hostname]
        await self.answer(SMTPResponse(250, "\n".join(lines)))

    def _offers(self, hop: Client) -> list[str]:
        size = min(self.proxy.max_bytes, int(hop.esmtp_extensions.get("size") or 0) or self.proxy.max_bytes)
        passed_on = (
            f"{name.upper()} {hop.esmtp_extensions[name]}".rstrip()
            for name in PASSED_ON
            if hop.supports_extension(name)
        )
        return ["PIPELINING", f"SIZE {size}", *passed_on]

    async def smtp_XFORWARD(self, arg: str | None) -> None:
        if self.hop is None or not self.hop.supports_extension("xforward"):
            return await self.answer(NOT_OFFERED)
        await self.answer(await self._say("XFORWARD", arg))

    async def smtp_AUTH(self, arg: str | None) -> None:
        await self.answer(NOT_OFFERED)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if await self.check_helo_needed():
            return
        if self.proxy.stopping:
            return await self.answer(STOPPING)
        if self.hop is None or not self.hop.is_connected:
            return await self.answer(GONE)
        if declared_size(arg or "") > self.proxy.max_bytes:
            return await self.answer(TOO_BIG)
        answer = await self._say("MAIL", arg)
        if answer.code // 100 == 2 and self.envelope is not None:
            self.envelope.mail_from = address_in(arg or "")
        await self.answer(answer)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if await self.check_helo_needed():
            return
        answer = await self._say("RCPT", arg)
        if answer.code // 100 == 2 and self.envelope is not None:
            self.envelope.rcpt_tos.append(address_in(arg or ""))
        await self.answer(answer)

    async def smtp_DATA(self, arg: str | None) -> None:
        if self.hop is None or self.envelope is None or not self.envelope.rcpt_tos:
            return await self.answer(NO_RECIPIENT)
        async with self.proxy.places:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            content = await self._content()
            answer = await self._delivered(self.hop, self.envelope, content)
        self.envelope = Envelope()
        await self.answer(answer)
        if self.proxy.stopping:
            await self.answer(STOPPING)

    async def _delivered(self, hop: Client, envelope: Envelope, content: bytes | None) -> SMTPResponse:
        if content is None:
            refused = TOO_BIG
        elif AMBIGUOUS_END.search(content):
            refused = AMBIGUOUS
        else:
            return await self.proxy.deliver(hop, envelope, content)
        await say(hop, b"RSET")
        return refused

    async def _content(self) -> bytes | None:
        """What comes until the lone dot, dots still doubled; None for more than the proxy takes.

        aiosmtpd's own reading refuses long lines, and would log the text in its debug mode.
        """
        content, too_big = bytearray(), False
        while content != END and not content.endswith(b"\r\n" + END):
            try:
                content += await self._reader.readuntil(END)
            except asyncio.LimitOverrunError as over:
                content += await self._reader.readexactly(over.consumed)
            if len(content) > self.proxy.max_bytes + len(END):
                too_big = True
                del content[: -len(END) - 2]
        return None if too_big else bytes(content[: -len(END)])

    async def smtp_RSET(self, arg: str | None) -> None:
        self.envelope = Envelope()
        await self.answer(OK if self.hop is None else await self._say("RSET", arg))

    async def smtp_QUIT(self, arg: str) -> None:
        if self.hop is not None:
            await leave(self.hop)
        await super().smtp_QUIT(arg)

    async def _say(self, command: str, arg: str | None) -> SMTPResponse:
        if self.hop is None:
            return LOST
        arg = acceptable(arg or "", self.hop.esmtp_extensions)
        return await say(self.hop, f"{command} {arg}".rstrip().encode("utf8", "surrogateescape"))
