"""What a verifier gives back from a badge's page, and the registrar's inbox of questions."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import once
from config.errors import NotAllowed, RegistryError
from config.limits import limited
from config.pages import render_page
from config.permissions import Can, allowed
from credentials.services import made_once
from issuance import badges, selectors, services, verification
from issuance.models import VerifierQuestion
from issuance.services import verifiers
from issuance.views.public import not_shown
from issuance.workflow import QuestionStatus

PAGE = 50


class QuestionForm(forms.Form):
    asker = forms.CharField(
        label=gettext_lazy("Your name and program"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say who asks.")},
    )
    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("The registrar answers there. The holder of the badge is not given it."),
        error_messages={"required": gettext_lazy("The registrar needs an address to answer to.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Your question"),
        max_length=verifiers.TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write what you would like to know.")},
    )


class ClosingForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What came of it"),
        max_length=verifiers.TEXT_MAX,
        widget=forms.Textarea,
        help_text=gettext_lazy("For your colleagues; the verifier does not see it."),
        error_messages={"required": gettext_lazy("Note what came of it, so that a colleague need not ask.")},
    )


# A verifier ----------------------------------------------------------------------------------------------------------
@csrf_exempt  # no account stands behind it and no cookie is read; who has the page may say so
@require_POST
@limited("contact")
def page_vote(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whether the page was enough to go on: helpful=yes or helpful=no."""
    said = request.POST.get("helpful")
    if said not in {"yes", "no"}:
        return redirect("issuance:verify-page", public_id=public_id)
    try:
        made_once(
            once.sent_by_stranger(request),
            services.vote,
            public_id=public_id,
            is_helpful=said == "yes",
            at=timezone.now(),
        )
    except services.NotShown:
        return not_shown()
    return redirect("issuance:thanks", what="vote" if said == "yes" else "lacking")


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
@limited("contact", methods=("POST",))
def page_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A question to the registrar about a badge that is shared."""
    at = timezone.now()
    verdict = verification.shared_award(public_id, at=at)
    if verdict is None:
        return not_shown()
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_registrar(public_id=public_id, at=at, **form.cleaned_data)
            return redirect("issuance:thanks", what="question")
        except services.NotShown:
            return not_shown()
        except RegistryError as error:
            form.add_error(None, str(error))
    context = {
        "form": form,
        "address": badges.award_url(public_id),
        "path": f"/v/{public_id}",
        "title": verification.title_of(verdict.credential),
    }
    status = 422 if form.is_bound else 200
    response = HttpResponse(render_to_string("issuance/page_ask.html", context), status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def thanks(request: HttpRequest, what: str) -> HttpResponse:
    """What happens with what was sent. Names no badge."""
    if what not in {"vote", "lacking", "question"}:
        raise Http404
    return HttpResponse(render_to_string("issuance/thanks.html", {"what": what}))


# The registrar -------------------------------------------------------------------------------------------------------
def _require_staff(request: HttpRequest) -> None:
    if not selectors.is_staff(request.user):
        raise Http404


@login_required
@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    """The inbox: what waits first, then the newest. A fixed number of queries."""
    _require_staff(request)
    questions = VerifierQuestion.objects.visible_to(request.user).select_related(
        "award__learner", "award__credential_version"
    )
    page = Paginator(questions.order_by("-status", "-asked_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [{"question": each, "kind": _kind(each)} for each in page],
        "found": ngettext("%(count)s question", "%(count)s questions", page.paginator.count)
        % {"count": page.paginator.count},
    }
    return render_page(request, "issuance/question_list.html", context)


def _kind(question: VerifierQuestion) -> str:
    return "waiting" if question.status == QuestionStatus.OPEN else "valid"


def _question(request: HttpRequest, public_id: UUID) -> VerifierQuestion:
    _require_staff(request)
    return get_object_or_404(
        VerifierQuestion.objects.visible_to(request.user).select_related(
            "award__learner", "award__credential__organization", "award__credential_version", "closed_by"
        ),
        public_id=public_id,
    )


@login_required
@require_safe
def question_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _question_page(request, _question(request, public_id), ClosingForm())


def _question_page(
    request: HttpRequest, question: VerifierQuestion, form: ClosingForm, *, status: int = 200
) -> HttpResponse:
    is_open = question.status == QuestionStatus.OPEN
    votes = selectors.votes_on(question.award)
    context = {
        "question": question,
        "award": question.award,
        "kind": _kind(question),
        "form": form if is_open and allowed(request.user, Can.QUESTION_CLOSE, question) else None,
        "reply_subject": _("About the badge “%(title)s”") % {"title": question.award.credential_version.title},
        "votes": votes,
    }
    return render_page(request, "issuance/question_detail.html", context, status=status)


@login_required
@require_POST
def question_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    question = _question(request, public_id)
    form = ClosingForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            services.close_question(
                actor=request.user, question=question, note=form.cleaned_data["note"], at=timezone.now()
            )
        except RegistryError as error:
            form.add_error(None, str(error))
            status = error.http_status if isinstance(error, NotAllowed) else 422
        else:
            messages.success(request, _("Noted, and closed."))
            return redirect("issuance:question-list")
    return _question_page(request, question, form, status=status)


urlpatterns: list[URLPattern] = [
    path("v/<uuid:public_id>/vote", page_vote, name="page-vote"),
    path("v/<uuid:public_id>/ask", page_ask, name="page-ask"),
    path("thanks/<slug:what>/", thanks, name="thanks"),
    path("registrar/questions/", question_list, name="question-list"),
    path("registrar/questions/<uuid:public_id>/", question_detail, name="question-detail"),
    path("registrar/questions/<uuid:public_id>/close/", question_close, name="question-close"),
]
