"""Put what was measured into the tables of the model card and of the README.

    card.py METRICS.json AGREEMENT.json COMPARISON.json PAGE.md …

A table stands between `<!-- NAME -->` and `<!-- end -->`; a page may have any of them.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MEASURES = {
    "token_acc": "tokens",
    "pos_acc": "UPOS",
    "tag_acc": "XPOS",
    "morph_acc": "features",
    "lemma_acc": "lemmas",
    "dep_uas": "UAS",
    "dep_las": "LAS",
    "sents_f": "sentences F",
}
SPLITS = (
    "dev",
    "dev-email",
    "dev-answers",
    "dev-newsgroup",
    "dev-reviews",
    "dev-weblog",
    "test",
    "test-email",
)
# What was aimed at: mails, real replies.
GOALS = {
    "sentence F1, defensiveness": (".80", ".70"),
    "sentence F1, excuses": (".80", ".70"),
    "sentence F1, doublespeak": (".84", ".75"),
    "rating kappa, defensiveness": (".85", ".75"),
    "rating kappa, excuses": (".85", ".72"),
    "rating kappa, doublespeak": (".88", ".75"),
    "precision by overlap": (".85", ".80"),
    "flagged sentences in clean replies": ("< .01", "< .02"),
    "moves, macro F1": (".85", ".80"),
}
SAID = {
    "sentence F1, defensiveness": "finds the sentences (F1): defensiveness",
    "sentence F1, excuses": "excuses",
    "sentence F1, doublespeak": "doublespeak",
    "rating kappa, defensiveness": "rates the whole reply (quadratic kappa): defensiveness",
    "rating kappa, excuses": "excuses",
    "rating kappa, doublespeak": "doublespeak",
    "precision by overlap": "findings that readers marked too",
    "flagged sentences in clean replies": "sentences flagged in replies without fault",
    "moves, macro F1": "repair moves (macro F1)",
}
FAULTS = ("defensiveness", "excuses", "doublespeak")
Json = dict[str, Any]


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; all columns but the first stand right."""
    head = list(head)
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def accuracy(metrics: Json) -> str:
    """The pipeline's accuracy by genre, in per cent."""
    rows = (
        [split.replace("-", ", "), *(f"{100 * metrics[split][m]:.1f}" for m in MEASURES)] for split in SPLITS
    )
    return table(["split", *MEASURES.values()], rows)


def constructions(metrics: Json) -> str:
    """F of each construction, in per cent, with how many there are."""
    test, mail = metrics["constructions"], metrics["constructions in mail"]
    rows = (
        [name, *(f"{100 * f:.1f}" for f in (v["p"], v["r"], v["f"])), str(v["n"]), f"{100 * mail[name]['f']:.1f}", str(mail[name]["n"])]
        for name, v in test.items()
    )  # fmt: skip
    return table(["construction", "P", "R", "F", "number", "F in mail", "number"], rows)


def mail_sentences(metrics: Json) -> str:
    """Sentences in mail as a check finds them, in per cent."""
    rows = (
        [split, *(f"{100 * metrics[f'sentences in mail, {split}'][m]:.1f}" for m in "prf")]
        for split in ("dev", "test")
    )
    return table(["mail", "P", "R", "F"], rows)


def costs(metrics: Json) -> str:
    """What the pipeline costs, whole and without each component."""
    rows = (
        [name, f"{c['load_seconds']:.2f}", f"{c['words_a_second']:,}", str(c["memory_mb"])]
        for name, c in metrics["costs"].items()
    )
    return table(["components", "seconds to load", "words a second", "peak memory, MB"], rows)


def agreement(agreement: Json) -> str:
    """Agreement with readers, with 95 % intervals."""
    rules, mails = agreement["mails, rules"], agreement["mails, rules and judge"]
    real_rules, real = agreement["real replies, rules"], agreement["real replies, rules and judge"]
    head = ["measure", "mails: rules", "mails: with the judge", "goal"]
    real_head = ["real replies: rules", "real replies: with the judge", "goal"]
    rows = []
    for a, b, c, d in zip(rules, mails, real_rules, real, strict=True):
        goal, real_goal = GOALS.get(a["name"], ("", ""))
        rows.append(
            [a["name"], f"{a['value']:.2f}", _interval(b), goal, f"{c['value']:.2f}", _interval(d), real_goal]
        )
    return table([*head, *real_head], rows)


