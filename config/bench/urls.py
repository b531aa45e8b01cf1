"""The site's addresses, and an empty view with one query: the floor for pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as site
from learners.models import Award


def empty(request: HttpRequest, number: int) -> HttpResponse:
    """One indexed query on the table of awards, and its status as text."""
    status = Award.objects.filter(pk=number).values_list("status", flat=True).first()
    return HttpResponse(status or "none", content_type="text/plain")


urlpatterns = [path("_bench/empty/<int:number>", empty), *site]
