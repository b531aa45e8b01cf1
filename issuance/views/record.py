"""A learner's archive, what they consented to, and the registrar's log of what was given to others."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import once
from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials.services import made_once
from issuance import selectors, services
from issuance.forms.record import ReleaseForm, SharingEndForm
from issuance.models import Archive, Consent, RecordRelease
from issuance.selectors import id_in
from issuance.views.sharing import learner_of
from learners.models import Award, Learner
from learners.services import may_open, rosters_of, schools_of

CONSENTS_PAGE = 25
CONSENT_KINDS = {"standing": "valid", "ended": "expired", "withdrawn": "not-met"}
CONSENT_WORDS = {
    "standing": gettext_lazy("Stands"),
    "ended": gettext_lazy("Ended"),
    "withdrawn": gettext_lazy("Withdrawn"),
}


@login_required
@require_POST
def archive_request(request: HttpRequest) -> HttpResponse:
    services.request_archive(actor=request.user, learner=learner_of(request), at=timezone.now())
    messages.success(request, _("Your archive is being made. It appears here, and is kept for a week."))
    return redirect("learners:record")


@login_required
@never_cache
@require_safe
def archive_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """A learner's own archive, as long as it is kept."""
    kept = Archive.objects.kept(timezone.now()).filter(learner__user=request.user)
    archive = get_object_or_404(kept, public_id=public_id)
    if archive.made_at is None or not default_storage.exists(archive.path):
        messages.info(request, _("The archive is still being made; try again in a moment."))
        return redirect("learners:record")
    name = f"signet-archive-{timezone.localdate(archive.made_at):%Y-%m-%d}.zip"
    response = FileResponse(default_storage.open(archive.path), as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release_record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that a learner's record was given to somebody outside."""
    covered = Learner.objects.filter(organization__in=rosters_of(request.user)).exclude(user=request.user)
    learner = get_object_or_404(covered, public_id=public_id)
    form = ReleaseForm(request.POST or None, initial={"released_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            release = made_once(
                once.sent(request),
                services.record_release,
                actor=request.user,
                learner=learner,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            told = not release.is_barred
            messages.success(
                request,
                _("Recorded. It stands in the learner’s own file.")
                if told
                else _("Recorded. The learner’s file is silent about it."),
            )
            return redirect("learners:learner-manage", learner.public_id)
    found = RecordRelease.objects.filter(learner=learner).order_by("-released_on", "-pk")
    context = {"learner": learner, "form": form, "releases": list(found)}
    return render_page(request, "issuance/release_record.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_safe
def learner_consents(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a learner consented to: which records, for what, to whom, and how and when they agreed. Seven queries.

    For a registrar or auditor who said why they look. `?award=` keeps to the consents that cover one award.
    """
    covered = Learner.objects.filter(organization__in=schools_of(request.user)).exclude(user=request.user)
    learner = get_object_or_404(covered.select_related("organization", "cohort"), public_id=public_id)
    at = timezone.now()
    if not allowed(request.user, Can.CONSENT_READ, learner):
        raise Http404
    if not may_open(actor=request.user, learner=learner, at=at):
        messages.info(request, _("Say first why you look for this person."))
        return redirect("learners:learner-search")
    award = None
    if said := request.GET.get("award", ""):
        key = id_in(said)
        award = Award.objects.with_context().filter(learner=learner, public_id=key).first() if key else None
        if award is None:
            raise Http404
    found = selectors.consents_to_look_up(learner, award=award)
    page = Paginator(found, CONSENTS_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"consent": each, "kind": CONSENT_KINDS[state], "word": CONSENT_WORDS[state]}
        for each in page
        for state in [selectors.state_of(each, at)]
    ]
    context = {"learner": learner, "award": award, "page": page, "rows": rows}
    return render_page(request, "issuance/learner_consents.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sharing_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End everything that a learner shares, for a registrar who said why they look."""
    covered = Learner.objects.filter(organization__in=rosters_of(request.user)).exclude(user=request.user)
    learner = get_object_or_404(covered.select_related("organization", "cohort"), public_id=public_id)
    at = timezone.now()
    if not allowed(request.user, Can.SHARING_END, learner):
        raise Http404
    if not may_open(actor=request.user, learner=learner, at=at):
        messages.info(request, _("Say first why you look for this person."))
        return redirect("learners:learner-search")
    form = SharingEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.end_sharing(actor=request.user, learner=learner, at=at, **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Ended. Whatever showed this learner is the page of what is not there."))
            return redirect("learners:learner-manage", learner.public_id)
    standing = Consent.objects.standing(at).filter(learner=learner).count()
    context = {"learner": learner, "form": form, "standing": standing}
    return render_page(request, "issuance/sharing_end.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("record/archive/", archive_request, name="archive-request"),
    path("record/archive/<uuid:public_id>/", archive_file, name="archive-file"),
    path("people/<uuid:public_id>/consents/", learner_consents, name="learner-consents"),
    path("people/<uuid:public_id>/sharing/end/", sharing_end, name="sharing-end"),
    path("people/<uuid:public_id>/releases/", release_record, name="release-record"),
]