def _interval(measure: Json) -> str:
    return f"{measure['value']:.2f} ({measure['low']:.2f}–{measure['high']:.2f})"


def agreement_by_kind(agreement: Json) -> str:
    """The real replies by kind, with 95 % intervals."""
    kinds = [agreement[f"{kind}, rules and judge"] for kind in ("reviews", "posts")]
    rows = ([a["name"], _interval(a), _interval(b)] for a, b in zip(*kinds, strict=True))
    return table(["measure", "reviews", "posts"], rows)


def unseen(agreement: Json, writer: str) -> str:
    """What a writer wrote of whom nothing was learned, and how a second reader agrees on it."""
    kinds = [agreement[f"{writer}, {kind}"] for kind in ("rules", "rules and judge", "second reader")]
    rows = (
        [a["name"], f"{a['value']:.2f}", _interval(b), _interval(c)] for a, b, c in zip(*kinds, strict=True)
    )
    return table(["measure", "rules", "with the judge", "a second reader"], rows)


def reliability(agreement: Json) -> str:
    """What readers say of the replies that get about the same score."""
    rows = (
        [step["fault"], str(step["about"]), str(step["replies"]), f"{step['score']:.0f}",
         f"{step['readers'] / 25:.1f} ({step['low'] / 25:.1f}–{step['high'] / 25:.1f})"]
        for step in agreement["reliability"]
    )  # fmt: skip
    return table(["fault", "score about", "replies", "mean score", "readers' mean rating, 0 to 4"], rows)


def agreement_in_short(agreement: Json) -> str:
    """The same for a newcomer."""
    sets = ("mails", "unseen writer", "unseen writer in public", "reviews", "posts")
    kinds = [agreement[f"{kind}, rules and judge"] for kind in sets]
    rows = (
        [SAID[same[0]["name"]], *(f"{measure['value']:.2f}" for measure in same)]
        for same in zip(*kinds, strict=True)
        if same[0]["name"] in SAID
    )
    heads = ["letters", "letters made hard", "public answers", "answers to reviews", "answers to posts"]
    return table(["measure", *heads], rows)


def comparison(compared: Json) -> str:
    """Sentence F1 of each kind of model, by kind of reply and fault."""
    parts = []
    for where, said in (("all", "all labelled replies"), ("kept back", "replies kept back from the judge")):
        sizes = compared["sizes"][where]
        told = ", ".join(f"{number:,} sentences of {kind}" for kind, number in sizes.items())
        head = [f"{said} ({told})", *(f"{kind}: {fault}" for kind in sizes for fault in FAULTS)]
        rows = (
            [name, *(f"{sets[where][kind][fault]:.2f}" for kind in sizes for fault in FAULTS)]
            for name, sets in compared["models"].items()
            if where in sets
        )
        parts.append(table(head, rows))
    return "\n\n".join(parts)


def filled(page: str, metrics: Json, agreed: Json, compared: Json) -> str:
    """The page with its tables as they are now."""
    tables = {
        "accuracy": accuracy(metrics),
        "constructions": constructions(metrics),
        "sentences in mail": mail_sentences(metrics),
        "costs": costs(metrics),
        "agreement": agreement(agreed),
        "reliability": reliability(agreed),
        "agreement by kind": agreement_by_kind(agreed),
        "unseen writer": unseen(agreed, "unseen writer"),
        "unseen writer in public": unseen(agreed, "unseen writer in public"),
        "agreement in short": agreement_in_short(agreed),
        "comparison": comparison(compared),
    }
    for name, text in tables.items():
        page = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)",
            lambda m: f"{m[1]}\n{text}\n\n{m[2]}",  # noqa: B023
            page,
            flags=re.DOTALL,
        )
    return page


def main(metrics: Path, agreed: Path, compared: Path, *pages: Path) -> None:
    """Rewrite the pages."""
    measured = [json.loads(path.read_text("utf8")) for path in (metrics, agreed, compared)]
    for page in pages:
        page.write_text(filled(page.read_text("utf8"), *measured), "utf8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
