"""What each kind of model gives, measured alike: rules, n-grams, spaCy's textcat, the judge.

    compare.py HELD.pickle OUTPUT.json MAIL.jsonl REAL.jsonl MORE.jsonl …

Rows of the train splits only. Whatever learns is measured by cross-validation, a reply and its near-miss
twin always in one fold; the judge on the replies that its training kept back. The others are shown on
those replies, too, to be compared with it. Thresholds are chosen on the other folds' sentences, so that no
sentence is judged by a threshold that saw it. Rules were written with these replies at hand, so their
figures are optimistic.
"""

from __future__ import annotations

import json
import pickle
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from judge_data import rows_of
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline, make_union
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Model, fix_random_seed

from tonecheck.checker import Checker
from tonecheck.detect.parser import Parser
from tonecheck.evaluation import mostly_in
from tonecheck.mail.draft import draft_of
from tonecheck.report import FAULT_LETTERS, FAULTS, Span

SEED = 11
FOLDS = 4
EPOCHS = 3
BATCH = 64
STEPS = np.arange(0.1, 0.95, 0.05)
LETTERS = "".join(FAULT_LETTERS)
Learner = Callable[["list[Sentence]", np.ndarray, "list[Sentence]"], np.ndarray]


@dataclass(frozen=True)
class Sentence:
    """A sentence of a labelled reply, parsed; `gold` and `by_rule` are three flags."""

    reply: str
    kind: str
    number: int
    doc: Doc
    gold: tuple[bool, ...]
    by_rule: tuple[bool, ...]


def sentences_of(rows: Sequence[dict], real: set[str]) -> Iterator[Sentence]:
    """Every sentence of the rows, with what readers and rules mark in it."""
    parser = Parser()
    checker = Checker(parser=parser, judge=False)
    for row in rows:
        draft = draft_of(row["reply"], client=row.get("client") or None)
        marked = [(kind, row["reply"].find(words), len(words)) for kind, _, words in row["f"]]
        read = [(LETTERS.index(kind[0]), Span(start, start + size)) for kind, start, size in marked]
        ruled = [(FAULTS.index(f.fault), f.span) for f in checker.check(draft, plain=False).findings]
        docs = [
            (block.span(first, stop), block.doc[first:stop].as_doc())
            for block in parser.parse(draft)
            for first, stop in block.sentences
        ]
        for number, (span, doc) in enumerate(docs):
            gold, by_rule = (
                tuple(any(n == fault and mostly_in(words, span) for fault, words in some) for n in range(3))
                for some in (read, ruled)
            )
            kind = "real replies" if row["id"] in real else "mails"
            yield Sentence(row["id"], kind, number, doc, gold, by_rule)


def n_grams(known: list[Sentence], gold: np.ndarray, new: list[Sentence]) -> np.ndarray:
    """Logistic regression on words, pairs of words and bits of words."""
    chances = []
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=4, sublinear_tf=True),
    )
    learned = features.fit_transform([s.doc.text for s in known])
    asked = features.transform([s.doc.text for s in new])
    for fault in range(3):
        model = make_pipeline(LogisticRegression(C=4, class_weight="balanced", solver="liblinear"))
        chances.append(model.fit(learned, gold[:, fault]).predict_proba(asked)[:, 1])
    return np.stack(chances, 1)


@spacy.registry.architectures("tonecheck.Tensors.v1")
def tensors(width: int) -> Model:
    """What the pipeline's tok2vec made of the words, kept as it was: nothing is learned below it."""

    def forward(_model: Model, docs: list[Doc], is_train: bool) -> tuple[list, Callable[[Any], list]]:
        return [doc.tensor for doc in docs], lambda _: []

    return Model("tensors", forward, dims={"nO": width})


def textcat(known: list[Sentence], gold: np.ndarray, new: list[Sentence]) -> np.ndarray:
    """spaCy's ensemble of n-grams and attention over the pipeline's tok2vec."""
    fix_random_seed(SEED)
    nlp = spacy.blank("en", vocab=known[0].doc.vocab)
    model = {
        "@architectures": "spacy.TextCatEnsemble.v2",
        "tok2vec": {"@architectures": "tonecheck.Tensors.v1", "width": known[0].doc.tensor.shape[1]},
        "linear_model": {
            "@architectures": "spacy.TextCatBOW.v3",
            "exclusive_classes": False,
            "ngram_size": 2,
        },
    }
    pipe: Any = nlp.add_pipe("textcat_multilabel", config={"model": model})
    for letter in LETTERS:
        pipe.add_label(letter)
    taught = []
    for sentence, row in zip(known, gold, strict=True):
        wanted = Doc(sentence.doc.vocab, [token.text for token in sentence.doc])
        wanted.tensor = sentence.doc.tensor  # the model is given its dimensions by these docs
        wanted.cats = dict(zip(LETTERS, map(float, row), strict=True))
        taught.append(Example(sentence.doc, wanted))
    pipe.initialize(lambda: taught[:200], nlp=nlp)
    sgd, random = nlp.create_optimizer(), np.random.default_rng(SEED)
    for _ in range(EPOCHS):
        order = random.permutation(len(taught))
        for start in range(0, len(order), BATCH):
            pipe.update([taught[i] for i in order[start : start + BATCH]], sgd=sgd, drop=0.2)
    return np.concatenate(
        [pipe.predict([s.doc for s in new[i : i + BATCH]]) for i in range(0, len(new), BATCH)]
    )


