"""A next hop that does as the test says."""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

EHLO = (
    "SIZE 40000000",
    "8BITMIME",
    "SMTPUTF8",
    "DSN",
    "ENHANCEDSTATUSCODES",
    "XFORWARD NAME ADDR PROTO HELO",
)
# What a next hop does with a command: answer so, or cut the connection where there is nothing to say.
Answer = Callable[[str], str | None]


@dataclass
class Arrived:
    """One mail at the next hop: every command that led to it, and its content with doubled dots."""

    commands: list[str]
    wire: bytes
    encrypted: bool

    @property
    def content(self) -> bytes:
        return self.wire.removeprefix(b".").replace(b"\r\n.", b"\r\n")

    @property
    def mail(self) -> bytes:
        """The content below the lines of ours."""
        return re.sub(rb"\A(?:X-Tonecheck-[^\r\n]*\r\n)+", b"", self.content)

    def header(self, name: str) -> str:
        found = re.search(rf"^X-Tonecheck-{name}: (.*)\r$".encode(), self.content, re.MULTILINE)
        return found[1].decode() if found else ""


@dataclass
class NextHop:
    """A mail server of a test: what it offers, how it answers, and what has arrived."""

    offers: tuple[str, ...] = EHLO
    answers: dict[str, Answer] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    arrived: list[Arrived] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    port: int = 0
    talking: int = 0

    def reset(self) -> None:
        self.offers, self.answers = EHLO, {}
        self.arrived.clear()
        self.commands.clear()


class _Conversation(socketserver.StreamRequestHandler):
    hop: NextHop

    def handle(self) -> None:
        self.said: list[str] = []
        self.hop.talking += 1
        with suppress(OSError):
            self.say("220 next-hop.example")
            while line := self.rfile.readline():
                if not self.obey(line.rstrip(b"\r\n").decode("utf8", "surrogateescape")):
                    break
        self.hop.talking -= 1

    def say(self, answer: str) -> None:
        self.wfile.write(answer.encode("utf8", "surrogateescape") + b"\r\n")

    def obey(self, line: str) -> bool:
        """Whether the conversation goes on after this command."""
        verb = line.split()[0].upper()
        self.said.append(line)
        self.hop.commands.append(line)
        if verb in self.hop.answers and verb != "CONTENT":
            answer = self.hop.answers[verb](line)
        elif verb == "EHLO":
            tls = ("STARTTLS",) if self.hop.tls and not self.encrypted else ()
            answer = "\r\n".join(f"250-{offer}" for offer in ("next-hop.example", *self.hop.offers, *tls))
            answer += "\r\n250 HELP"
        else:
            answer = {"DATA": "354 go on", "QUIT": "221 bye", "STARTTLS": "220 ready"}.get(
                verb, "250 2.0.0 Ok"
            )
        if answer is None:
            return False
        self.say(answer)
        if verb == "STARTTLS" and answer.startswith("220"):
            self.encrypt()
        if verb == "DATA" and answer.startswith("354"):
            return self.take()
        return verb != "QUIT"

    def take(self) -> bool:
        lines = bytearray()
        while lines != b".\r\n" and not lines.endswith(b"\r\n.\r\n"):
            if not (piece := self.rfile.readline()):
                return False
            lines += piece
        answer = self.hop.answers.get("CONTENT", lambda line: "250 2.0.0 Ok: queued as 4TONE")("")
        if answer is None:
            return False
        if answer.startswith("2"):
            self.hop.arrived.append(Arrived(self.said[:], bytes(lines[:-3]), self.encrypted))
        self.said = []
        self.say(answer)
        return True

    @property
    def encrypted(self) -> bool:
        return isinstance(self.connection, ssl.SSLSocket)

    def encrypt(self) -> None:
        assert self.hop.tls is not None
        self.connection = self.hop.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        if self.encrypted:
            self.connection.close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, address: object) -> None:
        pass  # a client that does not trust the certificate hangs up


@contextmanager
def next_hop(tls: ssl.SSLContext | None = None) -> Iterator[NextHop]:
    """A next hop on a port of its own."""
    hop = NextHop(tls=tls)
    with _Server(("127.0.0.1", 0), type("Conversation", (_Conversation,), {"hop": hop})) as server:
        hop.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield hop
        server.shutdown()
