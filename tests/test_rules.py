"""Every rule keeps the promises inside it, and every type of the guideline has rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonecheck.checker import Checker
from tonecheck.detect.facts import OWNERSHIP
from tonecheck.errors import RuleError
from tonecheck.proof import failures
from tonecheck.report import MOVES, TYPES
from tonecheck.rule import Rule, built_in_moves, built_in_rules, load_folder

GOOD = """
type = "X.jargon"
message = "“{match}” is trade talk."
why = "Say it in the client's words."
severity = "mild"
source = "ADVICE 1"
fine = ["We called twice.", "The circle is round."]
[[pattern]]
phrases = ["circle back"]
replace = ["come back"]
[[example]]
text = "We will [circle back] on Monday."
plain = "We will come back on Monday."
"""


@pytest.mark.parametrize("rule", [*built_in_rules(), *built_in_moves()], ids=lambda r: r.id)
def test_a_rule_keeps_the_promises_inside_it(checker: Checker, rule: Rule) -> None:
    assert [str(failure) for failure in failures(checker, (rule,))] == []


def test_every_type_has_rules_and_every_move_has_patterns() -> None:
    assert {rule.type for rule in built_in_rules()} == set(TYPES)
    assert {rule.type for rule in built_in_moves()} >= set(MOVES) - {"listens"}
    assert len(built_in_rules()) >= 60


def test_the_shipped_pipeline_serves_every_rule(checker: Checker) -> None:
    assert checker.unserved == ()


def test_every_rule_has_a_near_miss_and_an_example_with_its_plain_wording() -> None:
    for rule in built_in_rules():
        assert len(rule.fine) >= 2, rule.id
        offers = any(pattern.replacements for pattern in rule.patterns)
        assert not offers or any(example.plain for example in rule.examples), rule.id


@pytest.mark.parametrize(
    ("old", "new", "line", "cure"),
    [
        ('severity = "mild"', 'severty = "mild"', 5, "severity"),
        ('"X.jargon"', '"X.jargn"', 2, "X.jargon"),
        ('severity = "mild"', 'severity = "mildly"', 5, "mild"),
        ('phrases = ["circle back"]', 'phrase = ["circle back"]', 9, "phrases"),
        ('phrases = ["circle back"]', 'tokens = [{ OP = "+" }]', 9, "without any condition"),
        ('phrases = ["circle back"]', "tokens = [{ LOWER = { REGEX = '(a+)+$' } }]", 9, "backtrack"),
        (
            'phrases = ["circle back"]',
            'tokens = [{ LOWER = "a", OP = "*" }, { LOWER = "b", OP = "*" }]',
            9,
            "backtrack",
        ),
        ("[circle back]", "circle back", 12, "exactly one span"),
        ("replace =", 'unless = ["asked"]\nreplace =', 10, "does not exist"),
    ],
)
def test_a_wrong_rule_file_is_refused_with_line_and_cure(
    tmp_path: Path, old: str, new: str, line: int, cure: str
) -> None:
    path = tmp_path / "circle-back.toml"
    path.write_text(GOOD.replace(old, new, 1), "utf8")
    with pytest.raises(RuleError) as error:
        load_folder(tmp_path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert cure in str(error.value)


def test_a_company_adds_a_folder_of_rules(tmp_path: Path) -> None:
    from tonecheck.config import Config
    from tonecheck.mail.draft import draft_of

    (tmp_path / "circle-back-now.toml").write_text(GOOD, "utf8")
    own = Checker(Config(rules=(tmp_path,), only=("circle-back-now",)))
    found = own.findings(draft_of("Our team will circle back to you on Monday about the second invoice."))
    assert [finding.rule for finding in found] == ["circle-back-now"]


def test_a_near_miss_answers_a_complaint_where_the_rule_waits_for_one(tmp_path: Path) -> None:
    from tonecheck.config import Config

    waits = GOOD.replace("fine = [", 'needs = ["answers-complaint"]\nfine = ["We circle back often.", ')
    waits += 'client = "Nobody called me on Monday."\n'
    (tmp_path / "circle-back-now.toml").write_text(waits, "utf8")
    own = Checker(Config(rules=(tmp_path,), only=("circle-back-now",)))
    rule = next(rule for rule in own.rules if rule.id == "circle-back-now")
    assert [failure.sentence for failure in failures(own, (rule,))] == ["We circle back often."]


@pytest.mark.parametrize(
    ("sentence", "owned"),
    [
        ("The slip happened here, when I typed the name.", True),
        ("The error was on our side.", True),
        ("I said that on Monday, and I'd like to take it back.", True),
        ("The mistake here was yours.", False),
        ("The problem here is your router.", False),
        ("We take it back only in its box.", False),
    ],
)
def test_owning_is_told_from_pointing(sentence: str, owned: bool) -> None:
    assert bool(OWNERSHIP.search(sentence)) is owned
