"""When a skill is due again: FSRS, a memory model, told how well the last try went.

What is learnt is a skill, a type of fault or a move, not a case: a case known by heart teaches nothing.
"""

from __future__ import annotations

from datetime import datetime

from fsrs import Card, Rating, Scheduler

__all__ = ["reviewed"]

# A try is worth a day at least, so there are no steps of minutes; the same tries give the same dates.
SCHEDULER = Scheduler(
    desired_retention=0.9, learning_steps=(), relearning_steps=(), maximum_interval=180, enable_fuzzing=False
)
PASSED, GOOD, EASY = 0.5, 0.75, 0.95


def reviewed(card: str | None, score: float, now: datetime) -> tuple[str, datetime]:
    """The skill's card, as JSON, after a try that scored 0 to 1, and when it is due again.

    `card` is the card before it, None for the first try; `now` has a time zone, and the date given is UTC.
    """
    before = Card.from_json(card) if card else Card(card_id=0, due=now)
    after, _ = SCHEDULER.review_card(before, _rating(score), now)
    return after.to_json(), after.due


def _rating(score: float) -> Rating:
    if score < PASSED:
        return Rating.Again
    if score < GOOD:
        return Rating.Hard
    return Rating.Good if score < EASY else Rating.Easy
