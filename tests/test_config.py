"""Settings: found upwards, strict, explained; findings that the user ignores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Run

TEXT = "We will leverage our partners and utilise the spare part prior to your visit, and Marek will call you on Monday."


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf8")
    return path


def rules_of(run: Run, draft: Path) -> set[str]:
    return {f["rule"] for f in json.loads(run("check", draft, "--format", "json").stdout)["findings"]}


def test_settings_are_found_upwards_and_shown_with_their_file(run: Run, tmp_path: Path) -> None:
    draft = write(tmp_path / "a" / "b" / "draft.txt", TEXT)
    settings = write(
        tmp_path / "a" / ".tonecheck.toml", 'limits = { doublespeak = 5 }\noff = ["doublespeak/utilise"]\n'
    )
    assert run("check", draft).returncode == 1
    assert "doublespeak/utilise" not in rules_of(run, draft)
    shown = run("config", draft).stdout
    assert f'limits = {{ "doublespeak" = 5 }}  # {settings}' in shown
    assert "own_domains = []  # default" in shown


def test_pyproject_and_the_users_own_file_count_too(run: Run, tmp_path: Path) -> None:
    draft = write(tmp_path / "p" / "draft.txt", TEXT)
    write(tmp_path / "p" / "pyproject.toml", '[tool.tonecheck]\noff = ["doublespeak"]\n')
    write(tmp_path / "home" / ".config" / "tonecheck" / "tonecheck.toml", "limits = { excuses = 10 }\n")
    assert rules_of(run, draft) == set()
    assert 'limits = { "excuses" = 10 }' in run("config", draft).stdout


@pytest.mark.parametrize(
    ("text", "line", "cure"),
    [
        ("\nlimit = {}\n", 2, "did you mean “limits”"),
        ("limits = { excuse = 3 }\n", 1, "did you mean “excuses”"),
        ("limits = { excuses = 300 }\n", 1, "from 0 to 100"),
        ('off = "doublespeak"\n', 1, "list"),
        ("off = [\n", 1, "TOML"),
        ('\non_fault = "stop"\n', 2, "“send” or “hold”"),
        ("daemon = true\n", 1, "“auto”"),
        ("timeout = 0\n", 1, "above 0"),
        ("timeout = true\n", 1, "above 0"),
        ('timeout = "5"\n', 1, "above 0"),
        ("timeout = nan\n", 1, "above 0"),
        ('clients = "client.example"\n', 1, "addresses and domains"),
    ],
)
def test_a_wrong_setting_is_refused_with_line_and_cure(
    run: Run, tmp_path: Path, text: str, line: int, cure: str
) -> None:
    draft = write(tmp_path / "a" / "draft.txt", TEXT)
    settings = write(tmp_path / "a" / ".tonecheck.toml", text)
    done = run("check", draft)
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"{settings}" in done.stderr
    assert cure in done.stderr
    if "TOML" not in cure:
        assert f"{settings}:{line}:" in done.stderr


def test_accepted_words_pass(run: Run, tmp_path: Path) -> None:
    draft = write(tmp_path / "a" / "draft.txt", TEXT)
    write(tmp_path / "a" / ".tonecheck.toml", '[accept]\n"doublespeak/prior-to" = ["prior to"]\n')
    assert "doublespeak/prior-to" not in rules_of(run, draft)


def test_an_ignored_finding_stays_away_and_the_file_keeps_its_comments(run: Run, tmp_path: Path) -> None:
    draft = write(tmp_path / "work" / "draft.txt", TEXT)
    settings = write(tmp_path / "work" / ".tonecheck.toml", "# ours\noff = []\n")
    assert "doublespeak/prior-to" in rules_of(run, draft)
    assert run("ignore", "doublespeak/prior-to", "Prior", "to").returncode == 0
    assert settings.read_text("utf8").startswith("# ours\n")
    assert "doublespeak/prior-to" not in rules_of(run, draft)
    assert run("ignore", "doublespeak/no-such", "x").returncode == 2
