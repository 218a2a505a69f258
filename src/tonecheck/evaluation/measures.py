"""How often the checker agrees with labelled replies: the table that the model card prints.

A labelled reply is `{"reply", "client", "D", "E", "X", "f", "m"}` as the annotation guideline lays
it down. Agreement is measured for ratings (quadratic kappa and rank correlation), sentences,
words and moves, with bootstrap intervals over replies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonecheck.checker import Checker
from tonecheck.errors import InputError
from tonecheck.mail.draft import draft_of
from tonecheck.report import FAULT_LETTERS, FAULTS, MOVE_LETTERS, TYPES, Report, Span

__all__ = [
    "ROUNDS",
    "SEED",
    "Judged",
    "Measure",
    "confusion",
    "evaluate",
    "judged",
    "kappa",
    "mostly_in",
    "read_label",
]

ROUNDS = 400
SEED = 7
Measurer = Callable[[Sequence["Judged"]], float]


@dataclass(frozen=True)
class Judged:
    """One labelled reply beside the report on it.

    `marked` are (type, words' place) of the readers; `ratings` 0 to 4 by fault; `moves` kinds.
    """

    report: Report
    ratings: Mapping[str, int]
    marked: tuple[tuple[str, Span], ...]
    moves: frozenset[str]


@dataclass(frozen=True)
class Measure:
    """One row of the table: its value, and the 95 % interval over resampled replies.

    They are nan where the replies hold nothing to measure it by.
    """

    name: str
    value: float
    low: float
    high: float


def read_label(row: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    """The row itself. Raises InputError for a field that is missing or wrong."""
    for field in ("reply", *FAULT_LETTERS, "f", "m"):
        if field not in row:
            raise InputError(
                f"{place}: no field “{field}”; a labelled reply has reply, client, D, E, X, f and m"
            )
    if not isinstance(row["reply"], str) or not isinstance(row.get("client") or "", str):
        raise InputError(f"{place}: reply and client are texts; client may be null")
    for letter in FAULT_LETTERS:
        if row[letter] not in range(5):
            raise InputError(f"{place}: {letter} is {row[letter]!r}; a rating is a number from 0 to 4")
    if not isinstance(row["m"], str) or set(row["m"]) - set(MOVE_LETTERS):
        raise InputError(f"{place}: m is {row['m']!r}; moves are letters out of {''.join(MOVE_LETTERS)}")
    if not isinstance(row["f"], list):
        raise InputError(f"{place}: f is no list; findings are [type, severity, exact words]")
    for finding in row["f"]:
        _read_finding(finding, row["reply"], place)
    return row


def _read_finding(finding: Any, reply: str, place: str) -> None:
    if not isinstance(finding, list) or len(finding) != 3 or not isinstance(finding[2], str):
        raise InputError(f"{place}: {finding!r} is no finding; give [type, severity, exact words]")
    kind, _, words = finding
    if kind not in TYPES:
        raise InputError(f"{place}: “{kind}” is no type of the guideline")
    if words not in reply:
        raise InputError(f"{place}: “{words}” is not in the reply")


def judged(checker: Checker, row: Mapping[str, Any]) -> Judged:
    """Check one labelled reply."""
    text = row["reply"]
    marked = [(kind, text.find(words), len(words)) for kind, _, words in row["f"]]
    return Judged(
        report=checker.check(draft_of(text, client=row.get("client") or None)),
        ratings={fault: row[letter] for letter, fault in FAULT_LETTERS.items()},
        marked=tuple((kind, Span(start, start + size)) for kind, start, size in marked),
        moves=frozenset(MOVE_LETTERS[letter] for letter in row["m"]),
    )


def evaluate(replies: Sequence[Judged], *, rounds: int = ROUNDS) -> list[Measure]:
    """All measures with their intervals."""
    random = np.random.default_rng(SEED)
    draws = [random.integers(0, len(replies), len(replies)) for _ in range(rounds)]
    rows = []
    for name, measurer in _measurers().items():
        values = [measurer([replies[i] for i in draw]) for draw in draws]
        known = [value for value in values if value == value]
        low, high = np.percentile(known, [2.5, 97.5]) if known else (np.nan, np.nan)
        rows.append(Measure(name, measurer(replies), float(low), float(high)))
    return rows


def _measurers() -> dict[str, Measurer]:
    table: dict[str, Measurer] = {}
    for fault in FAULTS:
        table[f"sentence F1, {fault}"] = lambda rs, f=fault: _f1(_sentences(rs, f))  # type: ignore[misc]
    for fault in FAULTS:
        table[f"rating kappa, {fault}"] = lambda rs, f=fault: kappa(*_ratings(rs, f))  # type: ignore[misc]
    for fault in FAULTS:
        table[f"rank correlation, {fault}"] = lambda rs, f=fault: _rank(rs, f)  # type: ignore[misc]
    table["precision by overlap"] = precision_by_overlap
    table["flagged sentences in clean replies"] = flagged_in_clean
    table["moves, macro F1"] = moves_f1
    return table


def _sentences(replies: Iterable[Judged], fault: str) -> Counter[str]:
    """True and false positives and negatives over sentences."""
    counts: Counter[str] = Counter()
    for reply in replies:
        gold = [span for kind, span in reply.marked if FAULT_LETTERS[kind[0]] == fault]
        found = [f.span for f in reply.report.findings if f.fault == fault]
        for sentence in reply.report.sentences:
            is_gold = any(mostly_in(span, sentence) for span in gold)
            is_found = any(mostly_in(span, sentence) for span in found)
            counts[f"{'t' if is_gold == is_found else 'f'}{'p' if is_found else 'n'}"] += 1
    return counts


def mostly_in(words: Span, sentence: Span) -> bool:
    """Whether half of the words, or half of the sentence, is shared."""
    shared = min(words.end, sentence.end) - max(words.start, sentence.start)
    return shared > 0 and (2 * shared >= len(words) or 2 * shared >= len(sentence))


def _f1(counts: Counter[str]) -> float:
    total = 2 * counts["tp"] + counts["fp"] + counts["fn"]
    return 2 * counts["tp"] / total if total else float("nan")


def _ratings(replies: Iterable[Judged], fault: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Readers' ratings, and scores brought to the same scale; unscored replies count as 0."""
    pairs = [(r.ratings[fault], round((r.report.score(fault) or 0) / 25)) for r in replies]
    gold, given = zip(*pairs, strict=True)
    return np.array(gold), np.array(given)


def kappa(gold: NDArray[Any], given: NDArray[Any]) -> float:
    """Cohen's kappa with quadratic weights over ratings 0 to 4."""
    seen = np.zeros((5, 5))
    np.add.at(seen, (gold, given), 1)
    weights = (np.arange(5)[:, None] - np.arange(5)) ** 2
    by_chance = np.outer(seen.sum(1), seen.sum(0)) / seen.sum()
    expected = (weights * by_chance).sum()
    return float(1 - (weights * seen).sum() / expected) if expected else float("nan")


def _rank(replies: Sequence[Judged], fault: str) -> float:
    """Spearman's correlation of scores with ratings, ties at their mean rank."""
    gold = _ranks(np.array([r.ratings[fault] for r in replies], float))
    given = _ranks(np.array([r.report.score(fault) or 0 for r in replies], float))
    if gold.std() == 0 or given.std() == 0:
        return float("nan")
    return float(np.corrcoef(gold, given)[0, 1])


def _ranks(values: NDArray[Any]) -> NDArray[Any]:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = counts.cumsum()
    ranks: NDArray[Any] = (ends - (counts - 1) / 2)[place]
    return ranks


def precision_by_overlap(replies: Iterable[Judged]) -> float:
    """Of the findings shown, how many touch words that readers marked with the same fault."""
    hits = [
        any(FAULT_LETTERS[kind[0]] == f.fault and span.overlaps(f.span) for kind, span in reply.marked)
        for reply in replies
        for f in reply.report.findings
    ]
    return float(np.mean(hits)) if hits else float("nan")


def flagged_in_clean(replies: Iterable[Judged]) -> float:
    """Of the sentences in replies rated 0 for every fault, how many carry a finding."""
    flags = [
        any(f.span.overlaps(sentence) for f in reply.report.findings)
        for reply in replies
        if not any(reply.ratings.values())
        for sentence in reply.report.sentences
    ]
    return float(np.mean(flags)) if flags else float("nan")


def moves_f1(replies: Sequence[Judged]) -> float:
    """The mean over the moves that occur of the F1 of finding them in a reply."""
    scores = []
    for kind in MOVE_LETTERS.values():
        counts: Counter[str] = Counter()
        for reply in replies:
            is_gold = kind in reply.moves
            is_found = any(move.kind == kind for move in reply.report.moves)
            counts[f"{'t' if is_gold == is_found else 'f'}{'p' if is_found else 'n'}"] += 1
        if counts["tp"] + counts["fn"]:
            scores.append(_f1(counts))
    return float(np.mean(scores)) if scores else float("nan")


def confusion(replies: Iterable[Judged]) -> Counter[tuple[str, str]]:
    """(readers' type, found type) over marked words, "" where nothing was found on them; and
    ("", found type) for findings where no reader marked the fault."""
    counts: Counter[tuple[str, str]] = Counter()
    for reply in replies:
        findings = reply.report.findings
        for kind, span in reply.marked:
            found = [f.type for f in findings if f.type[0] == kind[0] and f.span.overlaps(span)]
            counts[kind, kind if kind in found else found[0] if found else ""] += 1
        for finding in findings:
            marked = (
                kind[0] == finding.type[0] and span.overlaps(finding.span) for kind, span in reply.marked
            )
            counts["", finding.type] += not any(marked)
    return +counts
