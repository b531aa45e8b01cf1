"""What pages say of learning from elsewhere: how each piece stands, what it gives, what remains of a series."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.permissions import Can, Role, allowed
from credentials.models import Credential
from credentials.models.catalog import CredentialKind
from credentials.workflow import CredentialStatus
from learners.models import (
    CreditedRequirement,
    Enrollment,
    Learner,
    RecognitionRule,
    RecognizedCredential,
    Submission,
    User,
)
from learners.models.recognition import Credit
from learners.selectors.learning import learner_of
from learners.services import recognition
from learners.services.recognition_rules import kinds_of
from learners.workflow import OPEN_RECOGNITIONS, EnrollmentStatus, RecognitionStatus

STAFF = {Role.LEAD, Role.REGISTRAR, Role.AUDITOR, Role.ADMINISTRATOR}
KINDS = {
    RecognitionStatus.CHECKING: "waiting",
    RecognitionStatus.SUBMITTED: "waiting",
    RecognitionStatus.ACCEPTED: "valid",
    RecognitionStatus.REFUSED: "not-met",
    RecognitionStatus.WITHDRAWN: "returned",
    RecognitionStatus.ENDED: "revoked",
}


# One piece -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Shown:
    """One piece as a page shows it. kind, word, on: as components/status.html reads them; gives: in a sentence."""

    recognized: RecognizedCredential
    kind: str
    word: str
    on: date | None
    gives: str

    @property
    def is_standing(self) -> bool:
        return self.kind == "valid"


def shown(recognized: RecognizedCredential, today: date) -> Shown:
    """No query when it was read `with_context`."""
    status = RecognitionStatus(recognized.status)
    at = recognized.ended_at or recognized.decided_at or recognized.submitted_at
    on = timezone.localdate(at) if at else None
    if status == RecognitionStatus.ACCEPTED:
        if recognized.valid_until is not None and recognized.valid_until < today:
            return Shown(recognized, "expired", _("Lapsed"), recognized.valid_until, "")
        word = _("Recognized from %(provider)s") % {"provider": recognized.provider.name}
        return Shown(recognized, "valid", word, on, gives(recognized))
    return Shown(recognized, KINDS[status], str(capfirst(status.label)), on, "")


def gives(recognized: RecognizedCredential) -> str:
    """What an accepted one counts for, in a sentence."""
    title = title_of(recognized.counts_toward)
    if recognized.credit == Credit.WHOLE:
        return _("Stands for the whole of “%(title)s”.") % {"title": title}
    if recognized.credit == Credit.PARTIAL:
        kinds = ", ".join(recognized.satisfies)
        return _("Counts in “%(title)s” for: %(kinds)s.") % {"title": title, "kinds": kinds}
    return _("A part of a series that counts in “%(title)s” once it is complete.") % {"title": title}


def title_of(credential: Credential | None) -> str:
    if credential is None:
        return ""
    version = credential.current_version
    return version.title if version is not None else credential.code


BADGE_WORDS = {
    "valid": ("valid", gettext_lazy("Passed")),
    "doubt": ("suspended", gettext_lazy("Genuine, and something does not fit")),
    "expired": ("expired", gettext_lazy("Expired")),
    "revoked": ("revoked", gettext_lazy("Revoked")),
    "altered": ("failed", gettext_lazy("Changed, or not its issuer’s")),
    "unknown": ("unknown", gettext_lazy("Not all could be checked")),
}
EVENT_WORDS = {
    "brought": gettext_lazy("Brought in"),
    "checking": gettext_lazy("To be checked again"),
    "checked": gettext_lazy("Checked"),
    "accepted": gettext_lazy("Recognized"),
    "declined": gettext_lazy("Declined"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "ended": gettext_lazy("No longer recognized"),
    "series-open": gettext_lazy("The series is no longer complete"),
}


def badge_state(recognized: RecognizedCredential) -> dict[str, str]:
    """How the check of its badge came out, as components/status.html reads it; empty without one. No query."""
    badge = getattr(recognized, "badge", None)
    if badge is None:
        return {}
    kind, word = BADGE_WORDS.get(badge.state, BADGE_WORDS["unknown"])
    return {"state": kind, "state_word": str(word)}


def timeline(recognized: RecognizedCredential, *, is_own: bool) -> list[dict[str, Any]]:
    """What happened, as components/timeline.html reads it; staff see who did it. One query."""
    found = []
    for event in recognized.events.select_related("actor").order_by("at", "pk"):
        note = event.note if event.moved_to != "checked" else ""
        if not is_own and event.actor is not None:
            note = f"{event.actor}: {note}" if note else str(event.actor)
        kind = {"accepted": "valid", "declined": "not-met", "ended": "revoked"}.get(event.moved_to, "")
        title = str(EVENT_WORDS.get(event.moved_to, event.moved_to))
        found.append({"title": title, "time": event.at, "note": note, "kind": kind})
    return found


# A learner's ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Series:
    """A series of which a learner has some parts: said in a sentence, with where to bring the next one."""

    said: str
    missing: list[str]
    url: str


def of_learner(learner: Learner, today: date, credential: Credential | None = None) -> list[Shown]:
    """What a learner brought in and did not take back, the newest first. One query."""
    found = learner.recognized_credentials.with_context().exclude(status=RecognitionStatus.WITHDRAWN)
    if credential is not None:
        found = found.filter(counts_toward=credential)
    return [shown(each, today) for each in found.order_by("-submitted_at", "-pk")[:100]]


def series(mine: Iterable[Shown], rules: Iterable[RecognitionRule]) -> list[Series]:
    """“You have 2 more to finish”, for each series that was begun and is not complete. No query."""
    held: dict[object, set[str]] = {}
    complete = set()
    for each in mine:
        rule = each.recognized.rule
        if rule is None or not each.is_standing:
            continue
        if each.recognized.part:
            held.setdefault(rule.family, set()).add(each.recognized.part)
        else:
            complete.add(rule.family)
    found = []
    for rule in rules:
        have = held.get(rule.family, set()) & set(rule.parts)
        left = (rule.parts_needed or 0) - len(have)
        if have and left > 0 and rule.family not in complete:
            said = ngettext(
                "You have %(count)s more to finish %(title)s, %(provider)s.",
                "You have %(count)s more to finish %(title)s, %(provider)s.",
                left,
            ) % {"count": left, "title": rule.title, "provider": rule.provider.name}
            missing = [part for part in rule.parts if part not in have]
            found.append(Series(said, missing, reverse("learners:recognition-bring", args=[rule.credential.public_id])))
    return found


def rules_of(credential: Credential, today: date) -> list[RecognitionRule]:
    """The rules by which something counts toward a credential today. One query."""
    found = RecognitionRule.objects.with_context().in_force(today).filter(credential=credential)
    return list(found.order_by("provider__name", "title", "pk"))


@dataclass(frozen=True)
class ShownRule:
    """A rule in words: what it stands for and what remains to be done here."""

    rule: RecognitionRule
    stands_for: str
    remains: str


def shown_rules(rules: Sequence[RecognitionRule], kinds: Sequence[str]) -> list[ShownRule]:
    """kinds: what the credential asks for, all in all. No query."""
    found = []
    for rule in rules:
        if rule.is_whole:
            found.append(ShownRule(rule, _("the whole credential"), ""))
            continue
        left = [kind for kind in kinds if kind not in rule.satisfies]
        found.append(ShownRule(rule, ", ".join(rule.satisfies), ", ".join(left)))
    return found


# Panels --------------------------------------------------------------------------------------------------------------
def item_panel(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """On the page of an item, for learners: how what they brought in stands, and the way to bring in more. Two queries."""
    if not request.user.is_authenticated or credential.kind != CredentialKind.MICROCREDENTIAL:
        return None
    learner = learner_of(request.user)
    if learner is None:
        return None
    return _panel(learner, credential)


def workspace_panel(request: HttpRequest, enrollment: Enrollment) -> dict[str, Any] | None:
    """The same beside the checklist of one's workspace. Two queries."""
    if enrollment.status != EnrollmentStatus.ACTIVE:
        return None
    return _panel(enrollment.learner, enrollment.credential)


