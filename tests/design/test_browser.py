"""The gallery and the pages of nobody in particular, seen by Chromium: axe, narrow screens, no script, keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import RequestContext, Template
from django.urls import include, path

from config import views
from tests.fixtures.browsing import RULES

UPLOAD = """{% extends "base.html" %}{% block title %}Upload{% endblock %}{% block content %}<h1>Evidence</h1>
<form method="post" enctype="multipart/form-data" novalidate>{% csrf_token %}
{% include "components/form_errors.html" with form=form only %}
{% include "components/file_drop.html" with field=form.file only %}<button class="button">Add file</button></form>{% endblock %}"""


class UploadForm(forms.Form):
    file = forms.FileField(label="File")

    def clean_file(self):
        if self.cleaned_data["file"].name.endswith(".exe"):
            raise forms.ValidationError("This kind of file is not accepted.")
        return self.cleaned_data["file"]


def upload(request):
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, f"{form.cleaned_data['file'].name} was added.")
        return redirect("landing")
    html = Template(UPLOAD).render(RequestContext(request, {"form": form}))
    return HttpResponse(html, status=422 if form.errors else 200)


urlpatterns = [
    path("upload/", upload, name="upload"),
    path("", views.landing, name="landing"),
    path("accounts/", include("allauth.urls")),
    path("_components/", include("config.gallery")),
]
pytestmark = [pytest.mark.browser, pytest.mark.urls(__name__), pytest.mark.django_db(transaction=True)]
ADDRESSES = [
    "/",
    "/_components/",
    "/_components/verification/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/nothing/",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_finding_and_nothing_scrolls_sideways(open_page, address, scheme, width):
    page = open_page(address, width=width, color_scheme=scheme, bypass_csp=True)

    findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

    assert not [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_five_answers_stand_in_one_screenful(open_page):
    page = open_page("/_components/verification/", width=360)

    assert page.evaluate("document.querySelector('.facts').getBoundingClientRect().bottom") < 700


def test_the_public_base_asks_for_one_sheet_and_two_fonts(open_page, chromium, live_server):
    asked = []
    context = chromium.new_context()
    page = context.new_page()
    page.on("request", lambda request: asked.append((request.resource_type, request.url)))
    page.goto(live_server.url + "/_components/verification/", wait_until="networkidle")

    fonts = [url for kind, url in asked if kind == "font"]
    context.close()
    assert len(fonts) == 2
    assert not [url for kind, url in asked if kind == "script"]
    assert all(url.startswith(live_server.url) for _, url in asked)


def test_the_menu_of_a_phone_opens_without_script(open_page):
    page = open_page("/", width=360, java_script_enabled=False)

    page.get_by_role("button", name="Menu").click()

    assert page.locator("#nav").get_by_role("link", name="Check a badge").is_visible()


def test_the_first_tab_leads_past_the_masthead(open_page):
    page = open_page("/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_a_dialog_opens_closes_and_gives_the_focus_back(open_page):
    page = open_page("/_components/?only=dialog")
    opener = page.locator("[data-dialog=light-dialog]")

    opener.click()
    assert page.locator("#light-dialog").is_visible()
    page.keyboard.press("Escape")

    assert not page.locator("#light-dialog").is_visible()
    assert page.evaluate("document.activeElement.dataset.dialog") == "light-dialog"


def test_a_chosen_file_is_named_with_its_size(open_page):
    page = open_page("/_components/?only=file_drop")

    page.locator('input[type="file"]').first.set_input_files(
        {"name": "reflection.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7" * 400}
    )

    assert "reflection.pdf, 3 kB" in page.locator("[data-drop-list]").first.inner_text()


def test_an_empty_file_is_named_before_it_is_sent(open_page):
    page = open_page("/_components/?only=file_drop")

    page.locator('input[type="file"]').first.set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b""})

    assert "this file is empty" in page.locator("[data-drop-list]").first.inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_a_file_is_sent_with_and_without_script(open_page, script):
    page = open_page("/upload/", java_script_enabled=script)
    page.locator('input[type="file"]').set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    )

    page.get_by_role("button", name="Add file").click()

    page.get_by_text("a.pdf was added.").wait_for()
    assert not page.url.endswith("/upload/")


@pytest.mark.parametrize("script", [True, False])
def test_a_refused_file_is_told_on_the_form(open_page, script):
    page = open_page("/upload/", java_script_enabled=script)
    page.locator('input[type="file"]').set_input_files({"name": "a.exe", "mimeType": "text/plain", "buffer": b"MZ"})

    page.get_by_role("button", name="Add file").click()

    page.get_by_role("alert").get_by_text("not accepted").wait_for()
    assert page.url.endswith("/upload/")
    if script:
        assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"


def test_targets_are_large_enough_for_a_finger(open_page):
    page = open_page("/_components/", width=360, has_touch=True, is_mobile=True)

    small = page.evaluate(
        """() => [...document.querySelectorAll("a.button, button, .input, .choice, .rubric__option, .nav__link, summary")]
            .filter((each) => each.getClientRects().length && each.getBoundingClientRect().height < 43.5)
            .map((each) => each.className)"""
    )

    assert small == []
