"""Accounts, what one may sign in with, roles, sessions, codes and limits."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.accounts.rules import LoginKind, Role
from core.db import Base, Instant, plain, text_enum
from core.organisations.models import Unit
from core.people.models import Person


class Account(Base):
    """A way in for one person. Without `password_hash` only a six-digit code opens it."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(plain(32), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str | None] = mapped_column(plain(200))
    password_set_at: Mapped[datetime | None] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="joined")
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="account", foreign_keys="RoleGrant.account_id", lazy="selectin"
    )
    keys: Mapped[list[LoginKey]] = relationship(back_populates="account", lazy="selectin")
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012
    __witnessed__ = ("person_id", "password_hash", "disabled_at")


class LoginKey(Base):
    """A phone number or member code that names an account; unique after folding (NFC, case, zero-width)."""

    __tablename__ = "login_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    kind: Mapped[LoginKind] = mapped_column(text_enum(LoginKind, "login_kind"))
    folded: Mapped[str] = mapped_column(plain(80), unique=True)

    account: Mapped[Account] = relationship(back_populates="keys")
    __witnessed__ = ("account_id", "kind", "folded")


class RoleGrant(Base):
    """A role over a unit and all below it, for a time."""

    __tablename__ = "role_grant"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    role: Mapped[Role] = mapped_column(text_enum(Role, "role"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    account: Mapped[Account] = relationship(back_populates="grants", foreign_keys=[account_id])
    unit: Mapped[Unit] = relationship(lazy="joined")
    __table_args__ = (sa.UniqueConstraint("account_id", "role", "unit_id"),)
    __witnessed__ = ("account_id", "role", "unit_id", "valid_from", "valid_to")


class WebSession(Base):
    """One signed-in browser, by the SHA-256 of its 256-bit id; without the row the next request is a visitor's."""

    __tablename__ = "web_session"
    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    is_shared_device: Mapped[bool] = mapped_column(default=False)


class SignInCode(Base):
    """A six-digit code that an officer hands to a person, once; its argon2 hash only."""

    __tablename__ = "sign_in_code"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(plain(200))
    issued_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)


class LimitCount(Base):
    """How often something happened in a window: sign-ins per account, look-ups per address."""

    __tablename__ = "limit_count"
    bucket: Mapped[str] = mapped_column(plain(120), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class FormKey(Base):
    """A one-time key of a rendered form, with where its first use led: a repeat is sent there and changes nothing."""

    __tablename__ = "form_key"
    key: Mapped[str] = mapped_column(plain(64), primary_key=True)
    # The account, or 0 for visitors; a key taken to another account is refused, not replayed.
    account_id: Mapped[int]
    endpoint: Mapped[str] = mapped_column(plain(120))
    location: Mapped[str] = mapped_column(sa.String(500), default="")
    used_at: Mapped[datetime] = mapped_column(Instant, index=True)
