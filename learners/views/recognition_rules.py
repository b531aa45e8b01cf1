"""The rules of outside providers: the list, a new one, and one with its change and its end."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import once
from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from credentials.models import Credential, Organization
from credentials.models.catalog import CredentialKind
from credentials.models.organizations import OrganizationKind
from credentials.services import made_once
from learners import services
from learners.forms.recognition import ChooseCredentialForm, EndRuleForm, RuleForm
from learners.models import RecognitionRule
from learners.selectors import recognition as selectors
from learners.services.recognition_rules import kinds_of

PAGE = 50


def _providers() -> QuerySet[Organization]:
    return Organization.objects.filter(kind=OrganizationKind.PROVIDER).order_by("name", "pk")


@login_required
@require_safe
def recognition_rule_list(request: HttpRequest) -> HttpResponse:
    if not request.user.roles() & selectors.STAFF:
        raise Http404
    today = timezone.localdate()
    found = RecognitionRule.objects.visible_to(request.user).with_context().select_related("replaced_by")
    page = Paginator(found.order_by("credential__code", "provider__name", "-valid_from", "-pk"), PAGE).get_page(
        request.GET.get("page")
    )
    rows = [{"rule": rule, **_standing(rule, today)} for rule in page]
    context = {"page": page, "rows": rows, "may_edit": bool(request.user.roles() & {Role.LEAD, Role.ADMINISTRATOR})}
    return render_page(request, "learners/recognition_rule_list.html", context)


def _standing(rule: RecognitionRule, today: Any) -> dict[str, str]:
    """Whether a rule is in force, in words. No query when it was read with what replaces it."""
    newer = getattr(rule, "replaced_by", None)
    if newer is not None and newer.valid_from <= today:
        return {"kind": "superseded", "word": _("Replaced")}
    if rule.valid_until is not None and rule.valid_until < today:
        return {"kind": "expired", "word": _("Ended")}
    if rule.valid_from > today:
        return {"kind": "waiting", "word": _("Not yet in force")}
    return {"kind": "valid", "word": _("In force")}


@login_required
@require_http_methods(["GET", "POST"])
def recognition_rule_add(request: HttpRequest) -> HttpResponse:
    """`?credential=`: the one that the rule is about; without it, the page asks for it."""
    if not request.user.roles() & {Role.LEAD, Role.ADMINISTRATOR}:
        raise Http404
    editable = (
        Credential.objects.editable_by(request.user)
        .filter(kind=CredentialKind.MICROCREDENTIAL, current_version__isnull=False)
        .select_related("current_version")
        .order_by("code", "pk")
    )
    choose = ChooseCredentialForm(request.GET if "credential" in request.GET else None, credentials=editable)
    if not choose.is_bound or not choose.is_valid():
        status = 422 if choose.is_bound else 200
        return render_page(request, "learners/recognition_rule_choose.html", {"form": choose}, status=status)
    credential = choose.cleaned_data["credential"]
    form = RuleForm(
        request.POST or None,
        kinds=kinds_of(credential),
        providers=_providers(),
        initial={"valid_from": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid() and (rule := _keep(request, form, credential, None)):
        messages.success(request, _("The rule is kept."))
        return redirect(rule)
    context = {"credential": credential, "version": credential.current_version, "form": form}
    return render_page(request, "learners/recognition_rule_add.html", context, status=422 if form.errors else 200)


def _keep(
    request: HttpRequest, form: RuleForm, credential: Credential, replaces: RecognitionRule | None
) -> RecognitionRule | None:
    """The rule, or None with the refusal on the form."""
    try:
        return made_once(
            once.sent(request),
            services.add_rule,
            actor=request.user,
            credential=credential,
            provider=form.whose(),
            given=form.given(),
            replaces=replaces,
            at=timezone.now(),
        )
    except RegistryError as error:
        form.add_error(None, str(error))
        return None


@login_required
@require_http_methods(["GET", "POST"])
def recognition_rule(request: HttpRequest, public_id: UUID) -> HttpResponse:
    rule = _rule(request, public_id)
    if request.method == "GET":
        return _rule_page(request, rule)
    if not allowed(request.user, Can.RECOGNITION_RULE_EDIT, rule.credential):
        raise Http404
    form = RuleForm(request.POST, kinds=kinds_of(rule.credential), providers=_providers())
    if form.is_valid() and (newer := _keep(request, form, rule.credential, rule)):
        messages.success(request, _("Changed. What was brought in before is decided by the rule of its day."))
        return redirect(newer)
    return _rule_page(request, rule, change=form)


def _rule(request: HttpRequest, public_id: UUID) -> RecognitionRule:
    seen = RecognitionRule.objects.visible_to(request.user).with_context()
    return get_object_or_404(seen.select_related("replaced_by", "replaces"), public_id=public_id)


def _rule_page(
    request: HttpRequest, rule: RecognitionRule, *, change: RuleForm | None = None, end: Form | None = None
) -> HttpResponse:
    today = timezone.localdate()
    kinds = kinds_of(rule.credential)
    is_newest = getattr(rule, "replaced_by", None) is None
    may_edit = allowed(request.user, Can.RECOGNITION_RULE_EDIT, rule.credential)
    is_open = rule.valid_until is None or rule.valid_until >= today
    initial = RuleForm.initial_of(rule) | {"valid_from": today}
    context = {
        "rule": rule,
        "shown": selectors.shown_rules([rule], kinds)[0],
        "title": selectors.title_of(rule.credential),
        "events": list(rule.events.select_related("actor").order_by("at", "pk")),
        "change": (change or RuleForm(kinds=kinds, providers=_providers(), initial=initial))
        if may_edit and is_newest
        else None,
        "end": (end or EndRuleForm(initial={"last_on": today})) if may_edit and is_newest and is_open else None,
        "refused": change or end,
        **_standing(rule, today),
    }
    return render_page(
        request, "learners/recognition_rule.html", context, status=422 if change is not None or end is not None else 200
    )


@login_required
@require_POST
def recognition_rule_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    rule = _rule(request, public_id)
    if not allowed(request.user, Can.RECOGNITION_RULE_EDIT, rule.credential):
        raise Http404
    form = EndRuleForm(request.POST)
    if form.is_valid():
        try:
            services.end_rule(actor=request.user, rule=rule, last_on=form.cleaned_data["last_on"], at=timezone.now())
        except RegistryError as error:
            form.add_error("last_on", str(error))
        else:
            messages.success(request, _("The rule ends. What was recognized by it stays."))
            return redirect(rule)
    return _rule_page(request, rule, end=form)


urlpatterns: list[URLPattern] = [
    path("recognition-rules/", recognition_rule_list, name="recognition-rule-list"),
    path("recognition-rules/new/", recognition_rule_add, name="recognition-rule-add"),
    path("recognition-rules/<uuid:public_id>/", recognition_rule, name="recognition-rule"),
    path("recognition-rules/<uuid:public_id>/end/", recognition_rule_end, name="recognition-rule-end"),
]
