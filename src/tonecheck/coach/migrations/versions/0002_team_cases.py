"""The team's own cases: replies that were imported, reviewed and marked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of the team's cases."""
    op.create_table(
        "team_cases",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(32), nullable=False, unique=True),
        sa.Column("trainer", sa.Integer, sa.ForeignKey("learners.id", ondelete="SET NULL"), index=True),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
        sa.Column("trade", sa.String(80), nullable=False),
        sa.Column("client_as_sent", sa.Text),
        sa.Column("reply_as_sent", sa.Text),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("cuts", "marks", "there", "missing", "good")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("client", "reply")),
    )
