"""The schema's history: every step goes up and down with rows present, and its end is what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from core.migrations import compare, runner
from tests import databases, rows

TABLES = {table.name: table for table in rows.load_models()}
STEPS = runner.revisions()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database at head, without rows."""
    if request.param == "postgres" and databases.postgres_server() is None:
        pytest.skip("no PostgreSQL on this machine")
    url = databases.fresh(request.param)
    made = sa.create_engine(url)
    yield made
    made.dispose()
    databases.drop(url)


def insert(engine: Engine, names: list[str], n: int = 1) -> None:
    """Write the `n`-th row of each table with the columns it has at this step."""
    with engine.begin() as connection:
        for name in names:
            there = [column["name"] for column in sa.inspect(connection).get_columns(name)]
            model = TABLES[name]
            target = sa.table(name, *[sa.column(key, model.c[key].type) for key in there])
            connection.execute(sa.insert(target).values({key: rows.value(model.c[key], n) for key in there}))


def tables(engine: Engine) -> list[str]:
    """Return the tables there are, parents first; the version table is none of ours."""
    there = set(sa.inspect(engine).get_table_names())
    return [name for name in TABLES if name in there]


def content(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables."""
    with engine.connect() as connection:
        return {
            name: [dict(row) for row in connection.execute(sa.text(f'SELECT * FROM "{name}" ORDER BY 1')).mappings()]
            for name in tables(engine)
        }


def columns(engine: Engine, name: str) -> list[str]:
    """Return the columns that a table has at this step."""
    return [column["name"] for column in sa.inspect(engine).get_columns(name)]


def leftovers(engine: Engine) -> list[str]:
    """Return what stands in the database beside the version table."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE tbl_name <> 'thidua_version'"
        else:
            query = (
                "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE nspname = 'public' "
                "UNION SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE nspname = 'public' AND relname NOT LIKE 'thidua_version%%'"
            )
        return sorted(connection.exec_driver_sql(query).scalars())


def test_the_migrated_schema_is_what_the_models_say(engine: Engine) -> None:
    assert compare.differences(engine) == []


def test_steps_are_numbered_without_a_gap() -> None:
    assert [f"{n:04d}" for n in range(1, len(STEPS) + 1)] == STEPS


def test_every_step_goes_up_and_down_and_keeps_the_rows_of_the_steps_before(engine: Engine) -> None:
    runner.downgrade(engine, "base")
    assert leftovers(engine) == []
    for step in STEPS:
        before = set(tables(engine))
        runner.upgrade(engine, step)
        assert runner.current(engine) == step
        insert(engine, [name for name in tables(engine) if name not in before | {"audit_head"}])
    full = content(engine)
    assert {name for name, found in full.items() if len(found) != 1} == set()

    for step in reversed(STEPS[:-1]):
        runner.downgrade(engine, step)
        # A column that a later step added is gone; everything else is as it was.
        assert content(engine) == {
            name: [{key: row[key] for key in columns(engine, name)} for row in full[name]] for name in tables(engine)
        }

    runner.upgrade(engine)
    assert content(engine)["audit_event"] == full["audit_event"]
    assert compare.differences(engine) == []
    runner.downgrade(engine, "base")
    assert leftovers(engine) == []
    runner.upgrade(engine)
    assert compare.differences(engine) == []


def test_what_is_still_to_apply_is_known(engine: Engine) -> None:
    runner.downgrade(engine, STEPS[-3])
    assert (runner.current(engine), runner.pending(engine)) == (STEPS[-3], STEPS[-2:])
    runner.upgrade(engine)
    assert (runner.current(engine), runner.pending(engine)) == (STEPS[-1], [])


def test_a_difference_is_named(engine: Engine) -> None:
    on = " ON mark" if engine.dialect.name == "postgresql" else ""
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE unit_kind ADD COLUMN stray INTEGER")
        connection.exec_driver_sql("DROP INDEX uq_award_one_live")
        connection.exec_driver_sql(f"DROP TRIGGER trg_mark_no_delete{on}")
        connection.exec_driver_sql("CREATE TABLE unit_spare (id INTEGER)")
        # An optional room answers for its own tables.
        connection.exec_driver_sql("CREATE TABLE alembic_version_gallery (version_num VARCHAR(32))")
        connection.exec_driver_sql("CREATE TABLE x_gallery_picture (id INTEGER)")
    assert [line.split(": only")[0] for line in compare.differences(engine)] == [
        "award: uq_award_one_live", "mark: trg_mark_no_delete", "unit_kind.stray", "unit_spare.id", "unit_spare",
    ]  # fmt: skip


# --- Rows that may not change ----------------------------------------------------------------------------------------


def refused(engine: Engine, *statements: str) -> bool:
    """Whether the last of these statements is refused by the database."""
    with engine.connect() as connection:
        for statement in statements[:-1]:
            connection.execute(sa.text(statement))
        try:
            connection.execute(sa.text(statements[-1]))
        except sa.exc.IntegrityError as error:
            assert "append-only" in str(error)  # noqa: PT017
            return True
        return False


@pytest.mark.parametrize("table", ["audit_event", "audit_witness", "audit_checkpoint", "rule_snapshot", "entry_step"])
def test_an_append_only_row_is_neither_changed_nor_deleted_nor_replaced(engine: Engine, table: str) -> None:
    insert(engine, [name for name in TABLES if name != "audit_head"])
    column = {"audit_event": "verb", "audit_witness": "row_key", "audit_checkpoint": "reason"}.get(table)
    column = column or {"rule_snapshot": "engine", "entry_step": "note"}[table]
    assert refused(engine, f"UPDATE {table} SET {column} = 'x'")
    assert refused(engine, f"DELETE FROM {table}")
    if engine.dialect.name == "sqlite":
        assert refused(engine, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


def test_an_event_forgets_its_detail_and_nothing_else(engine: Engine) -> None:
    insert(engine, ["audit_event", "audit_witness"])
    assert not refused(engine, "UPDATE audit_event SET detail = NULL, nonce = NULL")
    assert not refused(engine, "UPDATE audit_witness SET nonce = NULL")
    assert refused(engine, "UPDATE audit_event SET detail = detail_digest || detail")
    assert refused(engine, "UPDATE audit_event SET detail = NULL", "UPDATE audit_event SET detail = detail_digest")
    assert refused(engine, "UPDATE audit_event SET detail = NULL, season_id = NULL")
    assert refused(engine, "UPDATE audit_event SET season_id = NULL")


SEAL = "UPDATE scoresheet SET status = 'sealed' WHERE id = 1"


def test_a_sealed_sheet_only_becomes_void_and_only_with_a_reason(engine: Engine) -> None:
    insert(engine, [name for name in TABLES if name != "audit_head"])
    assert not refused(engine, "UPDATE scoresheet SET remark = 'x'")
    assert not refused(engine, SEAL)
    assert not refused(engine, SEAL, "UPDATE scoresheet SET status = 'void', void_reason = 'trùng', revision = 9")
    for change in (
        "remark = 'x'",
        "status = 'open'",
        "status = 'void'",
        "status = 'void', void_reason = 'trùng', remark = 'x'",
        "status = 'void', void_reason = 'trùng', judge_id = NULL",
        "void_reason = 'trùng'",
    ):
        assert refused(engine, SEAL, f"UPDATE scoresheet SET {change}"), change
    void = "UPDATE scoresheet SET status = 'void', void_reason = 'trùng'"
    assert refused(engine, SEAL, void, "UPDATE scoresheet SET status = 'open'")
    assert refused(engine, "DELETE FROM mark", SEAL, "DELETE FROM scoresheet")


def test_the_marks_of_a_sealed_sheet_stay(engine: Engine) -> None:
    insert(engine, [name for name in TABLES if name != "audit_head"])
    more = "INSERT INTO mark (id, scoresheet_id, criterion, comment) VALUES (7, 1, 'moi', '')"
    assert not refused(engine, "UPDATE mark SET points = 5")
    assert not refused(engine, more)
    assert not refused(engine, "DELETE FROM mark")
    assert refused(engine, SEAL, "UPDATE mark SET points = 5")
    assert refused(engine, SEAL, more)
    assert refused(engine, SEAL, "DELETE FROM mark")
    if engine.dialect.name == "sqlite":
        assert refused(engine, SEAL, "INSERT OR REPLACE INTO mark SELECT * FROM mark")
