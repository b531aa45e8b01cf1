import os
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from config.runtime import paths


def test_home_is_var_in_the_checkout_unless_the_environment_names_another(monkeypatch, tmp_path):
    monkeypatch.delenv("SIGNET_HOME", raising=False)
    assert paths.home() == paths.ROOT / "var"

    monkeypatch.setenv("SIGNET_HOME", str(tmp_path))
    assert paths.home() == tmp_path


def test_sockets_are_in_the_home_when_the_path_is_short_enough():
    assert paths.socket_dir(Path("/srv/signet")) == Path("/srv/signet/run")


@pytest.mark.parametrize("length", [40, 70, 90, 120, 300])
def test_no_socket_path_is_longer_than_the_kernel_takes(length, monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    home = Path("/" + "x" * length)

    for socket in (paths.redis_socket(home), paths.postgres_socket_dir(home) / ".s.PGSQL.5432"):
        assert len(os.fsencode(socket)) <= paths.SOCKET_PATH_MAX_BYTES


def test_a_path_of_wide_letters_is_measured_in_bytes(monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    home = Path("/" + "é" * 60)

    assert paths.socket_dir(home).name.startswith("signet-")


def test_two_deep_homes_have_two_socket_folders(monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    one, other = (paths.socket_dir(Path("/" + "x" * 120) / name) for name in "ab")

    assert one != other
    assert one.parent == Path("/run/user/1000")


def test_the_embedded_address_is_one_that_libpq_reads(tmp_path, monkeypatch):
    monkeypatch.setenv("SIGNET_HOME", "/srv/my registry")
    monkeypatch.delenv("DATABASE_URL", raising=False)

    read = conninfo_to_dict(paths.database_url())

    assert read["host"] == "/srv/my registry/run"
    assert (read["user"], read["dbname"]) == ("signet", "signet")


def test_a_given_address_wins_and_may_come_from_a_file(monkeypatch, tmp_path):
    secret = tmp_path / "database_url"
    secret.write_text("postgresql://signet@db/signet\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL_FILE", str(secret))
    assert paths.database_url() == "postgresql://signet@db/signet"

    monkeypatch.setenv("DATABASE_URL", "postgresql://other@db/signet")
    assert paths.database_url() == "postgresql://other@db/signet"


def test_celery_is_given_a_socket_in_its_own_way(monkeypatch):
    monkeypatch.setenv("SIGNET_HOME", "/srv/signet")
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert paths.redis_url() == "unix:///srv/signet/run/redis.sock?db=0"
    assert paths.broker_url() == "redis+socket:///srv/signet/run/redis.sock?virtual_host=0"

    monkeypatch.setenv("REDIS_URL", "rediss://cache.example.edu:6380/0")
    assert paths.broker_url() == "rediss://cache.example.edu:6380/0"
