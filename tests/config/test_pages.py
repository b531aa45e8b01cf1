"""What pages share: panels, parts, limits, headers, health, problems."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from rest_framework.exceptions import ValidationError

from config import health, panels
from config.api import problem
from config.celery import app, refuse_eager
from config.errors import NotAllowed
from config.limits import client_address, limited


def test_panels_come_in_their_order_and_only_when_they_have_something_to_show(monkeypatch):
    monkeypatch.setattr(panels, "_slots", {})
    panels.register(
        "here", lambda request, subject: {"kind": "info", "title": f"second {subject}"}, "components/callout.html"
    )
    panels.register("here", lambda request, subject: None, "components/callout.html", order=1)
    panels.register("here", lambda request, subject: {"title": f"first {subject}"}, "components/callout.html", order=2)
    page = Template('{% load panels %}{% panels "here" "thing" %}')

    text = page.render(Context({"request": RequestFactory().get("/")}))

    assert text.index("first thing") < text.index("second thing")


def test_registering_a_panel_twice_shows_it_once(monkeypatch):
    monkeypatch.setattr(panels, "_slots", {})

    def selector(request, subject):
        return {}

    panels.register("here", selector, "x.html")
    panels.register("here", selector, "x.html")

    assert len(panels.panels_for("here")) == 1


def test_an_address_that_asks_too_often_is_told_how_long_to_wait(settings):
    settings.RATE_LIMITS = {"test": 2}

    @limited("test")
    def view(request):
        return HttpResponse("ok")

    def ask(address):
        return view(RequestFactory().get("/", REMOTE_ADDR=address))

    assert [ask("198.51.100.7").status_code for _ in range(3)] == [200, 200, 429]
    assert int(ask("198.51.100.7")["Retry-After"]) <= 60
    assert ask("198.51.100.8").status_code == 200


def test_a_forwarded_address_counts_only_behind_a_proxy_that_the_settings_name(settings):
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    )

    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert client_address(request) == "10.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert client_address(request) == "198.51.100.7"


@pytest.mark.django_db
def test_readyz_names_each_part_and_a_broker_that_is_away_does_not_stop_the_site(client):
    response = client.get("/readyz")

    checks = response.json()["checks"]
    assert response.status_code == 200
    assert checks["database"] == "ok"
    assert checks["broker"]["status"] == "away"


@pytest.mark.django_db
def test_readyz_is_503_when_a_part_is_not_well(client, monkeypatch):
    monkeypatch.setattr(health, "_checks", {"keys": lambda: ("missing", False)})

    assert client.get("/readyz").status_code == 503


def test_healthz_asks_nothing(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_refusal_becomes_problem_json():
    response = problem(NotAllowed("You may not do this."), {})

    assert response.status_code == 403
    assert response.data == {"status": 403, "code": "not-allowed", "detail": "You may not do this."}


def test_refused_fields_are_named_in_problem_json():
    response = problem(ValidationError({"name": ["Say a name."]}), {})

    assert response.data["code"] == "invalid"
    assert json.dumps(response.data["fields"]).count("Say a name.") == 1


def test_eager_tasks_are_refused():
    class Sender:
        class conf:
            task_always_eager = True

    with pytest.raises(ImproperlyConfigured, match="EAGER"):
        refuse_eager(Sender())
    assert app.conf.task_always_eager is False


@pytest.mark.django_db
def test_every_page_carries_the_security_headers(client):
    response = client.get("/")

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert len(response["X-Request-ID"]) == 32
