"""Around the marking screen: who has work open, the keys and kept words of an assessor, the examples of a rubric."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from credentials.models import Credential, Organization
from learners import services
from learners.forms.marking import ExampleForm, ShortcutForm, SnippetForm
from learners.models import LevelExample, Snippet, Submission
from learners.selectors import assessing, marking


@login_required
@require_POST
def marking_hold(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Still at it, or gone: what the marking screen says every minute and when it is left."""
    mine = Submission.objects.assigned_to(request.user).exclude(enrollment__learner__user=request.user)
    submission = get_object_or_404(mine.with_context().prefetch_related("assignments"), public_id=public_id)
    if request.POST.get("action") == "leave":
        services.let_go(actor=request.user, submission=submission)
        return HttpResponse(status=204)
    at = timezone.now()
    lock = services.hold_submission(actor=request.user, submission=submission, at=at)
    context = {"submission": submission, "held": marking.held_by_another(lock, request.user, at)}
    return render_page(request, "learners/_marking_held.html", context)


def _require_judge(request: HttpRequest) -> None:
    if not request.user.roles() & {Role.ASSESSOR, Role.LEAD}:
        raise Http404


@login_required
@require_http_methods(["GET", "POST"])
def shortcuts(request: HttpRequest) -> HttpResponse:
    _require_judge(request)
    is_on, keys = services.shortcuts_of(request.user)
    form = ShortcutForm(request.POST or None, is_on=is_on, keys=keys)
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_shortcuts(actor=request.user, is_on=form.cleaned_data["is_on"], keys=form.keys())
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your keys are kept, on every device."))
            return redirect("learners:shortcuts")
    return render_page(request, "learners/shortcuts.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def snippet_list(request: HttpRequest) -> HttpResponse:
    _require_judge(request)
    schools = [
        each
        for each in Organization.objects.filter(
            pk__in={grant.organization_id for grant in request.user.current_grants}
        ).order_by("name", "pk")
        if allowed(request.user, Can.SNIPPET_SHARE, each)
    ]
    form = SnippetForm(request.POST or None, schools=schools)
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_snippet(actor=request.user, at=timezone.now(), **form.content())
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept in your comment bank."))
            return redirect("learners:snippet-list")
    context = {"form": form, "snippets": marking.snippets(request.user)}
    return render_page(request, "learners/snippet_list.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def snippet_bank(request: HttpRequest) -> HttpResponse:
    """The kept words as the marking screen loads them beside the rubric."""
    _require_judge(request)
    return render_page(request, "learners/_snippet_bank.html", {"snippets": marking.snippets(request.user)})


@login_required
@require_POST
def snippet_drop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    snippet = get_object_or_404(Snippet.objects.filter(owner=request.user), public_id=public_id)
    services.drop_snippet(actor=request.user, snippet=snippet)
    messages.success(request, _("Removed from your comment bank."))
    return redirect("learners:snippet-list")


@login_required
@require_http_methods(["GET", "POST"])
def example_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The examples of the published rubric of a credential, for its leads."""
    led = Credential.objects.filter(request.user.scope_q({"lead"})).select_related("current_version")
    credential = get_object_or_404(led, public_id=public_id, current_version__isnull=False)
    version = credential.current_version
    if version is None:
        raise Http404
    criteria = assessing.criteria_of(version)
    form = ExampleForm(request.POST or None, criteria=criteria)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_example(actor=request.user, at=timezone.now(), **form.content())
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Assessors see this example from now on."))
            return redirect("learners:example-list", public_id=public_id)
    found = marking.examples(criteria)
    context = {
        "credential": credential,
        "version": version,
        "form": form,
        "rows": [{"title": each.name, "levels": found[each.pk]} for each in criteria],
    }
    return render_page(request, "learners/example_list.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def example_retire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    led = LevelExample.objects.filter(request.user.scope_q({"lead"}, "criterion__version__credential__"))
    example = get_object_or_404(led.select_related("criterion__version__credential"), public_id=public_id)
    services.retire_example(actor=request.user, example=example, at=timezone.now())
    messages.success(request, _("Assessors no longer see this example."))
    return redirect("learners:example-list", public_id=example.criterion.version.credential.public_id)


urlpatterns: list[URLPattern] = [
    path("queue/<uuid:public_id>/hold/", marking_hold, name="marking-hold"),
    path("queue/keys/", shortcuts, name="shortcuts"),
    path("queue/words/", snippet_list, name="snippet-list"),
    path("queue/words/bank/", snippet_bank, name="snippet-bank"),
    path("queue/words/<uuid:public_id>/remove/", snippet_drop, name="snippet-drop"),
    path("manage/credentials/<uuid:public_id>/examples/", example_list, name="example-list"),
    path("manage/examples/<uuid:public_id>/retire/", example_retire, name="example-retire"),
]
