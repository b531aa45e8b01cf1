"""What a person was told."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from learners import services
from learners.models import Notice

LIST_PAGE = 30


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


urlpatterns: list[URLPattern] = [path("notices/", notice_list, name="notice-list")]
