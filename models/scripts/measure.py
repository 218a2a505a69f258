"""The table of the model card: agreement on the dev splits, rules alone and with the judge.

    measure.py LABELS_FOLDER [OUTPUT.json]

Prints quadratic kappa of ratings (score / 25, rounded), sentence F1, rank correlation, precision
by overlap, flagged sentences in clean replies, and macro F1 of moves, with 95 % intervals.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from judge_data import rows_of

from tonecheck.checker import Checker
from tonecheck.evaluation import Measure, evaluate, judged

SETS = {"mails": "mail.jsonl", "real replies": "real.jsonl"}


def main(labels: Path, output: Path | None = None) -> None:
    """Print one table; write it as JSON if asked."""
    found: dict[str, list[Measure]] = {}
    for name, file in SETS.items():
        rows = list(rows_of([labels / file], "dev"))
        for kind, checker in (("rules", Checker(judge=False)), ("rules and judge", Checker())):
            found[f"{name}, {kind}"] = evaluate([judged(checker, row) for row in rows])
    names = [m.name for m in next(iter(found.values()))]
    print("| measure | " + " | ".join(found) + " |")
    print("| --- |" + " --- |" * len(found))
    for number, name in enumerate(names):
        cells = (f"{m.value:.2f} ({m.low:.2f} to {m.high:.2f})" for m in (f[number] for f in found.values()))
        print(f"| {name} | " + " | ".join(cells) + " |")
    if output is not None:
        plain = {key: [asdict(m) for m in measures] for key, measures in found.items()}
        output.write_text(json.dumps(plain, indent=2) + "\n", "utf8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
