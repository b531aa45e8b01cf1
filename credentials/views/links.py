"""Where an item is linked to larger ones and to programs outside."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.errors import RegistryError
from config.pages import render_page
from credentials import selectors, services
from credentials.forms.links import LinkForm
from credentials.models import LinkKind
from credentials.selectors.links import title_shown, words
from credentials.views.manage import editable, person


@login_required
@require_http_methods(["GET", "POST"])
def link_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Lists the links; adds one, or takes one away."""
    credential = editable(request, public_id)
    is_dropping = request.method == "POST" and "drop" in request.POST
    items = selectors.linkable(credential)
    names = {each.pk: each.shown for each in items}
    form = LinkForm(
        request.POST if request.method == "POST" and not is_dropping else None,
        items=items,
        initial={"kind": LinkKind.TOWARD},
    )
    links = services.links_of(credential)
    try:
        if is_dropping:
            place = request.POST["drop"]
            if place.isdecimal() and 0 < int(place) <= len(links):
                chosen = links[int(place) - 1]
                if request.POST.get("end", "") == _name(chosen, names):  # the list may have changed meanwhile
                    services.drop_link(actor=person(request), credential=credential, end=chosen.end, at=timezone.now())
                    messages.success(request, _("The link is gone."))
            return redirect("credentials:link-edit", public_id=public_id)
        if form.is_bound and form.is_valid():
            services.add_link(actor=person(request), credential=credential, link=form.link(), at=timezone.now())
            messages.success(request, _("Linked; the page of the item says it now."))
            return redirect("credentials:link-edit", public_id=public_id)
    except RegistryError as error:
        form.add_error(None, str(error))
    context = {
        "credential": credential,
        "title": title_shown(credential),
        "links": [(words(each.kind, True), _name(each, names), each) for each in links],
        "form": form,
    }
    return render_page(request, "credentials/link_edit.html", context, status=422 if form.errors else 200)


def _name(link: services.Link, names: dict[int, str]) -> str:
    return link.program if link.target is None else names.get(link.target.pk, link.target.code)


urlpatterns: list[URLPattern] = [
    path("manage/credentials/<uuid:public_id>/links/", link_edit, name="link-edit"),
]
