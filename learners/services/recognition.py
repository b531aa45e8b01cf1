"""What was learned elsewhere: brought in by a learner under a rule, checked, decided by a person or by the rule.

Never an award: it is recognized from its provider. No row is locked while an issuer is asked; a worker asks, and the rows
are the queue.
"""

import html
import logging
import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config import handoff, outside_badges
from config.errors import Conflict, Invalid
from config.outside_badges import Answer, Holder, Line
from config.permissions import Can, Role, require
from learners.models import (
    CreditedRequirement,
    Enrollment,
    Learner,
    RecognitionCheck,
    RecognitionEvent,
    RecognitionRule,
    RecognizedBadge,
    RecognizedCredential,
    Submission,
    User,
)
from learners.models.evidence import ScanState
from learners.models.people import LearnerStatus
from learners.models.recognition import Credit
from learners.services import files, notices
from learners.services.recognition_rules import kinds_of
from learners.workflow import OPEN_RECOGNITIONS, RECOGNITION_MOVES, RecognitionStatus, require_move

logger = logging.getLogger("signet.recognition")

DECIDERS = (Role.REGISTRAR, Role.LEAD)
OPEN_MAX = 20  # that one learner may have waiting
TRIES_MAX = 5
CLAIM = timedelta(minutes=2)  # longer than one check may take
REASON_MAX_LETTERS = 2000
BADGE_MAX_BYTES = 4 * 1024 * 1024
PICTURES_AND_PDF = {*files.IMAGES, files.PDF}
KINDS_IN_WORDS = "PDF, PNG, JPEG, WebP, Open Badge (JSON, PNG, SVG, JWT)"
# An SVG is kept as it came, so nothing in it may act.
ACTIVE_SVG = re.compile(
    r"<\s*(?:[^\s<>:/]+:)?(?:script|foreignobject|iframe|object|embed|handler|listener)\b|\son[a-z]+\s*=|javascript:"
    r"|data:\s*text/html|<!entity|<!doctype|<\?xml-stylesheet",
    re.IGNORECASE,
)
PNG_END = b"IEND\xaeB`\x82"


class BroughtAlready(Conflict):
    """The same waits or is recognized already: most often, a form that was sent twice."""

    code = "brought-already"

    def __init__(self, message: str, standing: RecognizedCredential) -> None:
        super().__init__(message)
        self.standing = standing


# Bringing it in ------------------------------------------------------------------------------------------------------
def bring(
    *,
    actor: User,
    learner: Learner,
    rule: RecognitionRule,
    earned_on: date,
    part: str = "",
    link: str = "",
    upload: UploadedFile | None = None,
    at: datetime,
) -> RecognizedCredential:
    """Bring in what was learned elsewhere, with an address or a file. Badges and addresses are checked first, others go to staff.

    part: one of a series, empty for the whole. Raises NotAllowed, Invalid (FileRefused says what is wrong with a file),
    Conflict (BroughtAlready; too many wait).
    """
    require(actor, Can.RECOGNITION_BRING, learner)
    link, part = link.strip(), part.strip()
    if bool(link) == (upload is not None):
        raise Invalid(_("Give an address, or choose a file: one of the two."))
    if upload is None:
        try:
            URLValidator(schemes=["https", "http"])(link)
        except ValidationError as error:
            raise Invalid(_("Give a whole address that starts with https://.")) from error
        return _bring(actor, learner, at, rule=rule, earned_on=earned_on, part=part, link=link)
    clean, is_badge = clean_proof(upload)
    with files.kept_on_success(clean, actor=actor, at=at) as stored:
        return _bring(actor, learner, at, rule=rule, earned_on=earned_on, part=part, file=stored, is_badge=is_badge)


def clean_proof(upload: UploadedFile) -> tuple[files.CleanFile, bool]:
    """What is kept of a file, and whether it is a badge: those stay byte for byte, for cleaning would break the signature.

    Raises FileRefused.
    """
    name = files.safe_name(upload.name or "")
    files.require_size(name, upload.size or 0)
    checker = outside_badges.checker()
    if checker is not None and (upload.size or 0) <= BADGE_MAX_BYTES:
        content = upload.read()
        upload.seek(0)
        if media_type := checker.media_type(content):
            _require_harmless(name, media_type, content)
            return files.CleanFile(name=name, media_type=media_type, content=content), True
    clean = files.clean_upload(upload)
    if clean.media_type not in PICTURES_AND_PDF:
        raise files.FileRefused(
            _("“%(name)s” is neither a PDF, a picture nor an Open Badge. Accepted are: %(kinds)s.")
            % {"name": name, "kinds": KINDS_IN_WORDS}
        )
    return clean, False


