"""A learner's links, packets and profile: making them, their order, their log, what others see, and the lines to paste."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import once
from config.errors import RegistryError
from config.pages import render_page
from credentials.services import made_once
from issuance import badge_page, core, handover, link_page, selectors, services
from issuance.forms.sharing import LinkForm, PacketForm, ProfileForm
from issuance.models import LinkKind, ShareLink
from issuance.views.sharing import is_preview, learner_of, sign_in_again, sign_in_method
from issuance.views.shown import page
from learners.selectors.levels import levels_of

LOG_PAGE = 50
KINDS: dict[str, dict[str, Any]] = {
    LinkKind.LINK: {
        "form": LinkForm,
        "make": services.share_together,
        "url": "link-create",
        "title": gettext_lazy("Make a link over several badges"),
        "lead": gettext_lazy(
            "One page with the badges that you choose, in your order. It has a consent of its own; withdrawing it closes "
            "the link."
        ),
        "button": gettext_lazy("Make the link"),
        "done": gettext_lazy("The link is ready."),
    },
    LinkKind.PACKET: {
        "form": PacketForm,
        "make": services.make_packet,
        "url": "packet-create",
        "title": gettext_lazy("Make an application packet"),
        "lead": gettext_lazy(
            "One link for a season, with what you had been awarded by a date. Neither the date nor the badges change "
            "later; every check on it is live. It comes with a sheet to print and lines to paste."
        ),
        "button": gettext_lazy("Make the packet"),
        "done": gettext_lazy("The packet is ready."),
    },
    LinkKind.PROFILE: {
        "form": ProfileForm,
        "make": services.open_profile,
        "url": "profile-edit",
        "title": gettext_lazy("Public profile"),
        "lead": gettext_lazy(
            "A page of your own with the badges that you choose. There is none until you open it here, and none again "
            "when you withdraw it."
        ),
        "button": gettext_lazy("Open the profile"),
        "done": gettext_lazy("Your profile is open."),
    },
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link_create(request: HttpRequest, kind: str = LinkKind.LINK) -> HttpResponse:
    """A link over several badges, with a consent of its own. A button that moves a badge posts the form, and keeps nothing."""
    learner_of(request)
    how = KINDS[kind]
    awards = list(selectors.signed_awards(request.user))
    if not awards:
        messages.info(request, _("There is no signed badge to share yet."))
        return redirect("issuance:share-center")
    method = sign_in_method(request)
    if not method:
        return sign_in_again(request)
    form = how["form"](request.POST or None, awards=awards, with_levels=levels_of([award.pk for award in awards]))
    if "move" in request.POST:
        form.move(request.POST["move"])
        form.forgive()
    elif is_preview(request):
        form.forgive()
    elif request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            link = made_once(
                once.sent(request),
                how["make"],
                actor=request.user,
                awards=form.chosen(),
                title=form.cleaned_data["title"],
                highlighted=form.marked(),
                is_by_theme=form.is_by_theme(),
                sign_in_method=method,
                shown=form.cleaned_data["shown"],
                at=at,
                **form.terms(),
                **form.details(at),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, how["done"])
            return redirect("issuance:link-detail", link.token)
    chosen = form.chosen()
    context = {
        "form": form,
        "before": [form[name] for name in getattr(form, "fields_before", [])],
        "after": [form[name] for name in form.fields_after],
        "rows": form.rows(),
        "has_levels": bool(form.fields["levels"].choices),
        "statement": form.statement(chosen) if chosen else "",
        "how": how,
        "address": reverse(f"issuance:{how['url']}"),
        "profile": services.profile_of(request.user, timezone.now()).first() if kind == LinkKind.PROFILE else None,
    }
    return render_page(
        request,
        "issuance/link_create.html",
        context,
        part="issuance/_link_consent.html",
        status=422 if form.errors else 200,
    )


def _own_link(request: HttpRequest, token: str) -> ShareLink:
    """One of a learner's links, open or closed."""
    links = ShareLink.objects.filter(consent__learner__user=request.user)
    return get_object_or_404(links.select_related("consent__learner__organization"), token=token)


