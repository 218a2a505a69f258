"""The real proxy, and a client that says exactly what the test says."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENT = "timeout = 60\n"  # where many tests share a machine a check takes its time
LISTENING = re.compile(r"listening on \S+ port (\d+)")


@dataclass
class Running:
    """A proxy that runs: its port, its process, and what it logs."""

    port: int
    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text("utf8")

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(90)


def before(port: int) -> tuple[str, ...]:
    """The options of a proxy on any free port, in front of a next hop on this one."""
    return ("--listen", "127.0.0.1:0", "--next-hop", f"127.0.0.1:{port}")


@contextmanager
def proxy(folder: Path, *options: str, config: str = PATIENT, **environment: str) -> Iterator[Running]:
    """The real command in a folder with these settings; it is there once it listens."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    (folder / ".tonecheck.toml").write_text(config, "utf8")
    log_file = folder / "proxy.log"
    command = [sys.executable, "-m", "tonecheck", "proxy", *options]
    own = {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stderr=log, env={**os.environ, **own, **environment})
    try:
        yield Running(_port(process, log_file), process, log_file)
    finally:
        process.kill()
        process.wait()


def _port(process: subprocess.Popen[bytes], log_file: Path) -> int:
    while process.poll() is None:
        if found := LISTENING.search(log_file.read_text("utf8")):
            return int(found[1])
        time.sleep(0.05)
    raise AssertionError(log_file.read_text("utf8"))


class Wire:
    """A client, with its words as they go over the wire."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.file = self.socket.makefile("rb")
        assert self.read().startswith("220")

    def read(self) -> str:
        """One answer, of one line or several."""
        answer = ""
        while line := self.file.readline().decode("utf8", "surrogateescape"):
            answer += line
            if line[3:4] == " ":
                break
        return answer

    def say(self, *lines: str | bytes) -> list[str]:
        """Send the lines at once; as many answers."""
        sent = [line.encode("utf8", "surrogateescape") if isinstance(line, str) else line for line in lines]
        self.socket.sendall(b"".join(line + b"\r\n" for line in sent))
        return [self.read() for _ in lines]

    def send(self, content: bytes, sender: str = "ann@acme.example", to: str = "bo@client.example") -> str:
        """The answer to a mail, given with doubled dots and the last line's end."""
        answers = self.say(f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA")
        assert [answer[:3] for answer in answers] == ["250", "250", "354"], answers
        self.socket.sendall(content + b".\r\n")
        return self.read()

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@contextmanager
def client(port: int) -> Iterator[Wire]:
    """A client that has said EHLO."""
    wire = Wire(port)
    try:
        assert wire.say("EHLO client.example")[0].startswith("250")
        yield wire
    finally:
        wire.close()


def doubled(mail: bytes) -> bytes:
    """The mail as a client writes it on the wire: a dot that begins a line stands twice."""
    return re.sub(rb"(\A|\r\n)\.", rb"\1..", mail)
