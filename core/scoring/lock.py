"""`rules.lock`: the digest that each version of a movement's rules has. A line is added for a version, never changed.

```
1 = "sha256:5f2c…"
2 = "sha256:90ab…"
```
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.scoring.canonical import digest
from core.scoring.movement import Movement

LOCK_FILE = "rules.lock"
_VERSION = re.compile(r"[1-9][0-9]*")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

LockState = Literal["locked", "absent", "unlocked", "drifted", "lowered", "unreadable"]
"""`unlocked`: the version is new and has no line yet. `drifted`: the version has a line, of other rules. `lowered`:
the version has no line and stands below one that has."""


@dataclass(frozen=True, slots=True)
class Lock:
    """How a movement stands to its `rules.lock`; the sentence says the cause and the next act."""

    state: LockState
    sentence: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether the rules may no longer be what their version stands for."""
        return self.state in {"drifted", "lowered", "unreadable"}


def read_lock(text: str) -> dict[int, str]:
    """Return the digests by version.

    :raise ValueError: a line is not `version = "sha256:…"`, or a version stands twice.
    """
    found: dict[int, str] = {}
    for version, value in tomllib.loads(text).items():
        if not _VERSION.fullmatch(version) or not isinstance(value, str) or not _DIGEST.fullmatch(value):
            raise ValueError(f"{version} = {value!r}")
        found[int(version)] = value
    return found


def check_lock(movement: Movement, path: Path) -> Lock:
    """Compare a movement with the lock file beside its rules."""
    try:
        locked = read_lock(path.read_text("utf-8"))
    except FileNotFoundError:
        return Lock("absent", "Chưa có rules.lock. Chạy thidua movements lock với thư mục này.")
    except (ValueError, OSError) as error:
        return Lock("unreadable", f"rules.lock không đọc được ({error}). Lấy lại tệp từ bản trước.")
    return _compare(movement.rules_version, f"sha256:{digest(movement)}", locked)


def _compare(version: int, found: str, locked: Mapping[int, str]) -> Lock:
    if locked.get(version) == found:
        return Lock("locked")
    if version in locked:
        return Lock(
            "drifted",
            f"Quy tắc đã đổi mà rules_version vẫn là {version}. Nâng rules_version lên {max(locked) + 1} trong "
            "movement.toml rồi chạy thidua movements lock; hoặc trả lại quy tắc như cũ.",
        )
    if locked and version < max(locked):
        return Lock(
            "lowered",
            f"rules_version là {version}, nhưng rules.lock đã ghi đến {max(locked)}. "
            f"Đặt rules_version là {max(locked) + 1} rồi chạy thidua movements lock.",
        )
    return Lock("unlocked", f"Phiên bản {version} chưa ghi vào rules.lock. Chạy thidua movements lock với thư mục này.")


def append_lock(movement: Movement, path: Path) -> Lock:
    """Add the line of the movement's version and return how it stands then; what is broken is left as it is."""
    state = check_lock(movement, path)
    if state.state in {"absent", "unlocked"}:
        before = path.read_text("utf-8") if path.exists() else ""
        line = f'{movement.rules_version} = "sha256:{digest(movement)}"\n'
        path.write_text(before + ("\n" if before and not before.endswith("\n") else "") + line, "utf-8")
        return Lock("locked")
    return state
