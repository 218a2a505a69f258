"""Who sits at the terminal."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from tonecheck.errors import RecordError

if TYPE_CHECKING:
    from tonecheck.coach.store import Record
    from tonecheck.coach.tables import Learner

__all__ = ["invited_learner", "new_learner", "some_trainer", "whoever"]


def whoever(record: Record, name: str | None) -> Learner:
    """Who practises: the one learner of a record of one's own, else whoever says their name."""
    from tonecheck.coach.learners import learner_named, learners, sign_in
    from tonecheck.coach.store import recording

    with recording(record) as session:
        everybody = learners(session)
    if name is None and len(everybody) == 1 and everybody[0].secret is None:
        return everybody[0]
    name = name or click.prompt("Your name")
    with recording(record) as session:
        known = learner_named(session, name)
    if known is None:
        if not click.confirm(f"“{name}” is new here. Join?", default=True):
            raise click.Abort()
        return new_learner(record, name, "learner")
    passphrase = _secret("Passphrase") if known.secret else None
    with recording(record) as session:
        return sign_in(session, name, passphrase)


def some_trainer(record: Record, name: str | None) -> Learner:
    """The trainer who says their name and passphrase. Raises RecordError for anybody else."""
    from tonecheck.coach.learners import TRAINER, learner_named, learners, sign_in
    from tonecheck.coach.store import recording

    with recording(record) as session:
        if not any(one.role == TRAINER for one in learners(session)):
            raise RecordError(
                "there is no trainer in this record yet; tonecheck coach join NAME --role trainer adds one"
            )
    name = name or click.prompt("Your name")
    with recording(record) as session:
        known = learner_named(session, name)
    if known is not None and known.role != TRAINER:
        raise RecordError(
            f"“{name}” is no trainer in this record; tonecheck coach join NAME --role trainer adds one"
        )
    passphrase = _secret("Passphrase")
    with recording(record) as session:
        return sign_in(session, name, passphrase)


def invited_learner(record: Record, name: str, code: str) -> Learner:
    """Somebody joins with the code of an invitation, and chooses a passphrase. Raises RecordError."""
    from tonecheck.coach.inviting import accept
    from tonecheck.coach.learners import SHORTEST
    from tonecheck.coach.store import recording

    passphrase = _secret(f"A passphrase, {SHORTEST} characters or more")
    if passphrase != _secret("Once more"):
        raise RecordError("the two passphrases differ; nobody has joined, the code still works")
    with recording(record) as session:
        return accept(session, name, code, passphrase, datetime.now(UTC))


def new_learner(record: Record, name: str, role: str) -> Learner:
    """Somebody joins; a learner may do without a passphrase. Raises RecordError."""
    from tonecheck.coach.learners import LEARNER, SHORTEST, join
    from tonecheck.coach.store import recording

    told = f"A passphrase, {SHORTEST} characters or more"
    if role == LEARNER:
        told += ", or Enter for none (then everybody who can open this record can go on under this name)"
    passphrase = _secret(told)
    if passphrase and passphrase != _secret("Once more"):
        raise RecordError("the two passphrases differ; nobody has joined")
    with recording(record) as session:
        return join(session, name, passphrase or None, role)


def _secret(told: str) -> str:
    """What is typed, unseen on a terminal."""
    said: str = click.prompt(told, default="", show_default=False, hide_input=sys.stdin.isatty())
    return said
