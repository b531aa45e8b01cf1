"""Who may do what, as one table, and the lists that people see checked against it.

A row names everybody to whom the rule says yes, when each stands in the plainest relation to the subject: a role held in the
school that owns it, the learner whose it is, the assessor who is assigned. Whoever is not named is refused.
"""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from config.errors import NotAllowed
from config.permissions import RULES, Can, Role, allowed, require
from learners.models import Award, Decision, RoleGrant, Submission
from tests.fixtures.records import LONG_AGO, NOON

A, L, P, C, R, U, M, V = (
    "assessor",
    "lead",
    "pathway-admin",
    "committee",
    "registrar",
    "auditor",
    "administrator",
    "privacy",
)
LEARNER, ASSIGNED = "learner", "assigned"
TABLE = {
    Can.CREDENTIAL_EDIT: {L, M},
    Can.CREDENTIAL_PUBLISH: {M},
    Can.CREDENTIAL_RETIRE: {M},
    Can.OPINION_ASK: {L, M},
    Can.CONTENT_PUT: {L, M},
    Can.CONTENT_READ: {C, L, M, U},
    Can.CONTENT_VOTE: {C},
    Can.CONTENT_QUORUM_SET: {M},
    Can.ENDORSEMENT_ASK: {M},
    Can.ENDORSEMENT_READ: {L, M, R},
    Can.ENDORSEMENT_WITHDRAW: {M, R},
    Can.SUGGESTION_ANSWER: {L, M},
    Can.PROPOSAL_MAKE: {*Role.values, LEARNER, ASSIGNED},
    Can.PROPOSAL_VOTE: {*Role.values, LEARNER, ASSIGNED},
    Can.PROPOSAL_DECIDE: {L, M},
    Can.CREDENTIAL_START: {L, M},
    Can.FRAMEWORK_LOAD: {M},
    Can.FRAMEWORK_KEEP: {M},
    Can.CATALOG_EXCHANGE: {M},
    Can.ENROLLMENT_START: {LEARNER},
    Can.GROWTH_WRITE: {LEARNER},
    Can.SURVEY_ANSWER: {LEARNER},
    Can.TERM_SURVEY_ANSWER: {A, ASSIGNED},
    Can.CLASS_ENROLL: {M},
    Can.OFFERING_EDIT: {L, M},
    Can.ATTENDANCE_RECORD: {A, L, M, ASSIGNED},
    Can.SUBMISSION_EDIT: {LEARNER},
    Can.SUBMISSION_ASSIGN: {L, M},
    Can.SUBMISSION_ASSESS: {ASSIGNED},
    Can.SUBMISSION_READ: {LEARNER, ASSIGNED, L, U},
    Can.TEAM_FORM: {L, M},
    Can.PATIENT_DATA_REPORT: {LEARNER, ASSIGNED, L, R, V},
    Can.PATIENT_DATA_SETTLE: {V},
    Can.APPEAL_OPEN: {LEARNER},
    Can.APPEAL_ASSIGN: {L},
    Can.APPEAL_DECIDE: {ASSIGNED},
    Can.OBSERVATION_ASK: {LEARNER},
    Can.OBSERVATION_WRITE: {A, L, ASSIGNED},
    Can.RESULT_RECORD: {A, L, M, ASSIGNED},
    Can.RESULTS_IMPORT: {L, M},
    Can.ATTEMPT_GRANT: {L},
    Can.CONCERN_CLOSE: {L},
    Can.SNIPPET_SHARE: {A, L, ASSIGNED},
    Can.SNIPPET_CHANGE: {ASSIGNED},
    Can.EXAMPLE_EDIT: {L},
    Can.CALIBRATION_KEEP: {L},
    Can.CALIBRATION_TAKE: {A, ASSIGNED},
    Can.CALIBRATION_JUDGE: {ASSIGNED},
    Can.WORK_UNBLIND: {L, R},
    Can.FEEDBACK_ANSWER: {LEARNER},
    Can.DECISION_RELEASE: {ASSIGNED, L},
    Can.DECISION_UNDO: {ASSIGNED, L},
    Can.AWARD_SHARE: {LEARNER},
    Can.AWARD_READ: {LEARNER, R, U},
    Can.AWARD_REVOKE_REQUEST: {R},
    Can.AWARD_REVOKE_APPROVE: {R},
    Can.QUESTION_CLOSE: {R},
    Can.LEARNER_SEARCH: {L, R, U},
    Can.LEARNER_RENAME: {R},
    Can.LEARNER_MANAGE: {R},
    Can.RECORD_OWN: {LEARNER},
    Can.AMENDMENT_DECIDE: {R},
    Can.RECORD_RELEASE: {R},
    Can.SHARING_END: {R},
    Can.CLASS_EXPORT: {R},
    Can.LETTER_READ: {R},
    Can.CONSENT_READ: {R, U},
    Can.LETTERS_EXPORT: {R},
    Can.DIRECTORY_OPT_OUT: {LEARNER, R},
    Can.RETENTION_READ: {R, U, V},
    Can.RETENTION_SET: {R},
    Can.RETENTION_HOLD: {R, V},
    Can.DIRECTORY_SET: {R},
    Can.PEOPLE_MANAGE: {R},
    Can.CALENDAR_EDIT: {M},
    Can.MAIL_LOG_READ: {M},
    Can.RECOGNITION_RULE_EDIT: {L, M},
    Can.RECOGNITION_BRING: {LEARNER},
    Can.RECOGNITION_DECIDE: {L, R},
    Can.PATHWAY_EDIT: {P, M},
    Can.PATHWAY_PUBLISH: {P, M},
    Can.PATHWAY_START: {P, M},
    Can.PATHWAY_SIMULATE: {P, M},
    Can.PATHWAY_JOIN: {LEARNER},
    Can.WAIVER_GRANT: {P, M},
    Can.COHORT_MOVE: {P, M},
    Can.CAPSTONE_RECORD: {P, M},
    Can.CAPSTONE_HAND_IN: {LEARNER},
    Can.CASE_READ: {C, U},
    Can.CASE_DECIDE: {C},
    Can.CASE_STEP_ASIDE: {C},
    Can.QUORUM_SET: {P, M},
    Can.PLAN_KEEP: {LEARNER},
    Can.KEYS_MANAGE: {M},
}
# Whoever belongs to the school may, be it by a role for one of its credentials.
SCHOOLWIDE = {Can.PROPOSAL_MAKE, Can.PROPOSAL_VOTE}
# Nobody does these for themselves, whatever role they hold.
NEVER_ONESELF = {
    Can.SUBMISSION_ASSESS,
    Can.PATIENT_DATA_SETTLE,
    Can.APPEAL_ASSIGN,
    Can.APPEAL_DECIDE,
    Can.OBSERVATION_WRITE,
    Can.RESULT_RECORD,
    Can.ATTEMPT_GRANT,
    Can.CONCERN_CLOSE,
    Can.WORK_UNBLIND,
    Can.DECISION_RELEASE,
    Can.DECISION_UNDO,
    Can.AWARD_REVOKE_REQUEST,
    Can.AWARD_REVOKE_APPROVE,
    Can.QUESTION_CLOSE,
    Can.LEARNER_RENAME,
    Can.LEARNER_MANAGE,
    Can.RECOGNITION_DECIDE,
    Can.AMENDMENT_DECIDE,
    Can.RECORD_RELEASE,
    Can.SHARING_END,
    Can.RETENTION_HOLD,
    Can.LETTER_READ,
    Can.CONSENT_READ,
    Can.CASE_DECIDE,
    Can.CASE_STEP_ASIDE,
    Can.WAIVER_GRANT,
    Can.CAPSTONE_RECORD,
}
EVERYBODY = [*Role.values, LEARNER, ASSIGNED, "nobody"]


