"""The tables of the model card: agreement with readers, rules alone and with the judge.

    measure.py LABELS_FOLDER UNSEEN.jsonl UNSEEN_PUBLIC.jsonl [OUTPUT.json DIAGRAM.svg]

On the dev splits of the folder real replies are measured together, and by kind: reviews are answered by
a company of which the training data holds nothing, posts by brands of which it holds other answers. The
mails of UNSEEN and the public answers of UNSEEN_PUBLIC are two writers', of whom nothing was learned; a
second reader's labels (`second`) are measured on them in the same way. Prints quadratic kappa of ratings
(score / 25, rounded), sentence F1, rank correlation, precision by overlap, flagged sentences in clean replies,
and macro F1 of moves, with 95 % intervals. The diagram shows what readers say of the dev replies that get about the same score.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from judge_data import rows_of

from tonecheck.checker import Checker
from tonecheck.evaluation import Judged, Measure, evaluate, judged, reliability
from tonecheck.evaluation.plots import reliability_diagram
from tonecheck.report import FAULT_LETTERS, MOVE_LETTERS, Finding, Move, Score, Severity, Span

# Each file's sets, and how the names of their sources begin.
SETS = {
    "mail.jsonl": {"mails": ""},
    "real.jsonl": {"real replies": "", "reviews": "trustpilot", "posts": "ibm"},
}

# The light colours of the page that `tonecheck eval --html` writes.
COLOURS = {
    "ink": "#1d2327",
    "quiet": "#5f6a72",
    "line": "#c4bdb2",
    "defensiveness": "#b3261e",
    "excuses": "#9a5b00",
    "doublespeak": "#4653b5",
}


def standalone(drawing: str) -> str:
    """A page's figure as a file of its own, with the colours that the page would give it."""
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    colours = ";".join(f"--{name}:{colour}" for name, colour in COLOURS.items())
    begun = drawing.replace("<svg ", f"<svg {spaces} ", 1)
    return begun.replace(">", f"><style>svg{{background:#fff;{colours}}}</style>", 1)


def as_reader_says(reply: Judged, label: dict[str, Any]) -> Judged:
    """The reply as if the label were the checker's report on it."""
    text = reply.report.text
    spans = [
        (kind, level, Span(text.find(words), text.find(words) + len(words)))
        for kind, level, words in label["f"]
    ]
    findings = tuple(
        Finding("reader", kind, span, "", "", Severity(level), 1.0) for kind, level, span in spans
    )
    moves = tuple(Move(MOVE_LETTERS[letter], Span(0, 1)) for letter in label["m"])
    scores = tuple(Score(fault, 25 * label[letter]) for letter, fault in FAULT_LETTERS.items())
    return replace(reply, report=replace(reply.report, findings=findings, moves=moves, scores=scores))


def on_dev(labels: Path, checkers: dict[str, Checker]) -> tuple[dict[str, list[Measure]], list[Judged]]:
    """The measures on each set of the dev splits, and the replies that the last checker scored."""
    found: dict[str, list[Measure]] = {}
    scored: list[Judged] = []
    for file, sets in SETS.items():
        rows = list(rows_of([labels / file], "dev"))
        for kind, checker in checkers.items():
            replies = [judged(checker, row) for row in rows]
            for name, source in sets.items():
                of_set = zip(replies, rows, strict=True)
                found[f"{name}, {kind}"] = evaluate(
                    [r for r, row in of_set if row["source"].startswith(source)]
                )
        scored += replies
    return found, scored


def on_unseen(name: str, path: Path, checkers: dict[str, Checker]) -> dict[str, list[Measure]]:
    """The measures on what an unseen writer wrote, the second reader's among them."""
    rows = list(rows_of([path]))
    read = {kind: [judged(checker, row) for row in rows] for kind, checker in checkers.items()}
    first = next(iter(read.values()))
    read["second reader"] = [as_reader_says(r, row["second"]) for r, row in zip(first, rows, strict=True)]
    return {f"{name}, {kind}": evaluate(replies) for kind, replies in read.items()}


def main(
    labels: Path, mails: Path, public: Path, output: Path | None = None, diagram: Path | None = None
) -> None:
    """Print one table; write it as JSON and draw the scores' reliability if asked."""
    checkers = {"rules": Checker(judge=False), "rules and judge": Checker()}
    found, scored = on_dev(labels, checkers)
    found |= on_unseen("unseen writer", mails, checkers)
    found |= on_unseen("unseen writer in public", public, checkers)
    names = [m.name for m in next(iter(found.values()))]
    print("| measure | " + " | ".join(found) + " |")
    print("| --- |" + " --- |" * len(found))
    for number, name in enumerate(names):
        cells = (f"{m.value:.2f} ({m.low:.2f} to {m.high:.2f})" for m in (f[number] for f in found.values()))
        print(f"| {name} | " + " | ".join(cells) + " |")
    steps = reliability(scored)
    if output is not None:
        plain = {key: [asdict(m) for m in measures] for key, measures in found.items()}
        plain["reliability"] = [asdict(step) for step in steps]
        output.write_text(json.dumps(plain, indent=2) + "\n", "utf8")
    if diagram is not None:
        diagram.write_text(standalone(reliability_diagram(steps)) + "\n", "utf8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
