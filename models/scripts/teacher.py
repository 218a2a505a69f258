"""A larger parser that teaches the small one: fine-tuned on the treebank, run over unlabelled mail.

`train` fits a small transformer with heads for tags, morphology, lemmas, sentence starts and
biaffine arcs on the treebank's paragraphs; `label` parses replies to clients with it and keeps
the paragraphs that it is sure of, as training data beside the treebank ("silver"). The teacher is
not shipped.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import spacy
import torch
from convert import paragraphs, read_conllu, to_doc
from spacy.tokens import Doc, DocBin
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import AutoModel

EPOCHS = 3
BATCH_PIECES = 420
MAX_PIECES = 320
RATE, HEAD_RATE = 1.2e-4, 1.2e-3
SURE = 0.80
FAR = 12
MAX_SILVER_WORDS = 560_000
SEED = 20261124


def lemma_script(word: str, lemma: str) -> str:
    """How to make the lemma: characters to strip, suffix to add, and whether to lower the case."""
    form = word.lower() if lemma == lemma.lower() else word
    shared = 0
    while shared < min(len(form), len(lemma)) and form[shared] == lemma[shared]:
        shared += 1
    return f"{int(form != word)}:{len(form) - shared}:{lemma[shared:]}"


def apply_script(word: str, script: str) -> str:
    """The lemma that a script makes of a word."""
    lower, strip, suffix = script.split(":", 2)
    form = word.lower() if lower == "1" else word
    return form[: len(form) - int(strip)] + suffix


def columns(doc: Doc) -> dict[str, list[str]]:
    """What is learned of each word, besides its head."""
    return {
        "tag": [t.tag_ for t in doc],
        "morph": [f"{t.pos_}|{t.morph}" for t in doc],
        "lemma": [lemma_script(t.text, t.lemma_) for t in doc],
        "dep": [t.dep_ for t in doc],
        "start": [str(int(t.is_sent_start is True or t.i == 0)) for t in doc],
    }


class Teacher(nn.Module):
    """A transformer over word pieces, read at each word's first piece."""

    def __init__(self, transformer: Path, labels: dict[str, list[str]], width: int = 200) -> None:
        super().__init__()
        self.labels = labels
        self.encoder = AutoModel.from_pretrained(transformer)
        hidden = self.encoder.config.hidden_size
        self.mix = nn.Parameter(torch.zeros(self.encoder.config.num_hidden_layers))
        self.drop = nn.Dropout(0.25)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(hidden, len(labels[name])) for name in ("tag", "morph", "lemma", "start")}
        )
        self.head_side, self.child_side = nn.Linear(hidden, width), nn.Linear(hidden, width)
        self.arc = nn.Parameter(torch.eye(width + 1, width) / width**0.5)
        self.distance = nn.Parameter(torch.zeros(2 * FAR + 1))
        deps = len(labels["dep"])
        self.head_label, self.child_label = nn.Linear(hidden, 100), nn.Linear(hidden, 100)
        self.label = nn.Parameter(torch.randn(deps, 101, 101) * 0.02)

    def forward(self, pieces: Tensor, mask: Tensor, first: Tensor) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """Scores of labels a word, of arcs (word, head), and the words' vectors."""
        layers = self.encoder(pieces, attention_mask=mask, output_hidden_states=True).hidden_states[1:]
        weights = self.mix.softmax(0)
        mixed = sum(w * layer for w, layer in zip(weights, layers, strict=True))
        words = mixed.gather(1, first.unsqueeze(-1).expand(-1, -1, mixed.size(-1)))
        words = self.drop(words)
        scores = {name: head(words) for name, head in self.heads.items()}
        heads, children = self.head_side(words).relu(), self.child_side(words).relu()
        children = torch.cat([children, children.new_ones(*children.shape[:2], 1)], -1)
        places = torch.arange(first.size(1))
        apart = (places[None] - places[:, None]).clamp(-FAR, FAR) + FAR
        return scores, children @ self.arc @ heads.transpose(1, 2) + self.distance[apart], words

    def label_scores(self, words: Tensor, heads: Tensor) -> Tensor:
        """Scores of the relations of each word to the head given."""
        chosen = words.gather(1, heads.unsqueeze(-1).expand(-1, -1, words.size(-1)))
        one = words.new_ones(*words.shape[:2], 1)
        up = torch.cat([self.head_label(chosen).relu(), one], -1)
        down = torch.cat([self.child_label(words).relu(), one], -1)
        return torch.einsum("bwi,lij,bwj->bwl", down, self.label, up)


