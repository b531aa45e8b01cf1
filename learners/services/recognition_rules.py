"""The rules of outside providers: what of theirs stands for what here. Kept by leads and administrators."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Credential, EvidenceRequirement, Organization
from credentials.models.organizations import OrganizationKind
from learners.models import RecognitionRule, RecognitionRuleEvent, User

PARTS_MAX, ISSUERS_MAX, NAME_MAX = 40, 10, 200
ISSUER_ID = re.compile(r"(?:https://|did:[a-z0-9]+:)[!-~]+")


@dataclass(frozen=True, kw_only=True)
class NewProvider:
    """A provider that is not listed yet."""

    name: str
    website: str
    country: str = "US"


@dataclass(frozen=True, kw_only=True)
class RuleInput:
    """What a rule says. satisfies: kinds of evidence; none means the whole credential. parts: of a series."""

    title: str
    valid_from: date
    satisfies: Sequence[str] = ()
    parts: Sequence[str] = ()
    parts_needed: int | None = None
    max_age_months: int | None = None
    issuer_ids: Sequence[str] = ()
    badge_passes: bool = False
    note: str = ""


def kinds_of(credential: Credential) -> list[str]:
    """The kinds of evidence that the current version of a credential asks for, in order. One query."""
    asked = EvidenceRequirement.objects.filter(version=credential.current_version_id).order_by("position")
    return list(dict.fromkeys(asked.values_list("kind", flat=True)))


@transaction.atomic
def add_rule(
    *,
    actor: User,
    credential: Credential,
    provider: Organization | NewProvider,
    given: RuleInput,
    replaces: RecognitionRule | None = None,
    at: datetime,
) -> RecognitionRule:
    """Keep a rule, from a day on; with `replaces`, in place of another from that day.

    What was brought in under the other one is decided by the other one. Raises NotAllowed, Invalid, Conflict (replaced
    already).
    """
    credential = Credential.objects.select_for_update(of=("self",)).get(pk=credential.pk)
    require(actor, Can.RECOGNITION_RULE_EDIT, credential)
    said = _checked(credential, given, on=timezone.localdate(at))
    if replaces is not None:
        replaces = RecognitionRule.objects.select_for_update(of=("self",)).get(pk=replaces.pk)
        if replaces.credential_id != credential.pk:
            raise Invalid(_("That rule is about another credential."))
        if RecognitionRule.objects.filter(replaces=replaces).exists():
            raise Conflict(_("Somebody has changed this rule meanwhile. Look at the newer one."))
    rule = RecognitionRule(
        credential=credential,
        provider=_provider(provider),
        replaces=replaces,
        added_by=actor,
        added_at=at,
        is_whole=not said.satisfies,
        **{name: getattr(said, name) for name in RuleInput.__dataclass_fields__},
    )
    if replaces is not None:
        rule.family = replaces.family
    rule.save()
    RecognitionRuleEvent.objects.create(rule=rule, actor=actor, moved_to="added", at=at)
    if replaces is not None:
        RecognitionRuleEvent.objects.create(
            rule=replaces, actor=actor, moved_to="replaced", note=rule.valid_from.isoformat(), at=at
        )
    return rule


@transaction.atomic
def end_rule(*, actor: User, rule: RecognitionRule, last_on: date, at: datetime) -> RecognitionRule:
    """Let a rule end after a day; what was recognized by it stays. The same once more changes nothing.

    Raises NotAllowed, Invalid (a day that is past, or before it begins).
    """
    rule = RecognitionRule.objects.select_for_update(of=("self",)).select_related("credential").get(pk=rule.pk)
    require(actor, Can.RECOGNITION_RULE_EDIT, rule.credential)
    if rule.valid_until == last_on:
        return rule
    if last_on < timezone.localdate(at):
        raise Invalid(_("The last day lies in the past. Choose today or a later day."))
    if last_on < rule.valid_from:
        raise Invalid(_("The rule begins after that day."))
    rule.valid_until = last_on
    rule.save(update_fields=["valid_until"])
    RecognitionRuleEvent.objects.create(rule=rule, actor=actor, moved_to="ended", note=last_on.isoformat(), at=at)
    return rule


def _checked(credential: Credential, given: RuleInput, *, on: date) -> RuleInput:
    """The same with its words trimmed. Raises Invalid."""
    title, parts = given.title.strip(), _lines(given.parts)
    issuer_ids = _lines(given.issuer_ids)
    if not title or len(title) > NAME_MAX:
        raise Invalid(_("Give the provider’s own name of it, in at most %(most)s letters.") % {"most": NAME_MAX})
    if unknown := set(given.satisfies) - set(kinds_of(credential)):
        raise Invalid(_("The credential does not ask for “%(kind)s”.") % {"kind": sorted(unknown)[0]})
    if given.valid_from < on:
        raise Invalid(_("A rule begins today or later: nobody is to be surprised by it."))
    if len(parts) > PARTS_MAX or any(len(each) > NAME_MAX for each in parts):
        raise Invalid(
            _("At most %(most)s parts, each in at most %(letters)s letters.") % {"most": PARTS_MAX, "letters": NAME_MAX}
        )
    if parts and not (given.parts_needed and 1 <= given.parts_needed <= len(parts)):
        raise Invalid(_("Say how many of the %(count)s parts are needed.") % {"count": len(parts)})
    if len(issuer_ids) > ISSUERS_MAX or any(len(each) > 500 or not ISSUER_ID.fullmatch(each) for each in issuer_ids):
        raise Invalid(_("The id of an issuer starts with https:// or did:, one on each line."))
    if given.badge_passes and not issuer_ids:
        raise Invalid(_("Name the issuer whose badges pass by themselves."))
    if given.max_age_months is not None and given.max_age_months < 1:
        raise Invalid(_("Give the age in whole months, 1 or more."))
    return RuleInput(
        title=title,
        valid_from=given.valid_from,
        satisfies=[kind for kind in kinds_of(credential) if kind in set(given.satisfies)],
        parts=parts,
        parts_needed=given.parts_needed if parts else None,
        max_age_months=given.max_age_months,
        issuer_ids=issuer_ids,
        badge_passes=given.badge_passes,
        note=given.note.strip(),
    )


def _lines(given: Sequence[str]) -> list[str]:
    """Each once, in order, without empty ones."""
    return list(dict.fromkeys(each.strip() for each in given if each.strip()))


def _provider(provider: Organization | NewProvider) -> Organization:
    if isinstance(provider, Organization):
        if provider.kind != OrganizationKind.PROVIDER:
            raise Invalid(_("Choose a provider of outside credentials."))
        return provider
    name = " ".join(provider.name.split())
    if not name or len(name) > NAME_MAX:
        raise Invalid(_("Choose a provider, or give the name of a new one."))
    try:
        URLValidator(schemes=["https", "http"])(provider.website)
    except ValidationError as error:
        raise Invalid(_("Give the provider’s site as a whole address that starts with https://.")) from error
    if not re.fullmatch("[A-Z]{2}", provider.country):
        raise Invalid(_("Give the country in two letters, such as US."))
    known = Organization.objects.filter(name__iexact=name).first()
    if known is not None:
        return _provider(known)
    return Organization.objects.create(
        kind=OrganizationKind.PROVIDER,
        name=name,
        slug=_free_slug(name),
        country=provider.country,
        website=provider.website,
    )


def _free_slug(name: str) -> str:
    base = slugify(name)[:50] or "provider"
    taken = set(Organization.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return (
        base
        if base not in taken
        else next(candidate for number in range(2, len(taken) + 3) if (candidate := f"{base}-{number}") not in taken)
    )
