"""Which examples divide people: words that some mark and others leave, candidates for rules.

People are counted in fives, in the order in which they came: a count that grew by one person would
tell what that person marked. Those who share their record are known anyway and come on top.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tonecheck.coach.case import Case
from tonecheck.coach.learners import LEARNER
from tonecheck.coach.sharing import FIVE, sharing
from tonecheck.coach.spot import Guess
from tonecheck.coach.tables import Attempt, Learner
from tonecheck.report import Span

__all__ = ["Answer", "Passage", "answers_of_team", "divided"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one learner marked in a case at the first try, and whether trainers could see it then."""

    learner: int
    case: str
    guesses: tuple[Guess, ...]
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that so many of so many people marked; `type` is the key's, or what most people called them.

    `agreement` is the share of pairs of people who did the same with them, 0 to 1.
    """

    case: str
    span: Span
    words: str
    type: str
    in_key: bool
    marked: int
    people: int

    @property
    def agreement(self) -> float:
        """1 where all did the same; near a half where people are divided the most."""
        left = self.people - self.marked
        same = self.marked * (self.marked - 1) + left * (left - 1)
        return same / (self.people * (self.people - 1))


def answers_of_team(session: Session) -> tuple[Answer, ...]:
    """Each learner's first try at each case in practice, in order of time."""
    shares = sharing(session)
    rows = (
        select(Attempt)
        .join(Learner, Learner.id == Attempt.learner)
        .where(Attempt.exercise == "spot", Attempt.take.is_(None), Learner.role == LEARNER)
        .order_by(Attempt.at, Attempt.id)
    )
    first: dict[tuple[int, str], Answer] = {}
    for done in session.scalars(rows):
        guesses = tuple(Guess(Span(start, end), kind) for start, end, kind in done.answer)
        seen = shares.was_seen(done.learner, done.at)
        first.setdefault((done.learner, done.case), Answer(done.learner, done.case, guesses, seen))
    return tuple(first.values())


def divided(cases: Sequence[Case], answers: Sequence[Answer]) -> tuple[Passage, ...]:
    """The passages on which people do not all agree, the most divided first."""
    by_case: dict[str, list[Answer]] = {}
    for answer in answers:
        by_case.setdefault(answer.case, []).append(answer)
    found = [
        passage
        for case in cases
        for passage in _passages(case, _counted(by_case.get(case.id, ())))
        if passage.marked < passage.people
    ]
    return tuple(sorted(found, key=lambda p: (p.agreement, p.case, p.span)))


def _counted(answers: Sequence[Answer]) -> list[Answer]:
    """Those who count: private ones in whole fives, and those who share."""
    private = [answer for answer in answers if not answer.seen]
    counted = private[: len(private) // FIVE * FIVE] + [answer for answer in answers if answer.seen]
    return counted if len(counted) >= FIVE else []


def _passages(case: Case, answers: Sequence[Answer]) -> Iterator[Passage]:
    """The key's marks that somebody met, and other words that two or more marked: one person's are their own."""
    if not answers:
        return
    spans = {mark.span: mark.type for mark in case.marks}
    outside = [
        guess.span
        for answer in answers
        for guess in answer.guesses
        if not any(span.overlaps(guess.span) for span in spans)
    ]
    for span in (*spans, *_merged(outside)):
        kinds = _kinds(span, answers)
        if len(kinds) >= (1 if span in spans else 2):
            most = Counter(kinds.values()).most_common(1)[0][0]
            yield Passage(
                case.id,
                span,
                case.words(span),
                spans.get(span, most),
                span in spans,
                len(kinds),
                len(answers),
            )


def _kinds(span: Span, answers: Sequence[Answer]) -> Mapping[int, str]:
    """What each who marked these words called them."""
    return {
        answer.learner: guess.kind
        for answer in answers
        for guess in reversed(answer.guesses)
        if guess.span.overlaps(span)
    }


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Spans that overlap become one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and merged[-1].overlaps(span):
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