def _require_harmless(name: str, media_type: str, content: bytes) -> None:
    """A badge that is kept as it came must be one file, and must not act. Raises FileRefused."""
    if files.ZIP_END in content[-65_557:] or (media_type == "image/png" and not content.endswith(PNG_END)):
        raise files.FileRefused(
            _("“%(name)s” is two files in one. Download the badge anew from where it was issued.") % {"name": name}
        )
    if media_type == "image/png":
        files.require_image(content, "PNG", name)
    if media_type == "image/svg+xml" and _is_active(content):
        raise files.FileRefused(
            _("“%(name)s” holds a script or other active content. Give the badge as JSON or PNG.") % {"name": name}
        )


def _is_active(svg: bytes) -> bool:
    """Whether an SVG may act: as it stands, or once a reader has resolved what is written as a character reference."""
    try:
        text = svg.decode("utf-8")
    except UnicodeDecodeError:
        return True  # another encoding would hide what it holds
    plain = "".join(letter for letter in html.unescape(text) if letter not in "\t\r\n\0")
    return ACTIVE_SVG.search(text) is not None or "javascript:" in plain.casefold()


@transaction.atomic
def _bring(
    actor: User,
    learner: Learner,
    at: datetime,
    *,
    rule: RecognitionRule,
    earned_on: date,
    part: str,
    **proof: object,
) -> RecognizedCredential:
    learner = Learner.objects.select_for_update(of=("self",)).select_related("user").get(pk=learner.pk)
    today = timezone.localdate(at)
    found = RecognitionRule.objects.with_context().in_force(today).filter(pk=rule.pk).first()
    if found is None:
        raise Conflict(_("This rule is no longer in force. Choose another one."))
    if reasons := refusals(learner=learner, rule=found):
        raise Invalid(" ".join(reasons))
    if part and part not in found.parts:
        raise Invalid(_("Choose one of the parts of the series."))
    if earned_on > today:
        raise Invalid(_("The day on which you earned it lies in the future."))
    if found.max_age_months and earned_on < today - relativedelta(months=found.max_age_months):
        raise Invalid(
            ngettext(
                "It must have been earned within the last %(count)s month.",
                "It must have been earned within the last %(count)s months.",
                found.max_age_months,
            )
            % {"count": found.max_age_months}
        )
    _require_new(learner, found, part)
    is_to_check = bool(proof.get("is_badge") or proof.get("link")) and outside_badges.checker() is not None
    recognized = RecognizedCredential.objects.create(
        learner=learner,
        provider=found.provider,
        rule=found,
        title=part or found.title,
        part=part,
        earned_on=earned_on,
        counts_toward=found.credential,
        status=RecognitionStatus.CHECKING if is_to_check else RecognitionStatus.SUBMITTED,
        submitted_at=at,
        **proof,
    )
    _event(recognized, actor, "brought", at)
    if is_to_check:
        handoff.after_commit("learners.check_recognized")
    else:
        _tell_staff(recognized, at)
    return recognized


def refusals(*, learner: Learner, rule: RecognitionRule) -> list[str]:
    """Why this learner cannot bring anything in under a rule, in sentences. No query when the rule came with its context."""
    version = rule.credential.current_version
    reasons = []
    if learner.status not in {LearnerStatus.ACTIVE, LearnerStatus.LEAVE}:
        reasons.append(_("You are no longer a student here, so nothing new can be recognized."))
    if version is None:
        reasons.append(_("This credential is not offered at present."))
    elif version.professions_admitted and learner.profession not in version.professions_admitted:
        reasons.append(_("This credential is not open to your profession."))
    return reasons


