"""Units of the union over time: kinds, the tree of today, old names, successors, clusters."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, plain


class UnitKind(Base):
    """A level of the organisation as data («cdcs», «ldld_tinh»): no level is named in code."""

    __tablename__ = "unit_kind"
    code: Mapped[str] = mapped_column(plain(40), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    rank: Mapped[int] = mapped_column(default=0)
    __witnessed__ = ("name", "rank")


class Unit(Base):
    """A unit. `path` is today's line of scope («1.4.17.»); a dissolved unit hangs under its successor."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    code: Mapped[str] = mapped_column(plain(40), unique=True)
    kind_code: Mapped[str] = mapped_column(sa.ForeignKey("unit_kind.code"))
    name: Mapped[str] = mapped_column(sa.String(250))
    folded: Mapped[str] = mapped_column(plain(250), index=True)
    sort_key: Mapped[str] = mapped_column(plain(750), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    # Where the unit takes part in movements when that is not its management line (a power company's union).
    campaign_parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(plain(255), unique=True)
    member_count: Mapped[int | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    kind: Mapped[UnitKind] = relationship(lazy="joined")
    parent: Mapped[Unit | None] = relationship(foreign_keys=[parent_id], remote_side="Unit.id")

    __table_args__ = (
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),
        sa.CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="dates_in_order"),
    )
    __witnessed__ = ("code", "kind_code", "name", "parent_id", "campaign_parent_id", "path", "valid_from", "valid_to")


class UnitName(Base):
    """A name a unit bore; documents print the name as of their date."""

    __tablename__ = "unit_name"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(250))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    __witnessed__ = ("unit_id", "name", "valid_from", "valid_to")


class Succession(Base):
    """One unit taking over from another on a date."""

    __tablename__ = "unit_succession"
    id: Mapped[int] = mapped_column(primary_key=True)
    from_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    to_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    on_date: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    __table_args__ = (sa.UniqueConstraint("from_unit_id", "to_unit_id"),)
    __witnessed__ = ("from_unit_id", "to_unit_id", "on_date", "reason")


class Cluster(Base):
    """An emulation cluster (cụm, khối thi đua) of one year; it cuts across the tree."""

    __tablename__ = "cluster"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(plain(40))
    name: Mapped[str] = mapped_column(sa.String(250))
    year: Mapped[int]
    __table_args__ = (sa.UniqueConstraint("code", "year"),)
    __witnessed__ = ("code", "name", "year")


class ClusterMember(Base):
    """A unit in a cluster."""

    __tablename__ = "cluster_member"
    cluster_id: Mapped[int] = mapped_column(sa.ForeignKey("cluster.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True)
