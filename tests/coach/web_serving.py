"""A real `tonecheck coach serve` for the tests of its pages, and people who sign in to it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tonecheck.coach.learners import LEARNER, TRAINER, join
from tonecheck.coach.store import open_record, recording

PHRASE = "four plain short words"


@dataclass(frozen=True)
class Coach:
    """A running coach: its address, its record, the key for setting up, and where its errors go."""

    url: str
    record: str
    key: str
    errors: Path
    opened: list[httpx.Client] = field(default_factory=list)

    def person(self, name: str, role: str = LEARNER) -> httpx.Client:
        """Somebody new, signed in."""
        record = open_record(self.record)
        with recording(record) as session:
            join(session, name, PHRASE, role)
        record.dispose()
        browser = self.stranger()
        assert self.sign_in(browser, name, PHRASE).status_code == 303
        return browser

    def stranger(self, **cookies: str) -> httpx.Client:
        """A browser that nobody knows."""
        browser = httpx.Client(base_url=self.url, timeout=60, trust_env=False, cookies=cookies)
        self.opened.append(browser)
        return browser

    def sign_in(self, browser: httpx.Client, name: str, passphrase: str) -> httpx.Response:
        """Fill in the form."""
        return send(browser, "/sign-in", "/sign-in", name=name, passphrase=passphrase)


def token(page: httpx.Response) -> str:
    """The token of the forms on a page."""
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]


def send(
    browser: httpx.Client, page: str, to: str, fields: dict[str, object] | None = None, **more: str
) -> httpx.Response:
    """Send a form of a page."""
    return browser.post(to, data={"token": token(browser.get(page)), **(fields or {}), **more})


@contextmanager
def coaching(folder: Path, *options: str, record: str | None = None, trainer: bool = True) -> Iterator[Coach]:
    """`tonecheck coach serve` on a free port with a record of its own, and in it the trainer Zoë."""
    record = record or str(folder / "coach.sqlite3")
    if trainer:
        opened = open_record(record)
        with recording(opened) as session:
            join(session, "Zoë", PHRASE, TRAINER)
        opened.dispose()
    env = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config")}
    errors = folder / "errors.txt"
    command = [sys.executable, "-u", "-m", "tonecheck", "coach", "--record", record, "serve", "--port", "0"]
    with (
        errors.open("w") as said,
        subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, stderr=said, text=True, cwd=folder, env=env
        ) as process,
    ):
        assert process.stdout is not None
        address = re.search(r"https?://\S+/", process.stdout.readline())
        assert address is not None, errors.read_text("utf8")
        key = "" if trainer else process.stdout.readline().partition("key=")[2].strip()
        coach = Coach(address[0].rstrip("/"), record, key, errors)
        try:
            yield coach
        finally:
            for browser in coach.opened:
                browser.close()
            process.send_signal(signal.SIGINT)
            process.wait(30)
