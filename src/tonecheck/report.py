"""The nouns: what was said, where, and what could stand there instead.

Everything is frozen; nothing is filled in later. Offsets are half-open and count code points of
the text as it was given. The meanings of faults, types and moves are the annotation guideline's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

__all__ = [
    "FAULTS",
    "FAULT_LETTERS",
    "MOVES",
    "MOVE_LETTERS",
    "TYPES",
    "Edit",
    "Finding",
    "Move",
    "Report",
    "Score",
    "Sentiment",
    "Severity",
    "Skipped",
    "Span",
]

FAULT_LETTERS = {"D": "defensiveness", "E": "excuses", "X": "doublespeak"}
FAULTS = tuple(FAULT_LETTERS.values())

TYPES = tuple(
    f"{letter}.{kind}"
    for letter, kinds in {
        "D": "blame deny minimise nonapology shield edge",
        "E": "thirdparty circumstance overload ignorance system helpless effort",
        "X": "euphemism jargon inflated agentless hedge vague boilerplate",
    }.items()
    for kind in kinds.split()
)

MOVE_LETTERS = {
    "T": "thanks",
    "L": "listens",
    "P": "perspective",
    "A": "apologises",
    "O": "owns",
    "F": "fixes",
    "W": "when",
    "C": "collaborates",
    "R": "prevents",
    "G": "makes_good",
    "K": "keeps_door_open",
    "Y": "reason",
}
MOVES = tuple(MOVE_LETTERS.values())


class Severity(IntEnum):
    """How much a finding would put the client off: 1 mild, 2 clear, 3 strong."""

    MILD = 1
    CLEAR = 2
    STRONG = 3

    @property
    def word(self) -> str:
        """The name as rules and JSON write it: `mild`, `clear` or `strong`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, `text[start:end]`."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: Span) -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def shifted(self, by: int) -> Span:
        """The same length, `by` characters further on."""
        return Span(self.start + by, self.end + by)

    def to_dict(self) -> dict[str, int]:
        """`{"start": …, "end": …}`."""
        return {"start": self.start, "end": self.end}


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Put `text` in place of `span`: exact, an editor applies it as it stands.

    `safe` means that only noise goes: meaning, facts and promises stay as they are.
    """

    span: Span
    text: str
    safe: bool

    def to_dict(self) -> dict[str, Any]:
        """The edit as schema 1 writes it."""
        return {**self.span.to_dict(), "text": self.text, "safe": self.safe}


@dataclass(frozen=True, slots=True)
class Finding:
    """Words that a client will take amiss, why, and what could stand there, best first."""

    rule: str
    type: str
    span: Span
    message: str
    why: str
    severity: Severity
    confidence: float
    edits: tuple[Edit, ...] = ()

    @property
    def fault(self) -> str:
        """The fault that the type belongs to: `defensiveness`, `excuses` or `doublespeak`."""
        return FAULT_LETTERS[self.type[0]]


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """A repair move that is there, and the words that make it."""

    kind: str
    span: Span


@dataclass(frozen=True, slots=True, order=True)
class Skipped:
    """A stretch that was not judged, and why: `quote`, `signature`, `greeting`, …"""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True)
class Sentiment:
    """TextBlob's polarity (-1 to 1) and subjectivity (0 to 1): reported, never scored."""

    polarity: float
    subjectivity: float


@dataclass(frozen=True, slots=True)
class Score:
    """One fault from 0 to 100 (25 × a reader's rating), and the points each finding adds.

    `parts` are (index into `Report.findings`, points); they sum to `value` up to rounding.
    """

    fault: str
    value: int
    parts: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that one check found out about one draft.

    `source` names the file and, for a mail, the part that `text` is. `scores` is empty and
    `not_judged` says why where a draft was not judged. `unsure` are findings that are more often
    wrong than right: there only if asked for, and counted in nothing. `answered` are the client's
    questions, requests and points that the draft answers, `unanswered` those that it leaves lying.
    `waited_hours` is the time from the client's message to the draft, by the mail's own dates.
    """

    text: str
    sentences: tuple[Span, ...] = ()
    findings: tuple[Finding, ...] = ()
    unsure: tuple[Finding, ...] = ()
    moves: tuple[Move, ...] = ()
    missing: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    sentiment: Sentiment | None = None
    skipped: tuple[Skipped, ...] = ()
    plain: str = ""
    plain_safe: str = ""
    source: str = "<text>"
    model: str | None = None
    waited_hours: float | None = None
    not_judged: str | None = None
    notes: tuple[str, ...] = field(default=())

    def score(self, fault: str) -> int | None:
        """The fault's score, or None where the draft was not judged."""
        return next((s.value for s in self.scores if s.fault == fault), None)

    def words(self, span: Span) -> str:
        """The very words under a span."""
        return self.text[span.start : span.end]

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON schema 1 (`schema-1.json` in the package) lays it down."""
        from tonecheck import __version__

        sentiment = self.sentiment
        return {
            "schema": 1,
            "tonecheck": __version__,
            "model": self.model,
            "source": self.source,
            "scores": {fault: self.score(fault) for fault in FAULTS},
            "sentiment": None
            if sentiment is None
            else {
                "polarity": round(sentiment.polarity, 4),
                "subjectivity": round(sentiment.subjectivity, 4),
            },
            "moves": {kind: [m.span.to_dict() for m in self.moves if m.kind == kind] for kind in MOVES},
            "missing": list(self.missing),
            "answered": list(self.answered),
            "unanswered": list(self.unanswered),
            "findings": [self._finding(f, self.points(i)) for i, f in enumerate(self.findings)],
            "unsure": [self._finding(f, 0.0) for f in self.unsure],
            "skipped": [{**s.span.to_dict(), "kind": s.kind} for s in self.skipped],
            "text": self.text,
            "plain": self.plain,
            "plain_safe": self.plain_safe,
            "waited_hours": self.waited_hours,
            "not_judged": self.not_judged,
            "notes": list(self.notes),
        }

    def points(self, index: int) -> float:
        """How many points of its fault's score the finding at `index` makes up."""
        return sum(points for s in self.scores for i, points in s.parts if i == index)

    def _finding(self, finding: Finding, points: float) -> dict[str, Any]:
        return {
            "rule": finding.rule,
            "type": finding.type,
            "fault": finding.fault,
            "severity": finding.severity.word,
            "confidence": finding.confidence,
            **finding.span.to_dict(),
            "text": self.words(finding.span),
            "message": finding.message,
            "why": finding.why,
            "points": round(points, 1),
            "edits": [edit.to_dict() for edit in finding.edits],
        }
