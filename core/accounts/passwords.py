"""Passwords and six-digit codes: argon2 hashes, what is too weak, one duration for right and wrong names."""

from __future__ import annotations

import functools
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.accounts.rules import PasswordTooWeak
from core.vietnamese.text import fold

MINIMUM_LENGTH = 8

# The most used passwords of people here and everywhere; the long list of broken ones is an installation's own file.
COMMON = frozenset(
    """
    12345678 123456789 1234567890 01234567 87654321 11111111 00000000 88888888 66666666 99999999 12341234 11223344
    password password1 password123 qwertyuiop qwerty123 1q2w3e4r 1qaz2wsx abcd1234 abc12345 abc123456 a1234567
    aa123456 a12345678 matkhau1 matkhau123 matkhau12 congdoan congdoan1 congdoan123 laichau123 laichau1 vietnam1
    vietnam123 anhyeuem anhyeuem1 emyeuanh iloveyou iloveyou1 khongbiet khongco1 hoilamgi toiyeuem admin123
    administrator dangnhap thidua123 thiduakhenthuong sangkien sangkien1 sangkien123
    """.split()
)


@functools.cache
def hasher(cost: int) -> PasswordHasher:
    """Return the hasher of a cost: argon2id passes over 64 MiB (8 MiB at cost 1, which is for tests)."""
    return PasswordHasher(time_cost=cost, memory_cost=65_536 if cost > 1 else 8_192, parallelism=2 if cost > 1 else 1)


@functools.cache
def _nobodys(cost: int) -> str:
    return hasher(cost).hash(secrets.token_urlsafe(16))


def matches(stored: str | None, typed: str, *, cost: int) -> bool:
    """Whether `typed` is the secret behind `stored`; without a stored hash it takes as long and says no."""
    try:
        return hasher(cost).verify(stored or _nobodys(cost), typed) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def hashed(secret: str, *, cost: int) -> str:
    """Return what the database keeps of a secret."""
    return hasher(cost).hash(secret)


def check_strength(password: str, *, keys: list[str], name: str) -> None:
    """Refuse a password that others would try first.

    :raise PasswordTooWeak: reason short (under eight characters), common, or name (the person's own name or sign-in).
    """
    if len(password) < MINIMUM_LENGTH:
        raise PasswordTooWeak(reason="short")
    bare = fold(password).replace(" ", "")
    if bare in COMMON or len(set(bare)) <= 2:
        raise PasswordTooWeak(reason="common")
    if bare in {key.casefold() for key in keys} or bare == fold(name).replace(" ", ""):
        raise PasswordTooWeak(reason="name")


def new_code() -> str:
    """Return a six-digit code."""
    return f"{secrets.randbelow(1_000_000):06d}"
