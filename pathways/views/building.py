"""The builder: the rules of a draft as a tree, changed with buttons alone."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config import once
from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials.services import made_once
from pathways import rules, selectors, services
from pathways.forms.building import RuleForm
from pathways.models import Pathway, PathwayVersion, Requirement
from pathways.views.managing import managed
from pathways.workflow import PathwayVersionStatus


def draft_of(request: HttpRequest, public_id: UUID, number: int) -> PathwayVersion:
    version = get_object_or_404(managed(request), pathway__public_id=public_id, number=number)
    if version.status != PathwayVersionStatus.DRAFT:
        raise Http404
    return version


def _rule(version: PathwayVersion, key: str | None) -> Requirement | None:
    """The rule that an address or a form names, of this version and no other."""
    if not key:
        return None
    try:
        return get_object_or_404(version.requirements.select_related("version", "parent"), public_id=UUID(key))
    except ValueError:
        raise Http404 from None


@login_required
@require_safe
def rule_list(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """The rules, and a form for one more; with ?rule= the form changes that one, with ?into= it adds below that one."""
    version = draft_of(request, public_id, number)
    rule, parent = _rule(version, request.GET.get("rule")), _rule(version, request.GET.get("into"))
    return _page(request, version, RuleForm(version=version, rule=rule, parent=parent))


def _page(
    request: HttpRequest,
    version: PathwayVersion,
    form: RuleForm,
    status: int = 200,
    preview: dict[str, Any] | None = None,
) -> HttpResponse:
    try:
        asked = selectors.asked(version).rules
        sentences = rules.in_words(asked)
        words = {rule.id: rules.sentence(rule) for rule in rules.walk(asked.rules)}
    except rules.RuleError as error:
        sentences, words = [str(error)], {}
    rows = version.requirements.select_related("credential__current_version").order_by("position", "pk")
    context = {
        "version": version,
        "form": form,
        "changed": form.rule,
        "tree": _tree(list(rows), words),
        "sentences": sentences,
        "preview": preview or {},
        "address": reverse("pathways:rule-list", args=[version.pathway.public_id, version.number]),
    }
    return render_page(request, "pathways/rule_list.html", context, status=status)


def _tree(rows: list[Requirement], words: dict[int, str]) -> list[dict[str, Any]]:
    children: dict[int | None, list[Requirement]] = defaultdict(list)
    for row in rows:
        children[row.parent_id].append(row)

    def nodes(parent: int | None) -> list[dict[str, Any]]:
        here = children[parent]
        return [
            {
                "rule": row,
                "name": _name(row),
                "kind": row.get_kind_display(),
                "words": words.get(row.pk, ""),
                "takes_parts": row.kind in RuleForm.PARENTS,
                "is_first": place == 0,
                "is_last": place == len(here) - 1,
                "goes_in": place > 0 and here[place - 1].kind in RuleForm.PARENTS,
                "goes_out": parent is not None,
                "parts": nodes(row.pk),
            }
            for place, row in enumerate(here)
        ]

    return nodes(None)


def _name(row: Requirement) -> str:
    if row.credential is not None:
        return row.credential.current_version.title if row.credential.current_version else row.credential.code
    return row.label or str(row.get_kind_display()).capitalize()


@login_required
@require_http_methods(["GET", "POST"])
def rule_save(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Add a rule, or change the one that the form names; a GET comes from signing in half way and only leads back."""
    version = draft_of(request, public_id, number)
    if request.method == "GET":
        return redirect("pathways:rule-list", public_id, number)
    rule = _rule(version, request.POST.get("rule"))
    form = RuleForm(request.POST, version=version, rule=rule)
    if form.is_valid():
        try:
            if rule is not None:
                saved = services.change_rule(actor=request.user, rule=rule, asks=form.asks())
            else:
                saved = made_once(
                    once.sent(request),
                    services.add_rule,
                    actor=request.user,
                    version=version,
                    kind=form.cleaned_data["kind"],
                    parent=form.cleaned_data["parent"],
                    asks=form.asks(),
                )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Changed.") if rule else _("Added."))
            return redirect(_at(version, saved))
    return _page(request, version, form, 422)


