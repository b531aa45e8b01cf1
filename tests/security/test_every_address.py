"""Every address of the site, asked by everybody: who is answered, and that nobody else changes anything.

An address that is new and not listed here fails the first test, so that nobody forgets to say whom it is for.
"""

from django.apps import apps
from django.urls import get_resolver, reverse

# Whom an address answers, with the record of `records` that it is about, and how its name is filled in.
# "all" is everybody with an account. Everybody else is sent to sign in, or told that there is nothing.
ANYBODY = {
    "landing": None,
    "glossary": None,
    "healthz": None,
    "readyz": None,
    "credentials:catalog": None,
    "credentials:catalog-ctdl": None,
    "credentials:credential-detail": "version.credential",
    "credentials:version-detail": "version.credential number=1",
    "credentials:framework-list": None,
    "credentials:framework-detail": "framework",
    "credentials:framework-csv": "framework",
    "credentials:competency-detail": "framework code=RR1",
    "credentials:case-documents": "! edition=v1p1",
    "credentials:case-package": "framework edition=v1p1",
    "pathways:pathway-list": None,
    "pathways:pathway-detail": "pathway.pathway",
    "issuance:check": None,
    "issuance:code-enter": None,
    "issuance:list-check": None,
    "issuance:offline": None,
    "issuance:offline-verifier": None,
    "issuance:did-document": None,
    "issuance-api:schema": None,
    "issuance-api:catalog": None,
}
EVERYBODY = "owner classmate administrator assessor lead registrar committee auditor pathway_admin privacy elsewhere"
# Lists show what one's roles cover; with a role in another school, nothing of this one.
READ = {
    "learners:home": (None, EVERYBODY),
    "learners:notice-list": (None, EVERYBODY),
    "learners:feed": (None, EVERYBODY),
    "learners:notice-preferences": (None, EVERYBODY),
    "learners:mail-log": (None, "administrator elsewhere"),
    "learners:queue": (None, "assessor elsewhere"),
    "learners:award-list": (None, "owner classmate"),
    "learners:award-detail": ("award", "owner registrar auditor"),
    "learners:enrollment-detail": ("workspace.enrollment", "owner"),
    "learners:enrollment-withdraw": ("workspace.enrollment", "owner"),
    "learners:growth": (None, "owner classmate"),
    "learners:confidence": ("workspace.enrollment", "owner"),
    "learners:class-enroll": ("version.credential", "administrator"),
    "learners:submission-detail": ("waiting", "owner assessor lead auditor"),
    "learners:file-download": ("item.file", "owner"),
    "learners:upload-part": ("upload", "owner"),
    "learners:upload-discard": ("upload", "owner"),
    "learners:marking": ("waiting", "assessor"),
    "learners:learner-search": (None, "lead registrar auditor elsewhere"),
    "learners:access-log": (None, "registrar auditor elsewhere"),
    "learners:learner-history": ("waiting", "assessor"),
    "learners:retention": (None, "registrar auditor privacy elsewhere"),
    "learners:cohort-list": (None, "registrar elsewhere"),
    "learners:cohort-add": (None, "registrar elsewhere"),
    "learners:holiday-list": (None, "administrator elsewhere"),
    "learners:team-list": ("version.credential", "lead administrator"),
    "learners:team-csv": ("version.credential", "lead administrator"),
    "learners:survey-list": (None, "owner classmate assessor elsewhere"),
    "learners:survey-answer": ("workspace.enrollment moment=enrollment", "owner"),
    "learners:survey-term": ("version.credential.organization", "assessor"),
    "learners:evaluation-list": (None, "lead administrator committee auditor elsewhere"),
    "learners:evaluation": ("version.credential", "lead administrator committee auditor"),
    "learners:evaluation-csv": ("version.credential", "lead administrator committee auditor"),
    "learners:evaluation-faculty": (
        "version.credential.organization term=2026-fall",
        "administrator committee auditor",
    ),
    "learners:demand-report": (None, "lead administrator committee elsewhere"),
    "learners:demand-csv": (None, "lead administrator committee elsewhere"),
    "learners:offering-list": (None, "assessor lead administrator elsewhere"),
    "learners:offering-add": ("version.credential", "lead administrator"),
    "learners:offering-detail": ("offering", "assessor lead administrator"),
    "learners:offering-edit": ("offering", "lead administrator"),
    "learners:offering-cancel": ("offering", "lead administrator"),
    "learners:offering-check-in": ("offering", "assessor lead administrator"),
    "learners:offering-sheet": ("offering", "assessor lead administrator"),
    "learners:offering-results": ("offering", "assessor lead administrator"),
    "learners:enrollment-date": ("seated", "owner"),
    "learners:results": ("version.credential", "assessor lead administrator"),
    "learners:results-choose": (None, "assessor lead administrator elsewhere"),
    "learners:result-list-detail": ("result_list", "lead administrator"),
    "learners:result-list-faulty": ("result_list", "lead administrator"),
    "learners:roster-list": (None, "registrar elsewhere"),
    "learners:roster-detail": ("roster", "registrar"),
    "learners:roster-faulty": ("roster", "registrar"),
    "learners:appeal-list": (None, "assessor lead auditor elsewhere"),
    "learners:appeal-detail": ("appeal", "owner lead auditor"),
    "learners:observation-ask": ("workspace.enrollment", "owner"),
    "learners:observation-code": (None, "assessor lead elsewhere"),
    "learners:shortcuts": (None, "assessor lead elsewhere"),
    "learners:snippet-list": (None, "assessor lead elsewhere"),
    "learners:snippet-bank": (None, "assessor lead elsewhere"),
    "learners:concern-list": (None, "assessor lead elsewhere"),
    "learners:concern-raise": ("waiting", "assessor"),
    "learners:incident-list": (None, "privacy elsewhere"),
    "learners:incident-csv": (None, "privacy elsewhere"),
    "learners:incident-detail": ("report", "privacy"),
    "learners:incident-file": ("set_aside", "privacy"),
    "learners:example-list": ("version.credential", "lead"),
    "learners:calibration-manage": ("version.credential", "lead"),
    "learners:model-work": ("model", "lead"),
    "learners:model-file": ("piece", "lead assessor"),
    "learners:calibration-list": (None, "assessor elsewhere"),
    "learners:calibration-round": ("taken", "assessor"),
    "learners:calibration-judge": ("taken number=1", "assessor"),
    "learners:feedback-answer": ("told", "owner"),
    "learners:feedback-summary": (None, "assessor elsewhere"),
    "learners:unblind": ("blind", "lead registrar"),
    "learners:work-open": ("waiting", "auditor"),
    "learners:reconcile": ("double", "assessor"),
    "learners:load-board": (None, "lead administrator elsewhere"),
    "learners:load-person": ("assessor_user", "lead administrator"),
    "learners:assign-one": ("waiting role=first", "lead administrator"),
    "learners:agreement-report": (None, "lead administrator committee auditor elsewhere"),
    "learners:class-criteria": (None, "assessor lead administrator committee auditor elsewhere"),
    "learners:load-own": (None, "assessor elsewhere"),
    "learners:decision-list": (None, "assessor lead elsewhere"),
    "learners:decision-detail": ("decision", "assessor lead registrar auditor"),
    "learners:recognition-list": (None, "administrator lead registrar auditor elsewhere"),
    "learners:recognition-bring": ("version.credential", "owner classmate"),
    "learners:recognition-detail": ("recognized", "owner lead registrar auditor"),
    "learners:recognition-file": ("recognized.file", "owner lead registrar auditor"),
    "learners:recognition-rule-list": (None, "administrator lead registrar auditor elsewhere"),
    "learners:recognition-rule-add": (None, "administrator lead elsewhere"),
    "learners:recognition-rule": ("recognized.rule", "administrator lead registrar auditor"),
    "credentials:manage-list": (None, "administrator lead elsewhere"),
    "credentials:manage-detail": ("draft.credential", "administrator lead"),
    "credentials:credential-start": (None, "administrator lead elsewhere"),
    "credentials:draft-edit": ("draft.credential", "administrator lead"),
    "credentials:link-edit": ("draft.credential", "administrator lead"),
    "credentials:version-preview": ("draft.credential", "administrator lead"),
    "credentials:version-compare": ("draft.credential", "administrator lead"),
    "credentials:opinion-list": ("draft.credential", "administrator lead"),
    "credentials:endorsement-list": ("draft.credential", "administrator lead registrar"),
    "credentials:content-case-list": (None, "administrator lead committee auditor elsewhere"),
    "credentials:content-quorum": (None, "administrator elsewhere"),
    "credentials:proposal-list": (None, EVERYBODY),
    "credentials:proposal-start": (None, EVERYBODY),
    "credentials:proposal-detail": ("proposal", EVERYBODY.replace(" elsewhere", "")),
    "credentials:review-list": (None, "administrator lead committee auditor elsewhere"),
    "credentials:framework-load": (None, "administrator elsewhere"),
    "credentials:framework-crosswalk": ("framework", "administrator"),
    "credentials:framework-review": ("framework", "administrator lead elsewhere"),
    "credentials:catalog-exchange": (None, "administrator elsewhere"),
    "credentials:catalog-download": (None, "administrator elsewhere"),
    "pathways:manage-list": (None, "administrator pathway_admin elsewhere"),
    "pathways:manage-pathway": ("pathway.pathway", "administrator pathway_admin"),
    "pathways:manage-detail": ("pathway.pathway number=1", "administrator pathway_admin"),
    "pathways:rule-list": ("building.pathway number=1", "administrator pathway_admin"),
    "pathways:pathway-begin": (None, "administrator pathway_admin elsewhere"),
    "pathways:settings-edit": ("building.pathway number=1", "administrator pathway_admin"),
    "pathways:simulate": ("pathway.pathway number=1", "administrator pathway_admin"),
    "pathways:cohort-move": ("pathway.pathway number=1", "administrator pathway_admin"),
    "pathways:enrollment-list": ("pathway.pathway", "administrator pathway_admin"),
    "pathways:enrollment-detail": ("joined", "administrator pathway_admin"),
    "pathways:capstone-hand-in": ("pathway.pathway", "owner"),
    "pathways:capstone-work": ("capstone_work", "owner administrator pathway_admin committee auditor"),
    "pathways:capstone-file": ("capstone_work.file", "owner administrator pathway_admin committee auditor"),
    "pathways:capstone-list": (None, "administrator pathway_admin elsewhere"),
    "pathways:case-list": (None, "committee auditor elsewhere"),
    "pathways:committee-rules": (None, "committee auditor pathway_admin administrator elsewhere"),
    "pathways:quorum-set": ("pathway.pathway", "administrator pathway_admin"),
    "pathways:what-if": ("pathway.pathway", "owner classmate"),
    "pathways:plan": (None, "owner classmate"),
    "pathways:case-detail": ("case", "committee auditor"),
    "issuance:registrar": (None, "registrar auditor elsewhere"),
    "issuance:registrar-award": ("award", "registrar auditor"),
    "issuance:revocation-list": (None, "registrar auditor elsewhere"),
    "issuance:revocation-detail": ("request", "registrar auditor"),
    "issuance:question-list": (None, "registrar auditor elsewhere"),
    "issuance:question-detail": ("question", "registrar auditor"),
    "issuance:share": ("award", "owner"),
    "issuance:share-center": (None, "owner classmate"),
    "issuance:own-letter": (None, "owner classmate"),
    "issuance:link-create": (None, "owner classmate"),
    "issuance:own-file": ("award form=json", "owner"),
    "issuance:packet-create": (None, "owner classmate"),
    "issuance:profile-edit": (None, "owner classmate"),
    "issuance:view-log": (None, "owner classmate"),
    "issuance:archive-file": ("archive", "owner"),
    "issuance:release-record": ("award.learner", "registrar"),
    "issuance:class-export-list": (None, "registrar elsewhere"),
    "issuance:class-export": ("class_export", "registrar"),
    "issuance:letter-list": (None, "registrar elsewhere"),
    "issuance:season-list": (None, "administrator elsewhere"),
    "learners:record": (None, "owner classmate"),
    "learners:record-part": ("! group=results", "owner classmate"),
    "learners:amendment-ask": (None, "owner classmate"),
    "learners:amendment-list": (None, "registrar auditor elsewhere"),
    "learners:amendment-detail": ("amendment", "owner registrar auditor"),
    "issuance:transcript-file": ("transcript", "owner"),
}
# Whom a form is for. The services say more: not every registrar may approve every request.
ACT = {
    "credentials:stewardship": ("draft.credential", "administrator lead"),
    "credentials:version-publish": ("draft.credential", "administrator lead"),
    "credentials:version-start": ("version.credential", "administrator lead"),
    "credentials:draft-edit": ("draft.credential", "administrator lead"),
    "credentials:credential-start": (None, "administrator lead elsewhere"),
    "credentials:opinion-list": ("draft.credential", "administrator lead"),
    "credentials:endorsement-list": ("draft.credential", "administrator"),
    "credentials:content-quorum": (None, "administrator elsewhere"),
    "credentials:content-put": ("draft.credential", "administrator lead"),
    "credentials:proposal-put": ("proposal", "administrator lead"),
    "credentials:proposal-take": ("proposal", "administrator lead"),
    "credentials:proposal-decline": ("proposal", "administrator lead"),
    "credentials:proposal-vote": ("proposal", EVERYBODY.replace(" elsewhere", "").replace("owner ", "")),
    "credentials:link-edit": ("draft.credential", "administrator lead"),
    "credentials:early-assessment": ("version.credential", "administrator lead"),
    "credentials:change-plan": ("draft.credential kind=publish", "administrator"),
    "credentials:plan-cancel": ("draft.credential kind=publish", "administrator lead"),
    "credentials:credential-retire": ("version.credential", "administrator"),
    "credentials:framework-load": (None, "administrator elsewhere"),
    "credentials:framework-crosswalk": ("framework", "administrator"),
    "credentials:catalog-exchange": (None, "administrator elsewhere"),
    "learners:enroll": ("version.credential", "owner classmate"),
    "learners:goal-change": ("goal", "owner"),
    "learners:award-renew": ("award", "owner"),
    "learners:enrollment-withdraw": ("workspace.enrollment", "owner"),
    "learners:class-enroll": ("version.credential", "administrator"),
    "learners:evidence-add": ("workspace", "owner"),
    "learners:upload-begin": ("workspace", "owner"),
    "learners:upload-part": ("upload", "owner"),
    "learners:upload-discard": ("upload", "owner"),
    "learners:evidence-remove": ("item", "owner"),
    "learners:evidence-harmless": ("item", "owner"),
    "learners:draft-keep": ("workspace form=submit", "owner"),
    "learners:submission-submit": ("workspace", "owner"),
    "learners:resubmission-start": ("waiting", "owner"),
    "learners:appeal-open": ("appeal.decision", "owner"),
    "learners:appeal-assign": ("appeal", "lead"),
    "learners:appeal-decide": ("appeal", ""),
    "learners:observation-ask": ("workspace.enrollment", "owner"),
    "learners:marking-hold": ("waiting", "assessor"),
    "learners:concern-close": ("concern", "lead"),
    "learners:patient-data-report": ("waiting", "owner assessor lead registrar auditor privacy"),
    "learners:submission-start-over": ("reported", "owner"),
    "learners:incident-release": ("report", "privacy"),
    "learners:incident-purge": ("report", "privacy"),
    "learners:snippet-drop": ("snippet", "assessor"),
    "learners:example-retire": ("example", "lead"),
    "learners:calibration-manage": ("version.credential", "lead"),
    "learners:model-work": ("model", "lead"),
    "learners:calibration-start": ("version.credential", "assessor"),
    "learners:calibration-round": ("taken", "assessor"),
    "learners:calibration-judge": ("taken number=1", "assessor"),
    "learners:feedback-answer": ("told", "owner"),
    "learners:unblind": ("blind", "lead registrar"),
    "learners:work-open": ("waiting", "auditor"),
    "learners:marking-reopen": ("decision.submission", "assessor"),
    "learners:survey-answer": ("workspace.enrollment moment=enrollment", "owner"),
    "learners:survey-term": ("version.credential.organization", "assessor"),
    "learners:load-run": (None, "lead administrator elsewhere"),
    "learners:team-list": ("version.credential", "lead administrator"),
    "learners:item-want": ("version.credential", "owner classmate"),
    "learners:offering-add": ("version.credential", "lead administrator"),
    "learners:offering-edit": ("offering", "lead administrator"),
    "learners:offering-repeat": ("offering", "lead administrator"),
    "learners:offering-move": ("offering", "lead administrator"),
    "learners:offering-cancel": ("offering", "lead administrator"),
    "learners:offering-check": ("offering", "assessor lead administrator"),
    "learners:offering-walk-in": ("offering", "assessor lead administrator"),
    "learners:enrollment-date": ("seated", "owner"),
    "learners:results": ("version.credential", "assessor lead administrator"),
    "learners:result-list-confirm": ("result_list", "lead administrator"),
    "learners:result-list-drop": ("result_list", "lead administrator"),
    "learners:attempt-grant": ("decision.submission", "lead"),
    "learners:roster-confirm": ("roster", "registrar"),
    "learners:roster-drop": ("roster", "registrar"),
    "learners:leave-remove": ("leave", "assessor"),
    "learners:conflict-withdraw": ("conflict", "assessor"),
    "learners:decision-release": ("decision", "assessor lead"),
    "learners:decision-release-many": (None, "assessor lead elsewhere"),
    "learners:decision-undo": ("decision", "assessor lead"),
    "learners:recognition-bring": ("version.credential", "owner classmate"),
    "learners:recognition-withdraw": ("recognized", "owner"),
    "learners:recognition-decide": ("recognized", "lead registrar"),
    "learners:recognition-end": ("recognized", "lead registrar"),
    "learners:recognition-check": ("recognized", "lead registrar"),
    "learners:recognition-rule": ("recognized.rule", "administrator lead"),
    "learners:recognition-rule-end": ("recognized.rule", "administrator lead"),
    "pathways:pathway-join": ("pathway.pathway", "owner classmate"),
    "pathways:case-ask": ("pathway.pathway", "owner"),
    "pathways:pathway-publish": ("pathway.pathway number=1", "administrator pathway_admin"),
    "pathways:rule-save": ("building.pathway number=1", "administrator pathway_admin"),
    "pathways:rule-preview": ("building.pathway number=1", "administrator pathway_admin"),
    "pathways:designation-publish": ("building.pathway number=1", "administrator"),
    "pathways:rule-move": ("building.pathway number=1", "administrator pathway_admin"),
    "pathways:version-start": ("pathway.pathway", "administrator pathway_admin"),
    "pathways:cohort-move": ("pathway.pathway number=1", "administrator pathway_admin"),
    "pathways:cohort-move-back": ("pathway.pathway number=1", "administrator pathway_admin"),
    "pathways:waiver-grant": ("joined", "administrator pathway_admin"),
    "pathways:capstone-record": ("joined", "administrator pathway_admin"),
    "pathways:capstone-withdraw": ("capstone", "administrator pathway_admin"),
    "pathways:waiver-withdraw": ("waiver", "administrator pathway_admin"),
    "pathways:capstone-hand-in": ("pathway.pathway", "owner"),
    "pathways:capstone-take-back": ("capstone_work", "owner"),
    "pathways:capstone-accept": ("capstone_work", "administrator pathway_admin"),
    "pathways:capstone-return": ("capstone_work", "administrator pathway_admin"),
    "pathways:case-confirm": ("case", "committee"),
    "pathways:case-decline": ("case", "committee"),
    "pathways:case-keep": ("case", "committee"),
    "pathways:case-revoke": ("case", "committee"),
    "pathways:case-vote": ("case", "committee"),
    "pathways:case-condition": ("case", "committee"),
    "pathways:case-step-aside": ("case", "committee"),
    "pathways:condition-settle": ("condition", "committee"),
    "pathways:case-confirm-many": (None, "committee elsewhere"),
    "pathways:quorum-set": ("pathway.pathway", "administrator pathway_admin"),
    "pathways:conflict-end": ("conflict", "assessor"),
    "pathways:plan-change": (None, "owner classmate"),
    "pathways:plan-hours": (None, "owner classmate"),
    "issuance:registrar-look": (None, "registrar auditor elsewhere"),
    "issuance:revocation-request": ("award", "registrar"),
    "issuance:revocation-approve": ("request", "registrar"),
    "issuance:revocation-refuse": ("request", "registrar"),
    "issuance:question-close": ("question", "registrar"),
    "issuance:consent-withdraw": ("consent", "owner"),
    "issuance:transcript-request": (None, "owner classmate"),
    "issuance:archive-request": (None, "owner classmate"),
    "issuance:release-record": ("award.learner", "registrar"),
    "issuance:class-export-list": (None, "registrar elsewhere"),
    "issuance:class-export-file": ("class_export", "registrar"),
    "issuance:class-export-end": ("class_export", "registrar"),
    "issuance:letter-list": (None, "registrar elsewhere"),
    "learners:amendment-ask": (None, "owner classmate"),
    "learners:directory-opt-out": (None, "owner classmate"),
    "learners:retention-set": (None, "registrar elsewhere"),
    "learners:retention-hold": (None, "registrar privacy elsewhere"),
    "learners:amendment-decide": ("amendment", "registrar"),
    "learners:amendment-hear": ("amendment", "registrar"),
    "learners:hearing-ask": ("amendment", "owner"),
    "learners:statement-place": ("amendment", "owner"),
    "learners:amendment-withdraw": ("amendment", "owner"),
    "learners:school-account-end": ("award.learner", "registrar"),
}
# A badge that is not shared: the one 404 for everybody, its holder included, as for an id that never was.
HIDDEN = [
    "issuance:verify-page",
    "issuance:badge-qr",
    "issuance:badge-json",
    "issuance:badge-png",
    "issuance:badge-svg",
    "issuance:badge-pdf",
    "issuance:page-ask",
    "issuance:directory-entry",
]
# Public by design, for machines, or the sign-in library's own; each has tests of its own.
ELSEWHERE = {
    "credentials:alignments-take-over",  # two records
    "credentials:content-case",
    "credentials:content-vote",
    "credentials:content-decide",
    "credentials:content-settle",
    "credentials:content-take-back",
    "credentials:endorse",
    "credentials:endorsement-end",
    "credentials:endorsement-revoke",
    "issuance:endorsement-page",
    "issuance:endorsement-json",
    "issuance:endorser-did-document",
    "credentials:opinion",
    "credentials:opinion-revoke",
    "credentials:opinion-unname",
    "credentials:suggestion-answer",
    "learners:feed-drop",
    "learners:feed-file",
    "learners:team-move",
    "learners:offering-result",  # two records
    "learners:holiday-remove",
    "learners:cohort-edit",
    "learners:cohort-graduate",
    "learners:learner-leave-end",
    "learners:retention-hold-lift",
    "learners:learner-manage",
    "learners:learner-record",
    "learners:class-cell",
    "learners:observation-staff",
    "learners:observation-link",
    "issuance:season-edit",
    "issuance:learner-letter",
    "issuance:learner-consents",
    "issuance:sharing-end",
    "issuance:verify-page-elsewhere",
    "issuance:page-vote",
    "issuance:page-receipt",
    "issuance:list-receipt",
    "issuance:receipt",
    "issuance:watch",
    "issuance:watch-ask",
    "issuance:watch-stop",
    "issuance:receipt-json",
    "issuance:receipt-pdf",
    "issuance:thanks",
    "issuance:share-link",
    "issuance:link-summary",
    "issuance:profile-page",
    "issuance:code-open",
    "issuance:link-detail",
    "issuance:link-preview",
    "issuance:link-sheet",
    "issuance:link-text",
    "issuance:link-item",
    "issuance:link-arrange",
    "issuance:directory",
    "issuance:directory-switch",
    "issuance:list-result",
    "issuance:list-csv",
    "issuance:offline-bundle",
    "issuance:status-list",
    "issuance:organization-did-document",
    "issuance-api:award",
    "issuance-api:verify",
    "issuance-api:nothing",
    "api-nothing",
    "issuance-api:verify-many",
    "issuance-api:verify-many-result",
    "issuance-api:awards",
    "issuance-api:catalog-entry",
}
ELSEWHERE_PREFIXES = ("account_", "mfa_", "vc-api:")