def _require_new(learner: Learner, rule: RecognitionRule, part: str) -> None:
    mine = learner.recognized_credentials.filter(status__in=[*OPEN_RECOGNITIONS, RecognitionStatus.ACCEPTED])
    standing = mine.filter(rule__family=rule.family, part=part).first()
    if standing is not None:
        raise BroughtAlready(_("You have brought this in already; here is how it stands."), standing)
    if mine.filter(status__in=OPEN_RECOGNITIONS).count() >= OPEN_MAX:
        raise Conflict(_("%(count)s of yours wait already. Bring in more once they are decided.") % {"count": OPEN_MAX})


@transaction.atomic
def withdraw_recognition(*, actor: User, recognized: RecognizedCredential, at: datetime) -> RecognizedCredential:
    """Take back what is not decided yet; its file is removed. A second call changes nothing.

    Raises NotAllowed, IllegalMove (decided already).
    """
    recognized = _locked(recognized)
    require(actor, Can.RECOGNITION_BRING, recognized.learner)
    if recognized.status == RecognitionStatus.WITHDRAWN:
        return recognized
    _withdraw(recognized, actor, at)
    return recognized


def _withdraw(recognized: RecognizedCredential, actor: User | None, at: datetime, *, note: str = "") -> None:
    _move(recognized, RecognitionStatus.WITHDRAWN)
    stored, recognized.file, recognized.link = recognized.file, None, ""
    recognized.save(update_fields=["status", "file", "link"])
    RecognizedBadge.objects.filter(recognized=recognized).delete()
    if stored is not None:
        files.forget_file(stored)
    _event(recognized, actor, "withdrawn", at, note=note)


# Checking ------------------------------------------------------------------------------------------------------------
def check_recognized(*, limit: int, at: datetime) -> int:
    """Check badges and addresses that wait, the oldest first; answer how many. No actor: a worker asks, the rule decides or not."""
    done = 0
    for _number in range(limit):
        recognized = _claim(at)
        if recognized is None:
            break
        _finish(recognized, _asked(recognized, at), at)
        done += 1
    return done


@transaction.atomic
def _claim(at: datetime) -> RecognizedCredential | None:
    """Take the oldest that waits, and keep other workers from it for longer than asking may take."""
    waiting = RecognizedCredential.objects.filter(
        Q(check_after__isnull=True) | Q(check_after__lte=at), status=RecognitionStatus.CHECKING
    )
    found = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
    if found is None:
        return None
    found.check_after, found.check_tries = at + CLAIM, found.check_tries + 1
    found.save(update_fields=["check_after", "check_tries"])
    return RecognizedCredential.objects.with_context().get(pk=found.pk)


def _asked(recognized: RecognizedCredential, at: datetime) -> Answer:
    """What the checks say, with what the rule asks besides. Outside of any transaction: issuers may be slow."""
    checker = outside_badges.checker()
    if checker is None or recognized.check_tries > TRIES_MAX:
        return _unchecked("not-checked", _("It could not be checked here. Staff look at it."))
    holder = _holder(recognized.learner)
    if recognized.link:
        answer = checker.check_address(recognized.link, holder=holder, at=at)
    else:
        try:
            if recognized.file is None:
                raise FileNotFoundError
            with default_storage.open(recognized.file.path) as kept:
                content = kept.read()
        except FileNotFoundError:
            return _unchecked("file-away", _("The file cannot be read at present."))
        answer = checker.check(content, holder=holder, at=at)
    if not answer.title and not answer.issuer_id:
        return answer  # it is no badge; what the rule asks of one has no meaning
    return replace(answer, lines=(*answer.lines, *_by_the_rule(recognized, answer)))


def _unchecked(code: str, sentence: str) -> Answer:
    return Answer("unknown", (Line("format", "unknown", code, sentence),))


def _holder(learner: Learner) -> Holder:
    user = learner.user
    names = {learner.display_name, *learner.names.values_list("full_name", flat=True)}
    emails = {user.email} if user is not None else set()
    if user is not None:
        emails |= set(EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True))
    return Holder(names=tuple(sorted(names)), emails=tuple(sorted(emails)))


def _by_the_rule(recognized: RecognizedCredential, answer: Answer) -> list[Line]:
    """Whether it is the badge that the rule means: of its issuer, of its name, not too old."""
    rule = recognized.rule
    if rule is None:
        return []
    lines = [_issuer_line(rule, answer), _title_line(recognized, answer)]
    if rule.max_age_months:
        lines.append(_age_line(rule, recognized, answer))
    return lines


