"""From the judge's opinions to findings with their very words, and to moves."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path

from tonecheck.detect.judge import Judge, Opinion
from tonecheck.report import FAULT_LETTERS, FAULTS, MOVES, TYPES, Finding, Move, Severity, Span

__all__ = ["Classifier", "heard_rule", "joined", "reasons"]

# A word belongs to the finding while its chance is at least this share of the best word's.
NEAR_PEAK = 0.45
GAP = 2
LEADING_ON = frozenset(
    "a an the of on in at to for with by from and or but that which as our your my this so than".split()
)


@cache
def reasons() -> dict[str, dict[str, str]]:
    """The message and the reason of each type, as `types.toml` words them."""
    path = Path(__file__).parents[1] / "types.toml"
    found: dict[str, dict[str, str]] = {}
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

    def findings(self, text: str, sentences: Sequence[Span], opinions: Sequence[Opinion]) -> list[Finding]:
        """What the judge hears: at most one finding of each fault a sentence."""
        return [
            _finding(text, sentence, opinion, number)
            for sentence, opinion in zip(sentences, opinions, strict=True)
            for number, fault in enumerate(FAULTS)
            if opinion.faults[number] >= self.threshold(fault)
        ]

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
    letter = "DEX"[fault]
    own = [n for n, kind in enumerate(TYPES) if kind[0] == letter]
    span = _words(text, sentence, opinion, own)
    kind = TYPES[max(own, key=lambda n: _weight(opinion, span, n))]
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


def _weight(opinion: Opinion, span: Span, kind: int) -> float:
    """How well a type fits: by the sentence, and by the words that are marked."""
    over = [float(chances[kind]) for place, chances in opinion.words if place.overlaps(span)]
    return float(opinion.types[kind]) + (sum(over) / len(over) if over else 0.0)


def _words(text: str, sentence: Span, opinion: Opinion, own: list[int]) -> Span:
    """The shortest run of words around the most telling one; the sentence where none stands out."""
    chances = [max(float(c[n]) for n in own) for _, c in opinion.words]
    if not chances:
        return sentence
    peak = max(range(len(chances)), key=chances.__getitem__)
    enough = NEAR_PEAK * chances[peak]
    first = _reach(chances, peak, -1, enough)
    last = _reach(chances, peak, 1, enough)
    return _whole_words(text, Span(opinion.words[first][0].start, opinion.words[last][0].end), sentence)


def _reach(chances: list[float], start: int, step: int, enough: float) -> int:
    """How far the run goes in one direction, over gaps of at most GAP pieces."""
    end, at = start, start + step
    while 0 <= at < len(chances) and abs(at - end) <= GAP + 1:
        if chances[at] >= enough:
            end = at
        at += step
    return end


def _whole_words(text: str, span: Span, sentence: Span) -> Span:
    start, end = span.start, span.end
    while start > sentence.start and _in_word(text, start):
        start -= 1
    while end < sentence.end and _in_word(text, end):
        end += 1
    while end - start > 1 and text[end - 1] in ".,;:!?)\"”’' \n":
        end -= 1
    while end - start > 1 and text[start] in '.,;:!?("“‘ \n':
        start += 1
    return Span(start, _before_small_words(text, start, end))


def _before_small_words(text: str, start: int, end: int) -> int:
    """The end of the run without small words that lead on to what is not part of it."""
    words = text[start:end].split(" ")
    while len(words) > 2 and words[-1].lower() in LEADING_ON:
        end -= len(words.pop()) + 1
    return end


def _in_word(text: str, place: int) -> bool:
    """Whether the place lies inside a word."""
    before, after = text[place - 1], text[place]
    return (before.isalnum() or before in "'’-") and (after.isalnum() or after in "'’-")


def joined(
    by_rule: Sequence[Finding],
    heard: Sequence[Finding],
    sentences: Sequence[Span],
    opinions: Sequence[Opinion],
) -> list[Finding]:
    """Rules and judge with one voice: the rule's words win, the judge's confidence joins."""

    def sentence_of(finding: Finding) -> int | None:
        return next((n for n, s in enumerate(sentences) if s.overlaps(finding.span)), None)

    kept, taken = [], set()
    for finding in by_rule:
        place = sentence_of(finding)
        chance = 0.5 if place is None else float(opinions[place].faults[FAULTS.index(finding.fault)])
        taken.add((place, finding.fault))
        kept.append(replace(finding, confidence=round(_both(finding.confidence, chance), 2)))
    kept += [f for f in heard if (sentence_of(f), f.fault) not in taken]
    return sorted(kept, key=lambda f: (f.span, f.rule))


def _both(rule: float, judge: float) -> float:
    """The confidence of a rule's finding, given the judge's chance: odds multiplied, half weight."""
    odds = rule / (1 - rule) * ((judge + 0.02) / (1.02 - judge)) ** 0.5
    return float(min(0.99, odds / (1 + odds)))