def every_name(patterns=None, prefix=""):
    for each in patterns or get_resolver("config.urls").url_patterns:
        if hasattr(each, "url_patterns"):
            yield from every_name(each.url_patterns, f"{prefix}{each.namespace}:" if each.namespace else prefix)
        else:
            yield f"{prefix}{each.name}"


def fill(name, place, records):
    """The address of a name; place: "record.attribute number=1"."""
    if place is None:
        return reverse(name)
    path, *more = place.split()
    if path == "!":  # no record, only words
        return reverse(name, kwargs=dict(each.split("=") for each in more))
    record = records
    for part in path.split("."):
        record = record[part] if isinstance(record, dict) else getattr(record, part)
    return reverse(name, kwargs={"public_id": record.public_id, **dict(each.split("=") for each in more)})


def is_sign_in(answer):
    return answer.status_code == 302 and answer.url.startswith("/accounts/login/")


def everything():
    """Every row of ours, to see that a refusal changed nothing; that it was refused is written down."""
    models = [model for name in OWN_APPS for model in apps.get_app_config(name).get_models()]
    rows = {model: model.objects.all() for model in models}
    log = apps.get_model("learners", "AccessEntry")
    rows[log] = log.objects.exclude(kind="refused")
    return {model: sorted(map(repr, found.values_list())) for model, found in rows.items()}


