"""The README says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT, Run

from tonecheck.checker import Checker
from tonecheck.cli import COMMANDS
from tonecheck.mail.message import read_draft
from tonecheck.render.text import render_text

README = (ROOT / "README.md").read_text("utf8")


def test_two_commands_set_up_everything_each_on_one_line_in_an_environment_of_its_own() -> None:
    block = re.search(r"^```sh run\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert block is not None
    main, tests = block[1].splitlines()
    for command in (main, tests):
        assert command.startswith("python3 -m venv .venv")
    assert "tonecheck check" in main
    assert tests.endswith("/pytest -n auto")


def test_the_output_shown_is_the_output(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    block = re.search(r"^```text\n\$ tonecheck check (\S+)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert block is not None
    path, shown = block.groups()
    assert shown.rstrip() == render_text(checker.check(read_draft(Path(path)))).rstrip()


def test_every_command_is_in_the_readme() -> None:
    for command in COMMANDS:
        assert f"tonecheck {command}" in README, command


def test_the_files_that_the_readme_names_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_example_command_of_the_readme_runs(run: Run) -> None:
    block = re.search(r"^```sh try\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert block is not None
    for command in block[1].splitlines():
        done = run(*command.split()[1:], cwd=ROOT)
        assert done.returncode in {0, 1}, f"{command}: {done.stderr}"
        assert done.stdout, command
