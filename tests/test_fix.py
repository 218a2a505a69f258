"""`tonecheck fix`, stepped through in a real terminal, and as JSON for other programs."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import jsonschema
import pexpect
import pytest
from conftest import EXAMPLES, Run
from referencing import Registry, Resource

from tonecheck.rulebook import heard

SCHEMAS = [json.loads((files("tonecheck") / f"schema-{n}.json").read_text("utf8")) for n in ("fix-1", "1")]
REGISTRY: Registry = Registry().with_resources([(s["$id"], Resource.from_contents(s)) for s in SCHEMAS])
DRAFT = (
    "Hi Ann,\n\nPlease be advised that the order was late prior to 4 May. We utilise a new firm now.\n"
    "Your booking was cancelled by mistake.\n\nKind regards,\nJo\n"
)
ASKED = r"Make this edit \(\d+ of \d+\) \[[^\]]*\]\? "
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir(exist_ok=True)
    path = tmp_path / "work" / "draft.txt"
    path.write_text(DRAFT, "utf8")
    return path


@pytest.fixture
def terminal(tmp_path: Path, draft: Path) -> Iterator[pexpect.spawn]:
    """`fix -i` on the draft in a pseudo-terminal of 80 columns, with rules alone: the judge may learn."""
    (draft.parent / ".tonecheck.toml").write_text(f"off = {json.dumps(list(heard()))}\n", "utf8")
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tonecheck", "fix", str(draft), "-i"],
        cwd=draft.parent,
        env=os.environ | {"HOME": str(tmp_path), "TERM": "xterm", "LANG": "C.UTF-8"},
        dimensions=(24, 80),
        encoding="utf8",
        timeout=120,
    )
    yield child
    child.close(force=True)


def asked(terminal: pexpect.spawn) -> str:
    """What is on the screen before the next question, once a key is heard: an earlier one would be lost."""
    terminal.expect(ASKED)
    assert terminal.waitnoecho()
    return COLOUR.sub("", terminal.before)


def ended(terminal: pexpect.spawn) -> str:
    terminal.expect(pexpect.EOF)
    terminal.close()
    return COLOUR.sub("", terminal.before)


def answered(terminal: pexpect.spawn, key: str) -> str:
    terminal.send(key)
    return asked(terminal)


def test_single_keys_make_edits_and_enter_makes_the_first(terminal: pexpect.spawn, draft: Path) -> None:
    assert "announces that you are about to say something" in asked(terminal)
    assert "prior to" in answered(terminal, "y")
    assert "utilise" in answered(terminal, "1")
    assert "Your booking was cancelled" in answered(terminal, "\r")
    terminal.send("q")
    terminal.expect("Write this to the file")
    terminal.sendline("y")
    ended(terminal)
    assert "The order was late before 4 May. We use a new firm now." in draft.read_text("utf8")


def test_all_edits_of_a_sentence_are_shown_and_made_together(terminal: pexpect.spawn, draft: Path) -> None:
    assert "all edits here: The order was late before 4 May." in asked(terminal)
    assert "utilise" in answered(terminal, "a")
    terminal.send("q")
    terminal.expect("Write this to the file")
    terminal.sendline("n")
    ended(terminal)
    assert draft.read_text("utf8") == DRAFT


def test_a_step_back_undoes_an_edit_and_a_decision_to_leave(terminal: pexpect.spawn) -> None:
    first = asked(terminal)
    assert "prior to" in answered(terminal, "y")
    assert first.split("\r\n")[-3:] == answered(terminal, "u").split("\r\n")[-3:]
    assert "“prior to” has" in answered(terminal, "n")
    assert "Please be advised" in answered(terminal, "u")
    assert "Please be advised" in answered(terminal, "u")


def test_a_slot_is_filled_by_the_writer_or_left(terminal: pexpect.spawn, draft: Path) -> None:
    asked(terminal)
    for _ in range(3):
        screen = answered(terminal, "n")
    assert "[who] cancelled your booking" in screen
    assert "We cancelled your booking" in screen
    terminal.send("1")
    terminal.expect(r"\[who\] \(empty to go back\)")
    terminal.sendline("")
    asked(terminal)
    terminal.send("1")
    terminal.expect(r"\[who\] \(empty to go back\)")
    terminal.sendline("Ms Orr")
    terminal.expect(["Write this to the file", ASKED])
    if "Write" not in terminal.after:
        assert terminal.waitnoecho()
        terminal.send("q")
        terminal.expect("Write this to the file")
    terminal.sendline("y")
    ended(terminal)
    assert "Ms Orr cancelled your booking by mistake." in draft.read_text("utf8")


def test_own_wording_begins_with_the_words_as_they_are(terminal: pexpect.spawn, draft: Path) -> None:
    asked(terminal)
    assert "prior to" in answered(terminal, "y")
    terminal.send("e")
    terminal.expect("Your wording")
    terminal.sendline(" noon on")
    assert "prior to noon on" in asked(terminal)
    terminal.send("q")
    terminal.expect("Write this to the file")
    terminal.sendline("y")
    ended(terminal)
    assert "late prior to noon on 4 May" in draft.read_text("utf8")


def test_words_left_for_good_are_not_marked_again(run: Run, terminal: pexpect.spawn, draft: Path) -> None:
    asked(terminal)
    answered(terminal, "i")
    terminal.send("q")
    assert "is left alone from now on: kept in" in ended(terminal)
    assert "ignore = " in (draft.parent / ".tonecheck.toml").read_text("utf8")
    assert draft.read_text("utf8") == DRAFT
    assert "please-be-advised" not in run("check", draft, "--format", "line").stdout


def test_an_unknown_key_and_a_question_mark_show_the_keys(terminal: pexpect.spawn) -> None:
    asked(terminal)
    assert "one step back" in answered(terminal, "?")
    assert "one step back" in answered(terminal, "z")


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_breaking_off_changes_nothing(terminal: pexpect.spawn, draft: Path, key: str) -> None:
    asked(terminal)
    answered(terminal, "y")
    answered(terminal, "i")
    terminal.send(key)
    assert "Aborted" in ended(terminal)
    assert terminal.exitstatus == 1
    assert draft.read_text("utf8") == DRAFT
    assert "ignore" not in (draft.parent / ".tonecheck.toml").read_text("utf8")


def test_no_colour_where_none_is_wanted(draft: Path, tmp_path: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tonecheck", "fix", str(draft), "-i"],
        env=os.environ | {"HOME": str(tmp_path), "TERM": "dumb", "NO_COLOR": "1"},
        encoding="utf8",
        timeout=120,
    )
    child.expect(ASKED)
    assert "\x1b" not in child.before
    child.close(force=True)


@pytest.mark.parametrize("unsafe", [(), ("--unsafe",)])
def test_json_gives_passages_that_make_up_the_plain_text(run: Run, unsafe: tuple[str, ...]) -> None:
    for path in EXAMPLES:
        done = run("fix", path, "--format", "json", *unsafe)
        assert done.returncode == 0, done.stderr
        change = json.loads(done.stdout)
        jsonschema.validate(change, SCHEMAS[0], registry=REGISTRY)
        text = change["text"]
        for passage in reversed(change["passages"]):
            assert text[passage["start"] : passage["end"]] == passage["before"]
            text = text[: passage["start"]] + passage["after"] + text[passage["end"] :]
        assert text == change["plain"]
        for fault, value in change["scores"]["after"].items():
            assert value <= change["scores"]["before"][fault]


def test_json_says_what_was_changed_and_what_is_left(run: Run, draft: Path) -> None:
    change = json.loads(run("fix", draft, "--format", "json").stdout)
    (passage, *_) = change["passages"]
    assert passage["after"].startswith("The order was late before 4 May.")
    assert "doublespeak/prior-to" in {f["rule"] for f in passage["findings"]}
    (left,) = (f for f in change["left"] if f["rule"] == "doublespeak/your-order-was-cancelled")
    assert [e["safe"] for e in left["edits"]] == [False, False]


def test_asking_and_json_are_refused_together(run: Run, draft: Path) -> None:
    assert run("fix", draft, "-i", "--format", "json").returncode == 2
