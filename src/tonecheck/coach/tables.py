"""What the training record keeps: learners, what they did, when each skill is due, and their tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Double, ForeignKey, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

__all__ = [
    "Assigned",
    "Attempt",
    "CaseSet",
    "Invitation",
    "Learner",
    "Moment",
    "OwnFault",
    "Share",
    "Skill",
    "Table",
    "Take",
    "TeamCase",
]


class Moment(TypeDecorator[datetime]):
    """A moment with its time zone; SQLite keeps none, so all are written in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """What all tables share."""

    type_annotation_map = {datetime: Moment, dict[str, float]: JSON, Any: JSON}  # noqa: RUF012


class Learner(Table):
    """Somebody who practises. `key` is the name without regard to case; `secret` a hash, if there is one."""

    __tablename__ = "learners"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    secret: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    joined: Mapped[datetime]


class Take(Table):
    """One time that a learner took the test; `finished` is empty for one that was broken off."""

    __tablename__ = "takes"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner: Mapped[int] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"), index=True)
    form: Mapped[str] = mapped_column(String(1))
    started: Mapped[datetime]
    finished: Mapped[datetime | None]


class Attempt(Table):
    """One exercise that was done, and how well each skill went, 0 to 1.

    `answer` is [[start, end, kind], …] for *spot*, the moves for *missing*, 1 or 0 for *better*, and
    the text that was written for *rewrite* and *answer*.
    """

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner: Mapped[int] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"), index=True)
    take: Mapped[int | None] = mapped_column(ForeignKey("takes.id", ondelete="CASCADE"), index=True)
    exercise: Mapped[str] = mapped_column(String(16))
    case: Mapped[str] = mapped_column("case_id", String(120))
    at: Mapped[datetime]
    seconds: Mapped[float] = mapped_column(Double)
    score: Mapped[float] = mapped_column(Double)
    answer: Mapped[Any]
    skills: Mapped[dict[str, float]]


class Skill(Table):
    """What a learner's memory of a skill looks like to FSRS, and when it is due."""

    __tablename__ = "skills"

    learner: Mapped[int] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(24), primary_key=True)
    card: Mapped[str] = mapped_column(Text)
    due: Mapped[datetime]


class TeamCase(Table):
    """A reply of the team's own, with the client's message.

    `client_as_sent` and `reply_as_sent` are there only until the trainer who imported it has cleared
    it; `cuts` are [text, start, end, stand-in, kind] in them. `marks` are [start, end, type, severity, why].
    """

    __tablename__ = "team_cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    trainer: Mapped[int | None] = mapped_column(ForeignKey("learners.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    version: Mapped[int] = mapped_column()
    changed: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(80))
    trade: Mapped[str] = mapped_column(String(80))
    client_as_sent: Mapped[str | None] = mapped_column(Text)
    reply_as_sent: Mapped[str | None] = mapped_column(Text)
    cuts: Mapped[Any]
    client: Mapped[str] = mapped_column(Text)
    reply: Mapped[str] = mapped_column(Text)
    marks: Mapped[Any]
    there: Mapped[Any]
    missing: Mapped[Any]
    good: Mapped[Any]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CaseSet(Table):
    """Cases that a trainer sets, to be practised by `deadline`; `for_all` means whoever is a learner."""

    __tablename__ = "case_sets"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    cases: Mapped[Any]
    made: Mapped[datetime]
    deadline: Mapped[datetime]
    for_all: Mapped[bool]


class Assigned(Table):
    """A learner to whom a set is given by name."""

    __tablename__ = "assigned"

    case_set: Mapped[int] = mapped_column(ForeignKey("case_sets.id", ondelete="CASCADE"), primary_key=True)
    learner: Mapped[int] = mapped_column(
        ForeignKey("learners.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Invitation(Table):
    """A code that lets one person join once, under a name; only its digest is kept."""

    __tablename__ = "invitations"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    expires: Mapped[datetime]


class Share(Table):
    """A time through which a learner let trainers see their record; `until` is empty while it goes on."""

    __tablename__ = "shares"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner: Mapped[int] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class OwnFault(Table):
    """In how many of a learner's own mails a type of fault was found; kept only where they allow it."""

    __tablename__ = "own_faults"

    learner: Mapped[int] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"), primary_key=True)
    type: Mapped[str] = mapped_column(String(24), primary_key=True)
    mails: Mapped[int]
