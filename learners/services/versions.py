"""Which version a submission is judged by: that of the enrollment, or today's where the enrollment is old (DOMAIN 3.1)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Conflict
from credentials.models import Credential, CredentialVersion, EvidenceRequirement
from learners.models import Enrollment, EnrollmentEvent, FormDraft, Submission, User
from learners.services import notices

HOLDS_FOR = timedelta(days=365)


class VersionMoved(Conflict):
    """The enrollment has just gone over to another version; the learner looks at it before anything is submitted."""

    code = "version-moved"


def version_due(enrollment: Enrollment, at: datetime) -> CredentialVersion | None:
    """The version to which an enrollment goes over at its first submission; None while its own holds.

    No query while the enrollment is younger than 12 months; else two.
    """
    if at - enrollment.enrolled_at <= HOLDS_FOR:
        return None
    chosen = Credential.objects.filter(pk=enrollment.credential_id).values("current_version")
    current = CredentialVersion.objects.select_related("credential").filter(pk__in=chosen).first()
    if current is None or current.pk == enrollment.credential_version_id:
        return None
    if enrollment.submissions.filter(submitted_at__isnull=False).exists():
        return None
    return current


@transaction.atomic
def move_if_due(*, actor: User, submission: Submission, at: datetime) -> CredentialVersion | None:
    """Bind the enrollment of a draft to today's version when that is due, with a notice; evidence goes along.

    The caller has permitted the actor. A consequence of submitting: a second call finds nothing to do.
    """
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("learner__user", "credential_version")
        .get(pk=submission.enrollment_id)
    )
    version = version_due(enrollment, at)
    if version is None:
        return None
    _carry_over(submission, enrollment.credential_version_id, version)
    note = _("Version %(old)s becomes %(new)s: the enrollment was more than 12 months old at the first submission.") % {
        "old": enrollment.credential_version.number,
        "new": version.number,
    }
    enrollment.credential_version = version
    enrollment.save(update_fields=["credential_version"])
    EnrollmentEvent.objects.create(enrollment=enrollment, actor=actor, moved_to=enrollment.status, note=note, at=at)
    if enrollment.learner.user is not None:
        notices.tell(
            user=enrollment.learner.user,
            kind="version",
            subject=_("%(title)s: a newer version applies") % {"title": version.title},
            text=_("You enrolled more than 12 months ago, so that your work is judged by today’s version."),
            path=enrollment.get_absolute_url(),
            at=at,
        )
    return version


def _carry_over(submission: Submission, before: int, version: CredentialVersion) -> None:
    """Evidence and drafts stand where the new version asks for the same, else under “anything else”."""
    new = {(each.kind.casefold(), each.source): each for each in version.evidence_requirements.order_by("-position")}
    places: dict[str, str] = {}
    for old in EvidenceRequirement.objects.filter(version=before):
        target = new.get((old.kind.casefold(), old.source))
        submission.evidence_items.filter(requirement=old).update(requirement=target)
        places[str(old.position)] = str(target.position) if target else "other"
    merged: dict[str, FormDraft] = {}
    for draft in submission.form_drafts.order_by("pk"):
        head, _dash, rest = draft.form.partition("-")
        place, _dash, kind = rest.partition("-")
        form = f"{head}-{places.get(place, place)}-{kind}" if head == "add" else draft.form
        if form in merged:
            both = [merged[form].values, draft.values]
            names = {name for values in both for name in values}
            merged[form].values = {
                name: "\n\n".join(values[name] for values in both if values.get(name)) for name in names
            }
        else:
            merged[form] = FormDraft(submission=submission, form=form, values=draft.values, saved_at=draft.saved_at)
    submission.form_drafts.all().delete()
    FormDraft.objects.bulk_create(merged.values())
