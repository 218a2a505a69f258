"""A case: a client's message, a draft, what is wrong with it, and how it could have been said.

A case is a TOML file that people read and edit; its name is the file's. Reading it is strict, and
every error names the file, the line and the cure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tonecheck.report import FAULT_LETTERS, Severity, Span

__all__ = ["FORMS", "KINDS", "Case", "Fine", "Mark", "Worse", "ratings_by"]

KINDS = ("reply", "refusal", "closing", "follow-up", "warning")
FORMS = ("A", "B")


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of a draft that a client takes amiss, their type, and what the client hears."""

    span: Span
    type: str
    severity: Severity
    why: str


@dataclass(frozen=True, slots=True)
class Fine:
    """Words that look like a fault and are none, and why."""

    span: Span
    why: str


@dataclass(frozen=True, slots=True)
class Worse:
    """A smoother draft in place of a good one, and why it is worse."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Case:
    """One case, as its file tells it.

    `there` are the repair moves that the draft makes, `missing` those that this client will miss;
    what is in neither would be welcome and is not needed. `keep` are the facts that a rewrite must
    not lose; None leaves that to `facts.facts_of`. `form` is A or B for a draft of the before and
    after test, which is never practised.
    """

    id: str
    trade: str
    kind: str
    client: str
    draft: str
    marks: tuple[Mark, ...]
    fine: tuple[Fine, ...]
    ratings: Mapping[str, int]
    there: frozenset[str]
    missing: frozenset[str]
    good: tuple[str, ...] = ()
    worse: Worse | None = None
    keep: tuple[str, ...] | None = None
    form: str | None = None

    @property
    def is_clean(self) -> bool:
        """Whether nothing in the draft is to be marked."""
        return not self.marks

    @property
    def answers(self) -> tuple[str, ...]:
        """The good answers; a clean draft is one itself."""
        return (self.draft, *self.good) if self.is_clean else self.good

    def words(self, span: Span) -> str:
        """The draft's very words under a span."""
        return self.draft[span.start : span.end]


def ratings_by(marks: Collection[Mark]) -> dict[str, int]:
    """How a reader would rate a draft, 0 to 4 for each fault, by its gravest marks."""
    return {
        letter: max((mark.severity + 1 for mark in marks if mark.type[0] == letter), default=0)
        for letter in FAULT_LETTERS
    }
