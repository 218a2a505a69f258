"""The trained pipeline made ready to ship: lemma tables added, named, licensed, hashed."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import spacy
from base import with_mail_punctuation
from spacy.language import Language
from spacy.lookups import Lookups
from spacy.vectors import Vectors

VERSION = "1.0.0"
MOST_VECTORS = 21_500
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


def without_rare_vectors(nlp: Language) -> None:
    """Keep the vectors of the commonest words only: the table is nearly half of the pipeline."""
    vectors = nlp.vocab.vectors
    kept = {key: row for key, row in vectors.key2row.items() if row < MOST_VECTORS}
    ordered = sorted(kept, key=kept.__getitem__)
    nlp.vocab.vectors = Vectors(
        strings=nlp.vocab.strings,
        data=vectors.data[[kept[key] for key in ordered]],
        keys=ordered,
        name=vectors.name,
        attr=vectors.attr,
    )


def main(trained: Path, lookups: Path, configs: Path, output: Path) -> None:
    """Write the shippable pipeline folder."""
    nlp = with_mail_punctuation(spacy.load(trained, exclude=["trainable_lemmatizer"]))
    without_rare_vectors(nlp)
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "rule"}, before="parser")
    lemmatizer.lookups = Lookups().from_disk(lookups)  # type: ignore[attr-defined]
    nlp.meta.update(META)
    nlp.meta["config_hash"] = config_hash(configs)
    nlp.meta["performance"] = {}
    nlp.to_disk(output)
    size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    print(json.dumps({"pipeline": nlp.pipe_names, "megabytes": round(size / 1e6, 1)}))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
