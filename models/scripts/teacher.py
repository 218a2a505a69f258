"""A larger parser that teaches the small one: a sentence transformer fine-tuned on the treebank.

    teacher.py TREEBANK TRANSFORMER OUTPUT.pt

It has heads for tags, morphology, lemmas and sentence starts, and biaffine ones for arcs and
relations (Dozat and Manning, 2017). It is not shipped: `silver.py` parses unlabelled mail with it.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import spacy
import torch
from convert import paragraphs, read_conllu, to_doc
from spacy.tokens import Doc
from spacy.vocab import Vocab
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import AutoModel
from ufal.chu_liu_edmonds import chu_liu_edmonds

EPOCHS = 4
BATCH_PIECES = 1000
MAX_PIECES = 320
RATE, HEAD_RATE = 2e-4, 2e-3
ARC_WIDTH, LABEL_WIDTH = 200, 100
FAR = 12  # distances between words are told apart up to here
SEED = 20261124
NEVER = -1e4
HEADS = ("tag", "morph", "lemma", "start")


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


@dataclass
class Item:
    """One paragraph of W words as the network reads it; the gold is empty where there is none."""

    pieces: list[int]
    first: list[int]  # (W,) the place of each word's first piece
    gold: dict[str, list[str]]
    heads: list[int]
    sentence: list[int]

    @classmethod
    def of(cls, doc: Doc, tokenizer: Tokenizer, *, gold: bool) -> Item:
        """A Doc in word pieces."""
        encoding = tokenizer.encode([t.text or "." for t in doc], is_pretokenized=True)
        first: dict[int, int] = {}
        for place, word in enumerate(encoding.word_ids):
            if word is not None:
                first.setdefault(word, place)
        return cls(
            pieces=encoding.ids,
            first=[first.get(i, 0) for i in range(len(doc))],
            gold=columns(doc) if gold else {},
            heads=[t.head.i for t in doc] if gold else [],
            sentence=[t.sent.start for t in doc] if gold else [],
        )


class Teacher(nn.Module):
    """A transformer over word pieces, read at each word's first piece."""

    def __init__(self, transformer: Path, labels: dict[str, list[str]]) -> None:
        super().__init__()
        self.labels = labels
        self.encoder = AutoModel.from_pretrained(transformer)
        hidden = self.encoder.config.hidden_size
        self.mix = nn.Parameter(torch.zeros(self.encoder.config.num_hidden_layers))
        self.drop = nn.Dropout(0.25)
        self.heads = nn.ModuleDict({name: nn.Linear(hidden, len(labels[name])) for name in HEADS})
        self.head_side, self.child_side = nn.Linear(hidden, ARC_WIDTH), nn.Linear(hidden, ARC_WIDTH)
        self.arc = nn.Parameter(torch.eye(ARC_WIDTH + 1, ARC_WIDTH) / ARC_WIDTH**0.5)
        self.distance = nn.Parameter(torch.zeros(2 * FAR + 1))
        self.head_label, self.child_label = nn.Linear(hidden, LABEL_WIDTH), nn.Linear(hidden, LABEL_WIDTH)
        size = (len(labels["dep"]), LABEL_WIDTH + 1, LABEL_WIDTH + 1)
        self.label = nn.Parameter(torch.randn(*size) * 0.02)

    def forward(self, items: list[Item]) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """Scores of labels (B,W,labels), of arcs (B,W,W) from word to head, and words (B,W,384)."""
        pieces, first = padded([i.pieces for i in items]), padded([i.first for i in items])
        layers = self.encoder(pieces, attention_mask=pieces.ne(0), output_hidden_states=True).hidden_states
        weights = self.mix.softmax(0)
        mixed = sum(w * layer for w, layer in zip(weights, layers[1:], strict=True))
        words = self.drop(mixed.gather(1, first.unsqueeze(-1).expand(-1, -1, mixed.size(-1))))
        scores = {name: head(words) for name, head in self.heads.items()}
        heads, children = self.head_side(words).relu(), with_one(self.child_side(words).relu())
        places = torch.arange(first.size(1))
        apart = (places[None] - places[:, None]).clamp(-FAR, FAR) + FAR
        return scores, children @ self.arc @ heads.transpose(1, 2) + self.distance[apart], words

    def relations(self, words: Tensor, heads: Tensor) -> Tensor:
        """Scores (B,W,relations) of each word's relation to the head given (B,W)."""
        chosen = words.gather(1, heads.unsqueeze(-1).expand(-1, -1, words.size(-1)))
        up, down = with_one(self.head_label(chosen).relu()), with_one(self.child_label(words).relu())
        return torch.einsum("bwi,lij,bwj->bwl", down, self.label, up)

    def save(self, path: Path) -> None:
        """Write labels and weights."""
        torch.save({"labels": self.labels, "weights": self.state_dict()}, path)

    @classmethod
    def load(cls, transformer: Path, path: Path) -> Teacher:
        """A teacher as `save` wrote it."""
        saved = torch.load(path)
        teacher = cls(transformer, saved["labels"])
        teacher.load_state_dict(saved["weights"])
        return teacher.eval()


