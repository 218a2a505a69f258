"""Alembic asks here how to migrate; the connection is the caller's."""

from __future__ import annotations

from alembic import context

from tonecheck.coach.tables import Table

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
