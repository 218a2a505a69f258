"""The team's own cases on their way from an import to the exercises.

A case that is *to review* is seen by the trainer who imported it and by nobody else. Once cleared,
the mails as they were sent are gone from the record, and any trainer may mark it; once marked it
joins the exercises. Two who change one case do not overwrite each other: the second is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from datetime import UTC, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from tonecheck.coach.case import Mark
from tonecheck.coach.importing import Exchange
from tonecheck.coach.learners import TRAINER
from tonecheck.coach.people import FAMILY, GIVEN, next_stand_in
from tonecheck.coach.removing import Cut, places_of, without
from tonecheck.coach.tables import Learner, TeamCase
from tonecheck.errors import RecordError
from tonecheck.report import Span

__all__ = [
    "CLEARED", "MARKED", "REJECTED", "TO_REVIEW", "CaseError", "add", "clear", "cuts_of", "known_keys", "mark",
    "must_be_trainer", "put_back", "reject", "remove", "seen_by", "the_case",
]  # fmt: skip

TO_REVIEW, CLEARED, MARKED, REJECTED = "to review", "cleared", "marked", "rejected"
TEXTS = ("client", "reply")


class CaseError(RecordError):
    """A step that does not fit the case as it now is; the record itself is in order."""


def must_be_trainer(learner: Learner) -> None:
    """Raises CaseError for somebody who is no trainer."""
    if learner.role != TRAINER:
        raise CaseError(
            f"{learner.name} is a learner, and only a trainer sees the team's mails; "
            "tonecheck coach join NAME --role trainer adds one"
        )


def known_keys(session: Session) -> set[bytes]:
    """The keys of all mails that were ever imported, also of those that were rejected."""
    return {bytes.fromhex(key) for key in session.scalars(select(TeamCase.key))}


def add(session: Session, trainer: Learner, exchanges: Iterable[Exchange], trade: str) -> int:
    """Put exchanges in for review, each once; how many were new."""
    must_be_trainer(trainer)
    by_key = {exchange.key: exchange for exchange in exchanges}
    there = set(session.scalars(select(TeamCase.key).where(TeamCase.key.in_(by_key))))
    new = [exchange for key, exchange in by_key.items() if key not in there]
    session.add_all(_row(exchange, trainer, trade) for exchange in new)
    return len(new)


def _row(exchange: Exchange, trainer: Learner, trade: str) -> TeamCase:
    cuts = [("client", cut) for cut in exchange.client_cuts] + [("reply", cut) for cut in exchange.reply_cuts]
    row = TeamCase(key=exchange.key, trainer=trainer.id, state=TO_REVIEW, trade=trade)
    row.changed, row.changed_by = datetime.now(UTC), trainer.name
    row.client_as_sent, row.reply_as_sent = exchange.client, exchange.reply
    row.marks, row.there, row.missing, row.good = [], [], [], []
    _keep_cuts(row, cuts)
    return row


def seen_by(session: Session, trainer: Learner, *states: str) -> tuple[TeamCase, ...]:
    """The cases that a trainer may see, in order of import; of those to review only their own."""
    must_be_trainer(trainer)
    mine = or_(TeamCase.state.in_((CLEARED, MARKED)), TeamCase.trainer == trainer.id)
    wanted = TeamCase.state.in_(states or (TO_REVIEW, CLEARED, MARKED))
    return tuple(session.scalars(select(TeamCase).where(mine, wanted).order_by(TeamCase.id)))


def the_case(session: Session, trainer: Learner, number: int) -> TeamCase:
    """One case. Raises CaseError, the same for one that is not there and one that is not to be seen."""
    found = session.get(TeamCase, number)
    must_be_trainer(trainer)
    hidden = found is None or (found.state == TO_REVIEW and found.trainer != trainer.id)
    if found is None or hidden or found.state == REJECTED:
        raise CaseError(f"there is no case {number} for you; tonecheck coach review lists them")
    return found


def cuts_of(case: TeamCase, text: str) -> tuple[Cut, ...]:
    """What goes from the client's message or from the reply as it was sent."""
    return tuple(
        Cut(Span(start, end), stand_in, kind) for of, start, end, stand_in, kind in case.cuts if of == text
    )


def remove(session: Session, trainer: Learner, number: int, version: int, words: str) -> TeamCase:
    """Take words out wherever they stand in both texts; a capital makes them a name, with a stand-in."""
    with _changing(session, trainer, number, version, TO_REVIEW) as case:
        cuts = _all_cuts(case)
        stand_in = _stand_in(case, words)
        new = []
        for text in TEXTS:
            taken = cuts_of(case, text)
            for span in places_of(_as_sent(case, text), words):
                if not any(cut.span.overlaps(span) for cut in taken):
                    new.append((text, Cut(span, stand_in, "by hand")))
        if not new:
            raise CaseError(
                f"“{words}” is not in what is left of case {number}; copy whole words as they stand"
            )
        _keep_cuts(case, [*cuts, *new])
    return case


