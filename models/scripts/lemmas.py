"""Tables for spaCy's rule lemmatizer: the treebank's own lemmas first, then a dictionary's.

A word form with a part of speech has one lemma in by far most texts, so tables beat a model that
learned from a small treebank on all the words it never saw. `lemma_exc` holds what the rules
would get wrong, the rules cut endings, and `lemma_index` tells them which lemmas exist.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import lemminflect
from convert import read_conllu
from spacy.lookups import Lookups

DICTIONARY = Path(lemminflect.__file__).parent / "resources" / "lemma_lu.csv.gz"
RULES = {
    "noun": [
        ["ches", "ch"],
        ["shes", "sh"],
        ["sses", "ss"],
        ["xes", "x"],
        ["ies", "y"],
        ["men", "man"],
        ["s", ""],
    ],
    "verb": [
        ["ies", "y"],
        ["ied", "y"],
        ["sses", "ss"],
        ["ches", "ch"],
        ["shes", "sh"],
        ["s", ""],
        ["es", ""],
        ["ed", "e"],
        ["ed", ""],
        ["ing", "e"],
        ["ing", ""],
    ],
    "adj": [["iest", "y"], ["ier", "y"], ["est", "e"], ["er", "e"], ["est", ""], ["er", ""]],
    "adv": [["er", ""], ["est", ""]],
}


def dictionary() -> Iterator[tuple[str, str, str]]:
    """Form, part of speech and lemma of every word that the dictionary inflects in one way."""
    with gzip.open(DICTIONARY, "rt", encoding="utf8") as file:
        for form, pos, lemmas in csv.reader(file):
            if form.isascii() and form.isalpha():
                yield form, pos.lower(), lemmas.split("/")[0]


def by_rules(form: str, pos: str, index: set[str]) -> str:
    """What spaCy's rules make of a form."""
    forms = [form[: -len(old)] + new for old, new in RULES.get(pos, []) if form.endswith(old)]
    known = [made for made in forms if made in index]
    return known[-1] if known else forms[0] if forms and form not in index else form


def tables(treebank: Path) -> Lookups:
    """The three tables, the treebank's lemmas taking precedence."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for sentence in read_conllu(treebank / "en_ewt-ud-train.conllu"):
        for word, lemma, pos in zip(sentence.words, sentence.lemmas, sentence.pos, strict=True):
            if pos not in {"PROPN", "X", "PUNCT", "SYM"}:
                counts[word.lower(), pos.lower()][lemma] += 1
    wanted = {(form, pos): lemma for form, pos, lemma in dictionary() if pos in RULES}
    wanted |= {key: found.most_common(1)[0][0] for key, found in counts.items()}
    index: dict[str, set[str]] = {pos: set() for pos in RULES}
    for (_, pos), lemma in wanted.items():
        if pos in RULES:
            index[pos].add(lemma)
    exceptions: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for (form, pos), lemma in wanted.items():
        if (form, pos) in counts or by_rules(form, pos, index[pos]) != lemma:
            exceptions[pos][form] = [lemma]
    for pos in {pos for _, pos in wanted}:
        exceptions.setdefault(pos, {})
    lookups = Lookups()
    lookups.add_table("lemma_rules", RULES)
    lookups.add_table("lemma_exc", exceptions)
    lookups.add_table("lemma_index", {pos: dict.fromkeys(sorted(lemmas), 1) for pos, lemmas in index.items()})
    return lookups


def main(treebank: Path, output: Path) -> None:
    """Write the tables as lookups.bin, and print how large they are."""
    lookups = tables(treebank)
    output.mkdir(parents=True, exist_ok=True)
    lookups.to_disk(output)
    for name in lookups.tables:
        print(name, {pos: len(rows) for pos, rows in lookups.get_table(name).items()})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
