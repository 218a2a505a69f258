"""The configurations in examples/neovim.md, as they stand there, in the real editors."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from serving import FAULTY

from tonecheck.checker import Checker
from tonecheck.mail.draft import draft_of

PAGE = (ROOT / "examples" / "neovim.md").read_text("utf8")
MAIL = f"From: o@b.example\nTo: h@n.example\nSubject: Re: Part X\n\n🙂 {FAULTY}\n> Apparently it leaks.\n"
PATIENCE = 60  # seconds


def block(language: str) -> str:
    """The page's code in a language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home of its own, where the command `tonecheck` is the one under test."""
    home = tmp_path / "home"
    home.mkdir()
    command = home / "tonecheck"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tonecheck "$@"\n')
    command.chmod(0o755)
    paths = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local"),
    }
    return {**os.environ, **paths, "PATH": f"{home}:{os.environ['PATH']}"}


NEOVIM = """
vim.wait(%d, function() return #vim.diagnostic.get(0) > 0 end, 50)
local marks = {}
for _, mark in ipairs(vim.diagnostic.get(0)) do
  local words = vim.api.nvim_buf_get_text(0, mark.lnum, mark.col, mark.end_lnum, mark.end_col, {})
  table.insert(marks, { words = table.concat(words, "\\n"), code = mark.code, message = mark.message })
end
vim.ui.select = function(items, _, choose) choose(items[1], 1) end -- 0.7 asks even where there is one
local before = vim.api.nvim_buf_get_changedtick(0)
vim.api.nvim_feedkeys("\\\\x", "mx", false)
vim.wait(%d, function() return vim.api.nvim_buf_get_changedtick(0) > before end, 50)
local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\\n") .. "\\n"
vim.fn.writefile({ vim.fn.json_encode({ marks = marks, text = text }) }, "result.json")
vim.cmd("qall!")
"""


def test_neovim_marks_the_words_and_makes_the_safe_edits(
    environment: dict[str, str], tmp_path: Path, checker: Checker
) -> None:
    (tmp_path / "init.lua").write_text(block("lua"), "utf8")
    (tmp_path / "ask.lua").write_text(NEOVIM % (PATIENCE * 1000, PATIENCE * 1000), "utf8")
    (tmp_path / "draft.eml").write_text(MAIL, "utf8")
    editor = os.environ.get("NVIM", "nvim")
    command = [
        editor,
        "--headless",
        "-n",
        "-i",
        "NONE",
        "-u",
        "init.lua",
        "draft.eml",
        "-c",
        "luafile ask.lua",
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, timeout=3 * PATIENCE, capture_output=True, check=False
    )
    result = json.loads((tmp_path / "result.json").read_text("utf8"))
    body = MAIL.partition("\n\n")[2]
    report = checker.check(draft_of(body))
    marks = sorted((mark["words"], mark["code"]) for mark in result["marks"])
    assert marks == sorted((report.words(f.span), f.rule) for f in report.findings), done.stderr
    assert result["text"] == MAIL.replace(body, report.plain_safe)
    assert report.plain_safe != body


VIM = """
let s:tries = 0
while empty(getloclist(0)) && s:tries < %d
  let s:tries += 1
  sleep 50m
endwhile
call writefile([json_encode(getloclist(0))], 'result.json')
qall!
"""


def test_vim_with_ale_marks_the_words(environment: dict[str, str], tmp_path: Path, checker: Checker) -> None:
    (tmp_path / "vimrc").write_text(block("vim"), "utf8")
    (tmp_path / "ask.vim").write_text(VIM % (PATIENCE * 20), "utf8")
    (tmp_path / "draft.eml").write_text(MAIL, "utf8")
    command = ["vim", "-N", "-n", "-i", "NONE", "-u", "vimrc", "--not-a-term", "draft.eml", "-S", "ask.vim"]
    subprocess.run(
        command,
        cwd=tmp_path,
        env={**environment, "TERM": "dumb"},
        timeout=3 * PATIENCE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    marks = json.loads((tmp_path / "result.json").read_text("utf8"))
    body = MAIL.partition("\n\n")[2]
    report, lines = checker.check(draft_of(body)), MAIL.splitlines()
    shown = sorted(lines[m["lnum"] - 1].encode()[m["col"] - 1 :].decode() for m in marks)
    assert shown == sorted(body[f.span.start :].splitlines()[0] for f in report.findings)
