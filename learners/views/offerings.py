"""Where offerings are planned, changed, repeated and canceled, and where learners take another date."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials.models import Credential, Offering
from credentials.models.catalog import CredentialKind
from credentials.selectors import running
from learners import services
from learners.forms.offerings import CancelForm, DateForm, MoveForm, OfferingFilter, OfferingForm, RepeatForm
from learners.models import Enrollment
from learners.selectors import offerings as selectors
from learners.services.offerings import is_without_date, movable, when_and_where
from learners.workflow import EnrollmentStatus

EVENTS_SHOWN = 20


def title_of(credential: Credential) -> str:
    return credential.current_version.title if credential.current_version else credential.code


def find(request: HttpRequest, public_id: UUID) -> Offering:
    """An offering that this person runs; anything else is a 404."""
    offering = selectors.find(request.user, public_id)
    if offering is None:
        raise Http404
    return offering


def _find_editable(request: HttpRequest, public_id: UUID) -> Offering:
    offering = find(request, public_id)
    if not allowed(request.user, Can.OFFERING_EDIT, offering.credential):
        raise Http404
    return offering


@login_required
@require_safe
def offering_list(request: HttpRequest) -> HttpResponse:
    """The dates of everything that this person runs; `?item=` shows those of one item."""
    if not selectors.RUNNERS & request.user.roles():
        raise Http404
    form = OfferingFilter(request.GET)
    item = _item(request)
    found = selectors.listed(request.user, on=timezone.localdate(), credential=item, **form.chosen())
    page = Paginator(found, selectors.OFFERINGS_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(each, when_and_where(each.offering)) for each in selectors.seated(page)],
        "form": form,
        "item": item,
        "item_title": title_of(item) if item else "",
        "may_add": item is not None
        and item.kind == CredentialKind.MICROCREDENTIAL
        and allowed(request.user, Can.OFFERING_EDIT, item),
        "is_filtered": any(form.chosen().values()),
        "found": ngettext("%(count)s offering", "%(count)s offerings", page.paginator.count)
        % {"count": page.paginator.count},
    }
    return render_page(request, "learners/offering_list.html", context)


def _item(request: HttpRequest) -> Credential | None:
    if not request.GET.get("item"):
        return None
    try:
        public_id = UUID(request.GET["item"])
    except ValueError as error:
        raise Http404 from error
    scope = request.user.scope_q(selectors.RUNNERS)
    return get_object_or_404(
        Credential.objects.filter(scope).select_related("organization", "current_version"), public_id=public_id
    )


@login_required
@require_http_methods(["GET", "POST"])
def offering_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    credential = get_object_or_404(
        Credential.objects.select_related("organization", "current_version"),
        public_id=public_id,
        kind=CredentialKind.MICROCREDENTIAL,
    )
    if not allowed(request.user, Can.OFFERING_EDIT, credential):
        raise Http404
    form = OfferingForm(request.POST or None, units=list(selectors.units(credential)))
    if request.method == "POST" and form.is_valid():
        try:
            offering = services.plan_offering(
                actor=request.user, credential=credential, plan=_plan(request, credential, form), at=timezone.now()
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(name)s is planned; learners see it now.") % {"name": offering.name})
            return redirect(offering)
    context = {"credential": credential, "title": title_of(credential), "form": form}
    return render_page(request, "learners/offering_edit.html", context, status=422 if form.errors else 200)


def _plan(request: HttpRequest, credential: Credential, form: OfferingForm) -> services.Plan:
    """What the form says, with a unit that is new. Raises what `add_unit` raises."""
    name = form.cleaned_data["new_unit"].strip()
    unit = services.add_unit(actor=request.user, credential=credential, name=name) if name else None
    return form.plan(unit)


@login_required
@require_http_methods(["GET", "POST"])
def offering_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    offering = _find_editable(request, public_id)
    form = OfferingForm(
        request.POST or None, units=list(selectors.units(offering.credential)), initial=OfferingForm.of(offering)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_offering(
                actor=request.user,
                offering=offering,
                plan=_plan(request, offering.credential, form),
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. Those who are enrolled are told of another time or place."))
            return redirect(offering)
    context = {
        "credential": offering.credential,
        "title": title_of(offering.credential),
        "offering": offering,
        "form": form,
    }
    return render_page(request, "learners/offering_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def offering_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _detail(request, find(request, public_id))


def _detail(
    request: HttpRequest,
    offering: Offering,
    *,
    moving: MoveForm | None = None,
    repeating: RepeatForm | None = None,
) -> HttpResponse:
    """The facts, who has a seat, who waits, and what can be done. A refused form comes back with 422."""
    on = timezone.localdate()
    page = Paginator(selectors.people(offering), selectors.PEOPLE_PAGE).get_page(request.GET.get("page"))
    others = selectors.others(offering, on)
    may_edit = allowed(request.user, Can.OFFERING_EDIT, offering.credential)
    counted = selectors.with_seats(Offering.objects.filter(pk=offering.pk)).get()
    taken, waiting = counted.taken, counted.waiting
    chosen = set(moving.data.getlist("who")) if moving is not None else set()
    context: dict[str, Any] = {
        "offering": offering,
        "credential": offering.credential,
        "title": title_of(offering.credential),
        "when": when_and_where(offering),
        "facts": _facts(offering, taken, waiting),
        "page": page,
        "rows": [
            {
                "enrollment": each,
                "waits": each.status == EnrollmentStatus.WAITLISTED,
                "is_chosen": str(each.public_id) in chosen,
            }
            for each in page
        ],
        "may_edit": may_edit and not offering.is_canceled,
        "is_over": offering.closes_on < on,
        "moving": moving or MoveForm(others=others, offered=[]),
        "may_move": may_edit and bool(others),
        "repeating": repeating or RepeatForm(),
        "events": offering.events.select_related("actor").order_by("-at", "-pk")[:EVENTS_SHOWN],
    }
    refused = [form for form in (moving, repeating) if form is not None and form.errors]
    return render_page(request, "learners/offering_detail.html", context, status=422 if refused else 200)


def _facts(offering: Offering, taken: int, waiting: int) -> list[tuple[str, str]]:
    seats = (
        _("%(taken)s taken, no limit") % {"taken": taken}
        if offering.seats is None
        else _("%(taken)s of %(seats)s taken") % {"taken": taken, "seats": offering.seats}
    )
    facts = [
        (_("When and where"), when_and_where(offering)),
        (_("Seats"), seats),
        (_("Waiting"), str(waiting)),
        (_("Delivered by"), offering.delivered_by.name),
        (_("Contact"), offering.contact),
    ]
    return [(term, value) for term, value in facts if value]


@login_required
@require_http_methods(["GET", "POST"])
def offering_repeat(request: HttpRequest, public_id: UUID) -> HttpResponse:
    offering = _find_editable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect(offering)
    form = RepeatForm(request.POST)
    if form.is_valid():
        try:
            made = services.repeat_offering(
                actor=request.user, offering=offering, at=timezone.now(), **form.cleaned_data
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            words = ngettext("%(count)s more date is planned.", "%(count)s more dates are planned.", len(made))
            messages.success(request, words % {"count": len(made)})
            return redirect(f"{reverse('learners:offering-list')}?item={offering.credential.public_id}")
    return _detail(request, offering, repeating=form)


@login_required
@require_http_methods(["GET", "POST"])
def offering_move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    offering = _find_editable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect(offering)
    offered = [str(each) for each in selectors.people(offering).values_list("public_id", flat=True)]
    others = selectors.others(offering, timezone.localdate())
    form = MoveForm(request.POST, others=others, offered=offered)
    if form.is_valid():
        try:
            moved = services.move_learners(
                actor=request.user,
                offering=offering,
                enrollments=form.cleaned_data["who"],
                to=form.target(),
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            words = ngettext(
                "%(count)s learner was moved to %(name)s and told.",
                "%(count)s learners were moved to %(name)s and told.",
                len(moved),
            )
            messages.success(request, words % {"count": len(moved), "name": form.target().name})
            return redirect(offering)
    return _detail(request, offering, moving=form)


@login_required
@require_http_methods(["GET", "POST"])
def offering_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asks first, with whom it concerns; then cancels."""
    offering = _find_editable(request, public_id)
    if offering.is_canceled:
        messages.info(request, _("It is canceled already."))
        return redirect(offering)
    form = CancelForm(request.POST or None, others=selectors.others(offering, timezone.localdate()))
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_offering(
                actor=request.user,
                offering=offering,
                reason=form.cleaned_data["reason"],
                to=form.target(),
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("%(name)s is canceled, and who was enrolled is told.") % {"name": offering.name}
            )
            return redirect(offering)
    context = {
        "offering": offering,
        "title": title_of(offering.credential),
        "when": when_and_where(offering),
        "form": form,
        "concerned": movable(offering).count(),
    }
    return render_page(request, "learners/offering_cancel.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def enrollment_date(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A learner takes another date of an item that they are enrolled in."""
    enrollment = get_object_or_404(
        Enrollment.objects.visible_to(request.user).select_related(
            "credential__organization", "credential_version", "offering", "learner"
        ),
        public_id=public_id,
        offering__isnull=False,
    )
    others = [
        each
        for each in running(enrollment.credential, timezone.localdate())
        if each.offering.pk != enrollment.offering_id
    ]
    form = DateForm(request.POST or None, others=others)
    if request.method == "POST" and form.is_valid():
        try:
            placed = services.choose_date(
                actor=request.user, enrollment=enrollment, to=form.target(), at=timezone.now()
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            if placed.status == EnrollmentStatus.WAITLISTED:
                messages.info(request, _("You wait for a seat in %(name)s.") % {"name": form.target().name})
            else:
                messages.success(request, _("You have a seat in %(name)s.") % {"name": form.target().name})
            return redirect(placed)
    context = {
        "enrollment": enrollment,
        "version": enrollment.credential_version,
        "offering": enrollment.offering,
        "when": when_and_where(enrollment.offering) if enrollment.offering else "",
        "is_without_date": is_without_date(enrollment),
        "others": others,
        "form": form,
    }
    return render_page(request, "learners/enrollment_date.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("manage/offerings/", offering_list, name="offering-list"),
    path("manage/credentials/<uuid:public_id>/offerings/add/", offering_add, name="offering-add"),
    path("manage/offerings/<uuid:public_id>/", offering_detail, name="offering-detail"),
    path("manage/offerings/<uuid:public_id>/edit/", offering_edit, name="offering-edit"),
    path("manage/offerings/<uuid:public_id>/repeat/", offering_repeat, name="offering-repeat"),
    path("manage/offerings/<uuid:public_id>/move/", offering_move, name="offering-move"),
    path("manage/offerings/<uuid:public_id>/cancel/", offering_cancel, name="offering-cancel"),
    path("enrollments/<uuid:public_id>/date/", enrollment_date, name="enrollment-date"),
]
