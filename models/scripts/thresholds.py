"""Choose when the judge speaks, on replies that it did not learn from.

    thresholds.py HELD.pickle OUTPUT.json LABELS.jsonl …

One sweep: for each fault the threshold with the best F over sentences, the judge alone (the rules were
written with these replies at hand, so with them the judge would speak too late), precision weighing
more than recall (beta 0.8: a false alarm costs more than a miss), as the mean over letters and
short public replies, so that neither kind is judged by the other's odds; for each move
the best F1, and whether its patterns count without the judge.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
from judge_data import Example, rows_of

from tonecheck.checker import Checker
from tonecheck.evaluation import mostly_in
from tonecheck.mail.draft import draft_of
from tonecheck.report import FAULTS, MOVES

Held = list[tuple[Example, dict[str, np.ndarray]]]
STEPS = np.arange(0.2, 0.93, 0.03)
LETTER = 170  # word pieces, the client's message included, from which a reply is a letter


def f1(gold: np.ndarray, guess: np.ndarray) -> float:
    """F1 of two boolean vectors."""
    return 2 * (gold & guess).sum() / max(1, gold.sum() + guess.sum())


def f_beta(gold: np.ndarray, guess: np.ndarray, beta: float = 0.8) -> float:
    """F with precision weighing more."""
    true, found = (gold & guess).sum(), max(1, guess.sum())
    precision, recall = true / found, true / max(1, gold.sum())
    return (1 + beta**2) * precision * recall / max(1e-9, beta**2 * precision + recall)


def by_rules(checker: Checker, rows: dict[str, dict], held: Held) -> dict[str, tuple[np.ndarray, set[str]]]:
    """For each reply: (sentence, fault) that a rule flags, and the moves that patterns find."""
    found = {}
    for example, _ in held:
        row = rows[example.id]
        report = checker.check(draft_of(row["reply"], client=row.get("client") or None))
        flags = np.zeros((len(example.severity), 3), bool)
        for number, sentence in enumerate(report.sentences[: len(flags)]):
            for finding in report.findings:
                if mostly_in(finding.span, sentence):
                    flags[number, FAULTS.index(finding.fault)] = True
        found[example.id] = flags, {m.kind for m in report.moves}
    return found


def sweep(held: Held, rules: dict[str, tuple[np.ndarray, set[str]]]) -> dict[str, Any]:
    """The thresholds with the best F1."""
    chosen: dict[str, Any] = {"faults": {}, "moves": {}, "patterns": []}
    for n, fault in enumerate(FAULTS):
        gold = np.concatenate([e.severity[:, n] > 0 for e, _ in held])
        chance = np.concatenate([o["fault"][:, n] for _, o in held])
        rule = np.concatenate([rules[e.id][0][:, n] for e, _ in held])
        long = np.concatenate([np.full(len(e.severity), len(e.pieces) >= LETTER) for e, _ in held])

        def quality(t: float) -> float:
            guess = chance >= t  # noqa: B023
            return f_beta(gold[long], guess[long]) + f_beta(gold[~long], guess[~long])  # noqa: B023

        best = max(STEPS, key=quality)
        chosen["faults"][fault] = round(float(best), 2)
        guess = rule | (chance >= best)
        print(
            f"{fault}: threshold {best:.2f}, F1 {f1(gold, guess):.3f}, precision {gold[guess].mean():.3f}; "
            f"rules alone {f1(gold, rule):.3f} (precision {gold[rule].mean():.3f}); "
            f"judge alone {max(f1(gold, chance >= t) for t in STEPS):.3f}; "
            f"rule hits the judge doubts (< .1): {gold[rule & (chance < 0.1)].mean():.2f} of "
            f"{(rule & (chance < 0.1)).sum()} true"
        )
    for n, kind in enumerate(MOVES):
        gold = np.array([e.moves[n] > 0 for e, _ in held])
        chance = np.array([o["move"][:, n].max() for _, o in held])
        rule = np.array([kind in rules[e.id][1] for e, _ in held])
        alone = max(STEPS, key=lambda t: f1(gold, chance >= t))
        both = max(STEPS, key=lambda t: f1(gold, rule | (chance >= t)))
        together = f1(gold, rule | (chance >= both)) > f1(gold, chance >= alone)
        chosen["moves"][kind] = round(float(both if together else alone), 2)
        chosen["patterns"] += [kind] if together else []
        print(
            f"{kind}: alone {f1(gold, chance >= alone):.3f}, with patterns "
            f"{f1(gold, rule | (chance >= both)):.3f}, patterns {f1(gold, rule):.3f}, {gold.sum()} replies"
        )
    return chosen


def main(held_file: Path, output: Path, *labels: Path) -> None:
    """Write the thresholds and print what they give."""
    with held_file.open("rb") as file:
        held: Held = pickle.load(file)
    rows = {row["id"]: row for row in rows_of(labels, "train")}
    chosen = sweep(held, by_rules(Checker(judge=False), rows, held))
    output.write_text(json.dumps(chosen, indent=2) + "\n", "utf8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
