"""The pages about mail programs show what the installation really shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Home

from tonecheck.checker import Checker
from tonecheck.cli.hook import PROGRAMS
from tonecheck.hooks.install.emacs import LIBRARY
from tonecheck.mail.message import read_draft
from tonecheck.render.text import render_text

PAGES = {"neomutt": "mutt"}  # one page for both


def page(program: str) -> str:
    return (ROOT / "examples" / f"{PAGES.get(program, program)}.md").read_text("utf8")


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_has_a_page_that_names_its_command(program: str) -> None:
    assert f"tonecheck hook install {PAGES.get(program, program)}" in page(program)


@pytest.mark.parametrize("program", [name for name in PROGRAMS if name not in PAGES])
def test_the_change_on_the_page_is_the_change(home: Home, program: str) -> None:
    here = home.folder / "pumps"
    subprocess.run(["git", "init", "--quiet", str(here)], check=True, capture_output=True)
    for name, text in re.findall(r"^```\w+ file (\S+)\n(.*?)^```$", page(program), re.DOTALL | re.MULTILINE):
        path = home.folder / name.replace(".config", "config")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf8")
    done = home.run("hook", "install", program, "--dry-run", cwd=here)
    assert done.returncode == 0, done.stderr
    shown = re.search(rf"^```diff {program}\n(.*?)^```$", page(program), re.DOTALL | re.MULTILINE)
    assert shown is not None
    assert done.stdout.decode("utf8").split("Note: ")[0] == as_here(shown[1], home.folder)


def test_the_report_on_the_page_is_the_report(checker: Checker) -> None:
    shown = re.search(r"^```text screen\n(.*?)^```$", page("mutt"), re.DOTALL | re.MULTILINE)
    assert shown is not None
    assert shown[1] in render_text(
        checker.check(read_draft(ROOT / "examples" / "late-plumber.eml")), quiet=True
    )


def as_here(shown: str, folder: Path) -> str:
    """The page's lines with the places of this test."""
    command = str(Path(sys.executable).with_name("tonecheck"))
    shown = shown.replace("/home/gus/.local/bin/tonecheck", command)
    shown = shown.replace("/home/gus/.local/share/tonecheck.el", str(LIBRARY))
    shown = shown.replace("/home/gus/.local/pipx/venvs/tonecheck/bin/python", sys.executable)
    return shown.replace("/home/gus/.config", "/home/gus/config").replace("/home/gus", str(folder))
