"""One record of each kind, of one learner, and one person for each way of being somebody."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from config.permissions import Role
from credentials import services
from issuance import services as issuance_services
from issuance.models import VerifierQuestion
from learners import services as learners_services
from learners.models import StoredFile
from learners.services import add_file
from pathways.models import DesignationCase
from tests.fixtures.records import NOON
from tests.fixtures.uploads import pdf_bytes
from tests.pathways.conftest import make_pathway as make_pathway

SCHOOL_ROLES = ["administrator", "assessor", "lead", "registrar", "committee", "auditor", "pathway_admin", "privacy"]


@pytest.fixture
def people(make_user, make_learner, make_organization, learner):
    """The owner, another learner, one of each role in the school, one who holds every role in another school."""
    away = make_organization(is_issuer=True, slug="elsewhere", did_path="orgs:elsewhere")
    stranger_with_roles = make_user()
    for role in SCHOOL_ROLES:
        stranger_with_roles.role_grants.create(role=Role[role.upper()], organization=away, from_at=NOON)
    return {
        "nobody": None,
        "owner": learner.user,
        "classmate": make_learner(name="Another Learner").user,
        **{role: make_user(Role[role.upper()]) for role in SCHOOL_ROLES},
        "elsewhere": stranger_with_roles,
    }


@pytest.fixture
def clients(people):
    """A signed-in client for each of the people."""
    found = {}
    for name, user in people.items():
        found[name] = Client()
        if user is not None:
            found[name].force_login(user)
    return found


@pytest.fixture
def records(
    issuer,
    learner,
    people,
    make_version,
    make_offering,
    make_enrollment,
    make_submission,
    make_decision,
    make_double,
    make_signed,
    make_pathway,
    make_brought,
    media,
):
    """What belongs to the owner; one badge is shared, the rest is not."""
    version, draft = make_version(), make_version(published=False)
    workspace = make_submission(learner=learner)
    item = add_file(
        actor=learner.user,
        submission=workspace,
        requirement=None,
        title="",
        upload=SimpleUploadedFile("note.pdf", pdf_bytes()),
        at=NOON,
    )
    waiting = make_submission(learner=learner, status="submitted", assessor=people["assessor"])
    concern = learners_services.raise_concern(
        actor=people["assessor"], submission=waiting, kind="misconduct", text="Two pages are from a book.", at=NOON
    )
    snippet = learners_services.keep_snippet(actor=people["assessor"], abbreviation="call", text="Whom?", at=NOON)
    example = learners_services.add_example(
        actor=people["lead"], criterion=version.criteria.first(), level=3, text="Names five roles.", at=NOON
    )
    model = learners_services.begin_model_work(actor=people["lead"], version=version, title="A case", at=NOON)
    piece = learners_services.add_model_file(
        actor=people["lead"], work=model, title="", upload=SimpleUploadedFile("case.pdf", pdf_bytes()), at=NOON
    )
    taken = people["assessor"].calibration_rounds.create(
        credential=version.credential, version=version, started_at=NOON
    )
    taken.judgments.create(work=model, criterion=version.criteria.first())
    blind = make_submission(learner=learner, version=make_version(is_blind=True), status="submitted")
    goal = learners_services.add_goal(actor=learner.user, learner=learner, text="Lead a round.", due_on=None, at=NOON)
    decision = make_decision(learner=learner, assessor=people["assessor"])
    double = make_double(learner=learner, assessor=people["assessor"], levels=(1, 3, 3))
    double.second_marking.status, double.second_marking.third_after = "differs", NOON
    double.second_marking.save()
    leave = people["assessor"].leave.create(from_on=NOON.date(), until_on=NOON.date())
    conflict = people["assessor"].conflicts.create(learner=learner, kind="family", declared_at=NOON)
    returned = make_decision(learner=learner, outcome="returned", levels=(2, 3, 3))
    type(returned).objects.filter(pk=returned.pk).update(status="released", effective_at=NOON)
    appeal = learners_services.open_appeal(
        actor=learner.user, decision=returned, ground="procedure", text="Nobody read it.", at=NOON + timedelta(days=1)
    )
    document = make_signed(learner=learner)
    request = issuance_services.request_revocation(
        actor=people["registrar"], award=document.award, reason="error", note="Wrong file.", at=timezone.now()
    )
    reported = make_submission(learner=learner, status="submitted", assessor=people["assessor"])
    evidence = reported.evidence_items.create(
        kind="file",
        title="Note",
        file=StoredFile.objects.create(
            sha256="0" * 64,
            media_type="text/plain",
            size_bytes=4,
            original_name="note.txt",
            path=default_storage.save("note.txt", ContentFile(b"note")),
            uploaded_by=learner.user,
            uploaded_at=NOON,
        ),
        added_by=learner.user,
        added_at=NOON,
    )
    report = learners_services.report_patient_data(actor=people["lead"], submission=reported, at=NOON)
    upload = learners_services.begin_upload(
        actor=learner.user, submission=workspace, name="talk.wav", size=9, changed_ms=1, at=NOON
    )
    offering = make_offering(version=version)
    seated = make_enrollment(learner=learner, version=version, offering=offering)
    pathway = make_pathway(required=[version])
    building = make_pathway(required=[version], published=False)
    joined = pathway.enrollments.create(learner=learner, pathway=pathway.pathway, joined_at=NOON)
    waiver = joined.waivers.create(
        requirement=pathway.requirements.get(), reason="Taught it.", actor=people["administrator"], at=NOON
    )
    case = DesignationCase.objects.create(learner=learner, pathway_version=pathway, opened_at=NOON)
    condition = case.conditions.create(text="Send the second page.", set_by=people["committee"], set_at=NOON)
    capstone = joined.capstones.create(
        requirement=pathway.requirements.get(), done_on=NOON, note="Spoke.", actor=people["administrator"], at=NOON
    )
    capstone_work = joined.works.create(
        requirement=pathway.requirements.get(),
        attempt=1,
        text="What I did.",
        wording="My own work.",
        file=StoredFile.objects.create(
            sha256="1" * 64,
            media_type="text/plain",
            size_bytes=4,
            original_name="capstone.txt",
            path=default_storage.save("capstone.txt", ContentFile(b"done")),
            uploaded_by=learner.user,
            uploaded_at=NOON,
        ),
        at=NOON,
    )
    transcript = issuance_services.request_transcript(actor=learner.user, learner=learner, at=timezone.now())
    consent = issuance_services.give_consent(
        actor=learner.user,
        awards=[make_signed(learner=learner).award],
        purpose="residency",
        sign_in_method="password",
        at=timezone.now(),
    )
    question = VerifierQuestion.objects.create(
        award=document.award, asker="Northfield", email="program@example.org", text="How was it judged?", asked_at=NOON
    )
    roster = learners_services.check_roster(
        actor=people["registrar"],
        organization=learner.organization,
        file_name="class.csv",
        data=b"student_number,name,email,profession\nS-9,Ada Quill,ada@example.edu,medicine\n",
        is_inviting=False,
        at=NOON,
    )
    result_list = learners_services.check_result_list(
        actor=people["lead"],
        credential=version.credential,
        file_name="quiz.csv",
        data=b"student_number,title,rated_on,score,out_of\nS-9,Quiz 1,2026-08-30,17,20\n",
        at=NOON,
    )
    amendment = learners_services.ask_amendment(
        actor=learner.user, learner=learner, award=document.award, wrong="The date is another one.", at=NOON
    )
    proposal = services.propose(
        actor=people["owner"],
        organization=learner.organization,
        title="Telehealth etiquette",
        need="Nobody teaches it.",
        audience="Students in clerkships.",
        at=NOON,
    )
    archive = issuance_services.request_archive(actor=learner.user, learner=learner, at=timezone.now())
    class_export = issuance_services.request_class_export(
        actor=people["registrar"], cohort=learner.cohort, recipient="Alumni Office", reason="Archive.", at=NOON
    )
    return {
        "proposal": proposal,
        "recognized": make_brought(),
        "class_export": class_export,
        "amendment": amendment,
        "archive": archive,
        "roster": roster,
        "model": model,
        "piece": piece,
        "taken": taken,
        "blind": blind,
        "told": returned.submission,
        "result_list": result_list,
        "offering": offering,
        "seated": seated,
        "version": version,
        "draft": draft,
        "framework": version.alignments.first().competency.framework,
        "workspace": workspace,
        "item": item,
        "waiting": waiting,
        "double": double,
        "assessor_user": people["assessor"],
        "leave": leave,
        "conflict": conflict,
        "appeal": appeal,
        "reported": reported,
        "report": report,
        "set_aside": evidence.file,
        "upload": upload,
        "concern": concern,
        "snippet": snippet,
        "goal": goal,
        "example": example,
        "decision": decision,
        "award": document.award,
        "request": request,
        "question": question,
        "pathway": pathway,
        "building": building,
        "joined": joined,
        "waiver": waiver,
        "capstone": capstone,
        "capstone_work": capstone_work,
        "case": case,
        "condition": condition,
        "transcript": transcript,
        "consent": consent,
    }
