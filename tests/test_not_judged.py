"""Another language, too few words, mostly quoted: the command says “not judged”, and why."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.mail.draft import draft_of, few_words, own_text

SCHEMA = json.loads((files("tonecheck") / "schema-1.json").read_text("utf8"))
QUOTE = (
    "> The pump has been leaking for nine days now, and nobody from your office has rung us back about it.\n"
    "> We paid £1,140 for the plumber. Who pays for that?\n"
)
CASES = {
    "language": "Sehr geehrte Frau Berg, wir bedauern die Verzögerung sehr und melden uns am Montag bei Ihnen.\n",
    "too short": "Thanks, Marek comes on Friday.\n",
    "mostly quoted": f"Thanks, Marek comes on Friday.\n\n{QUOTE}",
    "nothing written": QUOTE,
}


@pytest.mark.parametrize(("reason", "text"), CASES.items())
def test_what_is_not_judged_gets_no_scores_and_passes(run: Run, reason: str, text: str) -> None:
    done = run("check", "-", "--format", "json", "--fail-over", "0", stdin=text)
    report = json.loads(done.stdout)
    jsonschema.validate(report, SCHEMA)
    assert report["not_judged"] == reason
    assert set(report["scores"].values()) == {None}
    assert report["missing"] == report["unanswered"] == []
    assert done.returncode == 0


@pytest.mark.parametrize(("reason", "text"), CASES.items())
def test_every_format_says_not_judged(run: Run, reason: str, text: str) -> None:
    assert "Not judged." in run("check", "-", stdin=text).stdout
    assert "note: " in run("check", "-", "--format", "line", stdin=text).stdout
    words = {"language": "not in English", "nothing written": "nothing here"}.get(reason, "15 words")
    assert words in run("check", "-", "--format", "html", stdin=text).stdout


def test_a_full_reply_above_a_long_quote_is_judged(run: Run) -> None:
    reply = (
        "We sent you the wrong pump. That was my mistake and I'm sorry. Marek brings the right one on Friday before "
        f"noon, and we pay the plumber.\n\n{QUOTE * 12}"
    )
    report = json.loads(run("check", "-", "--format", "json", stdin=reply).stdout)
    assert report["not_judged"] is None
    assert None not in report["scores"].values()


def test_the_clients_words_in_quotation_marks_are_not_the_authors() -> None:
    client = "We paid 1,140 for the plumber and nobody has rung us back about the leaking pump in nine days."
    draft = draft_of(f"You wrote: “{client}” Marek rings you today.", client=client)
    assert few_words(draft) == "mostly quoted"
    assert "plumber" not in own_text(draft)


@given(
    st.lists(
        st.sampled_from(["we pay", "Marek rings.", "https://a.example/b", "\n\n", "\n> old words here\n"]),
        max_size=30,
    )
)
def test_own_text_holds_nothing_that_is_skipped(pieces: list[str]) -> None:
    draft = draft_of(" ".join(pieces))
    own = own_text(draft)
    assert "old words" not in own
    assert "https" not in own
    inside = sum(draft.text[b.start : b.end].count("Marek") for b in draft.blocks)
    assert own.count("Marek") == inside
