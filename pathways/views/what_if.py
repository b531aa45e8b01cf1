"""What a pathway would look like with more badges: worked out on the server, and nothing of it is kept."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.pages import render_page
from learners.selectors.learning import learner_of
from pathways import selectors
from pathways.models import Pathway, PathwayEnrollment
from pathways.workflow import PathwayEnrollmentStatus


@login_required
@require_safe
def what_if(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """`?badge=<id>` for each badge to imagine; what is no badge of the pathway is as if it were not there."""
    learner = learner_of(request.user)
    pathway = get_object_or_404(Pathway.objects.select_related("credential"), public_id=public_id)
    if learner is None:
        raise Http404
    joined = PathwayEnrollment.objects.filter(learner=learner, pathway=pathway)
    enrollment = joined.exclude(status=PathwayEnrollmentStatus.LEFT).select_related("version").first()
    version = enrollment.version if enrollment else selectors.newest_published(learner).filter(pathway=pathway).first()
    if version is None:
        raise Http404
    on = timezone.localdate()
    asked = selectors.asked(version)
    known = selectors.Known([learner], [asked], [enrollment] if enrollment else [])
    now = known.progress(asked, learner.pk, on=on, enrollment=enrollment)
    held = {each.credential_id for each, _label in now.counted}
    offered = sorted(
        (each for key, each in asked.credentials.items() if key not in held), key=lambda each: (each.code, each.pk)
    )
    wanted = set(request.GET.getlist("badge"))
    chosen = [each for each in offered if str(each.public_id) in wanted]
    then = known.progress(asked, learner.pk, on=on, enrollment=enrollment, also=selectors.made_up(asked, chosen, on))
    context = {
        "pathway": pathway,
        "version": version,
        "choices": [
            {
                "value": str(each.public_id),
                "title": selectors.title_of(each),
                "hours": each.current_version.workload_hours if each.current_version else None,
                "checked": each in chosen,
            }
            for each in offered
        ],
        "chosen": [selectors.title_of(each) for each in chosen],
        "now": now,
        "then": then,
    }
    return render_page(request, "pathways/what_if.html", context)


urlpatterns: list[URLPattern] = [path("pathways/<uuid:public_id>/what-if/", what_if, name="what-if")]
