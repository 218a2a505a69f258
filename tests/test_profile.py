"""Profiles: what a dispute withholds, what a formal letter may say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.checker import Checker, checker_for
from tonecheck.config import Config
from tonecheck.mail.draft import draft_of
from tonecheck.profile import PROFILES, offered
from tonecheck.report import Edit, Finding, Severity, Span
from tonecheck.rule import built_in_rules

CLIENT = "The pump you sold us broke after two days and flooded the cellar. Who pays for the damage?"
DISPUTE = (
    "Dear Ms Berg,\n\nMistakes were made in the count. We utilised the old valve prior to your visit. We apologise for "
    "any inconvenience caused. I was under the impression that you had seen the drawing of 3 May. The pump doesn't "
    "meet the desired performance quotas.\n\nJo\n"
)
FORMAL = (
    "Dear Ms Berg,\n\nPlease be advised that the pump leaves our workshop on 4 May. We regret to inform you that the "
    "second valve is sold out. Mr Ito will call you prior to the visit, as per your request.\n\nYours faithfully,\nJo\n"
)


@pytest.fixture(scope="module")
def under() -> dict[str, Checker]:
    """A checker for each profile."""
    return {name: Checker(Config(profile=name)) for name in PROFILES}


def wordings(checker: Checker, text: str, client: str = CLIENT) -> list[str]:
    report = checker.check(draft_of(text, client=client))
    return [edit.text for finding in report.findings for edit in finding.edits]


def test_in_a_dispute_edits_that_admit_are_withheld_and_plain_wording_stays(
    under: dict[str, Checker],
) -> None:
    usual, disputed = (set(wordings(under[name], DISPUTE)) for name in ("support", "disputed"))
    assert {"We made mistakes", "apologise for [what went wrong]"} <= usual
    assert not any("mistake" in w or "sorry" in w or "wrong" in w for w in disputed)
    assert {"used", "before", "is not working correctly"} <= disputed
    assert disputed < usual


def test_in_a_dispute_the_plain_text_admits_nothing_new(under: dict[str, Checker]) -> None:
    report = under["disputed"].check(draft_of(DISPUTE, client=CLIENT))
    assert "Mistakes were made" in report.plain
    assert "We used the old valve before your visit." in report.plain


def test_in_a_dispute_neither_apology_nor_ownership_is_missed(under: dict[str, Checker]) -> None:
    usual, disputed = (
        set(under[name].check(draft_of(DISPUTE, client=CLIENT)).missing) for name in ("support", "disputed")
    )
    assert "owns" in usual
    assert disputed == usual - {"apologises", "owns"}
    assert "keeps_door_open" in disputed


def test_in_a_dispute_the_reservation_may_stand(under: dict[str, Checker]) -> None:
    text = (
        "Dear Ms Berg,\n\nWithout admission of liability we will pay for the plumber's visit of 3 May, as a gesture of "
        "goodwill, and Mr Ito will call you on Monday.\n"
    )
    rule = "defensiveness/no-admission-of-liability"
    found = {name: {f.rule for f in under[name].findings(draft_of(text, client=CLIENT))} for name in under}
    assert rule in found["support"]
    assert rule not in found["disputed"]


def test_formulae_pass_in_a_formal_letter(under: dict[str, Checker]) -> None:
    found = {name: len(under[name].findings(draft_of(FORMAL, client=CLIENT))) for name in under}
    assert found["support"] >= 3
    assert found["formal"] == 0


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_names_rules_that_exist(name: str) -> None:
    assert set(PROFILES[name].off) <= {rule.id for rule in built_in_rules()}


contractions = st.sampled_from(
    [("I'm", "I am"), ("We’ll", "We will"), ("can't", "cannot"), ("Won't", "Will not"), ("it's", "it is"),
     ("They've", "They have"), ("don’t", "do not"), ("let's", "let us"), ("Ann's", "Ann's"),
     ("it's been", "it's been")]
)  # fmt: skip


@given(st.lists(contractions, min_size=1, max_size=4), st.booleans())
def test_formal_edits_are_written_in_full_and_others_are_left_alone(
    pairs: list[tuple[str, str]], safe: bool
) -> None:
    short, full = (" so ".join(pair[n] for pair in pairs) for n in (0, 1))
    edit = Edit(Span(0, 3), short, safe)
    finding = Finding("x", "X.hedge", Span(0, 3), "", "", Severity.MILD, 0.9, (edit,))
    for name, wanted in (("support", short), ("disputed", short), ("formal", full)):
        assert offered(PROFILES[name], finding, "abcdef").edits == (Edit(Span(0, 3), wanted, safe),)


def test_the_profile_comes_from_the_settings_or_the_option(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "a" / "draft.txt"
    draft.parent.mkdir()
    draft.write_text(DISPUTE, "utf8")
    (tmp_path / "a" / ".tonecheck.toml").write_text('profile = "disputed"\n', "utf8")
    missing = {
        asked: json.loads(run("check", draft, *asked, "--format", "json").stdout)["missing"]
        for asked in ((), ("--profile", "support"))
    }
    assert "owns" not in missing[()]
    assert "owns" in missing["--profile", "support"]
    assert 'profile = "disputed"' in run("config", draft).stdout
    assert "We made mistakes" not in run("fix", draft, "--unsafe").stdout
    (tmp_path / "a" / ".tonecheck.toml").write_text('\nprofile = "angry"\n', "utf8")
    wrong = run("check", draft)
    assert wrong.returncode == 2
    assert f"{tmp_path / 'a' / '.tonecheck.toml'}:2: profile must be one of support, disputed" in wrong.stderr


def test_scan_takes_a_profile(run: Run, tmp_path: Path) -> None:
    sent = tmp_path / "sent.jsonl"
    sent.write_text(json.dumps({"id": 1, "text": DISPUTE, "client": CLIENT}) + "\n", "utf8")
    done = run("scan", sent, "--client-field", "client", "--profile", "disputed")
    assert "owns" not in json.loads(done.stdout)["missing"]


@pytest.mark.parametrize(
    "text",
    [
        "Your letter of 3 May was overlooked, and the parcel was unfortunately lost at the depot on Monday.",
        "Unfortunately, the wrong part was sent to Mr Shah, and your booking was cancelled on 3 May at noon.",
    ],
)
def test_in_a_dispute_nobody_is_made_to_say_that_we_did_it(under: dict[str, Checker], text: str) -> None:
    ours = re.compile(r"\bwe (?!will\b)\w+", re.IGNORECASE)
    assert any(ours.search(w) for w in wordings(under["support"], text))
    assert not any(ours.search(w) for w in wordings(under["disputed"], text))


def test_a_warm_checker_serves_no_other_profile_than_its_own() -> None:
    assert checker_for(Config(profile="formal")) is checker_for(Config(profile="formal"))
    assert checker_for(Config(profile="formal")) is not checker_for(Config())
