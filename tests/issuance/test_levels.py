"""The levels that a learner reached: shown by consent alone, each named in its wording, and in no file."""

import pytest
from django.utils import timezone

from config.errors import Invalid
from issuance import services
from issuance.models import Consent, ConsentAward
from learners.models import Assessment, Judgment
from learners.selectors.levels import levels_of

REACHED = "Level reached: Exceeds the standard"


@pytest.fixture
def judged(make_decision, make_signed):
    """A signed award that rests on an assessment: two criteria met, one exceeded."""
    decision = make_decision(levels=(3, 4, 3))
    return make_signed(learner=decision.learner, version=decision.credential_version, decision=decision).award


def page(client, award):
    return client.get(f"/v/{award.public_id}").content.decode()


def test_levels_are_not_shown_unless_the_consent_says_so(client, judged, give):
    consent = give(judged)

    shown = page(client, judged)

    assert "Level reached" not in shown and "No level, comment or evidence is shown." in consent.wording
    assert not consent.shows_levels


def test_the_wording_names_each_level_and_the_page_shows_these(client, judged, give):
    consent = give(judged, shows_levels=True)

    shown = page(client, judged)

    title = judged.credential_version.title
    assert (
        f"“{title}” (Role map: Meets the standard; Referral: Exceeds the standard; Reflection: Meets the standard)"
        in consent.wording
    )
    assert consent.shows_levels and "No level" not in consent.wording and consent.wording_version == "2026-12.2"
    assert shown.count("Level reached:") == 3 and shown.count(REACHED) == 1


def test_the_signed_badge_and_other_answers_hold_no_level(client, judged, give):
    document = judged.documents.get(kind="credential")
    give(judged, shows_levels=True)

    assert client.get(f"/v/{judged.public_id}.json").content == bytes(document.bytes)
    assert b"achievedLevel" not in bytes(document.bytes)


def test_withdrawing_takes_the_levels_away_and_another_consent_does_not_bring_them(client, judged, give):
    consent = give(judged, shows_levels=True)
    plain = give(judged)
    assert plain != consent and REACHED in page(client, judged)

    services.withdraw_consent(actor=judged.learner.user, consent=consent, at=timezone.now())

    shown = client.get(f"/v/{judged.public_id}")
    assert shown.status_code == 200 and "Level reached" not in shown.content.decode()


def test_levels_on_a_link_for_one_program_stay_on_that_link(client, judged, make_shared, give):
    give(judged)
    link = services.share_together(
        actor=judged.learner.user,
        awards=[judged],
        title="For Program X",
        purpose="residency",
        recipients="named",
        recipients_text="Program X",
        sign_in_method="password",
        shows_levels=True,
        at=timezone.now(),
    )

    shown = client.get(link.get_absolute_url()).content.decode()
    sheet = client.get(f"{link.get_absolute_url()}/summary").content.decode()

    assert "Exceeds the standard" in shown and "Referral: Exceeds the standard" in sheet
    assert "Level reached" not in page(client, judged)


def test_of_a_revoked_badge_no_level_is_shown(client, judged, give, revoke):
    give(judged, shows_levels=True)
    revoke(judged)

    assert "Level reached" not in page(client, judged)


def test_what_was_agreed_on_is_the_level(judged, make_user):
    submission = judged.decision.submission
    agreed = Assessment.objects.create(
        submission=submission,
        assessor=make_user("assessor"),
        status="finished",
        is_agreed=True,
        started_at=timezone.now(),
        saved_at=timezone.now(),
        finished_at=timezone.now(),
    )
    criterion = judged.credential_version.criteria.get(key="referral")
    Judgment.objects.create(assessment=agreed, criterion=criterion, level=3)

    assert levels_of([judged.pk])[judged.pk] == [("referral", "Referral", "Meets the standard")]


def judge(award, **levels):
    """Judge some criteria otherwise, after the consent."""
    for key, level in levels.items():
        Judgment.objects.filter(assessment__submission=award.decision.submission, criterion__key=key).update(
            level=level
        )


def test_levels_that_changed_after_the_consent_are_not_shown_and_its_giver_is_told(client, judged, give, sign_in):
    consent = give(judged, shows_levels=True)
    said = {"role-map": "Meets the standard", "referral": "Exceeds the standard", "reflection": "Meets the standard"}
    assert consent.consent_awards.get().levels == said
    owner = sign_in(judged.learner.user)
    addresses = ("/sharing/", f"/badges/{judged.public_id}/share/")
    assert all("no longer those that you agreed to show" not in owner.get(each).content.decode() for each in addresses)

    judge(judged, referral=3)

    shown = client.get(f"/v/{judged.public_id}")
    assert shown.status_code == 200 and "Level reached" not in shown.content.decode()
    assert all("no longer those that you agreed to show" in owner.get(each).content.decode() for each in addresses)

    services.withdraw_consent(actor=judged.learner.user, consent=consent, at=timezone.now())
    give(judged, shows_levels=True)
    assert page(client, judged).count("Level reached: Meets the standard") == 3


def test_a_link_shows_the_levels_that_its_own_consent_named_and_no_others(client, judged, give, sign_in):
    link = services.share_together(
        actor=judged.learner.user,
        awards=[judged],
        title="For Program X",
        purpose="residency",
        recipients="named",
        recipients_text="Program X",
        sign_in_method="password",
        shows_levels=True,
        at=timezone.now(),
    )
    judge(judged, referral=3)
    give(judged, shows_levels=True)  # another consent names those of today; not for this program

    shown = client.get(link.get_absolute_url())
    sheet = client.get(f"{link.get_absolute_url()}/summary").content.decode()

    assert shown.status_code == 200
    assert all(word not in shown.content.decode() for word in ("Meets the standard", "Exceeds the standard"))
    assert "Levels reached" not in sheet
    assert "withdraw this link and make it anew" in sign_in(judged.learner.user).get("/sharing/").content.decode()


