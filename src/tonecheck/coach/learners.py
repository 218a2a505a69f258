"""Learners and trainers: joining, and coming back."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from tonecheck.coach.tables import Learner
from tonecheck.errors import RecordError

__all__ = [
    "LEARNER",
    "SHORTEST",
    "TRAINER",
    "join",
    "learner_named",
    "learners",
    "name_key",
    "sign_in",
    "take_passphrase",
]

LEARNER, TRAINER = ROLES = ("learner", "trainer")
SHORTEST = 8
LONGEST_NAME = 80
HASHER = PasswordHasher()


def learners(session: Session) -> tuple[Learner, ...]:
    """Everybody in the record, in the order of joining."""
    return tuple(session.scalars(select(Learner).order_by(Learner.id)))


def learner_named(session: Session, name: str) -> Learner | None:
    """The learner of this name, whatever its case and spaces."""
    return session.scalar(select(Learner).where(Learner.key == name_key(name)))


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
    secret = _hash(passphrase) if passphrase else None
    learner = Learner(name=name, key=name_key(name), secret=secret, role=role, joined=datetime.now(UTC))
    session.add(learner)
    session.flush()
    return learner


def take_passphrase(learner: Learner, passphrase: str) -> None:
    """From now on the learner has this passphrase. Raises RecordError."""
    learner.secret = _hash(passphrase)


def sign_in(session: Session, name: str, passphrase: str | None = None, *, openly: bool = True) -> Learner:
    """The learner of this name, if the passphrase is right. Raises RecordError, the same for both.

    Those who have no passphrase come in by their name alone, unless not `openly`.
    """
    learner = learner_named(session, name)
    if learner is not None and learner.secret is None and openly:
        return learner
    secret = learner.secret if learner is not None else None
    try:
        HASHER.verify(secret or _nobodys(), _spelt(passphrase or ""))
    except (VerificationError, InvalidHashError):
        secret = None
    if learner is None or secret is None:
        raise RecordError(f"no learner “{name}” with this passphrase; check both")
    if HASHER.check_needs_rehash(secret):
        learner.secret = HASHER.hash(_spelt(passphrase or ""))
    return learner


def name_key(name: str) -> str:
    """The name without regard to case and spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _hash(passphrase: str) -> str:
    if len(passphrase) < SHORTEST:
        raise RecordError(f"a passphrase has at least {SHORTEST} characters; four words are easy to remember")
    return HASHER.hash(_spelt(passphrase))


@cache
def _nobodys() -> str:
    """Tried for a name that is unknown, so that it takes as long as a wrong passphrase."""
    return HASHER.hash("")


def _spelt(passphrase: str) -> str:
    """The passphrase in one spelling, whichever keyboard wrote it."""
    return unicodedata.normalize("NFKC", passphrase)