def put_back(session: Session, trainer: Learner, number: int, version: int, words: str) -> TeamCase:
    """Leave words standing that tell nothing about anybody."""
    with _changing(session, trainer, number, version, TO_REVIEW) as case:
        cuts, said = _all_cuts(case), " ".join(words.lower().split())
        left = [(text, cut) for text, cut in cuts if said not in _ways_to_say(_as_sent(case, text), cut)]
        if len(left) == len(cuts):
            raise CaseError(f"“{words}” was not removed from case {number}; nothing is put back")
        _keep_cuts(case, left)
    return case


def clear(
    session: Session,
    trainer: Learner,
    number: int,
    version: int,
    proposed: tuple[Sequence[Mark], Iterable[str], Iterable[str]],
) -> TeamCase:
    """Nobody can be known from it any more: what was sent goes, what is left may be seen by trainers.

    `proposed` are the marks, the moves that are there and those that are missing.
    """
    with _changing(session, trainer, number, version, TO_REVIEW) as case:
        _forget(case)
        case.state = CLEARED
        marks, there, missing = proposed
        _keep_marks(case, marks, there, missing)
    return case


def mark(
    session: Session, trainer: Learner, number: int, version: int,
    marks: Sequence[Mark], missing: Iterable[str], good: Sequence[str],
) -> TeamCase:  # fmt: skip
    """Say what is wrong with a cleared reply and how it could have been said; then it is practised."""
    with _changing(session, trainer, number, version, CLEARED, MARKED) as case:
        answers = [text.strip() for text in good if text.strip()]
        if marks and not answers:
            raise CaseError("a reply with marks needs a good answer; write one")
        wanted = set(missing)
        _keep_marks(case, marks, set(case.there) - wanted, wanted)
        case.good = answers
        case.state = MARKED
    return case


def reject(session: Session, trainer: Learner, number: int, version: int) -> TeamCase:
    """Throw a case away: its texts go, and importing the mail again does not bring it back."""
    with _changing(session, trainer, number, version, TO_REVIEW, CLEARED, MARKED) as case:
        _forget(case)
        case.state, case.client, case.reply = REJECTED, "", ""
        case.marks, case.there, case.missing, case.good = [], [], [], []
    return case


@contextmanager
def _changing(
    session: Session, trainer: Learner, number: int, version: int, *states: str
) -> Iterator[TeamCase]:
    """A case to change, if it is still as it was when it was shown. Raises CaseError."""
    case = the_case(session, trainer, number)
    if case.version != version:
        raise _changed_meanwhile(number, case.changed_by, case.changed)
    if case.state not in states:
        raise CaseError(f"case {number} is {case.state}, and no longer {' or '.join(states)}")
    yield case
    case.changed, case.changed_by = datetime.now(UTC), trainer.name
    try:
        session.flush()
    except StaleDataError:  # they saved between our reading and our writing
        raise _changed_meanwhile(number, "somebody", datetime.now(UTC)) from None


def _changed_meanwhile(number: int, who: str, at: datetime) -> CaseError:
    return CaseError(
        f"{who} changed case {number} at {at.astimezone():%H:%M} while you had it open; "
        "what they wrote is kept, yours is not saved yet: open it again and add yours"
    )


def _as_sent(case: TeamCase, text: str) -> str:
    sent: str = getattr(case, f"{text}_as_sent") or ""
    return sent


def _all_cuts(case: TeamCase) -> list[tuple[str, Cut]]:
    return [(text, cut) for text in TEXTS for cut in cuts_of(case, text)]


def _keep_cuts(case: TeamCase, cuts: Iterable[tuple[str, Cut]]) -> None:
    case.cuts = [[text, *astuple(cut.span), cut.stand_in, cut.kind] for text, cut in sorted(cuts)]
    for text in TEXTS:
        setattr(case, text, without(_as_sent(case, text), cuts_of(case, text)))


def _ways_to_say(sent: str, cut: Cut) -> tuple[str, str]:
    return " ".join(sent[cut.span.start : cut.span.end].lower().split()), cut.stand_in.lower()


def _stand_in(case: TeamCase, words: str) -> str:
    if not words[:1].isupper() or not words.replace(" ", "").isalpha():
        return "[removed]"
    taken = {
        word.strip(".,;:!?").lower()
        for text in TEXTS
        for word in (*_as_sent(case, text).split(), *getattr(case, text).split())
    }
    return " ".join(
        next_stand_in(taken, stock) for stock, _ in zip((GIVEN, FAMILY), words.split(), strict=False)
    )


def _forget(case: TeamCase) -> None:
    case.client_as_sent = case.reply_as_sent = None
    case.cuts = []


def _keep_marks(case: TeamCase, marks: Iterable[Mark], there: Iterable[str], missing: Iterable[str]) -> None:
    case.marks = [
        [*astuple(m.span), m.type, int(m.severity), m.why]
        for m in sorted(marks, key=lambda m: (m.span, m.type))
    ]
    case.there, case.missing = sorted(set(there)), sorted(set(missing))
