"""The conformance kit, public beside `core.api`: two lines of test certify a plugin.

    from core.testing.suite import MovementConformance
    class TestMine(MovementConformance): plugin = "plugins.lao_dong_gioi"

Nothing heavy is imported here: pytest loads `core.testing.plugin` at every start.
"""
