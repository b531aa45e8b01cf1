"""The teams of an item: forming them, reading them, moving one person."""

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from config import tables
from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials.models import Credential, CredentialVersion
from learners import services
from learners.models import TeamMember
from learners.selectors import teams as selectors
from learners.services.teams import PROFESSIONS_MAX, SIZE_MAX, SIZE_MIN, without_team

PAGE = 25


class TeamForm(forms.Form):
    size = forms.IntegerField(
        label=gettext_lazy("Members of a team"), min_value=SIZE_MIN, max_value=SIZE_MAX, initial=7
    )
    professions = forms.IntegerField(
        label=gettext_lazy("Professions in each, at least"), min_value=1, max_value=PROFESSIONS_MAX, initial=3
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Number that the drawing starts from"),
        help_text=gettext_lazy("The same number gives the same teams; another one draws anew."),
        min_value=0,
        max_value=2**31,
        initial=1,
    )


class MoveMemberForm(forms.Form):
    team = forms.ChoiceField(label=gettext_lazy("Moves to"))
    reason = forms.CharField(
        label=gettext_lazy("Why"), help_text=gettext_lazy("Kept with your name and the time."), max_length=1000
    )

    def __init__(self, *args: Any, version: CredentialVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = {str(each.public_id): each for each in version.teams.order_by("name", "pk")}
        cast(forms.ChoiceField, self.fields["team"]).choices = [(key, each.name) for key, each in self.teams.items()]


def _find(request: HttpRequest, public_id: UUID) -> tuple[Credential, CredentialVersion]:
    found = Credential.objects.select_related("organization", "current_version")
    credential = get_object_or_404(found, public_id=public_id)
    if credential.current_version is None or not allowed(request.user, Can.TEAM_FORM, credential):
        raise Http404
    return credential, credential.current_version


@login_required
@require_http_methods(["GET", "POST"])
def team_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Reads what forming would give (GET with the form's values), forms, and lists the teams that are there."""
    credential, version = _find(request, public_id)
    asked = request.POST if request.method == "POST" else request.GET if "size" in request.GET else None
    form = TeamForm(asked)
    plan = None
    if asked is not None and form.is_valid():
        try:
            if request.method == "POST":
                formed = services.form_teams(
                    actor=request.user, credential=credential, at=timezone.now(), **form.cleaned_data
                )
                count = len(formed.members)
                words = ngettext("%(count)s team was formed.", "%(count)s teams were formed.", count)
                messages.success(request, words % {"count": count})
                return redirect("learners:team-list", public_id=public_id)
            plan = services.plan_teams(actor=request.user, credential=credential, **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
    page = Paginator(selectors.teams_of(version), PAGE).get_page(request.GET.get("page"))
    context = {
        "credential": credential,
        "version": version,
        "form": form,
        "waiting": without_team(version).count(),
        "plan": plan,
        "unmet": selectors.unmet(plan, size=form.cleaned_data["size"], professions=form.cleaned_data["professions"])
        if plan
        else [],
        "page": page,
    }
    return render_page(request, "learners/team_list.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def team_csv(request: HttpRequest, public_id: UUID) -> HttpResponse:
    _credential, version = _find(request, public_id)

    def rows() -> Iterator[list[str]]:
        for team in selectors.teams_of(version):
            for member in team.members.all():
                learner = member.enrollment.learner
                email = learner.user.email if learner.user else ""
                yield [team.name, learner.display_name, selectors.profession_in_words(learner.profession), email]

    return tables.answer("teams.csv", ["team", "name", "profession", "email"], rows())


@login_required
@require_http_methods(["GET", "POST"])
def team_move(request: HttpRequest, public_id: UUID, enrollment: UUID) -> HttpResponse:
    credential, version = _find(request, public_id)
    member = get_object_or_404(
        TeamMember.objects.select_related("team", "enrollment__learner"),
        team__credential_version=version,
        enrollment__public_id=enrollment,
    )
    form = MoveMemberForm(
        request.POST if request.method == "POST" else None,
        version=version,
        initial={"team": str(member.team.public_id)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            moved = services.move_member(
                actor=request.user,
                member=member,
                team=form.teams[form.cleaned_data["team"]],
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            said = {"name": member.enrollment.learner.display_name, "team": moved.team.name}
            messages.success(request, _("%(name)s is in %(team)s now.") % said)
            return redirect("learners:team-list", public_id=public_id)
    context = {"credential": credential, "version": version, "member": member, "form": form}
    return render_page(request, "learners/team_move.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("manage/credentials/<uuid:public_id>/teams/", team_list, name="team-list"),
    path("manage/credentials/<uuid:public_id>/teams.csv", team_csv, name="team-csv"),
    path("manage/credentials/<uuid:public_id>/teams/<uuid:enrollment>/", team_move, name="team-move"),
]
