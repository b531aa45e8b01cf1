"""Who asks for a learner's work that is not theirs to see is answered like everybody: there is none. And it is written down."""

import logging
from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from learners import services
from learners.models import Submission, User
from learners.models.evidence import SubmissionQuerySet

logger = logging.getLogger("signet.access")

# The addresses that name work, by how they begin, and how the work is found from what they name.
WORK = {
    "submissions/<uuid:public_id>/": "public_id",
    "queue/<uuid:public_id>/": "public_id",
    "load/give/<uuid:public_id>/": "public_id",
    "evidence/<uuid:public_id>/": "evidence_items__public_id",
    "files/<uuid:public_id>/": "evidence_items__file__public_id",
    "decisions/<uuid:public_id>/": "decisions__public_id",
    "uploads/<uuid:public_id>/": "uploads__public_id",
}


class RefusedWorkMiddleware:
    """Keep in the access log that somebody who is signed in was answered 404 for work that there is.

    The answer is not touched, and the row is written when it is out: how long that takes tells nobody that there is work.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code == HTTPStatus.NOT_FOUND and match is not None:
            lookup = next((way for start, way in WORK.items() if match.route.startswith(start)), None)
            if lookup is not None and request.user.is_authenticated:
                asked = Submission.objects.filter(**{lookup: match.kwargs["public_id"]})
                closers: list[Callable[[], None]] = vars(response)[
                    "_resource_closers"
                ]  # Django calls them when the answer is out
                closers.append(partial(self._note, request.user, asked))
        return response

    def _note(self, user: User, asked: SubmissionQuerySet) -> None:
        try:
            services.note_refused(actor=user, asked=asked, at=timezone.now())
        except DatabaseError:  # the answer is out; Django would pass over it in silence
            logger.exception("refused access not noted", extra={"person": user.pk})
