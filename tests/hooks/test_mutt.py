"""mutt and neomutt, in a terminal, as a person drives them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import Home
from real import ADDRESS, BAD, GOOD, WORDS, Real, draft
from screen import Screen, screen, waited_for

SETTINGS = """\
set from="jo@moreno.example" realname="Jo" editor="true"
set folder="/var/mail" copy=no
set sendmail="{real} -oi"
set sendmail_wait=-1 fcc_before_send=yes
"""
PROGRAMS = pytest.mark.parametrize("program", ["mutt", "neomutt"])


def install(home: Home, program: str, settings: str) -> tuple[Path, str]:
    """The settings file, with tonecheck in it, and what was said."""
    rc = home.folder / ".muttrc"
    rc.write_text(settings, "utf8")
    done = home.run("hook", "install", program, "--yes")
    assert done.returncode == 0, done.stderr
    return rc, done.stdout.decode()


@contextmanager
def composing(home: Home, program: str, body: str) -> Iterator[Screen]:
    """The program with a draft, where it asks what to do with it."""
    command = [program, "-H", str(draft(home.work, body))]
    with screen(command, folder=home.work, environment=home.environment) as terminal:
        terminal.shows("To: ann")
        terminal.keys("Enter")
        terminal.shows("Subject: Tuesday")
        terminal.keys("Enter")
        terminal.shows("y:Send", ADDRESS)
        yield terminal


@PROGRAMS
def test_a_held_draft_comes_back_with_its_report_and_y_in_capitals_sends_it_anyway(
    warm: Home, program: str
) -> None:
    real = Real(warm.work)
    _, told = install(warm, program, SETTINGS.format(real=real.path))
    assert "sendmail_wait was -1" in told
    assert "fcc_before_send is set" in told
    with composing(warm, program, BAD) as terminal:
        terminal.keys("y")
        terminal.shows("child exited 65", WORDS, "tonecheck last")
        assert not real.arguments.exists()
        terminal.keys("q")
        terminal.shows("y:Send", ADDRESS)
        terminal.keys("Y")
        assert waited_for(real.arguments).decode().split() == ["-oi", "--", ADDRESS]
    assert WORDS in real.text()
    assert b"tonecheck" not in real.got.read_bytes().lower()
    assert not (warm.state / "held").exists()


@PROGRAMS
def test_a_good_mail_goes_as_without_tonecheck_though_the_settings_are_read_twice(
    warm: Home, program: str
) -> None:
    real = Real(warm.work)
    rc, _ = install(warm, program, SETTINGS.format(real="~/work/real"))
    with composing(warm, program, GOOD) as terminal:
        terminal.keys(f":source {rc}", "Enter")
        terminal.keys("y")
        assert waited_for(real.arguments).decode().split() == ["-oi", "--", ADDRESS]
    assert real.text() == GOOD


@PROGRAMS
def test_a_program_that_speaks_smtp_itself_is_refused(home: Home, program: str) -> None:
    rc = home.folder / ".muttrc"
    rc.write_text('set smtp_url="smtp://mail.acme.example"\n', "utf8")
    done = home.run("hook", "install", program, "--yes")
    assert done.returncode == 2
    assert b"smtp_url is set" in done.stderr
    assert rc.read_text("utf8") == 'set smtp_url="smtp://mail.acme.example"\n'


@PROGRAMS
def test_a_sendmail_that_is_not_there_is_told_of(home: Home, program: str) -> None:
    _, told = install(home, program, "set sendmail=/no/such/sendmail\n")
    assert "sendmail is /no/such/sendmail, which cannot be run" in told


def test_a_hook_that_goes_another_way_is_told_of(home: Home) -> None:
    line = "send-hook '~t @work' 'set sendmail=\"msmtp -a work\"'"
    _, told = install(home, "mutt", f"set sendmail=/bin/true\n{line}\n")
    assert ".muttrc:2: this hook sets sendmail by itself" in told