@login_required
@never_cache
@require_safe
def link_detail(request: HttpRequest, token: str) -> HttpResponse:
    """A link for its owner: address, code, order, hand-overs, lines to paste, and when it was opened."""
    link, at = _own_link(request, token), timezone.now()
    is_open = ShareLink.objects.open(at).filter(pk=link.pk).exists()
    items = list(
        link.items.select_related("award__credential_version", "award__credential__organization").order_by("position")
    )
    context: dict[str, Any] = {
        "link": link,
        "consent": link.consent,
        "state": selectors.state_of(link.consent, at) if not is_open else "standing",
        "items": items,
        "may_change": is_open and not link.is_packet,
        "with_levels": set(
            link.consent.consent_awards.exclude(levels={}).values_list("award_id", flat=True)
            if link.consent.shows_levels
            else ()
        ),
        "opened": selectors.openings(link.consent.learner, link=link)[:5],
        "opened_times": selectors.openings(link.consent.learner, link=link).count(),
    }
    if is_open:
        address = core.url(link.get_absolute_url())
        context |= {
            "address": address,
            "code": str(services.code_of(link, at=at)),
            "code_address": core.url("/c/"),
            "qr": mark_safe(badge_page.qr(address)),  # noqa: S308  drawn by segno from our own address
            "lines": link_page.lines(link, at=at),
            "signature": handover.link_signature(link, address),
            "summary": reverse("issuance:link-sheet", args=[link.token]),
        }
    return render_page(request, "issuance/link_detail.html", context)


@login_required
@never_cache
@require_safe
def link_preview(request: HttpRequest, token: str) -> HttpResponse:
    """Exactly what others see; not counted as an opening."""
    return _look(request, token, "issuance/share_link.html")


@login_required
@never_cache
@require_safe
def link_sheet(request: HttpRequest, token: str) -> HttpResponse:
    """The sheet to print, for its owner; not counted."""
    return _look(request, token, "issuance/link_summary.html")


def _look(request: HttpRequest, token: str, template: str) -> HttpResponse:
    link, at = _own_link(request, token), timezone.now()
    if not ShareLink.objects.open(at).filter(pk=link.pk).exists():
        messages.info(request, _("Nobody sees anything there any more: the consent has ended."))
        return redirect("issuance:link-detail", link.token)
    return HttpResponse(page(link, template, at=at))


@login_required
@never_cache
@require_safe
def link_text(request: HttpRequest, token: str) -> HttpResponse:
    """The lines to paste, as a text file."""
    link, at = _own_link(request, token), timezone.now()
    if not ShareLink.objects.open(at).filter(pk=link.pk).exists():
        return redirect("issuance:link-detail", link.token)
    response = HttpResponse(link_page.lines(link, at=at), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="badges.txt"'
    return response


MOVES = {
    "up": lambda **given: services.move_item(up=True, **given),
    "down": lambda **given: services.move_item(up=False, **given),
    "mark": lambda **given: services.mark_item(is_highlighted=True, **given),
    "unmark": lambda **given: services.mark_item(is_highlighted=False, **given),
    "drop": services.drop_item,
}


@login_required
@require_POST
def link_item(request: HttpRequest, token: str, public_id: UUID) -> HttpResponse:
    """Move, mark or drop a badge of a link."""
    link = _own_link(request, token)
    item = get_object_or_404(link.items.select_related("award"), award__public_id=public_id)
    act = MOVES.get(request.POST.get("do", ""))
    if act is not None:
        try:
            act(actor=request.user, link=link, award=item.award, at=timezone.now())
        except RegistryError as error:
            messages.error(request, str(error))
    return redirect(reverse("issuance:link-detail", args=[link.token]) + "#badges")


@login_required
@require_POST
def link_arrange(request: HttpRequest, token: str) -> HttpResponse:
    """Show the badges of a link by theme, or in one list."""
    link = _own_link(request, token)
    try:
        services.arrange_link(
            actor=request.user, link=link, is_by_theme=request.POST.get("do") == "by-theme", at=timezone.now()
        )
    except RegistryError as error:
        messages.error(request, str(error))
    return redirect(reverse("issuance:link-detail", args=[link.token]) + "#badges")


@login_required
@require_safe
def view_log(request: HttpRequest) -> HttpResponse:
    """When each link was opened. Who opened it is not kept."""
    found = Paginator(selectors.openings(learner_of(request)), LOG_PAGE).get_page(request.GET.get("page"))
    return render_page(request, "issuance/view_log.html", {"page": found})


urlpatterns: list[URLPattern] = [
    path("sharing/links/", link_create, name="link-create"),
    path("sharing/packets/", link_create, {"kind": LinkKind.PACKET}, name="packet-create"),
    path("sharing/profile/", link_create, {"kind": LinkKind.PROFILE}, name="profile-edit"),
    path("sharing/log/", view_log, name="view-log"),
    path("sharing/links/<slug:token>/", link_detail, name="link-detail"),
    path("sharing/links/<slug:token>/preview/", link_preview, name="link-preview"),
    path("sharing/links/<slug:token>/sheet/", link_sheet, name="link-sheet"),
    path("sharing/links/<slug:token>/lines.txt", link_text, name="link-text"),
    path("sharing/links/<slug:token>/arrange/", link_arrange, name="link-arrange"),
    path("sharing/links/<slug:token>/badges/<uuid:public_id>/", link_item, name="link-item"),
]
