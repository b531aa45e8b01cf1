"""What the site gives for verifying without a connection."""

import orjson
from django.utils import timezone

from issuance import core, services
from issuance.models import StatusList


def test_the_bundle_holds_what_is_published_and_names_nobody(client, make_shared, django_assert_max_num_queries):
    document = make_shared()
    with django_assert_max_num_queries(10):
        response = client.get("/check/offline/bundle.json")

    found = response.json()
    listed = StatusList.objects.get()
    assert found["didDocuments"] == {core.did_of(listed.organization): client.get("/.well-known/did.json").json()}
    assert found["statusLists"] == {services.list_url(listed): orjson.loads(bytes(listed.signed_bytes))}
    assert len(found["contexts"]) == len(core.contexts().urls())
    assert found["madeAt"].startswith(f"{timezone.now():%Y-%m-%d}")
    assert document.award.learner.display_name not in response.content.decode()
    assert str(document.award.public_id) not in response.content.decode()
    assert "attachment" in response["Content-Disposition"]


def test_a_revocation_is_in_the_next_bundle(client, make_shared, revoke):
    document = make_shared()
    before = client.get("/check/offline/bundle.json").json()["statusLists"]
    revoke(document.award)

    assert client.get("/check/offline/bundle.json").json()["statusLists"] != before


def test_the_verifier_is_one_file_that_may_ask_nobody(client, db):
    response = client.get("/check/offline/verifier.html")
    page = response.content.decode()

    assert response["Content-Disposition"] == 'attachment; filename="signet-verifier.html"'
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    assert "src=" not in page.partition("<script>")[0]
    assert "connect-src" not in page.partition("<style>")[0]
    assert "Copyright" in page and "jsonld 9.0.0" in page


def test_the_page_leads_to_both_files(client, make_signed):
    make_signed()

    page = client.get("/check/offline/").content.decode()

    assert "/check/offline/verifier.html" in page and "/check/offline/bundle.json" in page
    assert "until" in page
    assert "<script" not in page
