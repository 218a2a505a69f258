"""Where the shipped models lie and what the pipeline is called; no spaCy needed to ask."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["judge_folder", "model_folder", "model_name", "served_attributes", "shipped"]

SERVES = {
    "tagger": {"TAG"},
    "morphologizer": {"POS", "MORPH"},
    "lemmatizer": {"LEMMA"},
    "parser": {"DEP"},
}


def shipped(name: str, mark: str) -> Path | None:
    """The folder of a shipped model that holds the file `mark`: inside the wheel, or in the checkout
    of an editable install."""
    package = Path(__file__).parents[1]
    for folder in (package / name, package.parents[1] / "models" / name):
        if (folder / mark).is_file():
            return folder
    return None


def model_folder() -> Path | None:
    """The shipped language pipeline."""
    return shipped("en_tonecheck", "meta.json")


def judge_folder() -> Path | None:
    """The shipped judge."""
    return shipped("en_judge", "judge.onnx")


def model_name(folder: Path | None = None) -> str | None:
    """The pipeline's name and version, as reports print it; None where there is none."""
    folder = folder or model_folder()
    if folder is None:
        return None
    meta = json.loads((folder / "meta.json").read_text("utf8"))
    return f"{meta['lang']}_{meta['name']} {meta['version']}"


def served_attributes(folder: Path | None = None) -> frozenset[str]:
    """The trained token attributes that the pipeline gives; none without one."""
    folder = folder or model_folder()
    if folder is None:
        return frozenset()
    pipeline = json.loads((folder / "meta.json").read_text("utf8"))["pipeline"]
    return frozenset(attribute for name in pipeline for attribute in SERVES.get(name, ()))
