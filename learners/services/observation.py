"""Ward observation: a learner invites, somebody who saw them at work answers in a minute, and it is evidence."""

import base64
import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from config import handoff
from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import EvidenceRequirement
from learners.models import Enrollment, EvidenceItem, Learner, Observation, ObservationInvitation, Submission, User
from learners.models.evidence import EvidenceKind
from learners.models.observation import ANCHORS, DIRECTION, OTTAWA, Complexity, Setting
from learners.services import notices
from learners.workflow import EnrollmentStatus, SubmissionStatus

logger = logging.getLogger("signet.mail")

CODE_FOR, LINK_FOR = timedelta(hours=24), timedelta(days=7)
MOST_A_DAY = 20  # invitations of one learner; a mail to somebody outside is among them
COMMENT_MAX_LETTERS = 2000
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another
CLAIM, FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(minutes=1), timedelta(hours=6)
OPEN = [SubmissionStatus.DRAFT, SubmissionStatus.SUBMITTED, SubmissionStatus.IN_REVIEW]


class InvitationOver(Conflict):
    """An invitation that was answered or has run out. was_used tells which."""

    code = "invitation-over"

    def __init__(self, message: str, *, was_used: bool) -> None:
        super().__init__(message)
        self.was_used = was_used


def token_of(invitation: ObservationInvitation) -> str:
    """The secret of a mailed link. Made from the site's secret key, so that it need not be kept until the mail is sent."""
    digest = salted_hmac("learners.observation.link", invitation.public_id.hex, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_observer(
    *, actor: User, enrollment: Enrollment, requirement: EvidenceRequirement | None, email: str = "", at: datetime
) -> ObservationInvitation:
    """Ask to be observed: with a code for staff, valid for a day, or by a link that is mailed and valid for a week.

    Raises NotAllowed (not one's own), Conflict (not working on it, or too many today), Invalid (address, requirement).
    """
    Learner.objects.select_for_update().get(pk=enrollment.learner_id)
    enrollment = Enrollment.objects.select_related("learner__user", "credential_version").get(pk=enrollment.pk)
    require(actor, Can.OBSERVATION_ASK, enrollment)
    if enrollment.status != EnrollmentStatus.ACTIVE or not enrollment.submissions.filter(status__in=OPEN).exists():
        raise Conflict(_("There is no open attempt to which an observation could be added."))
    if requirement is not None and (
        requirement.version_id != enrollment.credential_version_id or requirement.source != "staff"
    ):
        raise Invalid(_("Choose what is to be observed from the list."))
    email = email.strip().lower()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise Invalid(_("Give the whole e-mail address of the person who saw you at work.")) from error
        if email == actor.email.lower():
            raise Invalid(_("Somebody else has to observe you; this is your own address."))
    asked = ObservationInvitation.objects.filter(enrollment__learner=enrollment.learner_id)
    if asked.filter(made_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Conflict(_("You have asked %(count)s times today, which is the most.") % {"count": MOST_A_DAY})
    invitation = ObservationInvitation(
        enrollment=enrollment,
        requirement=requirement,
        code="".join(secrets.choice(LETTERS) for _number in range(10)),
        email=email,
        made_at=at,
        expires_at=at + (LINK_FOR if email else CODE_FOR),
    )
    if email:
        invitation.token_sha256 = digest_of(token_of(invitation))
    invitation.save()
    if email:
        handoff.after_commit("learners.send_observation_links")
    return invitation


@transaction.atomic
def keep_observation_draft(
    *, invitation: ObservationInvitation, observer: User | None, at: datetime, **said: Any
) -> ObservationInvitation:
    """Put an answer off: what was said so far stays with the invitation. Raises NotAllowed, InvitationOver, Invalid."""
    invitation = _open(invitation, observer, at)
    _checked(said, is_draft=True)
    invitation.draft, invitation.draft_by = {name: value for name, value in said.items() if value}, observer
    invitation.save(update_fields=["draft", "draft_by"])
    return invitation


@transaction.atomic
def record_observation(
    *,
    invitation: ObservationInvitation,
    observer: User | None,
    level: int | None,
    setting: str,
    complexity: str = "",
    comment: str,
    at: datetime,
) -> Observation:
    """Answer an invitation, once; it becomes evidence of the open attempt, and the learner is told.

    observer: who is signed in; None for the person whose address the link went to. Raises NotAllowed, InvitationOver,
    Invalid (names what is missing).
    """
    invitation = _open(invitation, observer, at)
    said = {"level": level, "setting": setting, "complexity": complexity, "comment": comment.strip()}
    _checked(said)
    observation = Observation.objects.create(
        enrollment=invitation.enrollment,
        invitation=invitation,
        observer=observer,
        observer_email="" if observer else invitation.email,
        scale=OTTAWA,
        scale_direction=DIRECTION,
        observed_at=at,
        **said,
    )
    invitation.used_at, invitation.draft, invitation.draft_by = at, {}, None
    invitation.save(update_fields=["used_at", "draft", "draft_by"])
    _add_evidence(observation, invitation, at)
    learner = invitation.enrollment.learner
    if learner.user is not None:
        notices.tell(
            user=learner.user,
            kind="observation",
            subject=_("%(title)s: an observation of you") % {"title": invitation.enrollment.credential_version.title},
            text=_("Somebody who saw you at work has written it down."),
            path=reverse("learners:observation-ask", args=[invitation.enrollment.public_id]),
            at=at,
        )
    return observation


def _open(invitation: ObservationInvitation, observer: User | None, at: datetime) -> ObservationInvitation:
    """Lock an invitation that still can be answered by this person. The attempt that it counts toward is locked first."""
    list(Submission.objects.select_for_update().filter(enrollment=invitation.enrollment_id).order_by("pk").values("pk"))
    invitation = (
        ObservationInvitation.objects.select_for_update(of=("self",))
        .select_related(
            "enrollment__learner__user",
            "enrollment__credential__organization",
            "enrollment__credential_version",
            "requirement",
        )
        .get(pk=invitation.pk)
    )
    if observer is not None:
        require(observer, Can.OBSERVATION_WRITE, invitation)
    require_open(invitation, at)
    return invitation


def require_open(invitation: ObservationInvitation, at: datetime) -> None:
    """Raise InvitationOver for an invitation that was answered or has run out."""
    if invitation.used_at is not None:
        raise InvitationOver(_("This was answered already. The learner can ask once more."), was_used=True)
    if at >= invitation.expires_at:
        raise InvitationOver(_("This has run out. The learner can ask once more."), was_used=False)


def _checked(said: dict[str, Any], *, is_draft: bool = False) -> None:
    level, comment = said.get("level"), said.get("comment", "")
    if (level is not None and level not in ANCHORS) or (level is None and not is_draft):
        raise Invalid(_("Choose how much help was needed."))
    if said.get("setting") not in Setting.values and not (is_draft and not said.get("setting")):
        raise Invalid(_("Choose where it was."))
    if said.get("complexity") and said["complexity"] not in Complexity.values:
        raise Invalid(_("Choose how complex the case was, or leave it out."))
    if not comment and not is_draft:
        raise Invalid(_("Write one sentence about what you saw."))
    if len(comment) > COMMENT_MAX_LETTERS:
        raise Invalid(_("Write at most %(limit)s letters.") % {"limit": COMMENT_MAX_LETTERS})


def _add_evidence(observation: Observation, invitation: ObservationInvitation, at: datetime) -> None:
    """Count it for the attempt that is open; without one it stays with the enrollment."""
    submission = invitation.enrollment.submissions.filter(status__in=OPEN).order_by("-attempt").first()
    by = observation.observer or invitation.enrollment.learner.user
    if submission is None or by is None:
        return
    who = observation.observer or observation.observer_email
    day = timezone.localdate(at)
    EvidenceItem.objects.create(
        submission=submission,
        requirement=invitation.requirement,
        kind=EvidenceKind.TEXT,
        title=_("Observed by %(who)s, %(day)s") % {"who": who, "day": f"{day:%B} {day.day}, {day.year}"},
        text="\n\n".join([_context(observation), observation.words + ".", observation.comment]),
        added_by=by,
        added_at=at,
    )


def _context(observation: Observation) -> str:
    setting = Setting(observation.setting).label
    if not observation.complexity:
        return f"{setting}."
    complexity = str(Complexity(observation.complexity).label).lower()
    return _("%(setting)s, %(complexity)s case.") % {"setting": setting, "complexity": complexity}


# Mailing links -------------------------------------------------------------------------------------------------------
def send_observation_links(*, limit: int, at: datetime) -> int:
    """Mail the links that wait, oldest first, as `send_mail` does notices; answer how many were sent."""
    connection = get_connection()
    sent = 0
    for _number in range(limit):
        invitation = _claim(at)
        if invitation is None:
            break
        try:
            _message(invitation, connection).send()
        except (SMTPException, OSError) as error:
            pause = min(FIRST_PAUSE * 2 ** (invitation.mail_tries - 1), LONGEST_PAUSE)
            ObservationInvitation.objects.filter(pk=invitation.pk).update(mail_after=at + pause)
            logger.warning("link not sent", extra={"invitation": invitation.public_id, "cause": type(error).__name__})
            if not isinstance(error, (SMTPRecipientsRefused, SMTPDataError)):
                raise
            continue
        ObservationInvitation.objects.filter(pk=invitation.pk).update(mailed_at=at, mail_after=None)
        sent += 1
    return sent


@transaction.atomic
def _claim(at: datetime) -> ObservationInvitation | None:
    due = ObservationInvitation.objects.select_for_update(skip_locked=True, of=("self",)).mail_due(at)
    invitation = (
        due.select_related("enrollment__learner", "enrollment__credential_version").order_by("made_at", "pk").first()
    )
    if invitation is not None:
        invitation.mail_after, invitation.mail_tries = at + CLAIM, min(invitation.mail_tries + 1, 20)
        invitation.save(update_fields=["mail_after", "mail_tries"])
    return invitation


def _message(invitation: ObservationInvitation, connection: Any) -> EmailMessage:
    path = reverse("learners:observation-link", args=[token_of(invitation)])
    local = timezone.localtime(invitation.expires_at)
    body = _(
        "%(learner)s asks you to write down, in about a minute, what you saw of their work for “%(title)s”.\n\n%(link)s\n\n"
        "The link is for you alone, works once, and until %(until)s. Name no patient.\n\n"
        "This was sent by Signet, a registry of microcredentials. If you do not know %(learner)s, do nothing.\n"
    ) % {
        "learner": invitation.enrollment.learner.display_name,
        "title": invitation.enrollment.credential_version.title,
        "link": f"{settings.PUBLIC_ORIGIN}{path}",
        "until": f"{local:%B} {local.day}, {local.year}",
    }
    return EmailMessage(
        subject=_("A minute for a learner whom you saw at work"),
        body=body,
        to=[invitation.email],
        connection=connection,
        headers={
            "Message-ID": f"<observation-{invitation.public_id}@{settings.SITE_HOST}>",
            "Auto-Submitted": "auto-generated",
        },
    )
