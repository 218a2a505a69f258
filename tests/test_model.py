"""The shipped models are the ones that their recorded configurations made."""

from __future__ import annotations

import hashlib
import json
import runpy

import pytest
from conftest import ROOT

from tonecheck.checker import Checker
from tonecheck.detect.model import model_folder

MODELS = ROOT / "models"


def config_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted((MODELS / "configs").glob("*.cfg")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def test_the_pipeline_bears_the_hash_of_its_configurations() -> None:
    meta = json.loads((MODELS / "en_tonecheck" / "meta.json").read_text("utf8"))
    assert meta["config_hash"] == config_hash(), "retrain: models/configs changed since the pipeline was made"


def test_the_metrics_are_those_of_the_shipped_pipeline() -> None:
    meta = json.loads((MODELS / "en_tonecheck" / "meta.json").read_text("utf8"))
    metrics = json.loads((MODELS / "metrics.json").read_text("utf8"))
    assert metrics["config_hash"] == meta["config_hash"]
    assert metrics["version"] == meta["version"]


def test_the_pipeline_is_named_licensed_and_small() -> None:
    folder = model_folder()
    assert folder is not None
    meta = json.loads((folder / "meta.json").read_text("utf8"))
    assert meta["name"] == "tonecheck"
    assert meta["license"] == "CC BY-SA 4.0"
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert size <= 20_000_000


@pytest.mark.parametrize("folder", ["en_judge"])
def test_the_judge_is_small(folder: str) -> None:
    size = sum(path.stat().st_size for path in (MODELS / folder).rglob("*") if path.is_file())
    assert 1_000_000 < size <= 30_000_000


@pytest.mark.parametrize("page", ["README.md", "models/README.md"])
def test_the_pages_show_what_was_measured(page: str) -> None:
    path = MODELS / "scripts" / "card.py"
    card = runpy.run_path(str(path))
    measured = (
        json.loads((MODELS / f"{name}.json").read_text("utf8"))
        for name in ("metrics", "agreement", "comparison")
    )
    text = (ROOT / page).read_text("utf8")
    assert card["filled"](text, *measured) == text, "run models/scripts/card.py"
    assert "<!-- agreement" in text


@pytest.mark.parametrize(
    ("text", "lemmas"),
    [
        ("The Israeli firm sent the PDF.", ["the", "Israeli", "firm", "send", "the", "PDF", "."]),
        ("We answered her e-mails.", ["we", "answer", "her", "e-mail", "."]),
        ("New pumps arrived.", ["new", "pump", "arrive", "."]),
    ],
)
def test_names_keep_their_capitals_and_words_do_not(checker: Checker, text: str, lemmas: list[str]) -> None:
    assert [token.lemma_ for token in checker._parser.nlp(text)] == lemmas
