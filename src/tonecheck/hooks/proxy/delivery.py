"""One mail's way: checked, then passed on with lines on top, or refused."""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass

from aiosmtpd.smtp import Envelope
from aiosmtplib import SMTP, SMTPResponse

from tonecheck.config import Config
from tonecheck.hooks.gate import Decision, Verdict
from tonecheck.hooks.proxy.checks import Checks
from tonecheck.hooks.proxy.mark import header_lines, refusal, scores_of
from tonecheck.hooks.proxy.next_hop import say, send

__all__ = ["Delivery", "without_doubled_dots"]

BOUNCE = Decision(Verdict.SEND, "not checked: a bounce has no author")

log = logging.getLogger("tonecheck.proxy")


@dataclass(frozen=True, slots=True)
class Delivery:
    """How mails go out: checked under `config`, and with `reject` refused where the gate holds them."""

    config: Config
    checks: Checks
    reject: bool

    async def __call__(self, hop: SMTP, envelope: Envelope, content: bytes) -> SMTPResponse:
        """The client's answer: the next hop's own once it has the mail, or a refusal."""
        began, name = time.monotonic(), secrets.token_hex(6)
        decision = BOUNCE
        if envelope.mail_from:
            decision = await self.checks.decide(without_doubled_dots(content), envelope.rcpt_tos)
        if self.reject and decision.verdict is not Verdict.SEND:
            await say(hop, b"RSET")
            answer = refusal(decision, self.config, name)
        else:
            answer = await send(hop, header_lines(decision, name), content)
        log.info(
            "id=%s verdict=%s scores=[%s] fault=[%s] recipients=%d bytes=%d seconds=%.2f answer=%r",
            name,
            decision.verdict,
            "" if decision.report is None else scores_of(decision.report),
            decision.fault or "",
            len(envelope.rcpt_tos),
            len(content),
            time.monotonic() - began,
            f"{answer.code} {answer.message}",
        )
        return answer


def without_doubled_dots(content: bytes) -> bytes:
    """The mail as its reader gets it (RFC 5321 4.5.2)."""
    return content.removeprefix(b".").replace(b"\r\n.", b"\r\n")
