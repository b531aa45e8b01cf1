"""What every test may use: the throwaway PostgreSQL, and the fixtures of tests/fixtures/."""

from pathlib import Path

FIXTURES = sorted(path.stem for path in (Path(__file__).parent / "fixtures").glob("[!_]*.py"))
pytest_plugins = ["tests.plugins.postgres", *(f"tests.fixtures.{name}" for name in FIXTURES)]
