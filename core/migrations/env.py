"""What Alembic runs for every command; the runner hands over the connection."""

from __future__ import annotations

from alembic import context

known = context.config.attributes
context.configure(connection=known["connection"], version_table=known["version_table"], transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
