"""The trained pipeline made ready to ship: lemma tables added, named, licensed, hashed."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import spacy
from base import with_mail_punctuation
from spacy.lookups import Lookups

from tonecheck.detect.lemmas import LEMMATIZER

VERSION = "1.1.0"
META = {
    "lang": "en",
    "name": "tonecheck",
    "version": VERSION,
    "description": "Tags, morphology, lemmas, dependencies and sentences for replies to clients.",
    "author": "The tonecheck authors",
    "license": "CC BY-SA 4.0",
    "sources": [
        {"name": "UD English EWT", "url": "https://universaldependencies.org", "license": "CC BY-SA 4.0"},
        {"name": "all-MiniLM-L6-v2 (word vectors)", "license": "Apache-2.0"},
        {"name": "lemminflect (lemma dictionary)", "license": "MIT"},
    ],
}


def config_hash(configs: Path) -> str:
    """SHA-256 over the training configurations, by name and content."""
    digest = hashlib.sha256()
    for path in sorted(configs.glob("*.cfg")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def main(trained: Path, lookups: Path, configs: Path, output: Path) -> None:
    """Write the shippable pipeline folder."""
    nlp = with_mail_punctuation(spacy.load(trained))
    lemmatizer = nlp.add_pipe(LEMMATIZER, name="lemmatizer", before="parser")
    lemmatizer.lookups = Lookups().from_disk(lookups)  # type: ignore[attr-defined]
    nlp.config["paths"] = dict.fromkeys(nlp.config["paths"])  # where it was trained is nobody's business
    nlp.meta.update(META)
    nlp.meta["config_hash"] = config_hash(configs)
    nlp.meta["performance"] = {}
    nlp.to_disk(output)
    size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    print(json.dumps({"pipeline": nlp.pipe_names, "megabytes": round(size / 1e6, 1)}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