def cross_validated(learner: Learner, sentences: list[Sentence], folds: np.ndarray) -> np.ndarray:
    """Each sentence's three chances by a model that did not see its reply."""
    gold = np.array([s.gold for s in sentences])
    chances = np.zeros(gold.shape)
    for fold in range(FOLDS):
        known, new = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        chances[new] = learner([sentences[i] for i in known], gold[known], [sentences[i] for i in new])
        print(f"{learner.__name__}: fold {fold + 1} of {FOLDS}", flush=True)
    return chances


def judged(held: Path, sentences: list[Sentence]) -> np.ndarray:
    """The judge's chances on the replies kept back; nan elsewhere, and where the reply is cut
    into sentences in another way than in training."""
    with held.open("rb") as file:
        found = {example.id: output["fault"] for example, output in pickle.load(file)}
    counts = Counter(s.reply for s in sentences)
    none = np.full(3, np.nan)
    rows = ((found.get(s.reply, ()), s) for s in sentences)
    return np.array([some[s.number] if len(some) == counts[s.reply] else none for some, s in rows])


def decided(chances: np.ndarray, gold: np.ndarray, folds: np.ndarray, also: np.ndarray) -> np.ndarray:
    """Flags, with thresholds chosen for each fold on the sentences of the others; `also` counts, too."""
    flags = np.zeros(gold.shape, bool)
    for fold in range(FOLDS):
        here, others = folds == fold, folds != fold
        for n in range(3):
            best = max(STEPS, key=lambda t: f1(gold[others, n], (chances[others, n] >= t) | also[others, n]))
            flags[here, n] = (chances[here, n] >= best) | also[here, n]
    return flags


def f1(gold: np.ndarray, guess: np.ndarray) -> float:
    """F1 of two boolean vectors."""
    return float(2 * (gold & guess).sum() / max(1, gold.sum() + guess.sum()))


def measured(flags: np.ndarray, gold: np.ndarray, where: np.ndarray) -> dict[str, float]:
    """F1 by fault over some sentences."""
    return {fault: round(f1(gold[where, n], flags[where, n]), 3) for n, fault in enumerate(FAULTS)}


def main(held: Path, output: Path, mail: Path, real: Path, *more: Path) -> None:
    """Train, measure, write."""
    rows = list(rows_of([mail, real, *more], "train"))
    sentences = list(sentences_of(rows, {row["id"] for row in rows_of([real], "train")}))
    gold, by_rule = np.array([s.gold for s in sentences]), np.array([s.by_rule for s in sentences])
    twins = [re.sub(r"(?<=\d)[ab]$", "", s.reply) for s in sentences]
    folds = np.zeros(len(sentences), int)
    split = GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(gold, groups=twins)
    for number, (_, new) in enumerate(split):
        folds[new] = number
    print(f"{len(rows)} replies, {len(sentences)} sentences", flush=True)

    kinds = np.array([s.kind for s in sentences])
    judge = judged(held, sentences)
    kept = ~np.isnan(judge[:, 0])
    nothing = np.zeros_like(by_rule)
    flags = {
        "rules alone": by_rule,
        "n-gram logistic regression": decided(
            cross_validated(n_grams, sentences, folds), gold, folds, nothing
        ),
        "textcat on the pipeline's tok2vec": decided(
            cross_validated(textcat, sentences, folds), gold, folds, nothing
        ),
    }
    alone, together = nothing.copy(), nothing.copy()
    alone[kept] = decided(judge[kept], gold[kept], folds[kept], nothing[kept])
    together[kept] = decided(judge[kept], gold[kept], folds[kept], by_rule[kept])
    flags |= {"the judge alone": alone, "rules and the judge": together}
    sets = {"all": np.ones(len(gold), bool), "kept back": kept}
    found: dict[str, Any] = {
        "seed": SEED,
        "folds": FOLDS,
        "sizes": {
            w: {k: int((where & (kinds == k)).sum()) for k in ("mails", "real replies")}
            for w, where in sets.items()
        },
        "models": {
            name: {
                w: {k: measured(guess, gold, where & (kinds == k)) for k in ("mails", "real replies")}
                for w, where in sets.items()
                if w == "kept back" or "judge" not in name
            }
            for name, guess in flags.items()
        },
    }
    output.write_text(json.dumps(found, indent=2) + "\n", "utf8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
