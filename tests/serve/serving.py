"""A real `tonecheck serve` for the tests of its page and its API."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

FAULTY = (
    "Hi Hilda,\n\nApparently Part X doesn't meet desired performance quotas in real-world applications. "
    "We apologise for any inconvenience this may have caused. I will send you two new valves by Friday.\n\n"
    "Best regards,\nOwen Marsh\n"
)


@dataclass(frozen=True)
class Server:
    """A running `tonecheck serve`: its address, its token, and where its standard error goes."""

    url: str
    token: str
    process: subprocess.Popen[str]
    errors: Path

    def client(self, **more: object) -> httpx.Client:
        """A client that knows the token."""
        return httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
            trust_env=False,
            **more,  # type: ignore[arg-type]
        )


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Server]:
    """`tonecheck serve` on a free port, in an empty folder with a home of its own."""
    env = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config")}
    errors = folder / "errors.txt"
    command = [sys.executable, "-u", "-m", "tonecheck", "serve", "--port", "0", *options]
    with (
        errors.open("w") as said,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, text=True, cwd=folder, env=env
        ) as process,
    ):
        assert process.stdout is not None
        address = re.search(r"(https?://\S+/)#token=(\S+)", process.stdout.readline())
        assert address is not None, errors.read_text("utf8")
        try:
            yield Server(address[1], address[2], process, errors)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
