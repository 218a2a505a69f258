"""The faults that learners allowed to be counted in their own mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table of counts."""
    op.create_table(
        "own_faults",
        sa.Column(
            "learner",
            sa.Integer,
            sa.ForeignKey("learners.id", ondelete="CASCADE"),
            primary_key=True,
            nullable=False,
        ),
        sa.Column("type", sa.String(24), primary_key=True),
        sa.Column("mails", sa.Integer, nullable=False),
    )