def _issuer_line(rule: RecognitionRule, answer: Answer) -> Line:
    if not rule.issuer_ids:
        sentence = _("The rule names no issuer to compare with; staff look whether it is the provider’s own.")
        return Line("provider", "unknown", "provider-not-named", sentence)
    if not answer.issuer_id:
        return Line("provider", "unknown", "provider-unread", _("Who issued it cannot be read from the file."))
    if answer.issuer_id in rule.issuer_ids:
        sentence = _("It names the issuer that is known for %(provider)s.") % {"provider": rule.provider.name}
        return Line("provider", "passed", "provider", sentence)
    sentence = _("It names another issuer than those known for %(provider)s.") % {"provider": rule.provider.name}
    return Line("provider", "failed", "provider-other", sentence)


def _title_line(recognized: RecognizedCredential, answer: Answer) -> Line:
    if _plain(answer.title) == _plain(recognized.title):
        return Line("title", "passed", "title", _("It has the name that the rule gives."))
    sentence = _("It is named “%(found)s”, and the rule asks for “%(asked)s”. Staff compare the two.")
    return Line("title", "unknown", "title-other", sentence % {"found": answer.title, "asked": recognized.title})


def _age_line(rule: RecognitionRule, recognized: RecognizedCredential, answer: Answer) -> Line:
    if answer.issued_on is None or recognized.submitted_at is None or rule.max_age_months is None:
        return Line("age", "unknown", "age-unread", _("When it was issued cannot be read from the file."))
    since = timezone.localdate(recognized.submitted_at) - relativedelta(months=rule.max_age_months)
    if answer.issued_on >= since:
        return Line("age", "passed", "age", _("It is not older than the rule allows."))
    return Line("age", "failed", "age-old", _("It is older than the rule allows."))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


@transaction.atomic
def _finish(recognized: RecognizedCredential, answer: Answer, at: datetime) -> None:
    """Keep what was found; then the rule lets it pass, or it goes to staff. Once: the learner may have withdrawn it."""
    list(Learner.objects.select_for_update().filter(pk=recognized.learner_id).values("pk"))
    recognized = _locked(recognized)
    if recognized.status != RecognitionStatus.CHECKING or recognized.rule is None:
        return
    RecognizedBadge.objects.filter(recognized=recognized).delete()
    badge = RecognizedBadge.objects.create(
        recognized=recognized,
        state=_state(answer),
        issuer_id=answer.issuer_id[:500],
        issuer=answer.issuer[:200],
        title=answer.title[:200],
        holder=answer.holder[:200],
        issued_on=answer.issued_on,
        valid_until=answer.valid_until,
        checked_at=at,
    )
    RecognitionCheck.objects.bulk_create(
        RecognitionCheck(
            badge=badge,
            position=number,
            name=line.name[:40],
            outcome=line.outcome,
            code=line.code[:60],
            sentence=line.sentence[:1000],
        )
        for number, line in enumerate(answer.lines, 1)
    )
    _event(recognized, None, "checked", at, note=badge.state)
    recognized.check_after, recognized.check_tries = None, 0
    if recognized.rule.badge_passes and _passes(answer):
        recognized.is_passed_by_rule = True
        if answer.issued_on is not None:
            recognized.earned_on = answer.issued_on
        recognized.valid_until = answer.valid_until
        _accept(recognized, None, at, note=_("By the rule: every check of the badge passed."))
        _tell_learner(recognized, _("%(title)s: recognized") % {"title": _about(recognized)}, at)
    else:
        _move(recognized, RecognitionStatus.SUBMITTED)
        recognized.save(update_fields=["status", "check_after", "check_tries"])
        _tell_staff(recognized, at)
    logger.info("checked", extra={"recognized": recognized.public_id, "state": answer.state})


def _state(answer: Answer) -> str:
    """How it came out as a whole: a genuine badge may still be another person's, or another badge than the rule means."""
    if answer.state != "valid":
        return answer.state
    outcomes = {line.outcome for line in answer.lines}
    return "doubt" if "failed" in outcomes else "unknown" if "unknown" in outcomes else "valid"


