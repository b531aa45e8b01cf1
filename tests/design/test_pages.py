"""The gallery, the landing page, and the errors written for people."""

import pytest
from django.template.loader import get_template, render_to_string
from django.test import override_settings
from django.urls import include, path

from config.urls import urlpatterns as site

urlpatterns = [*site, path("_components/", include("config.gallery"))]
pytestmark = pytest.mark.urls(__name__)


def test_the_gallery_shows_every_component_in_both_lights(client, db):
    response = client.get("/_components/")

    assert response.status_code == 200
    html = response.content.decode()
    for name in ("rubric", "pathway_map", "data_table", "dialog"):
        assert f'id="{name}"' in html
    assert html.count('data-theme="dark"') == html.count('data-theme="light"')


def test_the_gallery_can_show_one_component(client, db):
    html = client.get("/_components/?only=status").content.decode()

    assert 'id="status"' in html
    assert 'id="rubric"' not in html


def test_the_landing_page_leads_to_sign_in_and_to_the_check(client, db):
    html = client.get("/").content.decode()

    assert 'href="/accounts/login/"' in html
    assert 'href="/check/"' in html
    assert '<html lang="en' in html


@pytest.mark.parametrize("name", ["403.html", "404.html", "429.html", "500.html", "403_csrf.html"])
def test_an_error_page_needs_neither_request_nor_database(name):
    html = get_template(name).render()

    assert "<h1>" in html
    assert 'href="/check/"' in html
    assert "<script" not in html


def test_the_limit_page_says_how_long_to_wait():
    assert "in 12 seconds" in render_to_string("429.html", {"wait_seconds": 12})
    assert "in 1 second." in render_to_string("429.html", {"wait_seconds": 1})


@override_settings(DEBUG=False)
def test_an_unknown_address_tells_nothing_about_itself(client, db):
    one, other = client.get("/v/unknown"), client.get("/somewhere/else/")

    assert one.status_code == other.status_code == 404
    assert one.content == other.content
    assert "Vary" not in one.headers or "Cookie" not in one.headers["Vary"]
    assert not one.cookies


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/done/",
        "/accounts/confirm-email/",
        "/accounts/inactive/",
    ],
)
def test_sign_in_pages_wear_the_same_look(client, db, address):
    response = client.get(address)

    html = response.content.decode()
    assert response.status_code == 200
    assert "css/site.css" in html
    assert html.count("<h1") == 1


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/logout/",
        "/accounts/reauthenticate/",
    ],
)
def test_account_pages_wear_the_same_look(client, db, django_user_model, address):
    user = django_user_model.objects.create_user(email="nora@example.edu", password="pw-of-nora-1")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client.post("/accounts/login/", {"login": user.email, "password": "pw-of-nora-1"})

    response = client.get(address, follow=True)

    html = response.content.decode()
    assert response.status_code == 200
    assert html.count("<h1") == 1
    assert "Sign out" in html


def test_the_only_address_is_offered_neither_to_be_the_first_nor_to_be_removed(client, db, django_user_model):
    user = django_user_model.objects.create_user(email="nora@example.edu", password="pw-of-nora-1")
    only = user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client.post("/accounts/login/", {"login": user.email, "password": "pw-of-nora-1"})
    offered = {name: f'name="action_{name}"' for name in ("primary", "send", "remove", "add")}

    def shown():
        html = client.get("/accounts/email/", follow=True).content.decode()
        return [name for name, mark in offered.items() if mark in html]

    assert shown() == ["add"]
    only.verified = False
    only.save()
    assert shown() == ["send", "add"]
    user.emailaddress_set.create(email="nora@home.example", verified=True, primary=False)
    assert shown() == ["primary", "send", "remove", "add"]


def test_a_wrong_password_is_said_on_the_form(client, db):
    response = client.post("/accounts/login/", {"login": "nobody@example.edu", "password": "wrong"})

    assert 'role="alert"' in response.content.decode()
