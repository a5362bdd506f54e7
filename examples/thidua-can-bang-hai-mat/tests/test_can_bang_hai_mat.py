"""The kit certifies the plugin."""

from core.testing.suite import MovementConformance


class TestCanBangHaiMat(MovementConformance):
    plugin = "can_bang_hai_mat"
