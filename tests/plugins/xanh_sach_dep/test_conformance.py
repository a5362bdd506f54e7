"""The movement made with the kit alone passes the kit."""

from core.testing.suite import MovementConformance


class TestXanhSachDep(MovementConformance):
    plugin = "plugins.xanh_sach_dep"
