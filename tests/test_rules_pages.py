"""The pages of rules: fresh, whole, and there also where a house rule is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT, Run

from tonecheck.rule import built_in_rules


def test_the_page_of_all_rules_is_fresh(run: Run) -> None:
    page = run("rules", "doc").stdout
    assert page == (ROOT / "docs" / "rules.md").read_text("utf8"), "run: tonecheck rules doc > docs/rules.md"


def test_every_rule_is_on_the_page_with_what_why_instead_and_safety() -> None:
    page = (ROOT / "docs" / "rules.md").read_text("utf8")
    sections = {part.split("\n")[0]: part for part in page.split("\n#### ")[1:]}
    assert set(sections) == {rule.id for rule in built_in_rules()}
    for section in sections.values():
        for word in ("**What**", "**Why:**", "**Instead:**", "**Safety:**", "**Source:**"):
            assert section.count(f"- {word}") == 1


def test_a_company_gets_a_page_of_its_own_rules(run: Run) -> None:
    page = run("rules", "doc", ROOT / "src" / "tonecheck" / "rules" / "excuses").stdout
    assert "#### hands-are-tied" in page
    assert "#### doublespeak" not in page


@pytest.fixture
def broken(run: Run, tmp_path: Path) -> Path:
    """A house rule that cannot be read, in the settings of the folder that commands run in."""
    house = tmp_path / "work" / "house"
    house.mkdir()
    path = house / "ours.toml"
    path.write_text('type = "X.nothing"\n', "utf8")
    (tmp_path / "work" / ".tonecheck.toml").write_text('rules = ["house"]\noff = ["excuses"]\n', "utf8")
    return path


@pytest.mark.parametrize("command", [("explain",), ("rules", "show")])
@pytest.mark.parametrize("name", ["doublespeak/prior-to", "excuses/hands-are-tied", "doublespeak/vague"])
def test_a_broken_house_rule_does_not_hide_the_built_in_ones(
    broken: Path, run: Run, command: tuple[str, ...], name: str
) -> None:
    done = run(*command, name)
    assert done.returncode == 0
    assert done.stdout.startswith(name)
    assert f"{broken}:1: " in done.stderr


def test_a_broken_house_rule_is_named_and_the_other_rules_are_listed(broken: Path, run: Run) -> None:
    done = run("rules", "list")
    assert done.returncode == 2
    assert f"{broken}:1: " in done.stderr
    assert "doublespeak/prior-to" in done.stdout
    assert "excuses/hands-are-tied" not in done.stdout


def test_a_broken_house_rule_still_stops_a_check(broken: Path, run: Run) -> None:
    done = run("check", "-", stdin="We will utilise the spare part on 4 May.\n")
    assert done.returncode == 2
    assert f"{broken}:1: " in done.stderr
