"""The same thing done twice at the same moment is done once, on real PostgreSQL."""

import pytest
from django.utils import timezone

from config.errors import RegistryError
from issuance import services as issuance_services
from learners import services
from learners.models import Assignment, Award, Decision, Enrollment, Notice, Submission
from learners.models.evidence import DeclarationKind
from tests.fixtures.records import NOON

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = {DeclarationKind.NO_PATIENT_DATA: "", DeclarationKind.OWN_WORK: ""}


def refusals(answers):
    return [answer for answer in answers if isinstance(answer, RegistryError)]


def test_enrolling(together, learner, version):
    def enroll():
        return services.enroll(actor=learner.user, learner=learner, credential=version.credential, at=NOON)

    answers = together(enroll, enroll, enroll)

    assert len(refusals(answers)) == 2
    assert Enrollment.objects.count() == Submission.objects.count() == 1


def test_submitting(together, make_submission, assessor):
    submission = make_submission()

    def submit():
        return services.submit_evidence(
            actor=submission.learner.user, submission=submission, declarations=BOTH, at=NOON
        )

    answers = together(submit, submit, submit)

    assert len(refusals(answers)) == 2
    assert submission.events.filter(moved_to="submitted").count() == 1
    assert submission.declarations.count() == 2
    assert Assignment.objects.filter(submission=submission, ended_at__isnull=True).count() == 1


def test_adding_the_same_text(together, make_submission):
    submission = make_submission()

    def add():
        return services.add_text(
            actor=submission.learner.user, submission=submission, requirement=None, title="A", text="Once.", at=NOON
        )

    answers = together(add, add, add)

    assert len(refusals(answers)) == 2
    assert submission.evidence_items.filter(text="Once.").count() == 1


def test_releasing(together, make_decision, assessor, lead):
    decision = make_decision(assessor=assessor)

    def release(actor):
        return lambda: services.release_decision(actor=actor, decision=decision, at=timezone.now())

    answers = together(release(assessor), release(lead), release(lead))

    assert len(refusals(answers)) == 2
    assert Award.objects.count() == 1
    assert Notice.objects.filter(kind="decision").count() == 1


def test_releasing_one_by_one_and_all_together(together, make_decision, assessor, lead):
    decisions = [make_decision(assessor=assessor) for _number in range(4)]

    together(
        lambda: services.release_decisions(actor=lead, decisions=decisions, at=timezone.now()),
        lambda: services.release_decision(actor=assessor, decision=decisions[2], at=timezone.now()),
        lambda: services.release_decisions(actor=lead, decisions=decisions[::-1], at=timezone.now()),
    )

    released = Decision.objects.filter(status="released")
    assert Award.objects.count() == released.count()
    assert Award.objects.values("decision").distinct().count() == released.count() >= 1


def test_undoing_while_it_is_signed(together, issuer, make_decision, assessor, settings):
    """Either it was taken back before it was signed, or it was signed and stands; never both."""
    decision = make_decision(assessor=assessor)
    services.release_decision(actor=assessor, decision=decision, at=timezone.now())
    Award.objects.update(sign_after=timezone.now())

    together(
        lambda: services.undo_release(actor=assessor, decision=decision, at=timezone.now(), reason="A slip."),
        lambda: issuance_services.sign_pending(limit=10, at=timezone.now(), full=True),
    )
    # A refused undo may have held the row at the moment when the signer looked; the next sweep takes it.
    issuance_services.sign_pending(limit=10, at=timezone.now(), full=True)

    award = Award.objects.get()
    decision.refresh_from_db()
    assert (award.status, award.documents.count(), decision.status) in [
        ("withdrawn", 0, "undone"),
        ("active", 1, "released"),
    ]


def test_approving_a_revocation(together, issuer, make_signed, make_user):
    award = make_signed().award
    request = issuance_services.request_revocation(
        actor=make_user("registrar"), award=award, reason="error", note="Wrong file.", at=timezone.now()
    )
    others = [make_user("registrar") for _number in range(3)]

    def decide(act, actor):
        return lambda: act(actor=actor, request=request, note="Seen.", at=timezone.now())

    answers = together(
        decide(issuance_services.approve_revocation, others[0]),
        decide(issuance_services.approve_revocation, others[1]),
        decide(issuance_services.refuse_revocation, others[2]),
    )

    assert len(refusals(answers)) == 2
    award.refresh_from_db()
    request.refresh_from_db()
    assert (award.status, request.status) in [("revoked", "approved"), ("active", "refused")]
    assert Notice.objects.filter(kind="revoked").count() == (award.status == "revoked")
