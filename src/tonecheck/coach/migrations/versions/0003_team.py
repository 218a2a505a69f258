"""Sets with deadlines, invitations, and who lets trainers see their record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the tables of the team."""
    op.create_table(
        "case_sets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("cases", sa.JSON, nullable=False),
        sa.Column("made", MOMENT, nullable=False),
        sa.Column("deadline", MOMENT, nullable=False),
        sa.Column("for_all", sa.Boolean, nullable=False),
    )
    owner = sa.ForeignKey("case_sets.id", ondelete="CASCADE")
    op.create_table(
        "assigned",
        sa.Column("case_set", sa.Integer, owner, primary_key=True, nullable=False),
        sa.Column("learner", sa.Integer, _learner(), primary_key=True, nullable=False, index=True),
    )
    op.create_table(
        "invitations",
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("expires", MOMENT, nullable=False),
    )
    op.create_table(
        "shares",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("learner", sa.Integer, _learner(), nullable=False, index=True),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
    )


def _learner() -> sa.ForeignKey:
    return sa.ForeignKey("learners.id", ondelete="CASCADE")
