"""Phong trào «Cân bằng hai mặt»: quy tắc là dữ liệu, mã chỉ làm điều dữ liệu không nói được."""

from __future__ import annotations

from pathlib import Path

from core.api import Scorer, hookimpl

from .scorer_v1 import geometric_mean

THIDUA_API = (1, 1)


@hookimpl
def thidua_movements() -> list[Path]:
    """Return the rules of the movement."""
    return [Path(__file__).with_name("movement.toml")]


@hookimpl
def thidua_scorers() -> list[Scorer]:
    """Return every version ever released, each in a file of its own."""
    return [
        Scorer(
            id="can_bang_hai_mat.trung_binh_nhan", version=1, movement="can-bang-hai-mat", sheet="phieu-cham",
            fn=geometric_mean,
        )
    ]  # fmt: skip