def _passes(answer: Answer) -> bool:
    """Every check of the badge passed, and each of those that matter was made."""
    made = {line.name for line in answer.lines if line.outcome == "passed"}
    is_clean = all(line.outcome in {"passed", "not-applicable"} for line in answer.lines)
    return answer.state == "valid" and is_clean and {"proof", "issuer", "holder", "provider", "title"} <= made


@transaction.atomic
def check_again(*, actor: User, recognized: RecognizedCredential, at: datetime) -> RecognizedCredential:
    """Ask once more, where something could not be checked. While it is being asked a second call changes nothing.

    Raises NotAllowed, Invalid (no badge and no address), IllegalMove (decided already).
    """
    recognized = _locked(recognized)
    require(actor, Can.RECOGNITION_DECIDE, recognized)
    if recognized.status == RecognitionStatus.CHECKING:
        return recognized
    if outside_badges.checker() is None or not (recognized.is_badge or recognized.link):
        raise Invalid(_("There is nothing in it that can be checked by machine."))
    _move(recognized, RecognitionStatus.CHECKING)
    recognized.save(update_fields=["status"])
    _event(recognized, actor, "checking", at)
    handoff.after_commit("learners.check_recognized")
    return recognized


# Deciding ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def accept_recognition(
    *,
    actor: User,
    recognized: RecognizedCredential,
    satisfies: Collection[str] | None = None,
    reason: str = "",
    valid_until: date | None = None,
    at: datetime,
) -> RecognizedCredential:
    """Recognize it: what its rule says, or less.

    satisfies: kinds of evidence, for less than the rule gives; None for what the rule says. reason: shown to the learner,
    needed for less. valid_until: the last day, if it lapses. Raises NotAllowed, Invalid, Conflict (IllegalMove; the file waits
    for the scanner).
    """
    list(Learner.objects.select_for_update().filter(pk=recognized.learner_id).values("pk"))
    recognized = _locked(recognized)
    require(actor, Can.RECOGNITION_DECIDE, recognized)
    rule, today = recognized.rule, timezone.localdate(at)
    if rule is None:
        raise Conflict(_("It was brought in without a rule, so nothing says what it gives."))
    require_move(RECOGNITION_MOVES, recognized.status, RecognitionStatus.ACCEPTED)
    if recognized.status != RecognitionStatus.SUBMITTED:
        raise Conflict(_("It is being checked. Decide once that is done."))
    if recognized.file is not None and recognized.file.scan_state == ScanState.WAITING:
        raise Conflict(_("Its file waits for the virus scanner. Decide once it is clean."))
    if valid_until is not None and valid_until < today:
        raise Invalid(_("It has lapsed: the last day lies in the past. Decline it and say so."))
    less = None if satisfies is None else _less(rule, satisfies)
    if less is not None and not reason.strip():
        raise Invalid(_("Say why you accept less than the rule gives; the learner reads it."))
    recognized.decided_by, recognized.reason, recognized.valid_until = actor, _reason(reason), valid_until
    _accept(recognized, actor, at, less=less, note=recognized.reason)
    _tell_learner(recognized, _("%(title)s: recognized") % {"title": _about(recognized)}, at)
    return recognized


def allowed_kinds(rule: RecognitionRule) -> list[str]:
    """The kinds of evidence that a rule can give; a whole credential may be accepted for some of them only."""
    return kinds_of(rule.credential) if rule.is_whole else list(rule.satisfies)


def _less(rule: RecognitionRule, satisfies: Collection[str]) -> list[str] | None:
    """The chosen kinds in their order; None when they are all that the rule gives. Raises Invalid."""
    allowed = allowed_kinds(rule)
    if set(satisfies) - set(allowed):
        raise Invalid(_("The rule does not give that much."))
    if not satisfies:
        raise Invalid(_("Choose at least one kind of evidence, or decline it."))
    chosen = [kind for kind in allowed if kind in satisfies]
    return chosen if rule.is_whole or chosen != allowed else None