def test_a_consent_that_kept_no_levels_shows_none_and_does_not_stand_for_a_new_one(client, judged, give):
    earlier = Consent.objects.create(
        learner=judged.learner,
        purpose="residency",
        recipients="anyone-with-link",
        shows_levels=True,
        wording_version="2026-12",
        wording=services.wording(awards=[judged], purpose="residency", shows_levels=True),
        sign_in_method="password",
        given_at=timezone.now(),
    )
    ConsentAward.objects.create(consent=earlier, award=judged)
    assert "Level reached" not in page(client, judged)

    consent = give(judged, shows_levels=True)

    assert consent != earlier and REACHED in page(client, judged)
    assert give(judged, shows_levels=True) == consent


def test_a_badge_without_an_assessment_has_no_level_to_show(client, make_signed, give, sign_in):
    award = make_signed().award

    with pytest.raises(Invalid, match="no level to show"):
        give(award, shows_levels=True)

    assert not Consent.objects.exists()
    assert "shows_levels" not in sign_in(award.learner.user).get(f"/badges/{award.public_id}/share/").content.decode()


def test_levels_cost_a_fixed_number_of_queries(make_decision, make_award, django_assert_num_queries):
    awards = []
    for _number in range(3):
        decision = make_decision()
        awards.append(make_award(learner=decision.learner, version=decision.credential_version, decision=decision).pk)

    with django_assert_num_queries(4):
        assert set(levels_of(awards[:1])) == {awards[0]}
    with django_assert_num_queries(4):
        assert set(levels_of(awards)) == set(awards)


def test_the_form_shows_the_statement_with_the_levels_before_it_is_agreed_to(judged, sign_in):
    client = sign_in(judged.learner.user)
    address = f"/badges/{judged.public_id}/share/"
    terms = {"purpose": "residency", "shows_levels": "on"}

    preview = client.post(address, terms | {"preview": "1"}).content.decode()
    other = client.post(address, terms | {"agree": "on", "shown": services.digest("Something else.")})

    assert "Referral: Exceeds the standard" in preview and not Consent.objects.exists()
    assert other.status_code == 422
    shown = services.digest(services.wording(awards=[judged], purpose="residency", shows_levels=True))
    assert client.post(address, terms | {"agree": "on", "shown": shown}).status_code == 302
    assert Consent.objects.get().shows_levels


# Of each badge -------------------------------------------------------------------------------------------------------
@pytest.fixture
def pair(judged, make_decision, make_signed):
    """Two judged badges of one learner."""
    decision = make_decision(learner=judged.learner, levels=(4, 4, 4))
    return judged, make_signed(learner=judged.learner, version=decision.credential_version, decision=decision).award


def link_over(pair, **fields):
    return services.share_together(
        actor=pair[0].learner.user,
        awards=pair,
        title="For Program X",
        purpose="residency",
        recipients="named",
        recipients_text="Program X",
        sign_in_method="password",
        at=timezone.now(),
        **fields,
    )


def test_a_link_shows_the_levels_of_the_chosen_badges_alone(client, pair, sign_in):
    link = link_over(pair, shows_levels=True, levels_for=[pair[0]])

    rows = {row["award"].pk: row["levels"] for row in client.get(link.get_absolute_url()).context["rows"]}

    assert len(rows[pair[0].pk]) == 3 and rows[pair[1].pk] == []
    wording = link.consent.wording
    levels = wording[wording.index("in no file:") :]
    assert pair[0].credential_version.title in levels and pair[1].credential_version.title not in levels
    own = sign_in(pair[0].learner.user)
    assert "make it anew" not in own.get("/sharing/").content.decode()
    assert own.get(f"/sharing/links/{link.token}/").content.decode().count("levels shown") == 1


def test_of_a_chosen_badge_that_was_judged_anew_the_learner_is_told_and_none_is_shown(client, pair, sign_in):
    link = link_over(pair, shows_levels=True, levels_for=[pair[0]])
    judge(pair[0], referral=3)

    rows = client.get(link.get_absolute_url()).context["rows"]

    assert all(row["levels"] == [] for row in rows)
    assert "make it anew" in sign_in(pair[0].learner.user).get("/sharing/").content.decode()


def test_the_form_asks_of_each_badge_that_was_judged(sign_in, pair, make_signed):
    plain = make_signed(learner=pair[0].learner).award
    client = sign_in(pair[0].learner.user)
    values = {
        "title": "Mine",
        "recipients": "anyone",
        "purpose": "residency",
        "badges": [pair[0].public_id, plain.public_id],
        "levels": [pair[0].public_id, pair[1].public_id],  # the second is not on the link
    }

    preview = client.post("/sharing/links/", values | {"preview": "1"})
    shown = preview.context["form"]["shown"].value()
    refused = client.post("/sharing/links/", values | {"levels": [plain.public_id], "agree": "on", "shown": shown})
    made = client.post("/sharing/links/", values | {"agree": "on", "shown": shown})

    assert [row["has_levels"] for row in preview.context["rows"]].count(True) == 2
    assert "Referral: Exceeds the standard" in preview.context["statement"]
    assert (refused.status_code, made.status_code) == (422, 302)
    kept = dict(ConsentAward.objects.values_list("award_id", "levels"))
    assert set(kept) == {pair[0].pk, plain.pk} and len(kept[pair[0].pk]) == 3 and kept[plain.pk] == {}


def test_without_a_judged_badge_on_it_there_is_no_level_to_show(pair):
    with pytest.raises(Invalid, match="no level to show"):
        link_over(pair, shows_levels=True, levels_for=[])
    assert not Consent.objects.exists()