@pytest.fixture
def make_subject(make_decision, make_award, make_user):
    """A decision on assessed work with everything around it, and for each permission what it is about."""

    def make(**fields):
        assigned = make_user(Role.ASSESSOR)
        decision = make_decision(assessor=assigned, **fields)
        award = make_award(learner=decision.learner, version=decision.credential_version)
        owned = SimpleNamespace(credential=decision.credential, learner=decision.learner, involved=set())
        about = {
            Can.CREDENTIAL_EDIT: decision.credential,
            Can.CREDENTIAL_PUBLISH: decision.credential,
            Can.CREDENTIAL_RETIRE: decision.credential,
            Can.OPINION_ASK: decision.credential,
            Can.CONTENT_PUT: decision.credential,
            Can.CONTENT_READ: SimpleNamespace(organization=decision.credential.organization),
            Can.CONTENT_VOTE: SimpleNamespace(organization=decision.credential.organization, involved=set()),
            Can.CONTENT_QUORUM_SET: decision.credential.organization,
            Can.ENDORSEMENT_ASK: decision.credential,
            Can.ENDORSEMENT_READ: decision.credential,
            Can.ENDORSEMENT_WITHDRAW: decision.credential,
            Can.SUGGESTION_ANSWER: decision.credential,
            Can.PROPOSAL_MAKE: decision.credential.organization,
            Can.PROPOSAL_VOTE: SimpleNamespace(
                proposed_by_id=None, organization_id=decision.credential.organization_id
            ),
            Can.PROPOSAL_DECIDE: SimpleNamespace(organization=decision.credential.organization),
            Can.CREDENTIAL_START: decision.credential.organization,
            Can.FRAMEWORK_LOAD: decision.credential.organization,
            Can.FRAMEWORK_KEEP: SimpleNamespace(organization=decision.credential.organization),
            Can.CATALOG_EXCHANGE: decision.credential.organization,
            Can.ENROLLMENT_START: decision.learner,
            Can.GROWTH_WRITE: decision.learner,
            Can.SURVEY_ANSWER: decision.enrollment,
            Can.TERM_SURVEY_ANSWER: decision.credential.organization,
            Can.CLASS_ENROLL: decision.credential,
            Can.OFFERING_EDIT: decision.credential,
            Can.ATTENDANCE_RECORD: decision.enrollment,
            Can.SUBMISSION_EDIT: decision.submission,
            Can.SUBMISSION_ASSIGN: decision.submission,
            Can.SUBMISSION_ASSESS: decision.submission,
            Can.SUBMISSION_READ: decision.submission,
            Can.TEAM_FORM: decision.credential,
            Can.PATIENT_DATA_REPORT: decision.submission,
            Can.PATIENT_DATA_SETTLE: SimpleNamespace(submission=decision.submission),
            Can.APPEAL_OPEN: decision,
            Can.APPEAL_ASSIGN: SimpleNamespace(decision=decision),
            Can.APPEAL_DECIDE: SimpleNamespace(decision=decision, reviewer_id=assigned.pk),
            Can.OBSERVATION_ASK: decision.enrollment,
            Can.OBSERVATION_WRITE: SimpleNamespace(enrollment=decision.enrollment),
            Can.RESULT_RECORD: decision.enrollment,
            Can.RESULTS_IMPORT: decision.credential,
            Can.ATTEMPT_GRANT: decision.enrollment,
            Can.CONCERN_CLOSE: SimpleNamespace(submission=decision.submission),
            Can.SNIPPET_SHARE: decision.credential.organization,
            Can.SNIPPET_CHANGE: SimpleNamespace(owner_id=assigned.pk),
            Can.EXAMPLE_EDIT: decision.credential,
            Can.CALIBRATION_KEEP: decision.credential,
            Can.CALIBRATION_TAKE: decision.credential,
            Can.CALIBRATION_JUDGE: SimpleNamespace(assessor_id=assigned.pk, credential=decision.credential),
            Can.WORK_UNBLIND: decision.submission,
            Can.FEEDBACK_ANSWER: decision.submission,
            Can.DECISION_RELEASE: decision,
            Can.DECISION_UNDO: decision,
            Can.AWARD_SHARE: award,
            Can.AWARD_READ: award,
            Can.AWARD_REVOKE_REQUEST: award,
            Can.AWARD_REVOKE_APPROVE: SimpleNamespace(award=award, requested_by_id=None),
            Can.QUESTION_CLOSE: SimpleNamespace(award=award),
            Can.LEARNER_SEARCH: decision.credential.organization,
            Can.LEARNER_RENAME: decision.learner,
            Can.LEARNER_MANAGE: decision.learner,
            Can.RECORD_OWN: decision.learner,
            Can.AMENDMENT_DECIDE: SimpleNamespace(learner=decision.learner),
            Can.RECORD_RELEASE: decision.learner,
            Can.SHARING_END: decision.learner,
            Can.CLASS_EXPORT: SimpleNamespace(organization=decision.credential.organization),
            Can.LETTER_READ: decision.learner,
            Can.CONSENT_READ: decision.learner,
            Can.LETTERS_EXPORT: SimpleNamespace(organization=decision.credential.organization),
            Can.DIRECTORY_OPT_OUT: decision.learner,
            Can.RETENTION_READ: decision.credential.organization,
            Can.RETENTION_SET: decision.credential.organization,
            Can.RETENTION_HOLD: decision.learner,
            Can.DIRECTORY_SET: decision.credential.organization,
            Can.PEOPLE_MANAGE: decision.credential.organization,
            Can.MAIL_LOG_READ: decision.credential.organization,
            Can.CALENDAR_EDIT: decision.credential.organization,
            Can.RECOGNITION_RULE_EDIT: decision.credential,
            Can.RECOGNITION_BRING: decision.learner,
            Can.RECOGNITION_DECIDE: SimpleNamespace(learner=decision.learner, counts_toward=decision.credential),
            Can.PATHWAY_EDIT: owned,
            Can.PATHWAY_PUBLISH: owned,
            Can.PATHWAY_START: decision.credential.organization,
            Can.PATHWAY_SIMULATE: decision.credential.organization,
            Can.PATHWAY_JOIN: decision.learner,
            Can.WAIVER_GRANT: owned,
            Can.COHORT_MOVE: owned,
            Can.CAPSTONE_RECORD: owned,
            Can.CAPSTONE_HAND_IN: owned,
            Can.CASE_READ: owned,
            Can.CASE_DECIDE: owned,
            Can.CASE_STEP_ASIDE: owned,
            Can.QUORUM_SET: owned,
            Can.PLAN_KEEP: decision.learner,
            Can.KEYS_MANAGE: decision.credential.organization,
        }
        return SimpleNamespace(decision=decision, award=award, assigned=assigned, about=about)

    return make


