"""Who may do what, on one page.

Roles are RoleGrant rows (role, organization, credential or none, from, until), read by `user.has_role(role, scope)`,
where scope is an Organization or a Credential. Rules ask the objects and import no model. A missing rule is an error.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.errors import NotAllowed


class Role(TextChoices):
    ASSESSOR = "assessor", gettext_lazy("assessor")
    LEAD = "lead", gettext_lazy("lead")
    PATHWAY_ADMIN = "pathway-admin", gettext_lazy("pathway administrator")
    COMMITTEE = "committee", gettext_lazy("committee member")
    REGISTRAR = "registrar", gettext_lazy("registrar")
    AUDITOR = "auditor", gettext_lazy("auditor")
    ADMINISTRATOR = "administrator", gettext_lazy("administrator")
    PRIVACY = "privacy", gettext_lazy("privacy officer")


class Can(TextChoices):
    CREDENTIAL_EDIT = "credential-edit", gettext_lazy("edit the draft of a credential")
    CREDENTIAL_PUBLISH = "credential-publish", gettext_lazy("publish a credential version")
    CREDENTIAL_START = "credential-start", gettext_lazy("begin a new credential")
    OPINION_ASK = "opinion-ask", gettext_lazy("ask others for their opinion on a draft")
    CONTENT_PUT = "content-put", gettext_lazy("put this before the committee on content")
    CONTENT_READ = "content-read", gettext_lazy("read what is before the committee on content")
    CONTENT_VOTE = "content-vote", gettext_lazy("vote on this, and decide it with the committee on content")
    CONTENT_QUORUM_SET = "content-quorum-set", gettext_lazy("say whether a committee decides on content")
    ENDORSEMENT_ASK = "endorsement-ask", gettext_lazy("ask an organization for its endorsement")
    ENDORSEMENT_READ = "endorsement-read", gettext_lazy("see who was asked for an endorsement")
    ENDORSEMENT_WITHDRAW = "endorsement-withdraw", gettext_lazy("end an endorsement")
    SUGGESTION_ANSWER = "suggestion-answer", gettext_lazy("answer the suggestions on a draft")
    PROPOSAL_MAKE = "proposal-make", gettext_lazy("propose a microcredential")
    PROPOSAL_VOTE = "proposal-vote", gettext_lazy("vote for a proposal")
    PROPOSAL_DECIDE = "proposal-decide", gettext_lazy("take over or decline a proposal")
    CREDENTIAL_RETIRE = "credential-retire", gettext_lazy("retire a credential")
    FRAMEWORK_LOAD = "framework-load", gettext_lazy("load a competency framework")
    FRAMEWORK_KEEP = "framework-keep", gettext_lazy("keep this framework")
    CATALOG_EXCHANGE = "catalog-exchange", gettext_lazy("export and import the whole catalog")
    ENROLLMENT_START = "enrollment-start", gettext_lazy("enroll in a credential")
    GROWTH_WRITE = "growth-write", gettext_lazy("keep goals and confidence")
    SURVEY_ANSWER = "survey-answer", gettext_lazy("answer this survey")
    TERM_SURVEY_ANSWER = "term-survey-answer", gettext_lazy("answer the survey of a term")
    CLASS_ENROLL = "class-enroll", gettext_lazy("enroll a whole class")
    OFFERING_EDIT = "offering-edit", gettext_lazy("plan, change or cancel an offering")
    ATTENDANCE_RECORD = "attendance-record", gettext_lazy("check a learner in")
    SUBMISSION_EDIT = "submission-edit", gettext_lazy("work on a submission")
    SUBMISSION_ASSIGN = "submission-assign", gettext_lazy("assign a submission to an assessor")
    SUBMISSION_ASSESS = "submission-assess", gettext_lazy("assess a submission")
    SUBMISSION_READ = "submission-read", gettext_lazy("read a submission")
    TEAM_FORM = "team-form", gettext_lazy("form the teams of an item")
    PATIENT_DATA_REPORT = "patient-data-report", gettext_lazy("report patient data in a submission")
    PATIENT_DATA_SETTLE = "patient-data-settle", gettext_lazy("release or purge what was set aside")
    APPEAL_OPEN = "appeal-open", gettext_lazy("appeal a decision")
    APPEAL_ASSIGN = "appeal-assign", gettext_lazy("name who reviews an appeal")
    APPEAL_DECIDE = "appeal-decide", gettext_lazy("answer an appeal")
    OBSERVATION_ASK = "observation-ask", gettext_lazy("ask to be observed")
    OBSERVATION_WRITE = "observation-write", gettext_lazy("write down what was seen of a learner")
    RESULT_RECORD = "result-record", gettext_lazy("record a result of a learner")
    RESULTS_IMPORT = "results-import", gettext_lazy("bring in a list of results")
    ATTEMPT_GRANT = "attempt-grant", gettext_lazy("give one more attempt")
    CONCERN_CLOSE = "concern-close", gettext_lazy("answer a concern of an assessor")
    SNIPPET_SHARE = "snippet-share", gettext_lazy("share words with the assessors of a school")
    SNIPPET_CHANGE = "snippet-change", gettext_lazy("change words that somebody keeps")
    EXAMPLE_EDIT = "example-edit", gettext_lazy("choose the examples of a rubric")
    CALIBRATION_KEEP = "calibration-keep", gettext_lazy("keep the calibration set of an item")
    CALIBRATION_TAKE = "calibration-take", gettext_lazy("judge the calibration set of an item")
    CALIBRATION_JUDGE = "calibration-judge", gettext_lazy("judge in this round of calibration")
    WORK_UNBLIND = "work-unblind", gettext_lazy("see whose blind work this is")
    FEEDBACK_ANSWER = "feedback-answer", gettext_lazy("answer the feedback on a submission")
    DECISION_RELEASE = "decision-release", gettext_lazy("release a decision")
    DECISION_UNDO = "decision-undo", gettext_lazy("undo a decision that was just released")
    AWARD_SHARE = "award-share", gettext_lazy("share an award")
    AWARD_READ = "award-read", gettext_lazy("read an award in the registry")
    AWARD_REVOKE_REQUEST = "award-revoke-request", gettext_lazy("request that an award be revoked")
    AWARD_REVOKE_APPROVE = "award-revoke-approve", gettext_lazy("approve the revocation of an award")
    QUESTION_CLOSE = "question-close", gettext_lazy("close a question of a verifier")
    LEARNER_SEARCH = "learner-search", gettext_lazy("look for a learner")
    LEARNER_RENAME = "learner-rename", gettext_lazy("change a learner’s name")
    LEARNER_MANAGE = "learner-manage", gettext_lazy("change a learner’s record")
    RECORD_OWN = "record-own", gettext_lazy("act on one’s own record")
    AMENDMENT_DECIDE = "amendment-decide", gettext_lazy("answer a request to amend a record")
    SHARING_END = "sharing-end", gettext_lazy("end everything that a learner shares")
    RECORD_RELEASE = "record-release", gettext_lazy("record that a learner’s record was given to others")
    CLASS_EXPORT = "class-export", gettext_lazy("take out the transcripts of a class")
    LETTER_READ = "letter-read", gettext_lazy("read what a performance letter may say of a learner")
    CONSENT_READ = "consent-read", gettext_lazy("look up what a learner consented to")
    LETTERS_EXPORT = "letters-export", gettext_lazy("take out the wording for the performance letters of a class")
    RETENTION_READ = "retention-read", gettext_lazy("read what is kept how long, and what went")
    RETENTION_SET = "retention-set", gettext_lazy("say what is kept how long")
    RETENTION_HOLD = "retention-hold", gettext_lazy("keep what a learner submitted from being deleted")
    DIRECTORY_OPT_OUT = "directory-opt-out", gettext_lazy("keep a learner out of the directory")
    DIRECTORY_SET = "directory-set", gettext_lazy("say whether titles and dates are directory information")
    PEOPLE_MANAGE = "people-manage", gettext_lazy("bring in learners and keep their classes")
    MAIL_LOG_READ = "mail-log-read", gettext_lazy("read when mail was sent")
    CALENDAR_EDIT = "calendar-edit", gettext_lazy("keep the school’s days off")
    RECOGNITION_RULE_EDIT = "recognition-rule-edit", gettext_lazy("keep the rules of outside providers")
    RECOGNITION_BRING = "recognition-bring", gettext_lazy("bring in what was learned elsewhere")
    RECOGNITION_DECIDE = "recognition-decide", gettext_lazy("decide on what was learned elsewhere")
    PATHWAY_EDIT = "pathway-edit", gettext_lazy("build a pathway version")
    PATHWAY_PUBLISH = "pathway-publish", gettext_lazy("publish a pathway version")
    PATHWAY_START = "pathway-start", gettext_lazy("begin a new pathway")
    PATHWAY_SIMULATE = "pathway-simulate", gettext_lazy("try a pathway with what a learner holds")
    PATHWAY_JOIN = "pathway-join", gettext_lazy("join a pathway")
    WAIVER_GRANT = "waiver-grant", gettext_lazy("waive or substitute a requirement")
    CAPSTONE_RECORD = "capstone-record", gettext_lazy("record a capstone")
    CAPSTONE_HAND_IN = "capstone-hand-in", gettext_lazy("submit one’s own capstone")
    COHORT_MOVE = "cohort-move", gettext_lazy("move a class to another version of a pathway")
    CASE_READ = "case-read", gettext_lazy("read a designation case")
    CASE_DECIDE = "case-decide", gettext_lazy("confirm or decline a designation case")
    CASE_STEP_ASIDE = "case-step-aside", gettext_lazy("declare a conflict with the learner of a case")
    QUORUM_SET = "quorum-set", gettext_lazy("say how many members have to vote")
    PLAN_KEEP = "plan-keep", gettext_lazy("keep a plan of one’s own")
    KEYS_MANAGE = "keys-manage", gettext_lazy("create, rotate and retire signing keys")


RULES: dict[Can, Callable[[Any, Any], bool]] = {
    # subject: a Credential
    Can.CREDENTIAL_EDIT: lambda user, credential: user.has_any_role({Role.ADMINISTRATOR, Role.LEAD}, credential),
    Can.CREDENTIAL_PUBLISH: lambda user, credential: user.has_role(Role.ADMINISTRATOR, credential),
    Can.CREDENTIAL_RETIRE: lambda user, credential: user.has_role(Role.ADMINISTRATOR, credential),
    Can.OPINION_ASK: lambda user, credential: user.has_any_role({Role.ADMINISTRATOR, Role.LEAD}, credential),
    Can.SUGGESTION_ANSWER: lambda user, credential: user.has_any_role({Role.ADMINISTRATOR, Role.LEAD}, credential),
    # subject: a Credential, or the Organization of a Proposal
    Can.CONTENT_PUT: lambda user, scope: user.has_any_role({Role.ADMINISTRATOR, Role.LEAD}, scope),
    # subject: a ContentCase. Whoever put it forward, answers for it or proposed it leaves it to others.
    Can.CONTENT_READ: lambda user, case: user.has_any_role(
        {Role.COMMITTEE, Role.ADMINISTRATOR, Role.LEAD, Role.AUDITOR}, case.organization
    ),
    Can.CONTENT_VOTE: lambda user, case: (
        user.pk not in case.involved and user.has_role(Role.COMMITTEE, case.organization)
    ),
    # subject: an Organization
    Can.CONTENT_QUORUM_SET: lambda user, organization: user.has_role(Role.ADMINISTRATOR, organization),
    # subject: a Credential
    Can.ENDORSEMENT_ASK: lambda user, credential: user.has_role(Role.ADMINISTRATOR, credential),
    Can.ENDORSEMENT_READ: lambda user, credential: user.has_any_role(
        {Role.ADMINISTRATOR, Role.LEAD, Role.REGISTRAR}, credential
    ),
    Can.ENDORSEMENT_WITHDRAW: lambda user, credential: user.has_any_role(
        {Role.ADMINISTRATOR, Role.REGISTRAR}, credential
    ),
    # subject: an Organization. Whoever belongs to a school proposes; everybody else there may want the same.
    Can.PROPOSAL_MAKE: lambda user, organization: organization.pk in user.belongs_to,
    # subject: a Proposal
    Can.PROPOSAL_VOTE: lambda user, proposal: (
        proposal.proposed_by_id != user.pk and proposal.organization_id in user.belongs_to
    ),
    Can.PROPOSAL_DECIDE: lambda user, proposal: user.has_any_role(
        {Role.ADMINISTRATOR, Role.LEAD}, proposal.organization
    ),
    # subject: an Organization
    Can.CREDENTIAL_START: lambda user, organization: user.has_any_role({Role.ADMINISTRATOR, Role.LEAD}, organization),
    Can.FRAMEWORK_LOAD: lambda user, organization: user.has_role(Role.ADMINISTRATOR, organization),
    # subject: a Framework. One that came with the site has no organization, and nobody keeps it.
    Can.FRAMEWORK_KEEP: lambda user, framework: (
        framework.organization is not None and user.has_role(Role.ADMINISTRATOR, framework.organization)
    ),
    # subject: an Organization
    Can.CATALOG_EXCHANGE: lambda user, organization: user.has_role(Role.ADMINISTRATOR, organization),
    # subject: the Learner who enrolls
    Can.ENROLLMENT_START: lambda user, learner: learner.user_id == user.pk,
    # subject: the Learner whose growth it is
    Can.GROWTH_WRITE: lambda user, learner: learner.user_id == user.pk,
    # subject: an Enrollment
    Can.SURVEY_ANSWER: lambda user, enrollment: enrollment.learner.user_id == user.pk,
    # subject: an Organization; also of whoever assesses a single item of it
    Can.TERM_SURVEY_ANSWER: lambda user, organization: any(
        grant.role == Role.ASSESSOR and grant.organization_id == organization.pk for grant in user.current_grants
    ),
    # subject: a Credential
    Can.CLASS_ENROLL: lambda user, credential: user.has_role(Role.ADMINISTRATOR, credential),
    Can.OFFERING_EDIT: lambda user, credential: user.has_any_role({Role.LEAD, Role.ADMINISTRATOR}, credential),
    # subject: an Enrollment
    Can.ATTENDANCE_RECORD: lambda user, enrollment: (
        enrollment.learner.user_id != user.pk
        and user.has_any_role({Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR}, enrollment.credential)
    ),
    # subject: a Submission
    Can.SUBMISSION_EDIT: lambda user, submission: submission.learner.user_id == user.pk,
    Can.SUBMISSION_ASSIGN: lambda user, submission: user.has_any_role(
        {Role.LEAD, Role.ADMINISTRATOR}, submission.credential
    ),
    Can.SUBMISSION_ASSESS: lambda user, submission: (
        submission.is_assigned_to(user) and submission.learner.user_id != user.pk
    ),
    Can.SUBMISSION_READ: lambda user, submission: (
        submission.learner.user_id == user.pk
        or submission.is_open_to(user)
        or submission.is_reviewed_by(user)
        or user.has_any_role({Role.LEAD, Role.AUDITOR}, submission.credential)
    ),
    # subject: a Credential
    Can.TEAM_FORM: lambda user, credential: user.has_any_role({Role.LEAD, Role.ADMINISTRATOR}, credential),
    # subject: a Submission. Whoever comes across patient data says so; only the privacy officer reads it from then on.
    Can.PATIENT_DATA_REPORT: lambda user, submission: (
        submission.learner.user_id == user.pk
        or submission.is_open_to(user)
        or submission.is_reviewed_by(user)
        or user.has_any_role({Role.LEAD, Role.REGISTRAR, Role.PRIVACY}, submission.credential)
    ),
    # subject: a PatientDataReport
    Can.PATIENT_DATA_SETTLE: lambda user, report: (
        report.submission.learner.user_id != user.pk and user.has_role(Role.PRIVACY, report.submission.credential)
    ),
    # subject: the Decision that is appealed
    Can.APPEAL_OPEN: lambda user, decision: decision.learner.user_id == user.pk,
    # subject: an Appeal. The services see to it that its reviewer has had nothing to do with the work.
    Can.APPEAL_ASSIGN: lambda user, appeal: (
        appeal.decision.learner.user_id != user.pk and user.has_role(Role.LEAD, appeal.decision.credential)
    ),
    Can.APPEAL_DECIDE: lambda user, appeal: (
        appeal.reviewer_id == user.pk
        and appeal.decision.learner.user_id != user.pk
        and user.has_role(Role.ASSESSOR, appeal.decision.credential)
    ),
    # subject: an Enrollment
    Can.OBSERVATION_ASK: lambda user, enrollment: enrollment.learner.user_id == user.pk,
    # subject: an ObservationInvitation; somebody outside answers by a link of their own, without an account
    Can.OBSERVATION_WRITE: lambda user, invitation: (
        invitation.enrollment.learner.user_id != user.pk
        and user.has_any_role({Role.ASSESSOR, Role.LEAD}, invitation.enrollment.credential)
    ),
    # subject: an Enrollment. Whoever records a result decides nothing by it.
    Can.RESULT_RECORD: lambda user, enrollment: (
        enrollment.learner.user_id != user.pk
        and user.has_any_role({Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR}, enrollment.credential)
    ),
    # subject: a Credential
    Can.RESULTS_IMPORT: lambda user, credential: user.has_any_role({Role.LEAD, Role.ADMINISTRATOR}, credential),
    # subject: an Enrollment
    Can.ATTEMPT_GRANT: lambda user, enrollment: (
        enrollment.learner.user_id != user.pk and user.has_role(Role.LEAD, enrollment.credential)
    ),
    # subject: a Concern. A lead who assesses the work themselves leaves it to another.
    Can.CONCERN_CLOSE: lambda user, concern: (
        concern.submission.learner.user_id != user.pk and user.has_role(Role.LEAD, concern.submission.credential)
    ),
    # subject: an Organization
    Can.SNIPPET_SHARE: lambda user, organization: user.has_any_role({Role.ASSESSOR, Role.LEAD}, organization),
    # subject: a Snippet
    Can.SNIPPET_CHANGE: lambda user, snippet: snippet.owner_id == user.pk,
    # subject: a Credential
    Can.EXAMPLE_EDIT: lambda user, credential: user.has_role(Role.LEAD, credential),
    # subject: a Credential
    Can.CALIBRATION_KEEP: lambda user, credential: user.has_role(Role.LEAD, credential),
    Can.CALIBRATION_TAKE: lambda user, credential: user.has_role(Role.ASSESSOR, credential),
    # subject: a CalibrationRound
    Can.CALIBRATION_JUDGE: lambda user, taken: (
        taken.assessor_id == user.pk and user.has_role(Role.ASSESSOR, taken.credential)
    ),
    # subject: a Submission. Whoever judges the work, or an appeal about it, stays blind.
    Can.WORK_UNBLIND: lambda user, submission: (
        submission.learner.user_id != user.pk
        and not submission.is_assigned_to(user)
        and not submission.is_reviewed_by(user)
        and user.has_any_role({Role.LEAD, Role.REGISTRAR}, submission.credential)
    ),
    # subject: a Submission
    Can.FEEDBACK_ANSWER: lambda user, submission: submission.learner.user_id == user.pk,
    # subject: a Decision. The assessor of the work releases it, or the lead of the credential; never the learner.
    Can.DECISION_RELEASE: lambda user, decision: (
        decision.learner.user_id != user.pk
        and (decision.submission.is_assigned_to(user) or user.has_role(Role.LEAD, decision.credential))
    ),
    Can.DECISION_UNDO: lambda user, decision: (
        decision.learner.user_id != user.pk
        and (decision.submission.is_assigned_to(user) or user.has_role(Role.LEAD, decision.credential))
    ),
    # subject: an Award
    Can.AWARD_SHARE: lambda user, award: award.learner.user_id == user.pk,
    Can.AWARD_READ: lambda user, award: (
        award.learner.user_id == user.pk or user.has_any_role({Role.REGISTRAR, Role.AUDITOR}, award.credential)
    ),
    Can.AWARD_REVOKE_REQUEST: lambda user, award: (
        award.learner.user_id != user.pk and user.has_role(Role.REGISTRAR, award.credential)
    ),
    Can.AWARD_REVOKE_APPROVE: lambda user, request: (
        request.requested_by_id != user.pk
        and request.award.learner.user_id != user.pk
        and user.has_role(Role.REGISTRAR, request.award.credential)
    ),
    # subject: a VerifierQuestion
    Can.QUESTION_CLOSE: lambda user, question: (
        question.award.learner.user_id != user.pk and user.has_role(Role.REGISTRAR, question.award.credential)
    ),
    # subject: the Organization whose learners are looked for
    Can.LEARNER_SEARCH: lambda user, organization: user.has_any_role(
        {Role.LEAD, Role.REGISTRAR, Role.AUDITOR}, organization
    ),
    # subject: a Learner
    Can.LEARNER_RENAME: lambda user, learner: (
        learner.user_id != user.pk and user.has_role(Role.REGISTRAR, learner.organization)
    ),
    Can.LEARNER_MANAGE: lambda user, learner: (
        learner.user_id != user.pk and user.has_role(Role.REGISTRAR, learner.organization)
    ),
    # subject: the Learner whose record it is
    Can.RECORD_OWN: lambda user, learner: learner.user_id == user.pk,
    # subject: an Amendment. The services see to it that whoever refused it does not hear it.
    Can.AMENDMENT_DECIDE: lambda user, amendment: (
        amendment.learner.user_id != user.pk and user.has_role(Role.REGISTRAR, amendment.learner.organization)
    ),
    # subject: a Learner
    Can.RECORD_RELEASE: lambda user, learner: (
        learner.user_id != user.pk and user.has_role(Role.REGISTRAR, learner.organization)
    ),
    Can.SHARING_END: lambda user, learner: (
        learner.user_id != user.pk and user.has_role(Role.REGISTRAR, learner.organization)
    ),
    Can.DIRECTORY_OPT_OUT: lambda user, learner: (
        learner.user_id == user.pk or user.has_role(Role.REGISTRAR, learner.organization)
    ),
    # subject: an Organization
    Can.RETENTION_READ: lambda user, organization: user.has_any_role(
        {Role.REGISTRAR, Role.PRIVACY, Role.AUDITOR}, organization
    ),
    Can.RETENTION_SET: lambda user, organization: user.has_role(Role.REGISTRAR, organization),
    # subject: a Learner
    Can.RETENTION_HOLD: lambda user, learner: (
        learner.user_id != user.pk and user.has_any_role({Role.REGISTRAR, Role.PRIVACY}, learner.organization)
    ),
    # subject: an Organization
    Can.DIRECTORY_SET: lambda user, organization: user.has_role(Role.REGISTRAR, organization),
    # subject: a Cohort
    Can.CLASS_EXPORT: lambda user, cohort: user.has_role(Role.REGISTRAR, cohort.organization),
    # subject: a Learner
    Can.LETTER_READ: lambda user, learner: (
        learner.user_id != user.pk and user.has_role(Role.REGISTRAR, learner.organization)
    ),
    Can.CONSENT_READ: lambda user, learner: (
        learner.user_id != user.pk and user.has_any_role({Role.REGISTRAR, Role.AUDITOR}, learner.organization)
    ),
    # subject: a Cohort
    Can.LETTERS_EXPORT: lambda user, cohort: user.has_role(Role.REGISTRAR, cohort.organization),
    # subject: an Organization
    Can.PEOPLE_MANAGE: lambda user, organization: user.has_role(Role.REGISTRAR, organization),
    # subject: an Organization
    Can.MAIL_LOG_READ: lambda user, organization: user.has_role(Role.ADMINISTRATOR, organization),
    Can.CALENDAR_EDIT: lambda user, organization: user.has_role(Role.ADMINISTRATOR, organization),
    # subject: a Credential
    Can.RECOGNITION_RULE_EDIT: lambda user, credential: user.has_any_role({Role.LEAD, Role.ADMINISTRATOR}, credential),
    # subject: the Learner whose it is
    Can.RECOGNITION_BRING: lambda user, learner: learner.user_id == user.pk,
    # subject: a RecognizedCredential
    Can.RECOGNITION_DECIDE: lambda user, recognized: (
        recognized.learner.user_id != user.pk
        and user.has_any_role({Role.LEAD, Role.REGISTRAR}, recognized.counts_toward)
    ),
    # subject: a Pathway
    Can.PATHWAY_EDIT: lambda user, pathway: user.has_any_role(
        {Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}, pathway.credential
    ),
    Can.PATHWAY_PUBLISH: lambda user, pathway: user.has_any_role(
        {Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}, pathway.credential
    ),
    # subject: an Organization
    Can.PATHWAY_START: lambda user, organization: user.has_any_role(
        {Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}, organization
    ),
    Can.PATHWAY_SIMULATE: lambda user, organization: user.has_any_role(
        {Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}, organization
    ),
    # subject: the Learner who joins
    Can.PATHWAY_JOIN: lambda user, learner: learner.user_id == user.pk,
    # subject: a PathwayEnrollment. Whoever runs the pathway waives; its committee reads what was waived, and decides.
    Can.WAIVER_GRANT: lambda user, enrollment: (
        enrollment.learner.user_id != user.pk
        and user.has_any_role({Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}, enrollment.credential)
        and not user.has_conflict_with(enrollment.learner)
    ),
    Can.CAPSTONE_RECORD: lambda user, enrollment: (
        enrollment.learner.user_id != user.pk
        and user.has_any_role({Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}, enrollment.credential)
        and not user.has_conflict_with(enrollment.learner)
    ),
    Can.CAPSTONE_HAND_IN: lambda user, enrollment: enrollment.learner.user_id == user.pk,
    # subject: a DesignationCase
    Can.CASE_READ: lambda user, case: (
        user.has_any_role({Role.COMMITTEE, Role.AUDITOR}, case.credential) and not user.has_conflict_with(case.learner)
    ),
    Can.CASE_DECIDE: lambda user, case: (
        case.learner.user_id != user.pk
        and user.has_role(Role.COMMITTEE, case.credential)
        and not user.has_conflict_with(case.learner)
        and user.pk not in case.involved
    ),
    Can.CASE_STEP_ASIDE: lambda user, case: (
        case.learner.user_id != user.pk and user.has_role(Role.COMMITTEE, case.credential)
    ),
    # subject: a Pathway
    Can.COHORT_MOVE: lambda user, pathway: user.has_any_role(
        {Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}, pathway.credential
    ),
    Can.QUORUM_SET: lambda user, pathway: user.has_any_role(
        {Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}, pathway.credential
    ),
    # subject: the Learner whose plan it is. Nobody else reads it.
    Can.PLAN_KEEP: lambda user, learner: learner.user_id == user.pk,
    # subject: an Organization
    Can.KEYS_MANAGE: lambda user, organization: user.has_role(Role.ADMINISTRATOR, organization),
}


def allowed(user: Any, can: Can, subject: Any) -> bool:
    """Tell whether a person may do this to that. A stranger (not signed in) may do nothing in the table."""
    return bool(getattr(user, "is_authenticated", False) and user.is_active and RULES[can](user, subject))


def require(user: Any, can: Can, subject: Any) -> None:
    """Raise NotAllowed unless the table says yes."""
    if not allowed(user, can, subject):
        raise NotAllowed(_("You may not %(action)s.") % {"action": can.label})
