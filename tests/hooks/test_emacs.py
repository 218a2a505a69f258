"""Emacs in batch mode, with the init file that the installation writes, and message-mode."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import Home
from real import ADDRESS, BAD, GOOD, WORDS, Real

DRIVER = Path(__file__).with_name("driver.el")


@pytest.fixture
def real(warm: Home) -> Real:
    """What Emacs sends with; tonecheck is in the init file."""
    (warm.folder / ".emacs").write_text('(setq user-full-name "Jo")\n', "utf8")
    done = warm.run("hook", "install", "emacs", "--yes")
    assert done.returncode == 0, done.stderr
    return Real(warm.work)


def send(
    home: Home,
    real: Real,
    body: str,
    *,
    answer: str = "",
    to: str = ADDRESS,
    before: str = "",
    tag: str = "nil",
) -> str:
    """What the driver tells about a draft with this body, in UTF-8."""
    load = f"(load {json.dumps(str(home.folder / '.emacs'))})"
    words = f"{json.dumps(to)} {json.dumps(body, ensure_ascii=False)} {tag}"
    work = f"(progn {before} (driver-send {words}))"
    done = subprocess.run(
        ["emacs", "-Q", "--batch", "--eval", load, "-l", str(DRIVER), "--eval", work],
        cwd=home.work,
        env={**home.environment, "REAL": str(real.path), "LC_ALL": "C.UTF-8"},
        input=answer.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode("utf8") + done.stderr.decode("utf8")


def test_a_good_mail_goes_without_a_word(warm: Home, real: Real) -> None:
    told = send(warm, real, GOOD)
    assert "outcome: sent" in told
    assert "tonecheck" not in told
    assert real.text() == GOOD


def test_the_words_are_highlighted_and_no_keeps_the_draft(warm: Home, real: Real) -> None:
    told = send(warm, real, f"Zoë — {BAD}", answer="n\n")
    assert "outcome: Not sent" in told
    assert "body: unchanged" in told
    assert f"marked: {WORDS} | “{WORDS}” makes the client the odd one out." in told
    assert "marked: traffic was terrible | " in told
    assert "at: traffic" in told
    assert "after a change: 0" in told
    assert not real.arguments.exists()


def test_yes_sends_it_as_it_stands(warm: Home, real: Real) -> None:
    told = send(warm, real, BAD, answer="y\n")
    assert re.search(r"defensiveness \d+ \(limit 50\): “nobody else had”", told)
    assert "outcome: sent" in told
    assert WORDS in real.text()
    assert b"tonecheck" not in real.got.read_bytes().lower()


def test_where_nobody_can_answer_nothing_is_sent(warm: Home, real: Real) -> None:
    told = send(warm, real, BAD)
    assert "outcome: sent" not in told
    assert "body: unchanged" in told
    assert not real.arguments.exists()


def test_tags_of_attachments_are_no_prose_and_move_no_words(warm: Home, real: Real) -> None:
    tag = json.dumps(
        '<#part type="text/plain" filename="nobody else had.txt" disposition=attachment>\n<#/part>\n'
    )
    told = send(warm, real, BAD, answer="n\n", tag=tag)
    assert told.count(f"marked: {WORDS} | ") == 1


def test_mail_inside_the_house_is_not_checked(warm: Home, real: Real) -> None:
    warm.settings('own_domains = ["moreno.example"]\n')
    try:
        assert "outcome: sent" in send(warm, real, BAD, to="kim@moreno.example")
    finally:
        warm.settings("")


@pytest.mark.parametrize("command", ["/no/such/tonecheck", "false"])
def test_a_fault_of_tonecheck_lets_the_mail_go_and_says_so(warm: Home, real: Real, command: str) -> None:
    told = send(warm, real, BAD, before=f'(setq tonecheck-command "{command}")')
    assert "tonecheck: sent unchecked: " in told
    assert "outcome: sent" in told


def test_a_library_that_is_gone_is_told_of(warm: Home, real: Real) -> None:
    init = warm.folder / ".emacs"
    init.write_text(init.read_text("utf8").replace("tonecheck.el", "gone.el"), "utf8")
    told = send(warm, real, BAD)
    assert "is gone: mail goes unchecked" in told
    assert "outcome: sent" in told
