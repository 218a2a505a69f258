"""Invitations: a trainer names somebody, who joins with a code that works once and not for long."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tonecheck.coach.learners import LONGEST_NAME, join, learner_named, name_key
from tonecheck.coach.tables import Invitation, Learner
from tonecheck.errors import RecordError

__all__ = ["VALID", "accept", "invite", "open_invitations"]

VALID = timedelta(days=7)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
PARTS, PART = 4, 4


def invite(session: Session, name: str, now: datetime) -> str:
    """The code with which somebody of this name may join; an older one for it is void.

    Raises RecordError.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise RecordError(f"a name has 1 to {LONGEST_NAME} characters")
    if learner_named(session, name) is not None:
        raise RecordError(f"“{name}” is in the record already; invite somebody else")
    code = "-".join("".join(secrets.choice(LETTERS) for _ in range(PART)) for _ in range(PARTS))
    session.merge(Invitation(key=name_key(name), name=name, digest=_digest(code), expires=now + VALID))
    return code


def open_invitations(session: Session, now: datetime) -> tuple[Invitation, ...]:
    """Those whose code was not used yet and still works, by name."""
    rows = select(Invitation).where(Invitation.expires > now).order_by(Invitation.name)
    return tuple(session.scalars(rows))


def accept(session: Session, name: str, code: str, passphrase: str, now: datetime) -> Learner:
    """The learner who joins with this code and chooses a passphrase; the code is used up.

    Raises RecordError, the same for a wrong name, a wrong code and one that is too old or was used.
    """
    invitation = session.get(Invitation, name_key(name))
    if (
        invitation is None
        or not secrets.compare_digest(invitation.digest, _digest(code))
        or invitation.expires <= now
    ):
        raise RecordError(
            f"no invitation for “{name}” with this code; it works once and for {VALID.days} days: "
            "check both, or ask your trainer for a new one"
        )
    if not passphrase:
        raise RecordError("choose a passphrase; four words are easy to remember")
    learner = join(session, invitation.name, passphrase)
    session.delete(invitation)
    return learner


def _digest(code: str) -> str:
    """A code of chance needs no slow hash; it is the same however it is typed."""
    return hashlib.sha256("".join(c for c in code.lower() if c.isalnum()).encode()).hexdigest()
