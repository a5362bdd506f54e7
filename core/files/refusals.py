"""Why a file is not taken. Every fact is plain: the words are chosen at the edge."""

from __future__ import annotations

from core.errors import DomainError


class FileTooLarge(DomainError):
    """The file has more bytes than allowed. Facts: `name`, `size`, `limit` (bytes)."""


class FileKindRefused(DomainError):
    """The content is of no kind we take, holds macros, or hides behind another kind's name.

    Facts: `name`, `extension` (of the name, without the dot; may be empty).
    """


class FileDamaged(DomainError):
    """The file is of a kind we take but does not open: cut off, empty or broken. Facts: `name`."""


class FileLocked(DomainError):
    """The file opens with a password only. Facts: `name`."""


class FileUnpacksTooLarge(DomainError):
    """A small file that would fill the memory when opened (too many members, bytes or pixels).

    Facts: `name`, `measure` (`members`, `bytes`, `ratio` or `pixels`), `found`, `limit`.
    """