OWN_APPS = ["credentials", "learners", "pathways", "issuance"]


def test_every_address_is_listed_here():
    listed = {*ANYBODY, *READ, *ACT, *HIDDEN, *ELSEWHERE}
    names = {name for name in every_name() if not name.startswith(ELSEWHERE_PREFIXES)}

    assert names - listed == set()
    assert listed - names == set()


def test_pages_answer_those_they_are_for(clients, records):
    for name, (place, allowed) in READ.items():
        address = fill(name, place, records)
        for who, client in clients.items():
            answer = client.get(address)
            if answer.streaming:  # the file is closed, the connection stays
                for closer in answer._resource_closers:
                    closer()
            if who in allowed.split():
                assert answer.status_code in {200, 302} and not is_sign_in(answer), (name, who, answer.status_code)
            elif who == "nobody":
                assert is_sign_in(answer), (name, who, answer.status_code)
            else:
                assert answer.status_code == 404, (name, who, answer.status_code)


def test_public_pages_answer_anybody(clients, records):
    for name, place in ANYBODY.items():
        address = fill(name, place, records)
        assert {client.get(address).status_code for client in clients.values()} == {200}, name


def test_forms_take_nothing_from_anybody_else(clients, records):
    before = everything()
    for name, (place, allowed) in ACT.items():
        address = fill(name, place, records)
        for who, client in clients.items():
            if who in allowed.split():
                continue
            answer = client.post(address, {"reason": "x", "note": "x", "owner": "1", "review_on": "2027-01-01"})
            refused = is_sign_in(answer) if who == "nobody" else answer.status_code in {403, 404, 422}
            assert refused, (name, who, answer.status_code)
    assert everything() == before


def test_a_badge_that_is_not_shared_is_the_one_404_for_everybody(clients, records):
    for name in HIDDEN:
        unknown = clients["nobody"].get(reverse(name, args=["00000000-0000-4000-8000-000000000000"]))
        address = fill(name, "award", records)
        for who, client in clients.items():
            answer = client.get(address)
            assert (answer.status_code, answer.content) == (404, unknown.content), (name, who)
            assert dict(answer.headers) | {"X-Request-ID": ""} == dict(unknown.headers) | {"X-Request-ID": ""}, name
