"""What the teacher makes of unlabelled mail: training data ("silver"), and word vectors.

    silver.py TREEBANK TRANSFORMER TEACHER.pt TRAIN.spacy VECTORS.npz MAILS.jsonl …

Paragraphs of replies and of clients' messages are parsed; TRAIN.spacy holds those that the teacher is
sure of, and the treebank's training split GOLD_TIMES. A word's vector is the mean of what the teacher makes of it
wherever it stands, in the treebank's training text and in the mails.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import spacy
from base import with_mail_punctuation
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab
from teacher import MAX_PIECES, SEED, Item, Teacher, apply_script, documents, readings, tokenizer_of

SURE = 0.85  # mean probability of a paragraph's arcs
GOLD_TIMES = 2
MAX_WORDS = 600_000
LONGEST = 160  # words of a paragraph
CHUNK = 2_000  # paragraphs between two lines of progress


def texts_of(mails: Iterable[Path]) -> Iterator[str]:
    """Paragraphs of replies and clients' messages, one of each wording."""
    seen: set[str] = set()
    for path in mails:
        for line in path.read_text("utf8").splitlines():
            row = json.loads(line)
            for text in (row["reply"], row.get("client") or ""):
                for paragraph in text.split("\n\n"):
                    words = paragraph.split()
                    opening = " ".join(words[2:9]).lower()
                    if len(words) > 3 and opening not in seen:
                        seen.add(opening)
                        yield " ".join(words)


def unlabelled(nlp: Language, mails: list[Path]) -> list[Doc]:
    """Tokenized paragraphs in plain letters, in random order, about MAX_WORDS words."""
    texts = sorted(texts_of(mails))
    random.Random(SEED).shuffle(texts)
    docs, size = [], 0
    for text in texts:
        doc = nlp.make_doc(text)
        if 4 <= len(doc) <= LONGEST and sum(c.isascii() for c in text) > 0.95 * len(text):
            docs.append(doc)
            size += len(doc)
        if size > MAX_WORDS:
            break
    return docs


def labelled(vocab: Vocab, doc: Doc, named: dict[str, list[str]], heads: list[int]) -> Doc:
    """The teacher's reading of a paragraph as a Doc."""
    split = [m.split("|", 1) for m in named["morph"]]
    words = [t.text for t in doc]
    return Doc(
        vocab,
        words=words,
        spaces=[bool(t.whitespace_) for t in doc],
        tags=named["tag"],
        pos=[pos for pos, _ in split],
        morphs=[morph for _, morph in split],
        lemmas=[apply_script(w, s) for w, s in zip(words, named["lemma"], strict=True)],
        heads=heads,
        deps=named["dep"],
    )


class Means:
    """The mean of what the teacher makes of each word, by its lower-case form."""

    def __init__(self) -> None:
        self.sums: dict[str, np.ndarray] = {}
        self.counts: Counter[str] = Counter()

    def add(self, doc: Doc, words: np.ndarray) -> None:
        """Count the words of a Doc; `words` is (W,384)."""
        for token, vector in zip(doc, words, strict=True):
            self.sums[token.lower_] = self.sums.get(token.lower_, 0.0) + vector
            self.counts[token.lower_] += 1

    def write(self, path: Path) -> None:
        """The words by frequency, with their means."""
        words = [word for word, n in self.counts.most_common() if n > 1 and word.strip()]
        means = np.stack([self.sums[word] / self.counts[word] for word in words])
        np.savez(path, words=np.array(words), means=means.astype("float32"))
        print(f"{len(words)} words with vectors", flush=True)


def main(treebank: Path, transformer: Path, weights: Path, train: Path, vectors: Path, *mails: Path) -> None:
    """Write the training data and the vectors."""
    nlp, tokenizer = with_mail_punctuation(spacy.blank("en")), tokenizer_of(transformer)
    teacher, means = Teacher.load(transformer, weights), Means()
    gold = documents(nlp.vocab, treebank / "en_ewt-ud-train.conllu")
    docs = [*gold, *unlabelled(nlp, list(mails))]
    kept = DocBin(docs=gold * GOLD_TIMES)
    for begin in range(0, len(docs), CHUNK):
        part = docs[begin : begin + CHUNK]
        pairs = [(d, i) for d in part if len((i := Item.of(d, tokenizer, gold=False)).pieces) <= MAX_PIECES]
        for index, named, heads, sure, words in readings(teacher, [i for _, i in pairs]):
            doc = pairs[index][0]
            means.add(doc, words)
            if sure >= SURE and not doc.has_annotation("DEP"):
                kept.add(labelled(nlp.vocab, doc, named, heads))
        print(f"{begin + len(part)} of {len(docs)} paragraphs read, {len(kept)} kept", flush=True)
    kept.to_disk(train)
    means.write(vectors)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
