"""aerc, in a terminal, as a person drives it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from conftest import Home
from real import ADDRESS, BAD, GOOD, WORDS, Real
from screen import Screen, screen, waited_for

ACCOUNTS = """\
[Moreno]
source    = maildir://{folder}/Maildir
default   = INBOX
from      = Jo <jo@moreno.example>
outgoing  = {real} -oi
"""


@pytest.fixture
def real(warm: Home) -> Real:
    """What aerc sends with, with tonecheck before it."""
    made = Real(warm.work)
    for name in ("cur", "new", "tmp"):
        (warm.folder / "Maildir" / "INBOX" / name).mkdir(parents=True, exist_ok=True)
    accounts = warm.folder / "config" / "aerc" / "accounts.conf"
    accounts.parent.mkdir(exist_ok=True)
    accounts.write_text(ACCOUNTS.format(folder=warm.folder, real=made.path), "utf8")
    accounts.chmod(0o600)
    done = warm.run("hook", "install", "aerc", "--yes")
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600  # aerc insists on it
    return made


@contextmanager
def composing(home: Home, body: str) -> Iterator[Screen]:
    """aerc with a draft, where it asks what to do with it; the editor writes the body by itself."""
    (home.work / "body").write_text(body, "utf8")
    editor = home.work / "editor"
    editor.write_text(f"#!/bin/sh\ncat '{home.work}/body' > \"$1\"\n", "utf8")
    editor.chmod(0o755)
    environment = {**home.environment, "EDITOR": str(editor), "SHELL": "/bin/sh"}
    with screen(["aerc"], folder=home.work, environment=environment) as terminal:
        terminal.shows("Connected")
        terminal.keys(f':compose -H "To: {ADDRESS}" -H "Subject: Tuesday"', "Enter")
        terminal.shows("Send this email?", ADDRESS)
        yield terminal


def test_a_held_draft_comes_back_and_goes_with_a_header_that_says_so(warm: Home, real: Real) -> None:
    with composing(warm, BAD) as terminal:
        terminal.keys("y")
        assert WORDS in waited_for(warm.state / "last.txt").decode("utf8")
        terminal.shows("Send this email?", ADDRESS, nudge="Escape")
        assert not real.arguments.exists()
        assert WORDS in warm.run("last").stdout.decode("utf8")
        terminal.keys(":header X-Tonecheck off", "Enter")
        terminal.keys("y")
        assert waited_for(real.arguments).decode().split() == ["-oi", ADDRESS]
    assert WORDS in real.text()


def test_a_good_mail_goes_to_the_accounts_own_command(warm: Home, real: Real) -> None:
    with composing(warm, GOOD) as terminal:
        terminal.keys("y")
        assert waited_for(real.arguments).decode().split() == ["-oi", ADDRESS]
    assert real.text() == GOOD
