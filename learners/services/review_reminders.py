"""Telling people what happened to content: owners what is due, planners, proposers and committees what came of things."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from credentials import services as credentials_services
from credentials.committee import content_tally
from credentials.models import EndorsementRequest, PlannedChange
from credentials.workflow import ContentCaseStatus, ProposalStatus
from learners.models import Notice, User
from learners.services.notices import tell_all


@transaction.atomic
def remind_of_review(*, at: datetime) -> int:
    """Remind owners 90 and 30 days before a review date and on it; answer how many. A second call tells nobody."""
    notices = []
    for due in credentials_services.claim_review_reminders(at=at):
        review_on = due.credential.review_on
        if review_on is None or due.credential.owner is None:
            raise ValueError("Only items with an owner and a review date are due.")
        words = {"title": due.title, "day": review_on.strftime("%B %-d, %Y")}
        if due.days:
            subject = _("%(title)s is reviewed by %(day)s") % words
        else:
            subject = _("%(title)s is past its review date") % words
        notices.append(
            Notice(
                user=due.credential.owner,
                kind="review",
                subject=subject,
                text=_(
                    "You answer for this item. Look at whether it still says what is wanted: publish a new version, or set a "
                    "new review date. Its review date is %(day)s."
                )
                % words,
                path=reverse("credentials:manage-detail", args=[due.credential.public_id]),
                created_at=at,
            )
        )
    tell_all(notices)
    return len(notices)


@transaction.atomic
def tell_of_refused_plans(*, at: datetime) -> int:
    """Tell who planned to publish or retire something that it could not be done, and why. A second call tells nobody."""
    refused = credentials_services.claim_refused_plans(at=at)
    tell_all(
        Notice(
            user=each.actor,
            kind="plan-refused",
            subject=_("%(title)s could not be published or retired as planned") % {"title": _title(each)},
            text=each.refusal,
            path=reverse("credentials:manage-detail", args=[each.credential.public_id]),
            created_at=at,
        )
        for each in refused
    )
    return len(refused)


def _title(planned: PlannedChange) -> str:
    version = planned.version or planned.credential.current_version
    return version.title if version else planned.credential.code


@transaction.atomic
def tell_of_opinions(*, at: datetime) -> int:
    """Tell who answers for a draft that somebody outside commented on it; answer how many came in. A second call tells nobody."""
    came = credentials_services.claim_new_opinions(at=at)
    tell_all(
        Notice(
            user=each.version.credential.owner or each.asked_by,
            kind="opinion",
            subject=_("%(title)s: comments from outside") % {"title": each.version.title[:150]},
            text=_("%(organization)s has commented on the draft. Read the suggestions, and say what comes of each.")
            % {"organization": each.organization_name},
            path=reverse("credentials:opinion-list", args=[each.version.credential.public_id]),
            created_at=at,
        )
        for each in came
    )
    return len(came)


@transaction.atomic
def tell_of_endorsements(*, at: datetime) -> int:
    """Tell who answers for an item what an organization said to being asked to endorse it; answer how many. A second call
    tells nobody."""
    came = credentials_services.claim_answered_endorsements(at=at)
    tell_all(
        Notice(
            user=each.version.credential.owner or each.asked_by,
            kind="opinion",
            subject=_endorsed(each) % {"title": each.version.title[:150]},
            text=_("%(organization)s has answered. The page of its endorsement says what and why.")
            % {"organization": each.organization_name},
            path=reverse("credentials:endorsement-list", args=[each.version.credential.public_id]),
            created_at=at,
        )
        for each in came
    )
    return len(came)


def _endorsed(request: EndorsementRequest) -> str:
    if request.declined_because:
        return _("%(title)s: an endorsement is declined")
    if request.endorsement.withdrawn_at is not None:
        return _("%(title)s: an endorsement is withdrawn")
    return _("%(title)s is endorsed")


@transaction.atomic
def tell_of_proposals(*, at: datetime) -> int:
    """Tell who proposed something what came of it; answer how many were told. A second call tells nobody."""
    ended = credentials_services.claim_ended_proposals(at=at)
    tell_all(
        Notice(
            user=each.proposed_by,
            kind="proposal",
            subject=(
                _("%(title)s: your proposal becomes a draft")
                if each.status == ProposalStatus.TAKEN
                else _("%(title)s: your proposal was declined")
            )
            % {"title": each.title[:150]},
            text=_(
                "Somebody who prepares microcredentials has decided on what you proposed. The page says what, and why."
            ),
            path=each.get_absolute_url(),
            created_at=at,
        )
        for each in ended
    )
    return len(ended)


@transaction.atomic
def tell_of_content_cases(*, at: datetime) -> int:
    """Tell the members who may vote what was put before their committee on content; answer how many cases there were.

    Once for each case, and nobody who put it forward or has too much to do with it. A second call tells nobody.
    """
    cases = credentials_services.claim_new_content_cases(at=at)
    tell_all(
        Notice(
            user=member,
            kind="case",
            subject=_("%(title)s: before the committee on content") % {"title": case.title[:150]},
            text=_("It was put before your committee. Its page shows what it says, and takes your vote."),
            path=case.get_absolute_url(),
            created_at=at,
        )
        for case in cases
        if case.status == ContentCaseStatus.OPEN
        for member in User.objects.filter(pk__in=content_tally(case, at).members).order_by("pk")
    )
    return len(cases)
