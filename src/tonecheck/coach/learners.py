"""Learners and trainers: joining, and coming back."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from tonecheck.coach.tables import Learner
from tonecheck.errors import RecordError

__all__ = ["LEARNER", "SHORTEST", "TRAINER", "join", "learner_named", "learners", "sign_in"]

LEARNER, TRAINER = ROLES = ("learner", "trainer")
SHORTEST = 8
LONGEST_NAME = 80
HASHER = PasswordHasher()


def learners(session: Session) -> tuple[Learner, ...]:
    """Everybody in the record, in the order of joining."""
    return tuple(session.scalars(select(Learner).order_by(Learner.id)))


def learner_named(session: Session, name: str) -> Learner | None:
    """The learner of this name, whatever its case and spaces."""
    return session.scalar(select(Learner).where(Learner.key == _key(name)))


def join(session: Session, name: str, passphrase: str | None = None, role: str = LEARNER) -> Learner:
    """A new learner. Without a passphrase whoever can open the record may go on under this name.

    A trainer needs one. Raises RecordError.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise RecordError(f"a name has 1 to {LONGEST_NAME} characters")
    if role not in ROLES:
        raise RecordError(f"“{role}” is no role; known: {', '.join(ROLES)}")
    if learner_named(session, name) is not None:
        raise RecordError(f"“{name}” is in the record already; take another name")
    if role == TRAINER and not passphrase:
        raise RecordError("a trainer needs a passphrase")
    if passphrase and len(passphrase) < SHORTEST:
        raise RecordError(f"a passphrase has at least {SHORTEST} characters; four words are easy to remember")
    secret = HASHER.hash(_spelt(passphrase)) if passphrase else None
    learner = Learner(name=name, key=_key(name), secret=secret, role=role, joined=datetime.now(UTC))
    session.add(learner)
    session.flush()
    return learner


def sign_in(session: Session, name: str, passphrase: str | None = None) -> Learner:
    """The learner of this name, if the passphrase is right. Raises RecordError, the same for both."""
    learner = learner_named(session, name)
    wrong = RecordError(f"no learner “{name}” with this passphrase; check both")
    if learner is None:
        raise wrong
    if learner.secret is None:
        return learner
    try:
        HASHER.verify(learner.secret, _spelt(passphrase or ""))
    except (VerificationError, InvalidHashError):
        raise wrong from None
    if HASHER.check_needs_rehash(learner.secret):
        learner.secret = HASHER.hash(_spelt(passphrase or ""))
    return learner


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _spelt(passphrase: str) -> str:
    """The passphrase in one spelling, whichever keyboard wrote it."""
    return unicodedata.normalize("NFKC", passphrase)
