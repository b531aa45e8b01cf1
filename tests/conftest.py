"""What every test may use: the throwaway PostgreSQL, and the fixtures of tests/fixtures/."""

from pathlib import Path

import pytest

FIXTURES = sorted(path.stem for path in (Path(__file__).parent / "fixtures").glob("[!_]*.py"))
PLUGINS = ["tests.plugins.postgres", "tests.plugins.browser", *(f"tests.fixtures.{name}" for name in FIXTURES)]
pytest.register_assert_rewrite(*PLUGINS)  # before any: one of them may import another
pytest_plugins = PLUGINS
