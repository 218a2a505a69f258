"""From the judge's opinions to findings with their very words, and to moves."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from tonecheck.detect.judge import Judge, Opinion
from tonecheck.detect.marking import marked
from tonecheck.report import FAULT_LETTERS, FAULTS, MOVES, TYPES, Finding, Move, Severity, Span

__all__ = ["Classifier", "heard_rule", "reasons"]

# From here up to the threshold about one finding in three is right: worth a look, not a warning.
UNSURE = 0.2
# A fault whose kind nobody could name: of those kept back from training fewer than half were right.
NAMELESS = 0.2


@cache
def reasons() -> dict[str, dict[str, Any]]:
    """The message, the reason and the offers of each type, as `types.toml` words them."""
    path = Path(__file__).parents[1] / "types.toml"
    found: dict[str, dict[str, Any]] = {}
    for letter, kinds in tomllib.loads(path.read_text("utf8")).items():
        found |= {f"{letter}.{kind}": entry for kind, entry in kinds.items()}
    return found


def heard_rule(kind: str) -> str:
    """The id of what the judge hears: `defensiveness/blame` for `D.blame`."""
    return f"{FAULT_LETTERS[kind[0]]}/{kind[2:]}"


class Classifier:
    """The judge with the thresholds above which it speaks."""

    def __init__(self, folder: Path) -> None:
        self.judge = Judge(folder)
        self.folder = folder

    @cached_property
    def _settings(self) -> dict[str, dict[str, float]]:
        settings: dict[str, dict[str, float]] = json.loads(
            (self.folder / "thresholds.json").read_text("utf8")
        )
        return settings

    def threshold(self, fault: str) -> float:
        """The chance from which a sentence is shown to carry the fault."""
        return self._settings["faults"][fault]

    def findings(
        self, text: str, sentences: Sequence[Span], opinions: Sequence[Opinion], *, unsure: bool = False
    ) -> list[Finding]:
        """What the judge hears: at most one finding of each fault a sentence.

        With `unsure` instead what it half hears: below the threshold, or of no kind that it could name.
        """
        return [
            _finding(text, sentence, opinion, number)
            for sentence, opinion in zip(sentences, opinions, strict=True)
            for number in range(len(FAULTS))
            if opinion.faults[number] >= UNSURE and self._is_sure(opinion, number) != unsure
        ]

    def _is_sure(self, opinion: Opinion, number: int) -> bool:
        """Whether it hears the fault, and knows which kind of it."""
        kind = max(float(opinion.types[n]) for n in _kinds_of(number))
        return opinion.faults[number] >= self.threshold(FAULTS[number]) and kind >= NAMELESS

    def joined_moves(
        self, by_pattern: Sequence[Move], sentences: Sequence[Span], opinions: Sequence[Opinion]
    ) -> tuple[Move, ...]:
        """The moves that the judge sees, with a pattern's words where it sees the same, and those
        of patterns that have proved right without the judge."""
        seen = {
            (kind, sentence)
            for sentence, opinion in zip(sentences, opinions, strict=True)
            for number, kind in enumerate(MOVES)
            if opinion.moves[number] >= self._settings["moves"][kind]
        }
        kept = {m for m in by_pattern if m.kind in self._settings["patterns"]}
        for kind, sentence in seen:
            words = [m for m in by_pattern if m.kind == kind and m.span.overlaps(sentence)]
            kept |= set(words) or {Move(kind, sentence)}
        return tuple(sorted(kept, key=lambda move: (move.span, move.kind)))


def _finding(text: str, sentence: Span, opinion: Opinion, fault: int) -> Finding:
    own = _kinds_of(fault)
    span = marked(text, sentence, [(place, max(float(c[n]) for n in own)) for place, c in opinion.words])
    kind = TYPES[max(own, key=lambda n: _fits(opinion, span, n))]
    reason = reasons()[kind]
    words = " ".join(text[span.start : span.end].split())
    return Finding(
        rule=heard_rule(kind),
        type=kind,
        span=span,
        message=reason["message"].replace("{match}", words),
        why=reason["why"],
        severity=Severity(round(min(3.0, max(1.0, float(opinion.severities[fault]))))),
        confidence=round(float(opinion.faults[fault]), 2),
    )


@cache
def _kinds_of(fault: int) -> tuple[int, ...]:
    """The numbers of a fault's types."""
    return tuple(n for n, kind in enumerate(TYPES) if kind[0] == "DEX"[fault])


def _fits(opinion: Opinion, span: Span, kind: int) -> float:
    """How well a type fits: by the sentence, and by the most telling of the words that are marked."""
    over = (float(chances[kind]) for place, chances in opinion.words if place.overlaps(span))
    return float(opinion.types[kind]) + max(over, default=0.0)
