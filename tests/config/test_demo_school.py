"""The demo school in an empty site: one command, and every page that shows it works."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from config.demo.people import ACCOUNTS
from config.demo.report import Report
from config.management.commands.demo import Command
from credentials.models import Credential, Organization
from issuance import services
from issuance.models import SignedDocument
from learners.models import User
from pathways.models import PathwayVersion

LICENSE = "It is not a license and grants no privilege to practice."
SUPERVISED = "Procedures were performed in a supervised setting."


@pytest.fixture
def school(db, tmp_path):
    """What `manage.py demo` loads before it tells its story; a second time it finds it there."""
    assert not Organization.objects.exists()
    for _time in range(2):
        Command()._prepare(tmp_path, Report())


def words(text):
    return " ".join(text.split())


def test_b21_one_command_loads_the_demo_catalog_into_an_empty_site_and_its_pages_work(school, client):
    """DOMAIN B21."""
    items = Credential.objects.filter(kind="microcredential", status="offered")

    assert items.count() == 32  # the story publishes the last one
    assert PathwayVersion.objects.filter(status="published").count() == 6
    for name in ("credentials:catalog", "credentials:framework-list", "pathways:pathway-list"):
        assert client.get(reverse(name)).status_code == 200
    for each in [*items, *PathwayVersion.objects.all()]:
        page = client.get(getattr(each, "pathway", each).get_absolute_url())
        assert page.status_code == 200
        assert getattr(each, "current_version", each).title in page.text.replace("&#x27;", "'")
    for account in ACCOUNTS:
        client.force_login(User.objects.get(email=account.email))
        assert client.get(reverse("learners:home")).status_code == 200, account.key


def test_a27_page_and_pdf_of_an_ultrasound_badge_say_what_it_does_not_mean(school, client, make_award):
    """DOMAIN A27: no license or privilege to practice, and procedures in a supervised setting."""
    item = Credential.objects.select_related("current_version").get(current_version__title__contains="Heart and Lung")
    award = make_award(version=item.current_version, awarded_at=timezone.now(), sign_after=timezone.now())
    while services.sign_pending(limit=200, at=timezone.now(), full=True):
        pass
    services.give_consent(
        actor=award.learner.user,
        awards=(award,),
        purpose="residency",
        sign_in_method="password",
        at=timezone.now(),
    )
    services.make_certificate(award.documents.get(kind="credential"), timezone.now())

    certificate = SignedDocument.objects.get(award=award, kind="certificate")
    pdf = words("".join(page.extract_text() for page in PdfReader(io.BytesIO(bytes(certificate.bytes))).pages))
    pages = [client.get(address).text for address in (f"/v/{award.public_id}", item.get_absolute_url())]

    for shown in (pdf, *map(words, pages)):
        assert LICENSE in shown
        assert SUPERVISED in shown
