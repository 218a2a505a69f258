"""Fit the weights of `score.py` to readers' ratings, with the findings that the checker makes.

    fit_scores.py HELD.pickle LABELS.jsonl …

The replies are those that the judge did not learn from. Prints the constants to put into
`src/tonecheck/score.py`, and the agreement that they give.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import numpy as np
from judge_data import rows_of
from scipy.optimize import minimize

from tonecheck import score as scores
from tonecheck.checker import Checker
from tonecheck.evaluation import Judged, judged, kappa
from tonecheck.report import FAULTS


def set_weights(fault: str, values: np.ndarray) -> None:
    """Put one fault's constants into the score module."""
    mild, clear, strong, owned, apologised = np.clip(values[:5], 0.02, 0.97)
    scores.WEIGHTS[fault] = tuple(sorted((float(mild), float(clear), float(strong))))
    scores.OWNED[fault], scores.APOLOGISED[fault] = float(owned), float(apologised)


def error(values: np.ndarray, fault: str, replies: list[Judged], weights: np.ndarray) -> float:
    """Mean squared distance of score / 25 to the rating, with a pull to where the fit began."""
    set_weights(fault, values)
    gold = np.array([r.ratings[fault] for r in replies])
    given = np.array([raw(r, fault) for r in replies])
    return float((weights * (given - gold) ** 2).sum() / weights.sum())


def raw(reply: Judged, fault: str) -> float:
    """The score before rounding, as a rating."""
    found, moves = reply.report.findings, reply.report.moves
    return sum(sum(p for _, p in s.parts) for s in scores.score(found, moves) if s.fault == fault) / 25


def main(held_file: Path, *labels: Path) -> None:
    """Fit and print."""
    with held_file.open("rb") as file:
        names = {example.id for example, _ in pickle.load(file)}
    rows = [row for row in rows_of(labels, "train") if row["id"] in names]
    checker = Checker()
    replies = [judged(checker, row) for row in rows]
    weights = np.array([2.0 if len(row["reply"].split()) > 70 else 1.0 for row in rows])
    for fault in FAULTS:
        start = np.array([*scores.WEIGHTS[fault], scores.OWNED[fault], scores.APOLOGISED[fault]])
        found = minimize(
            error, start, (fault, replies, weights), "Nelder-Mead", options={"maxiter": 250, "xatol": 1e-3}
        )
        set_weights(fault, found.x)
        gold = np.array([r.ratings[fault] for r in replies])
        given = np.array([min(4, round(raw(r, fault))) for r in replies])
        print(
            f"{fault}: {scores.WEIGHTS[fault]} owned {scores.OWNED[fault]:.2f} "
            f"apologised {scores.APOLOGISED[fault]:.2f} kappa {kappa(gold, given):.3f}"
        )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
