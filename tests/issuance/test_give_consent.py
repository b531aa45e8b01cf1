"""A consent names who, what, for what, to whom and until when; with a part missing there is none."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from issuance import services
from issuance.models import Consent, ConsentAward, ShareLink
from issuance.services.consent import HIGHLIGHTS_MAX


def test_a_consent_holds_its_statement_and_its_parts(make_signed, give):
    award = make_signed().award
    ends = timezone.now() + timedelta(days=30)

    given = give(award, ends_at=ends, purpose="employment")

    assert list(given.awards.all()) == [award]
    assert award.learner.display_name in given.wording
    assert award.credential_version.title in given.wording
    assert "employment" in given.wording and "anyone with the link" in given.wording
    assert given.sign_in_method == "password" and given.ends_at == ends and given.wording_version


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"purpose": "fun"}, "what purpose"),
        ({"purpose": "other"}, "what purpose"),
        ({"recipients": "named"}, "to whom"),
        ({"recipients": "everybody"}, "to whom"),
        ({"ends_at": timezone.now() - timedelta(days=1)}, "future"),
        ({"sign_in_method": ""}, "Sign in again"),
    ],
)
def test_a_missing_part_is_refused_and_nothing_is_kept(make_signed, give, fields, words):
    award = make_signed().award

    with pytest.raises(Invalid, match=words):
        give(award, **fields)

    assert Consent.objects.count() == 0


def test_another_statement_than_the_one_shown_is_refused(make_signed, give):
    award = make_signed().award
    shown = services.digest(services.wording(awards=[award], purpose="residency"))

    with pytest.raises(services.OtherWording, match="Read it again"):
        give(award, purpose="employment", shown=shown)
    assert Consent.objects.count() == 0

    assert give(award, shown=shown).wording == services.wording(awards=[award], purpose="residency")


def test_nobody_consents_for_somebody_else(make_signed, make_learner, give):
    award = make_signed().award

    with pytest.raises(NotAllowed):
        give(award, actor=make_learner(name="Kim Alder").user)
    with pytest.raises(NotAllowed):
        give(award, make_signed().award)
    assert Consent.objects.count() == 0


def test_what_is_not_signed_or_was_taken_back_cannot_be_shared(issuer, make_award, give):
    with pytest.raises(Conflict, match="still being signed"):
        give(make_award())
    with pytest.raises(Conflict, match="taken back"):
        give(make_award(status="withdrawn"))
    with pytest.raises(Invalid, match="at least one"):
        services.give_consent(actor=None, awards=[], purpose="residency", sign_in_method="password", at=timezone.now())


def test_a_consent_is_withdrawn_once_and_by_its_learner(make_signed, make_learner, give):
    given = give(make_signed().award)
    learner = given.learner.user

    with pytest.raises(NotAllowed):
        services.withdraw_consent(actor=make_learner().user, consent=given, at=timezone.now())
    withdrawn = services.withdraw_consent(actor=learner, consent=given, at=timezone.now())
    assert withdrawn.withdrawn_at is not None
    with pytest.raises(Conflict, match="already"):
        services.withdraw_consent(actor=learner, consent=given, at=timezone.now())


def test_the_database_keeps_a_consent_as_it_was_given(make_signed, give):
    given = give(make_signed().award)

    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(pk=given.pk).update(wording="I agree to anything.")
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentAward.objects.filter(consent=given).delete()


# Links ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def several(make_signed, learner):
    return [make_signed(learner=learner).award for _ in range(5)]


def share(awards, **fields):
    return services.share_together(
        **{
            "actor": awards[0].learner.user,
            "awards": awards,
            "title": "For my application",
            "purpose": "residency",
            "recipients": "named",
            "recipients_text": "Northfield internal medicine",
            "sign_in_method": "password",
            "at": timezone.now(),
        }
        | fields
    )


def test_a_link_opens_badges_in_the_learners_order(several):
    order = [several[2], several[0]]

    link = share(order, highlighted=[several[0]])

    items = link.items.order_by("position")
    assert [item.award for item in items] == order
    assert [item.is_highlighted for item in items] == [False, True]
    assert len(link.token) >= 32


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"title": " "}, "title"), ({"recipients_text": ""}, "to whom")],
)
def test_a_refused_link_leaves_no_consent_behind(several, fields, words):
    with pytest.raises(Invalid, match=words):
        share(several, **fields)

    assert Consent.objects.count() == 0
    assert ShareLink.objects.count() == 0


def test_at_most_three_are_highlighted(several):
    with pytest.raises(Invalid, match="at most"):
        share(several, highlighted=several[: HIGHLIGHTS_MAX + 1])
    assert Consent.objects.count() == 0


def test_a_link_holds_only_what_its_consent_covers(several, give):
    given = give(several[0])

    with pytest.raises(Invalid, match="consent covers"):
        services.create_link(
            actor=given.learner.user, consent=given, awards=several[:2], title="Two", at=timezone.now()
        )
    services.withdraw_consent(actor=given.learner.user, consent=given, at=timezone.now())
    with pytest.raises(Conflict, match="does not stand"):
        services.create_link(
            actor=given.learner.user, consent=given, awards=several[:1], title="One", at=timezone.now()
        )