@pytest.fixture
def people(make_subject, make_user):
    subject = make_subject()
    people = {role: make_user(role) for role in Role.values}
    people |= {LEARNER: subject.decision.learner.user, ASSIGNED: subject.assigned, "nobody": make_user()}
    return subject, people


def test_every_permission_has_a_rule_and_a_row():
    assert set(RULES) == set(Can) == set(TABLE)


def test_the_table_holds_for_everybody(people):
    subject, everybody = people

    found = {can: {who for who, user in everybody.items() if allowed(user, can, subject.about[can])} for can in Can}

    assert found == TABLE


def test_a_role_elsewhere_or_for_another_credential_gives_nothing(people, make_user, make_organization, make_version):
    subject, _everybody = people
    elsewhere, other = make_organization(), make_version().credential

    for role in Role.values:
        stranger, colleague = make_user(role, scope=elsewhere), make_user(role, credential=other)
        assert not [can for can in Can if allowed(stranger, can, subject.about[can])]
        # Whoever assesses one item of a school is an assessor of the school, and asked like the others.
        asked = {Can.TERM_SURVEY_ANSWER} if role == Role.ASSESSOR else set()
        assert {can for can in Can if allowed(colleague, can, subject.about[can])} == SCHOOLWIDE | asked


def test_a_role_for_the_credential_alone_counts_for_it_and_not_for_the_organization(people, make_user):
    subject, _everybody = people
    lead = make_user(Role.LEAD, credential=subject.decision.credential)
    administrator = make_user(Role.ADMINISTRATOR, credential=subject.decision.credential)

    assert allowed(lead, Can.DECISION_RELEASE, subject.decision)
    assert allowed(administrator, Can.CREDENTIAL_PUBLISH, subject.decision.credential)
    assert not allowed(administrator, Can.KEYS_MANAGE, subject.about[Can.KEYS_MANAGE])


