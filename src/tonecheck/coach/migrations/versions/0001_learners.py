"""Learners, their tests, what they did, and when each skill is due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "learners",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("key", sa.String(120), nullable=False, unique=True),
        sa.Column("secret", sa.String(200)),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("joined", MOMENT, nullable=False),
    )
    op.create_table(
        "takes",
        sa.Column("id", sa.Integer, primary_key=True),
        _learner(index=True),
        sa.Column("form", sa.String(1), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("finished", MOMENT),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer, primary_key=True),
        _learner(index=True),
        sa.Column("take", sa.Integer, sa.ForeignKey("takes.id", ondelete="CASCADE"), index=True),
        sa.Column("exercise", sa.String(16), nullable=False),
        sa.Column("case_id", sa.String(120), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sa.Column("skills", sa.JSON, nullable=False),
    )
    op.create_table(
        "skills",
        _learner(primary_key=True),
        sa.Column("skill", sa.String(24), primary_key=True),
        sa.Column("card", sa.Text, nullable=False),
        sa.Column("due", MOMENT, nullable=False),
    )


def _learner(*, index: bool = False, primary_key: bool = False) -> sa.Column[int]:
    owner = sa.ForeignKey("learners.id", ondelete="CASCADE")
    return sa.Column("learner", sa.Integer, owner, index=index, nullable=False, primary_key=primary_key)
