"""The page about sendmail shows what really happens."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import ROOT, Home

from tonecheck.config import KEYS, Config, load

PAGE = (ROOT / "examples" / "sendmail.md").read_text("utf8")
COMMANDS = re.findall(r"^tonecheck (.* < \S+)", PAGE, re.MULTILINE)


def test_the_examples_run_and_show_what_the_page_shows(warm: Home) -> None:
    sent, held = (re.fullmatch(r"(.*) < (\S+)", command) for command in COMMANDS[:2])
    assert sent is not None
    assert held is not None
    done = [warm.run(*m[1].split(), stdin=(ROOT / m[2]).read_bytes()) for m in (sent, held)]
    assert (done[0].returncode, done[0].stdout) == (0, (ROOT / sent[2]).read_bytes())
    assert (done[1].returncode, done[1].stdout) == (65, b"")
    shown = re.search(r"^```text\n(<mail>.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert shown is not None
    assert without_place(shown[1]) == without_place(done[1].stderr.decode("utf8"))


def without_place(text: str) -> str:
    return re.sub(r"held as \S+;", "held as …;", text)


def test_the_settings_it_shows_are_read_and_its_defaults_are_the_defaults(tmp_path: Path) -> None:
    block = re.search(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert block is not None
    (tmp_path / ".tonecheck.toml").write_text(block[1], "utf8")
    settings = load(tmp_path)
    shown = {key for key in KEYS if settings.origins.get(key) == str(tmp_path / ".tonecheck.toml")}
    assert shown >= {"own_domains", "clients", "limits", "timeout", "on_fault", "daemon"}
    for key in ("timeout", "on_fault", "daemon"):
        assert getattr(settings, key) == getattr(Config(), key)
