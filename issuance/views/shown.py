"""What strangers see of a learner's own choice: a link, its sheet to print, the public profile, and the short code.

Nobody is looked at here, no session is started; whatever is not open is the one 404.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from config.limits import limited
from issuance import link_page, services
from issuance.forms.shown import CodeForm
from issuance.models import Disclosure, ShareLink
from issuance.views.public import not_shown


@require_safe
@limited("verify")
def share_link(request: HttpRequest, token: str) -> HttpResponse:
    """A learner's own choice of badges, in their order, while the consent stands."""
    return _shown(request, token, "issuance/share_link.html")


@require_safe
@limited("verify")
def link_summary(request: HttpRequest, token: str) -> HttpResponse:
    """The same on one sheet to print."""
    return _shown(request, token, "issuance/link_summary.html")


@require_safe
@limited("verify")
def profile_page(request: HttpRequest, token: str) -> HttpResponse:
    """A learner's public profile, while they keep it open. Search engines may list it when they said so."""
    return _shown(request, token, "issuance/share_link.html", profile=True)


def _shown(request: HttpRequest, token: str, template: str, *, profile: bool = False) -> HttpResponse:
    at = timezone.now()
    link = link_page.find(token, profile=profile, at=at)
    if link is None:
        return not_shown()
    if request.method == "GET":
        _count(link, at)
    response = HttpResponse(page(link, template, at=at))
    response["Cache-Control"] = "private, no-store"
    if link.is_discoverable:
        response["X-Robots-Tag"] = "index, noarchive"
    return response


def page(link: ShareLink, template: str, *, at: datetime) -> str:
    """The page as a stranger gets it; its owner looks at the same one."""
    is_sheet = template.endswith("summary.html")
    shown = link_page.summary(link, at=at) if is_sheet else link_page.context(link, at=at)
    return render_to_string(template, shown)


def _count(link: ShareLink, at: datetime) -> None:
    """For the learner's log: that the link was opened, and when. Nothing of who opened it is kept."""
    Disclosure.objects.bulk_create(
        Disclosure(award_id=award_id, link=link, at=at) for award_id in link.items.values_list("award_id", flat=True)
    )


# Short codes ---------------------------------------------------------------------------------------------------------
@require_safe
def code_enter(request: HttpRequest) -> HttpResponse:
    """Type a code from paper; leads to what it opens."""
    return _code_given(request) if "code" in request.GET else _code_form(CodeForm())


@limited("code")
def _code_given(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.GET)
    if form.is_valid():
        code = services.read_code(form.cleaned_data["code"])
        opened = services.opened_by(code, at=timezone.now()) if code else None
        if opened is not None:
            return _leads_to(opened)
        if code:
            form.add_error("code", _("Nothing is shown under this code. It may be mistyped, or no longer shared."))
        else:
            form.add_error("code", _("A code has twelve letters and digits, without 0, 1, I, L, O and U."))
    return _code_form(form, status=422)


def _code_form(form: CodeForm, *, status: int = 200) -> HttpResponse:
    response = HttpResponse(render_to_string("issuance/code_enter.html", {"form": form}), status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@limited("code")
def code_open(request: HttpRequest, code: str) -> HttpResponse:
    """The short address of print. A code that opens nothing is the one 404."""
    opened = services.opened_by(services.read_code(code), at=timezone.now())
    return not_shown() if opened is None else _leads_to(opened)


def _leads_to(path: str) -> HttpResponse:
    response = redirect(path)
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns: list[URLPattern] = [
    path("s/<slug:token>", share_link, name="share-link"),
    path("s/<slug:token>/summary", link_summary, name="link-summary"),
    path("p/<slug:token>", profile_page, name="profile-page"),
    path("c/", code_enter, name="code-enter"),
    path("c/<slug:code>", code_open, name="code-open"),
]
