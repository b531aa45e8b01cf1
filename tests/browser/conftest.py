"""A small school whose people sign in through the page, and a look at every page they see."""

import itertools
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from tests.fixtures.browsing import RULES

PASSWORD = "seven quiet herons"
SCREENSHOTS = Path(settings.BASE_DIR) / "build" / "screenshots"
SIZES = [(360, 780), (1280, 900)]
# Pages slide to their anchors and fade; a picture is taken of what stands still.
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"


class Look:
    """Looks at a page in every form: light and dark, narrow and wide; keeps pictures, and complaints for the end."""

    def __init__(self):
        self.seen, self.complaints = [], []
        self._number = itertools.count(1)

    def __call__(self, page, name):
        number = next(self._number)
        self.seen.append(name)
        width_before = page.viewport_size
        page.add_style_tag(content=STILL)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                path = SCREENSHOTS / f"{number:02}-{name}-{width}-{scheme}.png"
                page.screenshot(path=path, full_page=True)
            findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]
            self.complaints += [
                (name, scheme, each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in findings
            ]
        page.set_viewport_size({"width": 320, "height": 700})
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            self.complaints.append((name, "scrolls sideways at 320 px"))
        page.set_viewport_size(width_before)
        page.emulate_media(color_scheme="light")


@pytest.fixture
def look():
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    looking = Look()
    yield looking
    assert looking.complaints == []


@pytest.fixture
def sign_in(open_page):
    """sign_in(user): a page of somebody who has signed in with e-mail and password."""

    def act(user, **options):
        user.set_password(PASSWORD)
        user.save()
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
        page = open_page("/accounts/login/", **{"bypass_csp": True} | options)
        page.get_by_label("E-mail address").fill(user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/home/")
        return page

    return act
