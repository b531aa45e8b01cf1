"""`manage.py up`: what it checks is what the processes that it starts will see."""

import pytest
from django.conf import settings as current
from django.core.management import call_command

from config.management.commands import up


def test_the_origin_is_checked_as_the_pages_over_tls_will_have_it(settings, monkeypatch):
    settings.PUBLIC_ORIGIN = "http://localhost:8000"
    monkeypatch.setenv("PORT", "8000")
    monkeypatch.setenv("PUBLIC_ORIGIN", "http://localhost:8000")
    seen = []

    class Started:
        def __init__(self, _home, _port, environment, *_parts, **_options):
            seen.append((environment["PUBLIC_ORIGIN"], current.PUBLIC_ORIGIN))

        def run(self):
            return 0

    monkeypatch.setattr(up, "Supervisor", Started)
    monkeypatch.setattr(up.checks, "findings", lambda **_options: [])

    with pytest.raises(SystemExit):
        call_command("up", "--tls")

    assert seen == [("https://localhost:8443", "https://localhost:8443")]
