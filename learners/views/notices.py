"""What a person was told."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.paging import long_page
from config.permissions import Can, allowed
from learners import services
from learners.forms.notices import PreferencesForm
from learners.models import Notice
from learners.notice_kinds import Way, about

LIST_PAGE, LOG_PAGE = 30, 100


@login_required
@require_http_methods(["GET", "POST"])
def notice_list(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        services.mark_read(user=request.user, at=timezone.now())
        return redirect("learners:notice-list")
    notices = Notice.objects.shown_to(request.user, timezone.now())
    page = Paginator(notices.order_by("-created_at", "-pk"), LIST_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "unread": notices.filter(read_at__isnull=True).count()}
    return render(request, "learners/notice_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def notice_preferences(request: HttpRequest) -> HttpResponse:
    wishes = services.own_wishes(request.user)
    form = PreferencesForm(request.POST if request.method == "POST" else None, wishes=wishes)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_wishes(
                actor=request.user,
                ways=form.ways(),
                digest_hour=form.cleaned_data["digest_hour"],
                quiet_from=form.cleaned_data["quiet_from"],
                quiet_until=form.cleaned_data["quiet_until"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. It holds from the next notice on."))
            return redirect("learners:notice-preferences")
    context = {"form": form, "zone": settings.SCHOOL_TIME_ZONE}
    return render(request, "learners/notice_preferences.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def mail_log(request: HttpRequest) -> HttpResponse:
    """When what kind was mailed, and what waits: no words, no names. For administrators."""
    schools = {grant.organization_id: grant.organization for grant in request.user.current_grants}
    if not any(allowed(request.user, Can.MAIL_LOG_READ, each) for each in schools.values()):
        raise Http404
    at = timezone.now()
    notices = Notice.objects.logged_for(request.user).exclude(way=Way.SITE).filter(created_at__lte=at)
    is_waiting = request.GET.get("show") == "waiting"
    if is_waiting:
        notices = notices.filter(mailed_at__isnull=True)
    page = long_page(notices.order_by("-created_at", "-pk"), LOG_PAGE, request.GET.get("page"))
    rows = [(each, about(each.kind).label) for each in page]
    return render(request, "learners/mail_log.html", {"page": page, "rows": rows, "is_waiting": is_waiting})


urlpatterns: list[URLPattern] = [
    path("notices/", notice_list, name="notice-list"),
    path("notices/preferences/", notice_preferences, name="notice-preferences"),
    path("notices/log/", mail_log, name="mail-log"),
]
