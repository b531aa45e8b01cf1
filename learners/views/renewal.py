"""Beginning to renew a badge, from its page."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.errors import RegistryError
from learners import services
from learners.models import Award


@login_required
@require_POST
def award_renew(request: HttpRequest, public_id: UUID) -> HttpResponse:
    awards = Award.objects.visible_to(request.user).filter(learner__user=request.user)
    award = get_object_or_404(awards, public_id=public_id)
    try:
        enrollment = services.renew_award(actor=request.user, award=award, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
        return redirect(award)
    messages.success(request, _("Your renewal is open; this is its workspace."))
    return redirect(enrollment)


urlpatterns: list[URLPattern] = [path("badges/<uuid:public_id>/renew/", award_renew, name="award-renew")]
