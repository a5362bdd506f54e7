"""What Alembic runs for every command; the runner hands over the connection."""

from __future__ import annotations

from alembic import context

from core.migrations.runner import VERSION_TABLE

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table=VERSION_TABLE, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
