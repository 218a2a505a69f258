"""Fine-tune the judge on labelled replies: types, severities, moves and ratings, learned together.

    judge_train.py TRANSFORMER OUTPUT [--hold-out N] MAIL.jsonl REAL.jsonl …

With `--hold-out N` every N-th training reply of each file is kept back and its predictions are written
beside the weights, to choose thresholds and to fit the scores on replies that were not learned from.
With `--start` training goes on from those weights, the mean if there are several, and what was kept back from
the first stays kept back. A file named by `--unseen` is only looked at: nothing is learned of its writer.
"""

from __future__ import annotations

import argparse
import pickle
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from judge_data import Example, examples, rows_of
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import mse_loss
from transformers import AutoModel

from tonecheck.detect.judge import Pieces
from tonecheck.detect.parser import Parser

SEED = 20261125
BATCH_PIECES = 1500
FROZEN = 2  # layers that stay as they are; their output is computed once
RATE, HEAD_RATE = 9e-5, 8e-4
LEARN = {"piece": 1.0, "fault": 1.0, "type": 0.8, "severity": 0.15, "move": 0.6, "rating": 0.15}
PIECE_POSITIVE = 2.0
WORD_DROP = 0.1  # share of the word pieces that a batch does not see, so that no single phrase decides
SMOOTH = 0.05  # how far a reader's yes or no to a fault is from certain
RARE = 0.1  # how often a fault is there, about