def _accept(
    recognized: RecognizedCredential, actor: User | None, at: datetime, *, less: list[str] | None = None, note: str = ""
) -> None:
    """Set what it gives. A part of a series gives nothing until the last that is needed is there."""
    _move(recognized, RecognitionStatus.ACCEPTED)
    rule = recognized.rule
    if rule is None:
        raise Conflict(_("It was brought in without a rule, so nothing says what it gives."))
    is_enough = not recognized.part or parts_missing(recognized, but=recognized, on=timezone.localdate(at)) <= 1
    if not is_enough:
        recognized.credit, recognized.satisfies = Credit.PART, []
    elif less is not None:
        recognized.credit, recognized.satisfies = Credit.PARTIAL, less
    else:
        recognized.credit = Credit.WHOLE if rule.is_whole else Credit.PARTIAL
        recognized.satisfies = list(rule.satisfies)
    recognized.decided_at = at
    recognized.save()
    _event(recognized, actor, "accepted", at, note=note)


def parts_missing(recognized: RecognizedCredential, *, on: date, but: RecognizedCredential | None = None) -> int:
    """How many parts of its series are still missing on a day, leaving one out of the count. One query."""
    rule = recognized.rule
    if rule is None or not rule.parts:
        return 0
    standing = (
        RecognizedCredential.objects.standing_on(on)
        .filter(learner=recognized.learner_id, rule__family=rule.family)
        .exclude(part="")
    )
    if but is not None:
        standing = standing.exclude(pk=but.pk)
    held = set(standing.values_list("part", flat=True)) & set(rule.parts)
    return max(0, (rule.parts_needed or 0) - len(held))


@transaction.atomic
def decline_recognition(
    *, actor: User, recognized: RecognizedCredential, reason: str, at: datetime
) -> RecognizedCredential:
    """Decline it, with a reason that the learner reads. Raises NotAllowed, Invalid (no reason), Conflict, IllegalMove."""
    recognized = _locked(recognized)
    require(actor, Can.RECOGNITION_DECIDE, recognized)
    if not (said := _reason(reason)):
        raise Invalid(_("Say why it is declined; the learner reads it."))
    _move(recognized, RecognitionStatus.REFUSED)
    recognized.decided_by, recognized.decided_at, recognized.reason = actor, at, said
    recognized.save(update_fields=["status", "decided_by", "decided_at", "reason"])
    _event(recognized, actor, "declined", at, note=said)
    _tell_learner(recognized, _("%(title)s: not recognized") % {"title": _about(recognized)}, at)
    return recognized


@transaction.atomic
def end_recognition(
    *, actor: User, recognized: RecognizedCredential, reason: str, at: datetime
) -> RecognizedCredential:
    """Note that what was recognized no longer holds: its provider revoked it, it lapsed, it was an error.

    What was decided with it before stays as it was decided. A series that is no longer complete gives nothing any more.
    Raises NotAllowed, Invalid (no reason), IllegalMove.
    """
    list(Learner.objects.select_for_update().filter(pk=recognized.learner_id).values("pk"))
    recognized = _locked(recognized)
    require(actor, Can.RECOGNITION_DECIDE, recognized)
    if not (said := _reason(reason)):
        raise Invalid(_("Say why it no longer holds; the learner reads it."))
    _move(recognized, RecognitionStatus.ENDED)
    recognized.ended_at, recognized.end_reason = at, said
    recognized.save(update_fields=["status", "ended_at", "end_reason"])
    _event(recognized, actor, "ended", at, note=said)
    if recognized.part:
        _reopen_series(recognized, actor, at)
    _tell_learner(recognized, _("%(title)s: no longer recognized") % {"title": _about(recognized)}, at)
    return recognized


def _reopen_series(ended: RecognizedCredential, actor: User, at: datetime) -> None:
    if ended.rule is None or not parts_missing(ended, on=timezone.localdate(at)):
        return
    giving = RecognizedCredential.objects.select_for_update().filter(
        learner=ended.learner_id,
        rule__family=ended.rule.family,
        status=RecognitionStatus.ACCEPTED,
        credit__in=[Credit.PARTIAL, Credit.WHOLE],
    )
    for each in giving.exclude(part=""):
        each.credit, each.satisfies = Credit.PART, []
        each.save(update_fields=["credit", "satisfies"])
        _event(each, actor, "series-open", at, note=_("A part of the series no longer holds."))


