"""Edits that a writer would send: grammatical, true to the meaning, or none at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run

from tonecheck.checker import Checker
from tonecheck.mail.draft import draft_of
from tonecheck.mail.edit import apply

CHANGED = [
    ("Please be advised that iPhone repairs are late.", "iPhone repairs are late."),
    ("We utilised the spare part prior to 4 May.", "We used the spare part before 4 May."),
    ("At this point in time, the part is out of stock.", "At the moment, the part is out of stock."),
    ("The fee is in excess of 40 euro.", "The fee is more than 40 euro."),
]
LEFT_ALONE = [
    "Apparently not.",
    "As a valued customer of 12 years, you get 10% off.",
    "Due to the fact that you paid and the fact that we did not ship, you get £40 back.",
    "In the event that it rains or that it snows, we come on 5 May.",
    "You get a discount in excess of our usual terms.",
    "Please be advised that:\n\n1. The office is closed on 3 May.\n2. Marek is away.",
]
NEVER_ASSERTED = [
    ("We can offer a price adjustment of 10% on the next bill.", "increase of"),
    ("It was determined that the deposit of EUR 18,500 is not refundable.", "We determined"),
    ("We are sorry you feel we lied about the date.", "sorry that we lied"),
    ("Our best-in-class, seamless and world-class service failed on 3 May.", ", smooth and service"),
    ("It is a robust, best-in-class roadmap for May.", "robust, roadmap"),
]
ASKED = [
    ("We regret the inconvenience :( Here is £14.", "We are sorry for [what went wrong] :( Here is £14."),
    ("I will be reaching out to you soon to mend it.", "I will write to you by [when] to mend it."),
    ("The app sent the alerts on its own at 14:10.", "We sent the alerts at 14:10."),
    ("@lou_k It would appear the bank is late.", "@lou_k We think that the bank is late."),
]
NOT_ASKED = [
    "Due to certain guidelines/restrictions in place it is late.",
    "There are several avenues open to us and I would like to go through them with you.",
    "I know this is not the response you had pictured with the baby coming.",
    "The refund was credited as per the offer terms.",
]


@pytest.mark.parametrize(("text", "plain"), CHANGED)
def test_a_safe_edit_reads_as_a_writer_would_send_it(checker: Checker, text: str, plain: str) -> None:
    assert checker.plain(draft_of(text), safe_only=True) == plain


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_no_safe_edit_where_the_sentence_would_not_read_on(checker: Checker, text: str) -> None:
    assert checker.plain(draft_of(text), safe_only=True) == text


@pytest.mark.parametrize(("text", "wrong"), NEVER_ASSERTED)
def test_no_edit_asserts_what_only_the_writer_knows(checker: Checker, text: str, wrong: str) -> None:
    assert wrong not in checker.plain(draft_of(text), safe_only=False)


@pytest.mark.parametrize(("text", "asked"), ASKED)
def test_the_writers_own_words_are_asked_for_where_the_sentence_reads_on(
    checker: Checker, text: str, asked: str
) -> None:
    found = checker.findings(draft_of(text, client="Your app told me that my child was gone."))
    assert [apply(text, [finding.edits[0]]) for finding in found if finding.edits] == [asked]


@pytest.mark.parametrize("text", NOT_ASKED)
def test_nothing_is_asked_for_where_the_sentence_would_not_read_on(checker: Checker, text: str) -> None:
    found = checker.findings(draft_of(text))
    assert found
    assert [finding.edits for finding in found if finding.edits] == []


def test_an_edit_that_was_declined_is_not_offered_again(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "work" / "draft.txt"
    draft.write_text(
        "Please be advised that the order was late prior to 4 May. We utilise a new firm now.\n", "utf8"
    )
    done = run("fix", draft, "-i", stdin="y\nn\ny\ny\n")
    assert done.returncode == 0
    assert done.stdout.count("→") + done.stdout.count("Make this edit") == 3
    assert draft.read_text("utf8") == "The order was late prior to 4 May. We use a new firm now.\n"


def test_a_read_only_file_is_not_written(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "work" / "draft.txt"
    draft.write_text("We utilise a new firm for the parts from 4 May on.\n", "utf8")
    draft.chmod(0o444)
    done = run("fix", draft, "--write")
    assert done.returncode == 2
    assert "read-only" in done.stderr
    assert "utilise" in draft.read_text("utf8")


def test_a_rule_that_does_not_exist_is_refused(run: Run, tmp_path: Path) -> None:
    draft = tmp_path / "work" / "draft.txt"
    draft.write_text("We utilise a new firm for the parts from 4 May on.\n", "utf8")
    wrong = run("check", draft, "--only", "doublespeak/prior-too")
    assert wrong.returncode == 2
    assert "did you mean “doublespeak/prior-to”" in wrong.stderr
    (tmp_path / "work" / ".tonecheck.toml").write_text('off = ["doublespeak/utilize"]\n', "utf8")
    wrong = run("check", draft)
    assert wrong.returncode == 2
    assert "did you mean “doublespeak/utilise”" in wrong.stderr