class Network(nn.Module):
    """Word pieces to opinions. B replies, T pieces, S sentences."""

    def __init__(self, transformer: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(transformer, add_pooling_layer=False)
        hidden = self.encoder.config.hidden_size
        self.drop = nn.Dropout(0.15)
        self.piece = nn.Linear(hidden, 20)
        self.attend = nn.Linear(hidden, 3)
        self.mix = nn.Linear(3 * hidden, hidden)
        self.fault, self.kind = nn.Linear(hidden, 3), nn.Linear(hidden, 20)
        self.severity, self.move = nn.Linear(hidden, 3), nn.Linear(hidden, 12)
        self.rating = nn.Linear(2 * hidden, 3)
        for head, rare in ((self.piece, -4.0), (self.fault, -1.5), (self.kind, -3.5), (self.move, -3.0)):
            nn.init.constant_(head.bias, rare)
        nn.init.constant_(self.severity.bias, 2.0)

    def lower(self, pieces: Tensor, kinds: Tensor, mask: Tensor) -> Tensor:
        """What the frozen layers make of the pieces (B,T,384)."""
        read = self.encoder.embeddings(input_ids=pieces, token_type_ids=kinds)
        return self._through(self.encoder.encoder.layer[:FROZEN], read, mask)

    def _through(self, layers: nn.ModuleList, read: Tensor, mask: Tensor) -> Tensor:
        closed = (1.0 - mask[:, None, None, :].to(read.dtype)) * -1e4
        for layer in layers:
            read = layer(read, attention_mask=closed)
            read = read[0] if isinstance(read, tuple) else read
        return read

    def forward(
        self, pieces: Tensor, kinds: Tensor, mask: Tensor, inside: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        """From pieces to logits; see `upper`."""
        return self.upper(self.lower(pieces, kinds, mask), mask, inside)

    def upper(
        self, read: Tensor, mask: Tensor, inside: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Logits of types a piece (B,T,20), faults (B,S,3), types (B,S,20) and moves (B,S,12) a
        sentence, severities (B,S,3), ratings (B,3). `inside` (B,S,T) is 1 where a piece is in
        a sentence."""
        read = self.drop(self._through(self.encoder.encoder.layer[FROZEN:], read, mask))
        pull = self.attend(read).clamp(-15, 15).exp().transpose(1, 2)
        weights = inside.unsqueeze(1) * pull.unsqueeze(2)
        weights = weights / weights.sum(-1, keepdim=True).clamp(min=1e-6)
        pooled = weights @ read.unsqueeze(1)
        sentence = self.drop(torch.tanh(self.mix(pooled.transpose(1, 2).flatten(2))))
        whole = torch.cat([read[:, 0], sentence.amax(1)], -1)
        return (
            self.piece(read),
            self.fault(sentence),
            self.kind(sentence),
            self.move(sentence),
            self.severity(sentence),
            self.rating(whole),
        )


def padded(arrays: list[np.ndarray], fill: float = 0) -> Tensor:
    """Arrays of different first lengths as one tensor."""
    longest = max(len(a) for a in arrays)
    rows = [np.concatenate([a, np.full((longest - len(a), *a.shape[1:]), fill, a.dtype)]) for a in arrays]
    return torch.from_numpy(np.stack(rows))


@torch.no_grad()
def read_once(network: Network, items: list[Example]) -> None:
    """Keep what the frozen layers make of each reply, in half precision."""
    network.eval()
    for batch in batches(items, shuffle=False):
        pieces, kinds = padded([e.pieces for e in batch]), padded([e.kinds for e in batch])
        read = network.lower(pieces, kinds, pieces.ne(0).long())
        for row, example in enumerate(batch):
            example.read = read[row, : len(example.pieces)].half().numpy()


def inputs_of(batch: list[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """What the upper layers take."""
    pieces = padded([e.pieces for e in batch])
    sentence = padded([e.sentence for e in batch], -1)
    count = max(len(e.severity) for e in batch)
    inside = (sentence.unsqueeze(1) == torch.arange(count)[None, :, None]).float()
    return padded([e.read for e in batch]).float(), pieces.ne(0).long(), inside


def loss_of(network: Network, batch: list[Example]) -> Tensor:
    """The weighted sum of the heads' losses, with some of the word pieces hidden."""
    read, mask, inside = inputs_of(batch)
    read = read * (torch.rand(read.shape[:2]) >= WORD_DROP).unsqueeze(-1)
    kinds = padded([e.kinds for e in batch])
    piece, fault, kind, move, severity, rating = network.upper(read, mask, inside)
    weight = torch.tensor([e.weight for e in batch])
    real = inside.sum(-1).gt(0).float() * weight[:, None]
    inner = kinds.float() * mask * weight[:, None]
    types = padded([e.sentence_types for e in batch])
    levels = padded([e.severity for e in batch])
    gold_piece = padded([e.piece_types for e in batch])

    def mean(losses: Tensor, over: Tensor) -> Tensor:
        return (losses * over.unsqueeze(-1)).sum() / over.sum().clamp(min=1)

    positive = torch.full((20,), PIECE_POSITIVE)
    losses = {
        "piece": mean(bce(piece, gold_piece, pos_weight=positive, reduction="none"), inner),
        "fault": mean(bce(fault, (1 - SMOOTH) * levels.gt(0) + SMOOTH * RARE, reduction="none"), real),
        "type": mean(bce(kind, types, reduction="none"), real),
        "severity": (mse_loss(severity, levels, reduction="none") * levels.gt(0)).sum()
        / levels.gt(0).sum().clamp(min=1),
        "rating": mse_loss(rating, torch.stack([torch.from_numpy(e.ratings) for e in batch])),
    }
    whole = torch.logsumexp(move.masked_fill(inside.sum(-1, keepdim=True) == 0, -1e4), 1)
    gold_moves = torch.stack([torch.from_numpy(e.moves) for e in batch])
    losses["move"] = bce(whole, gold_moves)
    return sum(LEARN[name] * loss * (12 if name == "move" else 1) for name, loss in losses.items())


def batches(items: list[Example], shuffle: bool = True) -> Iterator[list[Example]]:
    """Replies of about one length together, at most BATCH_PIECES pieces padded."""
    order = sorted(items, key=lambda e: len(e.pieces) + (random.random() * 30 if shuffle else 0))
    groups: list[list[Example]] = [[]]
    for example in order:
        if groups[-1] and (len(groups[-1]) + 1) * len(example.pieces) > BATCH_PIECES:
            groups.append([])
        groups[-1].append(example)
    if shuffle:
        random.shuffle(groups)
    yield from groups


@torch.no_grad()
def opinions(network: Network, items: list[Example]) -> dict[str, dict[str, np.ndarray]]:
    """Probabilities for each reply by its id."""
    network.eval()
    found = {}
    for batch in batches(items, shuffle=False):
        outputs = network.upper(*inputs_of(batch))
        for row, example in enumerate(batch):
            size, count = len(example.pieces), len(example.severity)
            piece, fault, kind, move, severity, rating = (o[row] for o in outputs)
            found[example.id] = {
                "piece": piece[:size].sigmoid().numpy(),
                "fault": fault[:count].sigmoid().numpy(),
                "type": kind[:count].sigmoid().numpy(),
                "move": move[:count].sigmoid().numpy(),
                "severity": severity[:count].numpy(),
                "rating": rating.numpy(),
            }
    return found


def report(items: list[Example], found: dict[str, dict[str, np.ndarray]]) -> str:
    """Sentence F1 at the best threshold, rank of ratings and macro F1 of moves, for a look."""
    rows = [(e, found[e.id]) for e in items]
    told = []
    for n, letter in enumerate("DEX"):
        gold = np.concatenate([e.severity[:, n] > 0 for e, _ in rows])
        guess = np.concatenate([f["fault"][:, n] for _, f in rows])
        f1 = max(_f1(gold, guess > t) for t in np.arange(0.2, 0.8, 0.05))
        ratings = np.corrcoef([e.ratings[n] for e, _ in rows], [f["rating"][n] for _, f in rows])[0, 1]
        told.append(f"{letter} F1 {f1:.3f} r {ratings:.3f}")
    moves = [
        max(
            _f1(
                np.array([e.moves[m] > 0 for e, _ in rows]),
                np.array([f["move"][:, m].max() > t for _, f in rows]),
            )
            for t in np.arange(0.2, 0.8, 0.1)
        )
        for m in range(12)
    ]
    return " ".join(told) + f" moves {np.mean(moves):.3f}"


def _f1(gold: np.ndarray, guess: np.ndarray) -> float:
    return 2 * (gold & guess).sum() / max(1, gold.sum() + guess.sum())


def train(network: Network, items: list[Example], epochs: int, held: dict[str, list[Example]]) -> None:
    """Fit; after each epoch print how the replies that were kept back are judged."""
    body = list(network.encoder.encoder.layer[FROZEN:].parameters())
    rest = [p for n, p in network.named_parameters() if not n.startswith("encoder")]
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": RATE}, {"params": rest, "lr": HEAD_RATE}], weight_decay=0.01
    )
    steps = epochs * len(list(batches(items)))
    plan = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [RATE, HEAD_RATE], total_steps=steps + epochs * 8, pct_start=0.1, anneal_strategy="linear"
    )
    for epoch in range(epochs):
        network.train()
        begun, total, count = time.time(), 0.0, 0
        for batch in batches(items):
            loss = loss_of(network, batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            plan.step()
            total, count = total + loss.item(), count + 1
            if count % 40 == 0:
                print(f"  {count}: {total / count:.3f}, {time.time() - begun:.0f} s", flush=True)
        print(f"epoch {epoch + 1}: loss {total / count:.4f}, {time.time() - begun:.0f} s", flush=True)
        for name, kept in held.items():
            print(f"  {name}: {report(kept, opinions(network, kept))}", flush=True)


def pair_of(name: str) -> str:
    """The id that a near-miss pair shares: “t-007” of “t-007a” and “t-007b”."""
    return re.sub(r"(?<=\d)[ab]$", "", name)


def kept_back(files: list[list[dict]], every: int, start: Path | None) -> set[str]:
    """The ids of the replies not to learn from; a file that `start` knew keeps those of then."""
    before: set[str] = set()
    if start is not None:
        with (start.parent / "held.pickle").open("rb") as file:
            before = {example.id for example, _ in pickle.load(file)}
    names: set[str] = set()
    for rows in files:
        ids = [row["id"] for row in rows]
        pairs = list(dict.fromkeys(map(pair_of, ids)))
        picked = set(pairs[::every] if every else ())
        names |= before.intersection(ids) or {name for name in ids if pair_of(name) in picked}
    return names


def mean_of(weights: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of sets of weights that were learned from the same start."""
    return {
        name: torch.stack([w[name] for w in weights]).mean(0) if value.is_floating_point() else value
        for name, value in weights[0].items()
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("transformer", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("labels", type=Path, nargs="+")
    parser.add_argument("--start", type=Path, nargs="+", default=[], help="weights to go on from; their mean")
    parser.add_argument("--unseen", type=Path, help="labelled replies to look at only")
    parser.add_argument("--hold-out", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    language, pieces = Parser(), Pieces(options.transformer / "tokenizer.json")
    files = [list(rows_of([path], "train")) for path in options.labels]
    rows = [row for file in files for row in file]
    names = kept_back(files, options.hold_out, options.start[0] if options.start else None)
    made = examples(rows, language, pieces)
    unseen = examples(rows_of([options.unseen] if options.unseen else []), language, pieces)
    kept = [e for e in made if e.id in names]
    learned = [e for e in made if e.id not in names]
    mails = {row["id"] for row in rows if row.get("source", "written") == "written"}
    held = {
        "mails held": [e for e in kept if e.id in mails],
        "real held": [e for e in kept if e.id not in mails],
        "unseen writer": unseen,
    }
    print(f"{len(learned)} replies to learn from, {len(kept)} held out", flush=True)
    network = Network(options.transformer)
    if options.start:
        network.load_state_dict(mean_of([torch.load(path) for path in options.start]))
    network.encoder.requires_grad_(False)
    network.encoder.encoder.layer[FROZEN:].requires_grad_(True)
    read_once(network, made + unseen)
    print("read once", flush=True)
    train(network, learned, options.epochs, {k: v for k, v in held.items() if v})
    options.output.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), options.output / "weights.pt")
    with (options.output / "held.pickle").open("wb") as file:
        pickle.dump([(e, o) for e, o in ((e, opinions(network, [e])[e.id]) for e in kept)], file)


if __name__ == "__main__":
    main()
