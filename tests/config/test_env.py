import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


def test_a_missing_value_names_its_variable(monkeypatch):
    monkeypatch.delenv("SIGNET_THING", raising=False)

    with pytest.raises(ImproperlyConfigured, match="SIGNET_THING is not set"):
        env.text("SIGNET_THING")


def test_a_secret_is_read_from_the_file_that_name_file_points_at(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("SIGNET_THING_FILE", str(tmp_path / "secret"))

    assert env.text("SIGNET_THING") == "from a file"


def test_a_file_that_cannot_be_read_names_the_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("SIGNET_THING_FILE", str(tmp_path / "absent"))

    with pytest.raises(ImproperlyConfigured, match="SIGNET_THING_FILE"):
        env.text("SIGNET_THING")


@pytest.mark.parametrize("value", ["not base64!", base64.b64encode(b"short").decode()])
def test_a_key_must_hold_32_bytes(monkeypatch, value):
    monkeypatch.setenv("SIGNET_KEY", value)

    with pytest.raises(ImproperlyConfigured, match="SIGNET_KEY"):
        env.key("SIGNET_KEY")


@pytest.mark.parametrize(
    "value", ["badges.example.edu", "ftp://x.example", "https://x.example/path", "https://u@x.example"]
)
def test_an_origin_is_scheme_host_and_port(monkeypatch, value):
    monkeypatch.setenv("SIGNET_ORIGIN", value)

    with pytest.raises(ImproperlyConfigured, match="SIGNET_ORIGIN"):
        env.origin("SIGNET_ORIGIN")


def test_only_postgresql_is_a_database():
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL only"):
        env.database("DATABASE_URL", "sqlite:///db.sqlite3")


def test_a_socket_folder_and_its_port_come_from_the_address():
    settings = env.database("DATABASE_URL", "postgresql://signet@/signet?host=/run/x&port=5433")

    assert (settings["HOST"], settings["PORT"], settings["USER"], settings["NAME"]) == (
        "/run/x",
        "5433",
        "signet",
        "signet",
    )
    assert settings["OPTIONS"] == {}


@pytest.mark.parametrize(("value", "expected"), [("yes", True), ("0", False), ("On", True)])
def test_flags_are_words(monkeypatch, value, expected):
    monkeypatch.setenv("SIGNET_FLAG", value)

    assert env.flag("SIGNET_FLAG", default=not expected) is expected


def test_an_odd_flag_is_refused(monkeypatch):
    monkeypatch.setenv("SIGNET_FLAG", "maybe")

    with pytest.raises(ImproperlyConfigured, match="SIGNET_FLAG must be yes or no"):
        env.flag("SIGNET_FLAG", default=True)