class Pieces:
    """Words to word pieces."""

    def __init__(self, transformer: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(transformer / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    def of(self, words: list[str]) -> tuple[list[int], list[int]]:
        """Piece numbers with the first piece of each word."""
        encoding = self.tokenizer.encode([w or "." for w in words], is_pretokenized=True)
        first: dict[int, int] = {}
        for place, word in enumerate(encoding.word_ids):
            if word is not None:
                first.setdefault(word, place)
        return encoding.ids, [first.get(i, 0) for i in range(len(words))]


def batches(items: list[tuple[list[int], list[int], int]]) -> Iterator[list[int]]:
    """Indices of items of about one length, at most BATCH_PIECES pieces together."""
    batch: list[int] = []
    for index in sorted(range(len(items)), key=lambda i: len(items[i][0])):
        if batch and (len(batch) + 1) * len(items[index][0]) > BATCH_PIECES:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def padded(rows: list[list[int]], fill: int = 0) -> Tensor:
    """Rows of different lengths as one tensor."""
    width = max(map(len, rows))
    return torch.tensor([row + [fill] * (width - len(row)) for row in rows])


def loss_of(teacher: Teacher, docs: list[Doc], items: list[tuple[list[int], list[int], int]]) -> Tensor:
    """The sum of the heads' mean losses over a batch."""
    pieces, first = padded([i[0] for i in items]), padded([i[1] for i in items])
    scores, arcs, words = teacher(pieces, pieces.ne(0), first)
    known = {name: {label: n for n, label in enumerate(ls)} for name, ls in teacher.labels.items()}
    columns_of = [columns(doc) for doc in docs]
    gold = {
        name: padded([[known[name].get(v, -100) for v in c[name]] for c in columns_of], -100)
        for name in teacher.labels
    }
    total = sum(cross_entropy(scores[name].flatten(0, 1), gold[name].flatten()) for name in scores)
    heads = padded([[t.head.i for t in doc] for doc in docs], -100)
    sentence = padded([[t.sent.start for t in doc] for doc in docs], -1)
    arcs = arcs.masked_fill(sentence[:, :, None] != sentence[:, None, :], -1e4)
    total = total + cross_entropy(arcs.flatten(0, 1), heads.flatten())
    relations = teacher.label_scores(words, heads.clamp(min=0))
    return total + cross_entropy(relations.flatten(0, 1), gold["dep"].flatten())


def train(treebank: Path, transformer: Path, base: Path, output: Path) -> None:
    """Fit the teacher on the treebank's training split and print its scores on dev."""
    torch.manual_seed(SEED)
    random.seed(SEED)
    vocab = spacy.load(base).vocab
    docs = [to_doc(vocab, g) for g in paragraphs(read_conllu(treebank / "en_ewt-ud-train.conllu"))]
    cut = Pieces(transformer)
    items = [(*cut.of([t.text for t in doc]), len(doc)) for doc in docs]
    keep = [i for i, item in enumerate(items) if len(item[0]) <= MAX_PIECES]
    docs, items = [docs[i] for i in keep], [items[i] for i in keep]
    counts: dict[str, Counter[str]] = {}
    for doc in docs:
        for name, values in columns(doc).items():
            counts.setdefault(name, Counter()).update(values)
    labels = {name: sorted(v for v, n in c.items() if n > 2) for name, c in counts.items()}
    teacher = Teacher(transformer, labels)
    body = list(teacher.encoder.parameters())
    rest = [p for n, p in teacher.named_parameters() if not n.startswith("encoder")]
    optimizer = torch.optim.AdamW([{"params": body, "lr": RATE}, {"params": rest, "lr": HEAD_RATE}])
    plan = list(batches(items))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [RATE, HEAD_RATE], total_steps=EPOCHS * len(plan), pct_start=0.1, anneal_strategy="linear"
    )
    for epoch in range(EPOCHS):
        teacher.train()
        random.shuffle(plan)
        begun, sums = time.time(), 0.0
        for batch in plan:
            loss = loss_of(teacher, [docs[i] for i in batch], [items[i] for i in batch])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            sums += loss.item()
        print(f"epoch {epoch + 1}: loss {sums / len(plan):.3f}, {time.time() - begun:.0f} s", flush=True)
        torch.save({"labels": labels, "weights": teacher.state_dict()}, output)
        evaluate(teacher, cut, vocab, treebank)


@torch.no_grad()
def predicted(teacher: Teacher, items: list[tuple[list[int], list[int], int]]) -> Iterator[tuple[int, dict[str, list[str]], list[int], float]]:
    """For each item: its index, labels, heads and the mean probability of its arcs."""
    teacher.eval()
    for batch in batches(items):
        pieces = padded([items[i][0] for i in batch])
        scores, arcs, words = teacher(pieces, pieces.ne(0), padded([items[i][1] for i in batch]))
        for row, index in enumerate(batch):
            size = items[index][2]
            best = {name: s[row, :size].argmax(-1).tolist() for name, s in scores.items()}
            starts = [i for i, v in enumerate(best["start"]) if i == 0 or teacher.labels["start"][v] == "1"]
            heads, sure = trees(arcs[row, :size, :size], starts)
            relations = teacher.label_scores(words[row : row + 1, :size], torch.tensor([heads]))[0].argmax(-1)
            named = {name: [teacher.labels[name][v] for v in values] for name, values in best.items()}
            deps = [teacher.labels["dep"][v] for v in relations.tolist()]
            root = teacher.labels["dep"].index("ROOT")
            named["dep"] = ["ROOT" if h == i else "dep" if v == root else d
                            for i, (h, d, v) in enumerate(zip(heads, deps, relations.tolist(), strict=True))]
            yield index, named, heads, sure


def trees(arcs: Tensor, starts: list[int]) -> tuple[list[int], float]:
    """One tree a sentence: the best root, then each word's best head; 0.0 where that is no tree."""
    heads, sure = list(range(len(arcs))), []
    for start, stop in zip(starts, [*starts[1:], len(arcs)], strict=True):
        own = arcs[start:stop, start:stop].softmax(-1).numpy()
        root = int(own.diagonal().argmax())
        np.fill_diagonal(own, 0)
        best = own.argmax(1)
        best[root] = root
        for word in range(stop - start):
            seen, at = set(), word
            while at != root and at not in seen:
                seen.add(at)
                at = int(best[at])
            if at != root:
                return heads, 0.0
        sure += [float(own[i, h]) for i, h in enumerate(best) if i != root]
        heads[start:stop] = (best + start).tolist()
    return heads, float(np.mean(sure)) if sure else 1.0


def evaluate(teacher: Teacher, cut: Pieces, vocab: spacy.vocab.Vocab, treebank: Path) -> None:
    """Print accuracies on dev, greedy trees over gold words."""
    docs = [to_doc(vocab, g) for g in paragraphs(read_conllu(treebank / "en_ewt-ud-dev.conllu"))]
    items = [(*cut.of([t.text for t in doc]), len(doc)) for doc in docs]
    right: Counter[str] = Counter()
    for index, named, heads, sure in predicted(teacher, items):
        doc, gold = docs[index], columns(docs[index])
        for name in named:
            right[name] += sum(a == b for a, b in zip(named[name], gold[name], strict=True))
        same = [h == t.head.i for h, t in zip(heads, doc, strict=True)]
        right["uas"] += sum(same)
        right["las"] += sum(s and d == g for s, d, g in zip(same, named["dep"], gold["dep"], strict=True))
        right["words"] += len(doc)
        right["trees"] += sure > 0
    print({k: round(100 * v / right["words"], 2) for k, v in right.items() if k != "trees"},
          f"{right['trees']} of {len(docs)} paragraphs are trees", flush=True)


def texts_of(replies: Iterable[Path]) -> Iterator[str]:
    """Paragraphs of replies and clients' messages, one of each wording."""
    seen: set[str] = set()
    for path in replies:
        for line in path.read_text("utf8").splitlines():
            row = json.loads(line)
            for text in (row["reply"], row.get("client") or ""):
                for paragraph in " ".join(text.replace("\n\n", "\0").split()).split("\0"):
                    opening = " ".join(paragraph.lower().split()[2:9])
                    if len(paragraph) > 20 and opening not in seen:
                        seen.add(opening)
                        yield paragraph


def label(transformer: Path, base: Path, weights: Path, output: Path, replies: list[Path]) -> None:
    """Parse the paragraphs and write those that the teacher is sure of as a DocBin."""
    random.seed(SEED)
    nlp, cut = spacy.load(base), Pieces(transformer)
    saved = torch.load(weights)
    teacher = Teacher(transformer, saved["labels"])
    teacher.load_state_dict(saved["weights"])
    texts = list(texts_of(replies))
    random.shuffle(texts)
    docs, size = [], 0
    for text in texts:
        doc = nlp.make_doc(text)
        if 4 <= len(doc) <= 160 and sum(c.isascii() for c in text) > 0.95 * len(text):
            docs.append(doc)
            size += len(doc)
        if size > 1.35 * MAX_SILVER_WORDS:
            break
    items = [(*cut.of([t.text for t in doc]), len(doc)) for doc in docs]
    kept, words = DocBin(), 0
    for index, named, heads, sure in predicted(teacher, items):
        if sure >= SURE and len(items[index][0]) <= MAX_PIECES and words < MAX_SILVER_WORDS:
            kept.add(silver(nlp.vocab, docs[index], named, heads))
            words += len(docs[index])
    kept.to_disk(output)
    print(f"{len(kept)} of {len(docs)} paragraphs, {words} words", flush=True)


def silver(vocab: spacy.vocab.Vocab, doc: Doc, named: dict[str, list[str]], heads: list[int]) -> Doc:
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


if __name__ == "__main__":
    torch.set_num_threads(2)
    command, *paths = sys.argv[1:]
    if command == "train":
        train(*map(Path, paths))
    else:
        first = [Path(p) for p in paths]
        label(*first[:4], first[4:])