def test_a_role_that_ended_or_has_not_begun_gives_nothing(people, make_user):
    subject, _everybody = people
    ended, later = make_user(Role.LEAD), make_user(Role.LEAD)
    RoleGrant.objects.filter(user=ended).update(from_at=LONG_AGO, until_at=NOON)
    RoleGrant.objects.filter(user=later).update(from_at=NOON.replace(year=2199))

    for user in (ended, later):
        assert not allowed(user, Can.DECISION_RELEASE, subject.decision)


def test_nobody_decides_about_themselves_with_all_roles_at_once(make_subject, make_learner, make_user, organization):
    person = make_user()
    for role in Role.values:
        RoleGrant.objects.create(user=person, role=role, organization=organization, from_at=LONG_AGO)
    subject = make_subject(learner=make_learner(user=person))
    subject.decision.submission.assignments.update(assessor=person)

    for can in NEVER_ONESELF:
        assert not allowed(person, can, subject.about[can]), can


def test_nobody_approves_the_revocation_that_they_asked_for(people):
    subject, everybody = people
    request = SimpleNamespace(award=subject.award, requested_by_id=everybody[R].pk)

    assert not allowed(everybody[R], Can.AWARD_REVOKE_APPROVE, request)


def test_an_assessor_whose_role_ended_keeps_nothing_of_what_was_assigned(people):
    subject, _everybody = people
    RoleGrant.objects.filter(user=subject.assigned).update(until_at=NOON)

    for can in (Can.SUBMISSION_ASSESS, Can.SUBMISSION_READ, Can.DECISION_RELEASE, Can.DECISION_UNDO):
        assert not allowed(subject.assigned, can, subject.about[can])
    assert not Submission.objects.visible_to(subject.assigned).exists()
    assert not Submission.objects.assigned_to(subject.assigned).exists()
    assert not Decision.objects.visible_to(subject.assigned).exists()
    assert not Decision.objects.releasable_by(subject.assigned).exists()


