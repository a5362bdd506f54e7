"""The schema's history: numbered steps, one room each, applied by Alembic."""
