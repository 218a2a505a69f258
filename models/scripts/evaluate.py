"""The pipeline against the treebank: accuracy by genre, and the constructions that rules live on.

    evaluate.py TREEBANK CORPUS PIPELINE METRICS.json

Everything is measured on running text, a paragraph at a time, with the pipeline's own tokens and
sentences. A construction counts where both its predicted and its gold words are the same.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import spacy
from convert import Sentence, paragraphs, read_conllu, to_doc
from spacy.language import Language
from spacy.scorer import Scorer
from spacy.tokens import Doc, DocBin, Token
from spacy.training import Example

from tonecheck.detect.parser import Parser
from tonecheck.mail.blocks import blocks_of
from tonecheck.mail.draft import Draft
from tonecheck.mail.lines import lines_of

MEASURES = ("token_acc", "pos_acc", "tag_acc", "morph_acc", "lemma_acc", "dep_uas", "dep_las", "sents_f")
Place = tuple[int, ...]
COMPONENTS = ("tagger", "morphologizer", "lemmatizer", "parser")
CLOSING = tuple(".!?…:;)]\"'”’")
ALPHANUMERIC = re.compile(r"[^\W_]")


def of_genre(nlp: Language, docs: list[Doc]) -> dict[str, float]:
    """Accuracies on some documents."""
    examples = [Example(nlp(doc.text), doc) for doc in docs]
    scores = Scorer(nlp).score(examples)
    return {name: round(scores[name], 4) for name in MEASURES if scores.get(name) is not None}


def passives(doc: Doc) -> set[Place]:
    """Verbs in the passive."""
    return {_place(t.head) for t in doc if t.dep_ == "aux:pass"}


def agentless(doc: Doc) -> set[Place]:
    """Passives that name no agent."""
    named = {_place(t.head) for t in doc if t.dep_ == "obl:agent"}
    return passives(doc) - named


def negated(doc: Doc) -> set[Place]:
    """Negations with the word that they negate."""
    return {
        (*_place(t), *_place(t.head))
        for t in doc
        if t.lower_ in {"not", "n't", "never", "no"} and t.dep_ in {"advmod", "det"}
    }


def persons(doc: Doc) -> set[Place]:
    """Subject pronouns with their person."""
    return {
        (*_place(t), int(person[0]))
        for t in doc
        if t.dep_.startswith("nsubj") and t.pos_ == "PRON" and (person := t.morph.get("Person", []))
    }


def questions(doc: Doc) -> set[Place]:
    """Sentences that end in a question mark."""
    return {_place(s.root) for s in doc.sents if any(t.text.startswith("?") for t in s[-2:])}


def imperatives(doc: Doc) -> set[Place]:
    """Verbs in the imperative."""
    return {_place(t) for t in doc if "Imp" in t.morph.get("Mood", [])}


CONSTRUCTIONS: dict[str, Callable[[Doc], set[Place]]] = {
    "passive": passives,
    "agentless passive": agentless,
    "negation scope": negated,
    "subject's person": persons,
    "question": questions,
    "imperative": imperatives,
}


def _place(token: Token) -> Place:
    return token.idx, token.idx + len(token)


def of_constructions(nlp: Language, docs: Iterable[Doc]) -> dict[str, dict[str, float]]:
    """Precision, recall and F of each construction."""
    pairs = [(nlp(doc.text), doc) for doc in docs]
    table = {}
    for name, find in CONSTRUCTIONS.items():
        true = found = gold = 0
        for guess, doc in pairs:
            a, b = find(guess), find(doc)
            true, found, gold = true + len(a & b), found + len(a), gold + len(b)
        precision, recall = true / max(1, found), true / max(1, gold)
        f = 2 * precision * recall / max(1e-9, precision + recall)
        table[name] = {"p": round(precision, 4), "r": round(recall, 4), "f": round(f, 4), "n": gold}
    return table


def as_mail(sentences: Iterable[Sentence]) -> Iterator[tuple[str, set[int]]]:
    """Each document as its mail had it, with the places where its sentences start.

    The treebank keeps paragraphs but not line breaks. One is put back behind each sentence that
    ends without a mark, since nothing else can have told its readers that it ended there.
    """
    text, starts, document = "", set[int](), None
    for sentence in sentences:
        if sentence.document != document:
            if text:
                yield text, starts
            text, starts, document = "", set(), sentence.document
        elif sentence.starts_paragraph:
            text += "\n\n"
        else:
            text += " " if text.endswith(CLOSING) else "\n"
        starts.add(len(text))
        spaces = [*sentence.spaces[:-1], False]
        text += "".join(word + " " * space for word, space in zip(sentence.words, spaces, strict=True))
    if text:
        yield text, starts


def sentences_in_mail(folder: Path, sentences: Iterable[Sentence]) -> dict[str, float]:
    """Precision, recall and F of sentence starts as a check finds them: blocks first, then parsed.

    A start counts at its first letter or digit, so that a list mark may stand outside.
    """
    parser = Parser(folder=folder)
    true = found = wanted = 0
    for text, starts in as_mail(sentences):
        lines = [line if line.is_own else replace(line, kind="blank") for line in lines_of(text)]
        draft = Draft(text, tuple(blocks_of(lines)))
        blocks = parser.parse(draft)
        guess = {block.span(first, stop).start for block in blocks for first, stop in block.sentences}
        a, b = at_words(text, guess), at_words(text, starts)
        true, found, wanted = true + len(a & b), found + len(a), wanted + len(b)
    f = 2 * true / max(1, found + wanted)
    return {
        "p": round(true / max(1, found), 4),
        "r": round(true / max(1, wanted), 4),
        "f": round(f, 4),
        "n": wanted,
    }


def at_words(text: str, starts: Iterable[int]) -> set[int]:
    """Each place moved on to the next letter or digit."""
    moved = (ALPHANUMERIC.search(text, start) for start in starts)
    return {match.start() for match in moved if match is not None}


def cost(folder: Path, texts: Path, without: str) -> dict[str, float]:
    """Seconds to load, words a second, and peak memory in MB, in a process of its own."""
    code = (
        "import json, resource, sys, time, spacy, tonecheck.detect.lemmas\n"
        "folder, texts, without = sys.argv[1:]\n"
        "begun = time.perf_counter()\n"
        "nlp = spacy.load(folder, exclude=[without] if without else [])\n"
        "loaded = time.perf_counter() - begun\n"
        "texts = json.loads(open(texts, encoding='utf8').read())\n"
        "list(nlp.pipe(texts[:20]))\n"
        "best = 0\n"
        "for _ in range(3):\n"
        "    begun = time.perf_counter()\n"
        "    words = sum(len(doc) for doc in nlp.pipe(texts))\n"
        "    best = max(best, words / (time.perf_counter() - begun))\n"
        "memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "print(json.dumps({'load_seconds': round(loaded, 2), 'words_a_second': round(best), 'memory_mb': round(memory)}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, folder, texts, without], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def costs(folder: Path, docs: list[Doc]) -> dict[str, dict[str, float]]:
    """What the pipeline costs, whole and without each component."""
    with TemporaryDirectory() as place:
        texts = Path(place) / "texts.json"
        texts.write_text(json.dumps([doc.text for doc in docs]), "utf8")
        variants = {"": "all", **{name: f"without {name}" for name in COMPONENTS}}
        return {said: cost(folder, texts, name) for name, said in variants.items()}


def main(treebank: Path, corpus: Path, pipeline: Path, output: Path) -> None:
    """Write metrics.json and print it."""
    nlp = spacy.load(pipeline)
    metrics: dict[str, object] = {
        "pipeline": nlp.meta["name"],
        "version": nlp.meta["version"],
        "config_hash": nlp.meta["config_hash"],
    }
    for path in sorted(corpus.glob("*.spacy")):
        if path.stem != "train":
            docs = list(DocBin().from_disk(path).get_docs(nlp.vocab))
            metrics[path.stem] = of_genre(nlp, docs)
    test = [to_doc(nlp.vocab, g) for g in paragraphs(read_conllu(treebank / "en_ewt-ud-test.conllu"))]
    groups = list(paragraphs(read_conllu(treebank / "en_ewt-ud-test.conllu")))
    mail = [doc for doc, g in zip(test, groups, strict=True) if g[0].document.startswith("email")]
    metrics["constructions"] = of_constructions(nlp, test)
    metrics["constructions in mail"] = of_constructions(nlp, mail)
    for split in ("dev", "test"):
        mails = [
            s for s in read_conllu(treebank / f"en_ewt-ud-{split}.conllu") if s.document.startswith("email")
        ]
        metrics[f"sentences in mail, {split}"] = sentences_in_mail(pipeline, mails)
    metrics["costs"] = costs(pipeline, test[:200])
    output.write_text(json.dumps(metrics, indent=2) + "\n", "utf8")
    print(json.dumps(metrics, indent=2))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
