"""What the trail refuses."""

from __future__ import annotations


class UnrecordedChange(RuntimeError):
    """Witnessed rows changed and no verb said so: a mistake in our own code, never in what somebody typed."""

    def __init__(self, tables: list[str]) -> None:
        self.tables = tables
        super().__init__(f"rows of {', '.join(tables)} changed without audit.record()")


class BulkChange(RuntimeError):
    """A bulk statement writes witnessed columns past the session, where no witness sees it."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            f"bulk statement on {table}: change rows through the session, or call audit.include() and run the "
            "statement with execution_options(audited=True)"
        )