def _panel(learner: Learner, credential: Credential) -> dict[str, Any] | None:
    today = timezone.localdate()
    mine = [
        each
        for each in of_learner(learner, today, credential)
        if each.is_standing or each.recognized.status in OPEN_RECOGNITIONS
    ]
    rules = rules_of(credential, today) if credential.status == CredentialStatus.OFFERED else []
    rules = [rule for rule in rules if not recognition.refusals(learner=learner, rule=rule)]
    if not mine and not rules:
        return None
    return {
        "mine": mine,
        "series": series(mine, rules),
        "bring_url": reverse("learners:recognition-bring", args=[credential.public_id]) if rules else "",
    }


def badges_panel(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    """What was brought in, apart from the badges, and the series that are begun. Two queries; none on it, nothing shown."""
    today = timezone.localdate()
    mine = of_learner(learner, today)
    if not mine:
        return None
    families = {each.recognized.rule.family for each in mine if each.recognized.part and each.recognized.rule}
    rules = RecognitionRule.objects.with_context().in_force(today).filter(family__in=families) if families else []
    return {"mine": mine, "series": series(mine, rules)}


def growth_panel(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    """What is recognized, beside one's growth; it has no level. One query."""
    mine = [each for each in of_learner(learner, timezone.localdate()) if each.is_standing]
    return {"mine": mine} if mine else None


def record_panel(request: HttpRequest, learner: Learner) -> dict[str, Any] | None:
    """What is recognized of a learner, as far as the reader may know; for the record. One query."""
    if not request.user.is_authenticated:
        return None
    today = timezone.localdate()
    readable = RecognizedCredential.objects.visible_to(request.user).filter(learner=learner).with_context()
    found = readable.exclude(status=RecognitionStatus.WITHDRAWN).order_by("-submitted_at", "-pk")[:50]
    return {"mine": [shown(each, today) for each in found]}


def evidence_panel(request: HttpRequest, submission: Submission) -> dict[str, Any] | None:
    """What was recognized in place of evidence when it was submitted; for those who read it. One query."""
    credited = list(
        CreditedRequirement.objects.filter(submission=submission)
        .select_related("requirement", "recognized__provider")
        .order_by("requirement__position", "pk")
    )
    return {"credited": credited} if credited else None


def home_panel(request: HttpRequest, user: User) -> dict[str, Any] | None:
    """For registrars and leads: how much waits. One query; none for others."""
    if not user.roles() & {Role.LEAD, Role.REGISTRAR}:
        return None
    count = RecognizedCredential.objects.to_decide(user).count()
    return {"count": count} if count else None


def manage_link(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """For leads and administrators of a credential. No query."""
    if credential.kind != CredentialKind.MICROCREDENTIAL or credential.current_version is None:
        return None
    if not allowed(request.user, Can.RECOGNITION_RULE_EDIT, credential):
        return None
    address = reverse("learners:recognition-rule-add")
    return {
        "add_url": f"{address}?credential={credential.public_id}",
        "list_url": reverse("learners:recognition-rule-list"),
    }


# Staff ---------------------------------------------------------------------------------------------------------------
def queue(user: User, state: str) -> QuerySet[RecognizedCredential]:
    """What waits, the oldest first, or what was decided, the newest first; never one's own."""
    found = RecognizedCredential.objects.visible_to(user).exclude(learner__user=user).with_context()
    if state == "decided":
        decided = [RecognitionStatus.ACCEPTED, RecognitionStatus.REFUSED, RecognitionStatus.ENDED]
        return found.filter(status__in=decided).order_by("-decided_at", "-pk")
    return found.filter(status__in=OPEN_RECOGNITIONS).order_by("submitted_at", "pk")


def decision(recognized: RecognizedCredential, today: date) -> dict[str, Any]:
    """What a person who decides needs to know of the rule. At most two queries."""
    rule = recognized.rule
    if rule is None:
        return {}
    missing = recognition.parts_missing(recognized, on=today, but=recognized) if recognized.part else 0
    return {
        "kinds": kinds_of(rule.credential) if rule.is_whole else list(rule.satisfies),
        "gives_now": not recognized.part or missing <= 1,
        "missing_after": max(0, missing - 1) if recognized.part else 0,
    }
