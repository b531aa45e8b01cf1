"""API tokens: shown once, kept as a digest, ended when they expire or are revoked."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from issuance.models import ApiToken, Scope
from issuance.vc_api.tokens import NoToken, create_token, revoke_token, use_token
from tests.moments import NOON

pytestmark = pytest.mark.django_db
ISSUE = Scope.CREDENTIALS_ISSUE


@pytest.fixture
def made(issuer):
    return create_token(organization=issuer, name="records", scopes=[ISSUE], at=NOON)


def test_only_the_digest_of_a_token_is_kept(made):
    row, token = made

    assert len(token) > 40
    assert token not in str(ApiToken.objects.filter(pk=row.pk).values().get())


def test_a_token_is_used_for_its_scope_and_its_use_is_noted(made):
    row, token = made

    assert use_token(header=f"Bearer {token}", scope=ISSUE, at=NOON).organization == row.organization
    assert use_token(header=f"bearer  {token} ", scope=ISSUE, at=NOON + timedelta(seconds=5)) == row

    row.refresh_from_db()
    assert row.last_used_at == NOON


def test_a_token_without_the_scope_is_not_enough(made):
    row, token = made
    ApiToken.objects.filter(pk=row.pk).update(scopes=["other:scope"])

    with pytest.raises(NotAllowed):
        use_token(header=f"Bearer {token}", scope=ISSUE, at=NOON)


def test_an_expired_token_is_as_good_as_none(made):
    row, token = made

    with pytest.raises(NoToken):
        use_token(header=f"Bearer {token}", scope=ISSUE, at=row.expires_at)


def test_a_revoked_token_ends_at_once_and_its_name_is_free(made, issuer):
    _row, token = made
    revoke_token(organization=issuer, name="records", at=NOON)

    with pytest.raises(NoToken):
        use_token(header=f"Bearer {token}", scope=ISSUE, at=NOON)
    with pytest.raises(Conflict):
        revoke_token(organization=issuer, name="records", at=NOON)
    assert create_token(organization=issuer, name="records", scopes=[ISSUE], at=NOON)[1] != token


def test_a_name_is_taken_once_and_the_time_is_limited(made, issuer):
    with pytest.raises(Conflict):
        create_token(organization=issuer, name="records", scopes=[ISSUE], at=NOON)
    for days in (0, 731):
        with pytest.raises(Invalid):
            create_token(organization=issuer, name="other", scopes=[ISSUE], at=NOON, valid_for_days=days)
    assert ApiToken.objects.count() == 1


def test_an_organization_that_does_not_issue_has_no_tokens(issuer):
    issuer.is_issuer = False
    issuer.save(update_fields=["is_issuer"])

    with pytest.raises(Invalid):
        create_token(organization=issuer, name="records", scopes=[ISSUE], at=NOON)


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command("tokens", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_creates_lists_and_revokes(issuer):
    token, note = run("create", issuer.slug, "student records", "--days", "30")

    assert use_token(header=f"Bearer {token.strip()}", scope=ISSUE, at=timezone.now())
    assert "not shown again" in note
    listed = run("list")[0]
    assert "student records" in listed and "valid" in listed and token.strip() not in listed

    assert "revoked" in run("revoke", issuer.slug, "student records")[0]
    assert "revoked" in run("list", issuer.slug)[0]
    with pytest.raises(CommandError):
        run("revoke", issuer.slug, "student records")
    with pytest.raises(CommandError):
        run("create", "nobody", "student records")


def test_the_command_says_that_there_are_none(issuer):
    assert "no tokens" in run("list")[0]