def with_one(values: Tensor) -> Tensor:
    """The values with a constant behind the last, so that a bilinear form has linear parts."""
    return torch.cat([values, values.new_ones(*values.shape[:-1], 1)], -1)


def tokenizer_of(transformer: Path) -> Tokenizer:
    """The word piece tokenizer, without padding and truncation."""
    tokenizer = Tokenizer.from_file(str(transformer / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def batches(items: list[Item]) -> Iterator[list[int]]:
    """Indices of items of about one length, at most BATCH_PIECES pieces together."""
    batch: list[int] = []
    for index in sorted(range(len(items)), key=lambda i: len(items[i].pieces)):
        if batch and (len(batch) + 1) * len(items[index].pieces) > BATCH_PIECES:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def padded(rows: list[list[int]], fill: int = 0) -> Tensor:
    """Rows of different lengths as one tensor."""
    width = max(map(len, rows))
    return torch.tensor([row + [fill] * (width - len(row)) for row in rows])


def loss_of(teacher: Teacher, items: list[Item]) -> Tensor:
    """The sum of the heads' mean losses over a batch."""
    scores, arcs, words = teacher(items)
    known = {name: {label: n for n, label in enumerate(ls)} for name, ls in teacher.labels.items()}
    gold = {
        name: padded([[known[name].get(v, -100) for v in i.gold[name]] for i in items], -100)
        for name in teacher.labels
    }
    total = sum(cross_entropy(scores[name].flatten(0, 1), gold[name].flatten()) for name in scores)
    heads, sentence = padded([i.heads for i in items], -100), padded([i.sentence for i in items], -1)
    arcs = arcs.masked_fill(sentence[:, :, None] != sentence[:, None, :], -1e4)
    total = total + cross_entropy(arcs.flatten(0, 1), heads.flatten())
    relations = teacher.relations(words, heads.clamp(min=0))
    return total + cross_entropy(relations.flatten(0, 1), gold["dep"].flatten())


def trees(arcs: Tensor, starts: list[int]) -> tuple[list[int], float]:
    """One tree a sentence, from scores (W,W): the best root, then the maximum spanning tree.

    Also the mean probability of the arcs.
    """
    heads, sure = list(range(len(arcs))), []
    for start, stop in zip(starts, [*starts[1:], len(arcs)], strict=True):
        own = arcs[start:stop, start:stop].log_softmax(-1).double().numpy()
        root = int(own.diagonal().argmax())
        # The algorithm counts the words from 1 and calls the root 0.
        scores = np.full((stop - start + 1, stop - start + 1), NEVER)
        scores[1:, 1:] = own
        np.fill_diagonal(scores, np.nan)
        scores[root + 1, 0] = own[root, root]
        best = [root + 1 if head == 0 else head for head in chu_liu_edmonds(scores)[0][1:]]
        sure += [float(np.exp(own[word, head - 1])) for word, head in enumerate(best)]
        heads[start:stop] = [start + head - 1 for head in best]
    return heads, float(np.mean(sure))


@torch.no_grad()
def readings(
    teacher: Teacher, items: list[Item]
) -> Iterator[tuple[int, dict[str, list[str]], list[int], float, np.ndarray]]:
    """For each item: its index, labels, heads, how sure the arcs are, and the words (W,384)."""
    root = teacher.labels["dep"].index("ROOT")
    for batch in batches(items):
        scores, arcs, words = teacher([items[i] for i in batch])
        for row, index in enumerate(batch):
            size = len(items[index].first)
            named = {
                name: [teacher.labels[name][v] for v in s[row, :size].argmax(-1).tolist()]
                for name, s in scores.items()
            }
            starts = [i for i, v in enumerate(named["start"]) if i == 0 or v == "1"]
            heads, sure = trees(arcs[row, :size, :size], starts)
            relations = teacher.relations(words[row : row + 1, :size], torch.tensor([heads]))[0]
            relations[:, root] = NEVER
            best = [teacher.labels["dep"][v] for v in relations.argmax(-1).tolist()]
            named["dep"] = ["ROOT" if h == i else d for i, (h, d) in enumerate(zip(heads, best, strict=True))]
            yield index, named, heads, sure, words[row, :size].numpy()


def evaluate(teacher: Teacher, items: list[Item]) -> str:
    """Accuracies over gold words, in percent."""
    teacher.eval()
    right: Counter[str] = Counter()
    for index, named, heads, _sure, _words in readings(teacher, items):
        gold = items[index]
        for name in named:
            right[name] += sum(a == b for a, b in zip(named[name], gold.gold[name], strict=True))
        same = [h == g for h, g in zip(heads, gold.heads, strict=True)]
        right["uas"] += sum(same)
        right["las"] += sum(
            s and d == g for s, d, g in zip(same, named["dep"], gold.gold["dep"], strict=True)
        )
    words = sum(len(item.first) for item in items)
    return " ".join(f"{name} {100 * n / words:.1f}" for name, n in right.items())


def train(teacher: Teacher, items: list[Item], epochs: int) -> Iterator[str]:
    """Fit, and after each epoch yield a line about it."""
    teacher.encoder.embeddings.requires_grad_(False)
    teacher.encoder.encoder.layer[0].requires_grad_(False)
    body = [p for p in teacher.encoder.parameters() if p.requires_grad]
    rest = [p for n, p in teacher.named_parameters() if not n.startswith("encoder")]
    optimizer = torch.optim.AdamW([{"params": body, "lr": RATE}, {"params": rest, "lr": HEAD_RATE}])
    plan = list(batches(items))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [RATE, HEAD_RATE], total_steps=epochs * len(plan), pct_start=0.06, anneal_strategy="linear"
    )
    for epoch in range(epochs):
        teacher.train()
        random.shuffle(plan)
        begun, total = time.time(), 0.0
        for batch in plan:
            loss = loss_of(teacher, [items[i] for i in batch])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        yield f"epoch {epoch + 1}: loss {total / len(plan):.3f}, {time.time() - begun:.0f} s"


def main(treebank: Path, transformer: Path, output: Path) -> None:
    """Fit the teacher on the training split and print its accuracies on dev."""
    torch.manual_seed(SEED)
    random.seed(SEED)
    vocab, tokenizer = spacy.blank("en").vocab, tokenizer_of(transformer)

    def read(split: str) -> list[Item]:
        docs = documents(vocab, treebank / f"en_ewt-ud-{split}.conllu")
        items = [Item.of(doc, tokenizer, gold=True) for doc in docs]
        return [item for item in items if len(item.pieces) <= MAX_PIECES]

    items, dev = read("train"), read("dev")
    counts: dict[str, Counter[str]] = {}
    for item in items:
        for name, values in item.gold.items():
            counts.setdefault(name, Counter()).update(values)
    teacher = Teacher(
        transformer, {name: sorted(v for v, n in c.items() if n > 2) for name, c in counts.items()}
    )
    for line in train(teacher, items, EPOCHS):
        teacher.save(output)
        print(line, evaluate(teacher, dev), flush=True)


def documents(vocab: Vocab, path: Path) -> list[Doc]:
    """The paragraphs of a treebank file."""
    return [to_doc(vocab, group) for group in paragraphs(read_conllu(path))]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
