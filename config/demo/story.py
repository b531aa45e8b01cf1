"""The story: the main job, walked by signed-in people over HTTP against the running site, with the real workers.

Each step says what it saw, and raises StoryError when a page or a row is not as it should be.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from config.demo import catalog, files, load
from config.demo.browser import Browser, Page, StoryError
from config.demo.people import ACCOUNTS
from config.demo.report import Report
from config.runtime.supervisor import Running
from credentials.models import Credential
from issuance import openbadges as ob
from issuance.models import SignedDocument, SigningKey, StatusEntry, StatusList, Transcript
from learners.models import Award, Decision, Enrollment, Learner, Notice, Submission
from pathways.models import DesignationCase, Pathway

WAIT_SECONDS = 120


class Story:
    """One walk through the main job. `output`: the folder that keeps what was made."""

    def __init__(self, site: Running, *, password: str, output: Path, report: Report) -> None:
        self.site = site
        self.password = password
        self.output = output
        self.report = report
        self._people: dict[str, Browser] = {}
        self.emails = {account.key: account.email for account in ACCOUNTS}

    def play(self) -> None:
        self.output.mkdir(parents=True, exist_ok=True)
        steps: list[tuple[str, Callable[[], None]]] = [
            ("1. An administrator publishes a microcredential", self.publish),
            ("2. A learner enrolls, gathers evidence and submits", self.submit),
            ("3. An assessor returns it once; the learner resubmits; it passes and is released", self.assess),
            ("4. The worker signs the badge, draws it, and renders certificate and transcript", self.issue),
            ("5. The learner shares it; a stranger verifies it; another badge is revoked", self.verify),
            ("6. The last component is awarded; the committee confirms the designation", self.stack),
            ("7. A whole cohort at once, with the worker killed half way", self.cohort),
        ]
        for title, step in steps:
            with self.report.step(title):
                step()
        self._keep_public_files()

    # The people

    def person(self, key: str) -> Browser:
        if key not in self._people:
            browser = Browser(self.site.origin)
            self._people[key] = browser.sign_in(self.emails[key], self.password)
        return self._people[key]

    def stranger(self) -> Browser:
        return Browser(self.site.origin)

    # The steps

    def publish(self) -> None:
        administrator = self.person("administrator")
        credential = Credential.objects.get(slug=catalog.STORY_ITEM)
        address = reverse("credentials:manage-detail", args=[credential.public_id])
        page = administrator.get(address)
        refused = administrator.submit(page, page.form(action="/publish/$"), expect=422)
        _expect(refused, "owner", "review date")
        self.report.fact("the publish gate named what was missing: an owner and a review date")
        owner = load.users()["lead"].public_id
        review_on = (timezone.localdate() + timedelta(days=365)).isoformat()
        page = administrator.get(address)
        page = administrator.submit(
            page, page.form(action="/stewardship/$"), {"owner": str(owner), "review_on": review_on}
        )
        page = administrator.submit(
            page, page.form(action="/publish/$"), {"note": "Approved by the curriculum committee"}
        )
        credential.refresh_from_db()
        if credential.status != "offered" or credential.current_version is None:
            raise StoryError("The credential is not offered after publishing.")
        self.report.fact(f"“{credential.current_version.title}” is published and frozen")

    def submit(self) -> None:
        learner = self.person("learner")
        credential = self._story_credential()
        title = credential.current_version.title
        found = learner.get(reverse("credentials:catalog") + "?q=notes")
        _expect(found, title)
        page = learner.get(credential.get_absolute_url())
        page = learner.submit(page, page.form(action="/enroll/$"))
        submission = self._submission(1)
        page = self._add_evidence(learner, page)
        page = learner.submit(page, page.form(action="/submit/$"), {"no-patient-data": "on", "own-work": "on"})
        submission.refresh_from_db()
        if submission.status != "submitted":
            raise StoryError(f"The submission is {submission.status} after it was submitted.")
        self.report.fact(
            f"{submission.evidence_items.count()} pieces of evidence submitted: a PDF, an image and a text"
        )

    def _add_evidence(self, learner: Browser, page: Page) -> Page:
        for path in (files.note_pdf(self.output), files.sketch_png(self.output)):
            page = learner.submit(page, page.form(action="/evidence/$", having="file"), file=path)
            path.unlink()
        return learner.submit(
            page, page.form(action="/evidence/$", having="text"), {"title": "Reflection", "text": files.REFLECTION}
        )

    def assess(self) -> None:
        first = self._submission(1)
        assessor = self._browser_of(first)
        self._judge(assessor, first, levels=[3, 2, 3])
        self._release(assessor, first, "returned")
        learner = self.person("learner")
        page = learner.get(reverse("learners:submission-detail", args=[first.public_id]))
        _expect(page, "Say the plan for the night")
        self.report.fact("returned with a next step under the criterion that fell short")
        page = learner.submit(page, page.form(action="/next-attempt/$"))
        page = learner.submit(
            page,
            page.form(action="/evidence/$", having="text"),
            {"title": "What I changed", "text": "The plan for the night now stands before the discharge plan."},
        )
        learner.submit(page, page.form(action="/submit/$"), {"no-patient-data": "on", "own-work": "on"})
        second = self._submission(2)
        if self._browser_of(second) is not assessor:
            raise StoryError("The resubmission went to another assessor.")
        self._judge(assessor, second, levels=[3, 3, 3])
        self._release(assessor, second, "awarded")
        self.report.fact("passed by the printed rule, and released by a person")

    def _judge(self, assessor: Browser, submission: Submission, *, levels: list[int]) -> None:
        address = reverse("learners:marking", args=[submission.public_id])
        page = assessor.get(address)
        values: dict[str, Any] = {"overall_comment": "A note that the next clinician can act on.", "action": "finish"}
        form = page.form(action=f"{address}$", having="overall_comment")
        for number, level in enumerate(levels, 1):
            if f"comment_{number}" not in form.fields:
                continue  # kept from the attempt before
            values[f"level_{number}"] = str(level)
            values[f"comment_{number}"] = "You lead with the problem that matters today."
            values[f"next_step_{number}"] = "" if level >= 3 else "Say the plan for the night before you are asked."
        assessor.submit(page, form, values)
        if not Decision.objects.filter(submission=submission, status="proposed").exists():
            raise StoryError("No decision is proposed after finishing.")

    def _release(self, assessor: Browser, submission: Submission, outcome: str) -> None:
        decision = Decision.objects.get(submission=submission, status="proposed")
        if decision.outcome != outcome:
            raise StoryError(f"The rule proposes {decision.outcome}, not {outcome}.")
        page = assessor.get(reverse("learners:decision-detail", args=[decision.public_id]))
        assessor.submit(page, page.form(action="/release/$"))
        decision.refresh_from_db()
        if decision.status != "released":
            raise StoryError("The decision is not released.")

    def issue(self) -> None:
        award = self._story_award()
        document = self._wait(lambda: award.documents.filter(kind="credential").first(), "the signed badge")
        if not document.signed_by_process.startswith("worker:"):
            raise StoryError(f"The badge was signed by {document.signed_by_process}.")
        self.report.fact(f"signed by {document.signed_by_process}, {len(bytes(document.bytes))} bytes")
        certificate = self._wait(lambda: award.documents.filter(kind="certificate").first(), "the certificate")
        learner = self.person("learner")
        page = learner.get(reverse("learners:award-list"))
        learner.submit(page, page.form(action="/transcripts/$"))
        transcript = self._wait(
            lambda: SignedDocument.objects.filter(transcript__learner=award.learner, kind="transcript").first(),
            "the transcript",
        )
        for each in (certificate, transcript):
            if not each.signed_by_process.startswith("worker:"):
                raise StoryError(f"A PDF was signed by {each.signed_by_process}.")
        self.report.fact(
            f"certificate ({len(bytes(certificate.bytes)) // 1000} kB) and transcript "
            f"({len(bytes(transcript.bytes)) // 1000} kB) rendered and signed by workers"
        )
        self._wait(
            lambda: Notice.objects.filter(
                kind="badge-ready", path__contains=str(award.public_id), mailed_at__isnull=False
            ).first(),
            "the mail",
        )
        self.report.fact("the learner was told by mail, in var/mail")

    def verify(self) -> None:
        award, other = self._story_award(), self._other_award()
        for each in (award, other):
            self._wait(
                each.documents.filter(kind="credential", superseded_at__isnull=True).first,
                f"the badge {each.public_id} to be signed",
            )
            self._consent(each)
        stranger = self.stranger()
        address = f"/v/{award.public_id}"
        page = stranger.get(address)
        _expect(page, "Valid", "Robin Alder", self._story_credential().current_version.title)
        if page.headers.get("Set-Cookie"):
            raise StoryError("The verification page sets a cookie.")
        self.report.fact(f"a signed-out visitor sees it: {self.site.origin}{address}")
        for form, name in (
            ("json", "badge.json"),
            ("png", "badge.png"),
            ("svg", "badge.svg"),
            ("pdf", "certificate.pdf"),
        ):
            (self.output / name).write_bytes(stranger.get(f"{address}.{form}", accept="*/*").content)
        badge = (self.output / "badge.json").read_bytes()
        (self.output / "altered.json").write_bytes(files.altered(badge))
        for name in ("badge.json", "badge.png", "badge.svg", "certificate.pdf"):
            _expect(self._check(stranger, self.output / name), "Valid")
        self.report.fact("JSON, PNG, SVG and PDF downloaded; the file check finds each valid")
        _expect(self._check(stranger, self.output / "altered.json"), "Changed, or not issued by whom it names")
        self.report.fact("with one byte changed, the file check says so")
        self._revoke(other, stranger)

    def _consent(self, award: Award) -> None:
        learner = self.person("learner")
        before = self.stranger().get(f"/v/{award.public_id}", expect=404)
        if "Robin" in before.text:
            raise StoryError("A badge shows before the consent.")
        page = learner.get(reverse("issuance:share", args=[award.public_id]))
        form = (
            page.form(action="/share/$", having="purpose") if "purpose" in page.text else page.form(action="/share/$")
        )
        learner.submit(page, form, {"purpose": "residency", "agree": "on"})

    def _check(self, browser: Browser, path: Path) -> Page:
        page = browser.get("/check/")
        return browser.submit(page, page.form(action="/check/$", having="file"), file=path)

    def _revoke(self, award: Award, stranger: Browser) -> None:
        (self.output / "revoked.json").write_bytes(stranger.get(f"/v/{award.public_id}.json", accept="*/*").content)
        registrar, second = self.person("registrar"), self.person("registrar2")
        page = registrar.get(reverse("issuance:registrar-award", args=[award.public_id]))
        page = registrar.submit(
            page,
            page.form(having="reason"),
            {"reason": "error", "note": "The evidence belonged to another enrollment."},
        )
        request = award.revocation_requests.get()
        address = reverse("issuance:revocation-detail", args=[request.public_id])
        page = second.get(address)
        second.submit(page, page.form(action="/approve/$"))
        _expect(stranger.get(f"/v/{award.public_id}"), "Revoked")
        entry = StatusEntry.objects.select_related("list").get(document__award=award, document__kind="credential")
        listed = orjson.loads(stranger.get(f"/status/{entry.list.public_id}", accept="*/*").content)
        if not ob.is_set(ob.decode(listed["credentialSubject"]["encodedList"]), entry.index):
            raise StoryError("The status list does not say revoked.")
        _expect(self._check(stranger, self.output / "revoked.json"), "revoked")
        self.report.fact("revoked by two registrars: page, status list and file check all say so")

    def stack(self) -> None:
        decision = Decision.objects.get(
            enrollment__credential__slug=load.LAST_COMPONENT, enrollment__learner=self._robin(), status="proposed"
        )
        self._release(self.person("lead"), decision.submission, "awarded")
        learner = self.person("learner")
        pathway = Pathway.objects.get(slug=load.PATHWAY)
        case = self._wait(lambda: DesignationCase.objects.filter(learner=self._robin()).first(), "the committee case")
        page = learner.get(pathway.get_absolute_url())
        _expect(page, "Before the committee")
        self.report.fact("the learner sees the pathway met; its case is before the committee")
        member = self.person("committee")
        page = member.get(reverse("pathways:case-detail", args=[case.public_id]))
        member.submit(page, page.form(action="/confirm/$"), {"reason": "Every component was read; the set is sound."})
        case.refresh_from_db()
        if case.award is None:
            raise StoryError("The designation is not awarded.")
        award = case.award
        document = self._wait(lambda: award.documents.filter(kind="credential").first(), "the designation's badge")
        self.report.fact(
            f"confirmed; the designation is signed by {document.signed_by_process} "
            f"and counts {award.components.count()} awards"
        )

    def cohort(self) -> None:
        lead = self.person("lead")
        credential = Credential.objects.get(slug=load.COHORT_ITEM)
        decisions = Decision.objects.filter(enrollment__credential=credential, status="proposed")
        keys = [str(key) for key in decisions.order_by("pk").values_list("public_id", flat=True)]
        awards = Award.objects.filter(credential=credential)
        signed = SignedDocument.objects.filter(award__credential=credential, kind="credential")
        page = lead.get(reverse("learners:decision-list") + f"?item={credential.public_id}&selected=all")
        form = page.form(action=r"/decisions/release/$", having="note")
        began = time.monotonic()
        killed = threading.Event()
        killer = threading.Thread(target=self._kill_half_way, args=(len(keys), killed), daemon=True)
        killer.start()
        lead.submit(page, form, {"decision": keys, "note": ""})
        released = time.monotonic() - began
        while (count := signed.count()) < len(keys):
            self.report.progress(count, len(keys), "signed")
            if time.monotonic() - began > 10 * WAIT_SECONDS:
                raise StoryError(f"Only {count} of {len(keys)} are signed.")
            time.sleep(0.1)
        self.report.progress(len(keys), len(keys), "signed")
        spent = time.monotonic() - began
        killer.join(timeout=5)
        entries = StatusEntry.objects.filter(document__award__credential=credential, document__kind="credential")
        numbers = (
            awards.count(),
            signed.count(),
            signed.values("award").distinct().count(),
            entries.count(),
            entries.values("list", "index").distinct().count(),
        )
        if numbers != (len(keys),) * 5:
            raise StoryError(f"Awards, documents, documents once, indexes, indexes once: {numbers}.")
        if not killed.is_set():
            raise StoryError("The worker was too quick to be killed half way.")
        self.report.fact(
            f"{len(keys)} decisions released in {released:.1f} s; all signed {spent:.1f} s after the click, "
            f"{len(keys) / spent:.0f} a second, with the worker killed in between"
        )
        self.report.fact(
            f"exactly {numbers[0]} awards, {numbers[1]} documents and {numbers[3]} status indexes, each once"
        )

    def _kill_half_way(self, total: int, killed: threading.Event) -> None:
        """SIGKILL for the worker and its children once some, and not all, of the cohort are signed."""
        try:
            signed = SignedDocument.objects.filter(award__credential__slug=load.COHORT_ITEM, kind="credential")
            until = time.monotonic() + WAIT_SECONDS
            while time.monotonic() < until:
                count = signed.count()
                if total // 8 <= count < total:
                    pid = self.site.processes()["worker"]
                    os.killpg(os.getpgid(pid), signal.SIGKILL)
                    self.report.fact(f"worker {pid} killed with SIGKILL when {count} were signed")
                    killed.set()
                    return
                if count >= total:
                    return
                time.sleep(0.02)
        finally:
            connection.close()

    # What the steps share

    def _wait(self, look: Callable[[], Any], what: str) -> Any:
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            if (found := look()) is not None:
                return found
            time.sleep(0.1)
        raise StoryError(f"Waited {WAIT_SECONDS} s for {what}; see the logs in {self.site.log}.")

    def _robin(self) -> Learner:
        return Learner.objects.get(user__email=self.emails["learner"])

    def _story_credential(self) -> Any:
        return Credential.objects.select_related("current_version").get(slug=catalog.STORY_ITEM)

    def _submission(self, attempt: int) -> Submission:
        enrollment = Enrollment.objects.get(learner=self._robin(), credential__slug=catalog.STORY_ITEM)
        return Submission.objects.get(enrollment=enrollment, attempt=attempt)

    def _story_award(self) -> Award:
        return Award.objects.get(learner=self._robin(), credential__slug=catalog.STORY_ITEM)

    def _other_award(self) -> Award:
        return Award.objects.get(learner=self._robin(), credential__slug=load.REVOKED_ITEM)

    def _browser_of(self, submission: Submission) -> Browser:
        """The browser of the assessor to whom a submission was assigned, with a password for the length of the story."""
        assignment = submission.assignments.select_related("assessor").get(ended_at__isnull=True)
        email = assignment.assessor.email
        key = next((name for name, address in self.emails.items() if address == email), None)
        if key is None:
            raise StoryError(f"The submission went to {email}, who cannot sign in.")
        return self.person(key)

    def _keep_public_files(self) -> None:
        """What an outsider could fetch, for verifiers that are not ours."""
        stranger = self.stranger()
        (self.output / "did.json").write_bytes(stranger.get("/.well-known/did.json", accept="*/*").content)
        for number, public_id in enumerate(StatusList.objects.order_by("pk").values_list("public_id", flat=True), 1):
            content = stranger.get(f"/status/{public_id}", accept="*/*").content
            (self.output / f"statuslist-{number}.json").write_bytes(content)
        transcript = Transcript.objects.filter(learner=self._robin()).latest("pk")
        document = transcript.documents.get(kind="transcript")
        (self.output / "transcript.pdf").write_bytes(bytes(document.bytes))
        root = SigningKey.objects.filter(purpose="document").latest("pk").root_certificate
        (self.output / "root.pem").write_text(root, encoding="utf-8")


def _expect(page: Page, *words: str) -> None:
    for each in words:
        if not page.has(each):
            raise StoryError(f"{page.url} does not say “{each}”.")