# What it gives -------------------------------------------------------------------------------------------------------
def credited(enrollment: Enrollment, *, on: date) -> dict[str, RecognizedCredential]:
    """The kinds of evidence that need not be submitted, each with what stands for it. One query.

    A renewal is about what one can now: it takes only what was earned since the badge was awarded.
    """
    found = (
        RecognizedCredential.objects.standing_on(on)
        .giving(Credit.PARTIAL, Credit.WHOLE)
        .filter(learner=enrollment.learner_id, counts_toward=enrollment.credential_id)
        .select_related("provider")
        .order_by("decided_at", "pk")
    )
    if enrollment.renews_id is not None and enrollment.renews is not None:
        found = found.filter(earned_on__gte=timezone.localdate(enrollment.renews.awarded_at))
    return {kind: each for each in found for kind in each.satisfies}


def record_credit(submission: Submission, *, at: datetime) -> None:
    """Keep what was recognized in place of evidence, with what is being submitted. Inside its transaction."""
    found = credited(submission.enrollment, on=timezone.localdate(at))
    if not found:
        return
    CreditedRequirement.objects.bulk_create(
        CreditedRequirement(submission=submission, requirement=requirement, recognized=found[requirement.kind], at=at)
        for requirement in submission.enrollment.asked_evidence()
        if requirement.kind in found
    )


# The scanner ---------------------------------------------------------------------------------------------------------
def drop_infected(stored_id: int, *, at: datetime) -> None:
    """Take back what was brought in with a file that the virus scanner refused; its learner is told. Inside a transaction."""
    holding = RecognizedCredential.objects.select_for_update(of=("self",)).filter(
        file=stored_id, status__in=OPEN_RECOGNITIONS
    )
    for recognized in holding.select_related("learner__user", "provider", "counts_toward__current_version"):
        _move(recognized, RecognitionStatus.WITHDRAWN)
        recognized.link = ""
        recognized.save(update_fields=["status", "link"])
        _event(recognized, None, "withdrawn", at, note=_("The virus scanner refused its file."))
        _tell_learner(recognized, _("%(title)s: the file was refused") % {"title": _about(recognized)}, at)


# Shared --------------------------------------------------------------------------------------------------------------
def _locked(recognized: RecognizedCredential) -> RecognizedCredential:
    list(RecognizedCredential.objects.select_for_update().filter(pk=recognized.pk).values("pk"))
    return RecognizedCredential.objects.with_context().get(pk=recognized.pk)


def _move(recognized: RecognizedCredential, target: RecognitionStatus) -> None:
    require_move(RECOGNITION_MOVES, recognized.status, target)
    recognized.status = target


def _reason(said: str) -> str:
    said = said.strip()
    if len(said) > REASON_MAX_LETTERS:
        raise Invalid(_("Say it in at most %(most)s letters.") % {"most": REASON_MAX_LETTERS})
    return said


def _event(
    recognized: RecognizedCredential, actor: User | None, moved_to: str, at: datetime, *, note: str = ""
) -> None:
    RecognitionEvent.objects.create(recognized=recognized, actor=actor, moved_to=moved_to, note=note, at=at)


def _about(recognized: RecognizedCredential) -> str:
    return f"{recognized.title}, {recognized.provider.name}"[:150]


def _tell_learner(recognized: RecognizedCredential, subject: str, at: datetime) -> None:
    if recognized.learner.user is not None:
        notices.tell(
            user=recognized.learner.user,
            kind="recognition",
            subject=capfirst(subject),
            text=_("What you brought in from elsewhere was looked at. The page says what it counts for, and why."),
            path=recognized.get_absolute_url(),
            at=at,
        )


def _tell_staff(recognized: RecognizedCredential, at: datetime) -> None:
    credential = recognized.counts_toward
    if credential is None:
        return
    but = {recognized.learner.user_id} - {None}
    told: set[int] = set()
    for role in DECIDERS:
        made = notices.tell_role(
            role,
            credential=credential,
            kind="recognition-waits",
            subject=_("%(code)s: learned elsewhere, to decide") % {"code": credential.code},
            text=_("A learner brought in what they learned elsewhere. It waits for a decision."),
            path=recognized.get_absolute_url(),
            at=at,
            but=[key for key in {*but, *told} if key is not None],
        )
        told |= {notice.user_id for notice in made}
