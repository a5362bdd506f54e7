"""People and where they belong over time."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, plain, text_enum
from core.organisations.models import Unit
from core.people.rules import MembershipKind, Sex


class Person(Base):
    """A person, with or without an account. `phone` is for contact: families share one, so it is not unique."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    full_name: Mapped[str] = mapped_column(sa.String(120))
    folded: Mapped[str] = mapped_column(plain(120), index=True)
    sort_key: Mapped[str] = mapped_column(plain(500), index=True)
    sex: Mapped[Sex | None] = mapped_column(text_enum(Sex, "sex"))
    birth_year: Mapped[int | None]
    phone: Mapped[str] = mapped_column(plain(20), default="")
    email: Mapped[str] = mapped_column(sa.String(200), default="")
    job_title: Mapped[str] = mapped_column(sa.String(200), default="")
    qualification: Mapped[str] = mapped_column(sa.String(200), default="")
    # The kind that an award's thresholds ask for (worker, staff, manager…); the words are the movement's.
    person_kind: Mapped[str] = mapped_column(plain(40), default="")
    # A merge is a pointer that can be taken back, never a deletion.
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=1)

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="person", order_by="Membership.id", lazy="selectin"
    )
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012  # SQLAlchemy's own spelling.
    __witnessed__ = ("full_name", "sex", "birth_year", "job_title", "qualification", "person_kind", "merged_into_id")

    @property
    def membership(self) -> Membership | None:
        """The current membership: the last one without an end."""
        return next((m for m in reversed(self.memberships) if m.valid_to is None), None)

    @property
    def unit(self) -> Unit | None:
        """The unit the person belongs to now."""
        return self.membership.unit if self.membership else None


class Membership(Base):
    """A person in a unit for a time."""

    __tablename__ = "membership"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    kind: Mapped[MembershipKind] = mapped_column(text_enum(MembershipKind, "membership_kind"))
    member_code: Mapped[str | None] = mapped_column(plain(40), unique=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="memberships")
    unit: Mapped[Unit] = relationship(lazy="joined")
    __witnessed__ = ("person_id", "unit_id", "kind", "member_code", "valid_from", "valid_to")
