"""What an exercise tells its learner: a score, remarks with reasons and sources, and the skills tried."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tonecheck.render.wording import MOVE_NAMES
from tonecheck.report import Report, Span

__all__ = ["FAIR", "Grade", "Remark", "places_in", "skill_name", "source_of"]

FAIR = "fair"  # the skill of leaving good words alone


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about an answer. `words` are the words in question, `source` where the advice comes from.

    `verdict` is right, partly, wrong or missed, or note for what neither helps nor harms.
    """

    verdict: str
    text: str
    why: str = ""
    words: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """A score from 0 to 1 with its remarks, and how well each skill that was tried went, 0 to 1.

    A skill is a type of fault, a repair move, or FAIR. `places` are the faults and moves that the
    engine found in a text that was written, each with its type or move.
    """

    score: float
    remarks: tuple[Remark, ...]
    skills: Mapping[str, float]
    places: tuple[tuple[Span, str], ...] = ()


def places_in(report: Report) -> tuple[tuple[Span, str], ...]:
    """Where a text has its faults and its moves."""
    faults = ((finding.span, finding.type) for finding in report.findings)
    return (*faults, *((move.span, move.kind) for move in report.moves))


def skill_name(skill: str) -> str:
    """What a learner reads for a skill."""
    return MOVE_NAMES.get(skill, "leaving good words alone" if skill == FAIR else skill)


@cache
def _sources() -> Mapping[str, str]:
    return tomllib.loads((Path(__file__).parent / "sources.toml").read_text("utf8"))


def source_of(skill: str) -> str:
    """Where the advice about a type or a move comes from; nothing for FAIR."""
    return _sources().get(skill, "")
