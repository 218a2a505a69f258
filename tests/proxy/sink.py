"""`python sink.py PORT FILE DEATH`: a next hop that keeps mails, and dies when mail number DEATH has come.

A mail is in the file, a JSON line each, exactly if it was answered with 250.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

PORT, FILE, DEATH = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])


class Keeper(SMTP):
    line_length_limit = 1_000_000


class Handler:
    def __init__(self) -> None:
        self.file = FILE.open("a", encoding="utf8")
        self.count = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.count += 1
        if self.count == DEATH:
            os._exit(9)
        assert isinstance(envelope.content, bytes)
        mail = {"to": envelope.rcpt_tos, "content": envelope.content.decode("latin-1")}
        self.file.write(json.dumps(mail) + "\n")
        self.file.flush()
        return "250 2.0.0 Ok"


async def main() -> None:
    handler, loop = Handler(), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Keeper(handler, enable_SMTPUTF8=True, hostname="sink.example", loop=loop), "127.0.0.1", PORT
    )
    await server.serve_forever()


asyncio.run(main())
