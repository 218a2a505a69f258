"""The judge hears what no rule holds, names the words, and leaves honest mail alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT, Run
from hypothesis import given
from hypothesis import strategies as st

from tonecheck.checker import Checker
from tonecheck.detect.classifier import heard_rule, reasons
from tonecheck.detect.judge import MAX_PIECES, Pieces
from tonecheck.detect.marking import LEADING_ON
from tonecheck.detect.model import judge_folder
from tonecheck.mail.draft import draft_of
from tonecheck.report import TYPES, Span

CLIENT = "The pallets stood at the port for nine days and we paid £1,140. Nobody told us. We are closing the account."
BLAMES = (
    "Hi Graham,\n\nThe entry went in on the 3rd, the same day that your invoice landed. For the rest I needed the spec "
    "sheet, and I asked your office for it on the 4th and again on the 6th. Once I had it we were cleared by lunchtime. "
    "Every other forwarder in the country had the same trouble that month.\n\nTerry\n"
)
OWNS = (
    "Hi Graham,\n\nThe entry went in on the 3rd without the spec sheet, and I waited for it instead of ringing you. Nine "
    "days at the port are down to me, and I'm sorry. The £1,140 goes back to you today, and the papers are with you by "
    "noon on Friday.\n\nTerry\n"
)


def test_implied_blame_is_heard_and_its_words_named(checker: Checker) -> None:
    report = checker.check(draft_of(BLAMES, client=CLIENT))
    heard = [f for f in report.findings if f.rule in {heard_rule(kind) for kind in TYPES}]
    assert {f.fault for f in heard} & {"defensiveness", "excuses"}
    for finding in heard:
        words = report.words(finding.span)
        assert words == words.strip(" ,.")
        follows = report.text[finding.span.end :].lstrip()[:1]
        assert follows in {"", ".", ",", ";", "!", "?", ":"} or words.split()[-1].lower() not in LEADING_ON
        assert " ".join(words.split()) in finding.message
        assert 0 < finding.confidence <= 1
        assert len(words.split()) < 30


def test_the_same_facts_owned_are_left_alone(checker: Checker) -> None:
    report = checker.check(draft_of(OWNS, client=CLIENT))
    assert report.findings == ()
    assert {"apologises", "owns", "when"} <= {move.kind for move in report.moves}


def test_every_type_has_a_message_and_a_reason() -> None:
    assert set(reasons()) == set(TYPES)
    for entry in reasons().values():
        assert "{match}" in entry["message"]
        assert len(entry["why"]) > 40


@given(st.lists(st.integers(1, 300), min_size=1, max_size=40), st.integers(0, 400))
def test_windows_hold_every_sentence_once_in_order(sizes: list[int], told: int) -> None:
    folder = judge_folder()
    assert folder is not None
    pieces = _pieces(folder)
    text, spans = "", []
    for size in sizes:
        spans.append(Span(len(text), len(text) + 3 * size))
        text += "ab " * size
    windows = list(pieces.windows(text, spans, "no " * told))
    assert [n for w in windows for n in w.sentences] == list(range(len(spans)))
    for window in windows:
        assert len(window.pieces) <= MAX_PIECES + 1
        sides = (window.kinds, window.sentence_of, window.spans)
        assert {len(side) for side in sides} == {len(window.pieces)}


def _pieces(folder: Path, kept: dict[Path, Pieces] = {}) -> Pieces:  # noqa: B006
    return kept.setdefault(folder, Pieces(folder / "tokenizer.json"))


def test_honest_mail_is_hardly_ever_flagged(checker: Checker) -> None:
    rows = [json.loads(line) for line in (ROOT / "models/corpus/fair.jsonl").read_text("utf8").splitlines()]
    flagged = sentences = 0
    for row in rows:
        report = checker.check(draft_of(row["reply"], client=row["client"]))
        sentences += len(report.sentences)
        flagged += sum(any(f.span.overlaps(s) for f in report.findings) for s in report.sentences)
        assert not any(score.value > 50 for score in report.scores), row["id"]
    assert len(rows) >= 60
    assert flagged / sentences < 0.05


def test_eval_prints_the_table_and_refuses_a_wrong_label(run: Run, tmp_path: Path) -> None:
    rows = [
        {"reply": BLAMES, "client": CLIENT, "D": 3, "E": 2, "X": 0, "m": "F",
         "f": [["D.blame", 2, "I asked your office for it on the 4th"],
               ["E.circumstance", 2, "Every other forwarder in the country had the same trouble"]]},
        {"reply": OWNS, "client": CLIENT, "D": 0, "E": 0, "X": 0, "f": [], "m": "LAOWG"},
    ]  # fmt: skip
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf8")
    shown = run("eval", labelled)
    assert shown.returncode == 0
    assert "rating kappa, defensiveness" in shown.stdout
    table = json.loads(run("eval", labelled, "--format", "json", "--rules-only").stdout)
    assert table["replies"] == 2
    labelled.write_text(json.dumps({**rows[0], "D": 7}) + "\n", "utf8")
    wrong = run("eval", labelled)
    assert wrong.returncode == 2
    assert f"{labelled}:1: D is 7" in wrong.stderr


@pytest.mark.parametrize("words", [3, 10, 14])
def test_a_very_short_draft_gets_no_scores(checker: Checker, words: int) -> None:
    report = checker.check(
        draft_of(
            " ".join(
                [
                    "We will utilise it today and tomorrow at noon with you and him there now".split()[i]
                    for i in range(words)
                ]
            )
            + "."
        )
    )
    assert report.not_judged == "too short"
    assert report.scores == ()
