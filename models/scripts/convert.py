"""CoNLL-U to spaCy's binary format: running text, a paragraph a Doc, as mail has it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

MAX_SENTENCES = 8
CURLY = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


@dataclass
class Sentence:
    """One tree: parallel columns, heads counted from 0, the root its own head."""

    document: str
    starts_paragraph: bool
    words: list[str] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    pos: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    morphs: list[str] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    deps: list[str] = field(default_factory=list)


def read_conllu(path: Path) -> Iterator[Sentence]:
    """The sentences of a CoNLL-U file; empty nodes and enhanced edges are left out."""
    document, paragraph, rows = "", True, []
    for line in path.read_text("utf8").splitlines():
        if line.startswith("# newdoc id = "):
            document, paragraph = line.removeprefix("# newdoc id = "), True
        elif line.startswith("# newpar"):
            paragraph = True
        elif line and not line.startswith("#"):
            rows.append(line.split("\t"))
        elif not line and rows:
            yield to_sentence(document, paragraph, rows)
            paragraph, rows = False, []


def to_sentence(document: str, starts_paragraph: bool, rows: list[list[str]]) -> Sentence:
    """One block of rows as a Sentence; the parts of a multiword token stand together."""
    sentence = Sentence(document, starts_paragraph)
    inside_until, space_after = 0, True
    for row in rows:
        if "-" in row[0]:
            inside_until = int(row[0].split("-")[1])
            space_after = "SpaceAfter=No" not in row[9]
            continue
        if "." in row[0]:
            continue
        number = int(row[0])
        own_space = "SpaceAfter=No" not in row[9]
        space = own_space if number > inside_until else number == inside_until and space_after
        head = int(row[6])
        sentence.words.append(row[1].translate(CURLY))
        sentence.spaces.append(space)
        sentence.lemmas.append(row[2].translate(CURLY))
        sentence.pos.append(row[3])
        sentence.tags.append(row[4])
        sentence.morphs.append("" if row[5] == "_" else row[5])
        sentence.heads.append(number - 1 if head == 0 else head - 1)
        sentence.deps.append("ROOT" if head == 0 else row[7])
    return sentence


def paragraphs(sentences: Iterator[Sentence]) -> Iterator[list[Sentence]]:
    """Neighbouring sentences of one paragraph, at most MAX_SENTENCES together."""
    group: list[Sentence] = []
    for sentence in sentences:
        if group and (sentence.starts_paragraph or len(group) == MAX_SENTENCES):
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


def to_doc(vocab: Vocab, group: list[Sentence]) -> Doc:
    """One Doc of several gold sentences; a space stands between them."""
    heads: list[int] = []
    starts: list[bool] = []
    spaces: list[bool] = []
    for sentence in group:
        offset = len(heads)
        heads += [head + offset for head in sentence.heads]
        starts += [index == 0 for index in range(len(sentence.words))]
        spaces += [*sentence.spaces[:-1], True]
    return Doc(
        vocab,
        words=[word for s in group for word in s.words],
        spaces=spaces,
        tags=[tag for s in group for tag in s.tags],
        pos=[pos for s in group for pos in s.pos],
        morphs=[morph for s in group for morph in s.morphs],
        lemmas=[lemma for s in group for lemma in s.lemmas],
        heads=heads,
        deps=[dep for s in group for dep in s.deps],
        sent_starts=None,
    )


def main(treebank: Path, corpus: Path) -> None:
    """Write {train,dev,test}.spacy, and one file a genre of dev and test."""
    vocab = spacy.blank("en").vocab
    corpus.mkdir(parents=True, exist_ok=True)
    for split in ("train", "dev", "test"):
        bins: dict[str, DocBin] = {}
        for group in paragraphs(read_conllu(treebank / f"en_ewt-ud-{split}.conllu")):
            doc = to_doc(vocab, group)
            genre = group[0].document.split("-")[0]
            names = [split] if split == "train" else [split, f"{split}-{genre}"]
            for name in names:
                bins.setdefault(name, DocBin()).add(doc)
        for name, docs in bins.items():
            docs.to_disk(corpus / f"{name}.spacy")
            print(f"{name}: {len(docs)} paragraphs")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
