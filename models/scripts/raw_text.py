"""Unlabelled text for pretraining: the treebank's own, and replies to clients where there are some."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from convert import paragraphs, read_conllu

SEED = 20261124


def of_treebank(path: Path) -> Iterator[str]:
    """The training paragraphs as running text."""
    for group in paragraphs(read_conllu(path)):
        pieces = [
            w + " " * s for sentence in group for w, s in zip(sentence.words, sentence.spaces, strict=True)
        ]
        yield " ".join("".join(pieces).split())


def of_replies(path: Path) -> Iterator[str]:
    """Replies and the messages that they answer, one of each wording."""
    seen: set[str] = set()
    for line in path.read_text("utf8").splitlines():
        row = json.loads(line)
        for text in (row["reply"], row.get("client") or ""):
            opening = " ".join(text.lower().split()[2:10])
            if len(text) > 40 and opening not in seen:
                seen.add(opening)
                yield " ".join(text.split())


def main(treebank: Path, output: Path, *replies: Path) -> None:
    """Write JSONL as spaCy's pretraining reads it."""
    texts = list(of_treebank(treebank / "en_ewt-ud-train.conllu"))
    for path in replies:
        if path.is_file():
            texts += of_replies(path)
    random.Random(SEED).shuffle(texts)
    output.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf8")
    print(f"{len(texts)} texts, {sum(len(t.split()) for t in texts)} words")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