@login_required
@require_http_methods(["GET", "POST"])
def rule_preview(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """What learners would read with the rule as it stands in the form; nothing is written.

    With script it follows the typing, without it a button asks for it.
    """
    version = draft_of(request, public_id, number)
    if request.method == "GET":
        return redirect("pathways:rule-list", public_id, number)
    rule = _rule(version, request.POST.get("rule"))
    form = RuleForm(request.POST, version=version, rule=rule)
    preview = _preview(version, form)
    if request.headers.get("HX-Request") == "true":
        return render_page(request, "pathways/_preview.html", preview, part="pathways/_preview.html")
    return _page(request, version, form, preview=preview)


def _preview(version: PathwayVersion, form: RuleForm) -> dict[str, Any]:
    """The sentence of the rule, and all of them with it; or what is still missing."""
    if not form.is_valid():
        return {"hint": " ".join(str(each) for few in form.errors.values() for each in few)}
    try:
        sketch = services.sketch_rule(
            version=version,
            kind=form.rule.kind if form.rule else form.cleaned_data["kind"],
            parent=form.rule.parent if form.rule else form.cleaned_data["parent"],
            asks=form.asks(),
            rule=form.rule,
        )
        asked = selectors.asked_with(version, sketch).rules
    except (RegistryError, rules.RuleError) as error:
        return {"hint": str(error)}
    made = next(each for each in rules.walk(asked.rules) if each.id == sketch.pk)
    return {"sentence": rules.sentence(made), "sentences": rules.in_words(asked)}


def _at(version: PathwayVersion, rule: Requirement) -> str:
    address = reverse("pathways:rule-list", args=[version.pathway.public_id, version.number])
    return f"{address}#rule-{rule.public_id}"


@login_required
@require_http_methods(["GET", "POST"])
def rule_move(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Move or remove the rule that the form names."""
    version = draft_of(request, public_id, number)
    if request.method == "GET":
        return redirect("pathways:rule-list", public_id, number)
    rule, way = _rule(version, request.POST.get("rule")), request.POST.get("way")
    if rule is None or way not in {"up", "down", "in", "out", "remove"}:
        raise Http404
    try:
        if way == "remove":
            services.remove_rule(actor=request.user, rule=rule)
            messages.success(request, _("“%(rule)s” is removed.") % {"rule": _name(rule)})
            return redirect("pathways:rule-list", public_id, number)
        services.move_rule(actor=request.user, rule=rule, direction=way)
    except RegistryError as error:
        form = RuleForm(version=version)
        form.refuse(str(error))
        return _page(request, version, form, 422)
    return redirect(_at(version, rule))


@login_required
@require_http_methods(["GET", "POST"])
def version_start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Copy the newest version into a draft of the next number."""
    pathway = get_object_or_404(Pathway.objects.select_related("credential__organization"), public_id=public_id)
    if not allowed(request.user, Can.PATHWAY_EDIT, pathway):
        raise Http404
    if request.method == "GET":
        return redirect("pathways:manage-pathway", public_id)
    try:
        version = services.start_version(actor=request.user, pathway=pathway, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
        return redirect("pathways:manage-pathway", public_id)
    messages.success(request, _("Version %(number)s is a draft.") % {"number": version.number})
    return redirect("pathways:rule-list", public_id, version.number)


BASE = "manage/pathways/<uuid:public_id>/versions/<int:number>/rules/"
urlpatterns: list[URLPattern] = [
    path(BASE, rule_list, name="rule-list"),
    path(f"{BASE}save/", rule_save, name="rule-save"),
    path(f"{BASE}preview/", rule_preview, name="rule-preview"),
    path(f"{BASE}move/", rule_move, name="rule-move"),
    path("manage/pathways/<uuid:public_id>/start/", version_start, name="version-start"),
]