@pytest.mark.parametrize(("days", "may_read"), [(29, True), (31, False)])
def test_an_assessor_reads_the_work_until_thirty_days_after_the_decision(people, days, may_read):
    """DOMAIN 4.1, legitimate educational interest."""
    subject, everybody = people
    released_at = timezone.now() - timedelta(days=days)
    Decision.objects.filter(pk=subject.decision.pk).update(status="released", effective_at=released_at)

    assert allowed(subject.assigned, Can.SUBMISSION_READ, subject.decision.submission) == may_read
    assert Submission.objects.visible_to(subject.assigned).exists() == may_read
    assert Decision.objects.visible_to(subject.assigned).exists() == may_read
    assert allowed(everybody[L], Can.SUBMISSION_READ, subject.decision.submission)


def test_an_assignment_that_ended_gives_nothing(people):
    subject, _everybody = people
    subject.decision.submission.assignments.update(ended_at=NOON)

    for can in (Can.SUBMISSION_ASSESS, Can.SUBMISSION_READ, Can.DECISION_RELEASE):
        assert not allowed(subject.assigned, can, subject.about[can])


def test_strangers_and_closed_accounts_may_do_nothing(people, make_user):
    subject, _everybody = people
    closed = make_user(Role.ADMINISTRATOR, is_active=False)

    for can in Can:
        assert not allowed(AnonymousUser(), can, subject.about[can])
        assert not allowed(closed, can, subject.about[can])


def test_requiring_says_what_may_not_be_done(people):
    subject, everybody = people

    with pytest.raises(NotAllowed, match="You may not release a decision"):
        require(everybody["nobody"], Can.DECISION_RELEASE, subject.decision)
    require(everybody[L], Can.DECISION_RELEASE, subject.decision)


@pytest.mark.parametrize("who", EVERYBODY)
def test_lists_show_what_the_table_says(people, who):
    subject, everybody = people
    user = everybody[who]

    def listed(rows, one):
        return rows.filter(pk=one.pk).exists()

    assert listed(Submission.objects.visible_to(user), subject.decision.submission) == (
        who in TABLE[Can.SUBMISSION_READ]
    )
    assert listed(Award.objects.visible_to(user), subject.award) == (who in TABLE[Can.AWARD_READ])
    assert listed(Decision.objects.releasable_by(user), subject.decision) == (who in TABLE[Can.DECISION_RELEASE])
    # A decision is read by those who read the submission and by registrars; by the learner once it is released.
    may_read = who in (TABLE[Can.SUBMISSION_READ] | {R}) - {LEARNER}
    assert listed(Decision.objects.visible_to(user), subject.decision) == may_read
    Decision.objects.filter(pk=subject.decision.pk).update(status="released", effective_at=timezone.now())
    assert listed(Decision.objects.visible_to(user), subject.decision) == (may_read or who == LEARNER)


def test_an_assessor_lists_and_assesses_the_same(people, make_submission):
    subject, everybody = people
    waiting = make_submission(status="submitted", assessor=subject.assigned)

    for who, user in everybody.items():
        in_queue = Submission.objects.to_assess(user).filter(pk=waiting.pk).exists()
        assert in_queue == allowed(user, Can.SUBMISSION_ASSESS, waiting) == (who == ASSIGNED)


def test_a_lead_does_not_see_an_unreleased_decision_about_themselves(make_decision, make_learner, lead):
    decision = make_decision(learner=make_learner(user=lead))

    assert not Decision.objects.visible_to(lead).exists()
    Decision.objects.filter(pk=decision.pk).update(status="released", effective_at=NOON)
    assert Decision.objects.visible_to(lead).exists()


def test_drafts_are_seen_by_their_learner_alone(make_submission, make_user, assessor):
    draft = make_submission(status="draft", assessor=assessor)

    for user in (assessor, make_user(Role.LEAD), make_user(Role.AUDITOR)):
        assert not Submission.objects.visible_to(user).exists()
    assert Submission.objects.visible_to(draft.learner.user).exists()
