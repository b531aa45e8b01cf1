"""Calibration: the set that a lead keeps, and the rounds in which assessors judge it."""

import mimetypes
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import RegistryError
from config.permissions import Can, Role, allowed
from credentials import rubric
from credentials.models import Credential
from learners import services
from learners.drifting import MARKS, TOO_FAR, Drift
from learners.forms.calibration import (
    CalibrationForm,
    JudgeForm,
    LevelsForm,
    ModelWorkForm,
    PieceForm,
    agreed_of,
    judged_of,
)
from learners.models import Calibration, CalibrationRound, ModelPiece, ModelWork
from learners.models.calibration import WORKS_DEFAULT
from learners.models.evidence import ScanState
from learners.selectors import assessing
from learners.selectors import calibration as selectors
from learners.views.uploads import file_response


# For leads -----------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def calibration_manage(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The set of an item, whether it is asked for, and where its assessors stand."""
    led = Credential.objects.filter(request.user.scope_q({Role.LEAD})).select_related("current_version", "organization")
    credential = get_object_or_404(led, public_id=public_id, current_version__isnull=False)
    version = credential.current_version
    if version is None:
        raise Http404
    standing = Calibration.objects.filter(credential=credential).first()
    said = request.POST.get("about", "")
    most = standing.works_max if standing else WORKS_DEFAULT
    settings_form = CalibrationForm(
        request.POST if said == "settings" else None,
        initial={"is_required": standing.is_required if standing else False, "works_max": most},
    )
    work_form = ModelWorkForm(request.POST if said == "work" else None)
    refused: forms.Form | None = None
    if request.method == "POST":
        refused = {"settings": settings_form, "work": work_form}.get(said)
        if refused is None:
            raise Http404
        if refused.is_valid():
            try:
                if said == "work":
                    work = services.begin_model_work(
                        actor=request.user, version=version, title=refused.cleaned_data["title"], at=timezone.now()
                    )
                    return redirect("learners:model-work", public_id=work.public_id)
                services.set_calibration(
                    actor=request.user, credential=credential, at=timezone.now(), **refused.cleaned_data
                )
            except RegistryError as error:
                refused.add_error(None, str(error))
            else:
                messages.success(request, _("Kept. New work follows it from now on."))
                return redirect("learners:calibration-manage", public_id=public_id)
    works = list(ModelWork.objects.filter(version=version, retired_at__isnull=True).order_by("pk"))
    context = {
        "credential": credential,
        "version": version,
        "works": works,
        "ready": sum(each.ready_at is not None for each in works),
        "most": most,
        "is_required": standing is not None and standing.is_required,
        "settings_form": settings_form,
        "work_form": work_form,
        "lines": [_line(each) for each in selectors.lines(credential, timezone.now())],
        "marks": MARKS,
        "too_far": TOO_FAR,
    }
    return render(request, "learners/calibration_manage.html", context, status=422 if refused else 200)


def _line(line: selectors.Line) -> dict[str, Any]:
    return {
        "who": line.user,
        "until": line.until,
        "last": line.last,
        "count": line.count,
        "is_flagged": line.drift.is_flagged,
        "drift": _drift(line.drift),
        "n": line.drift.n,
        "others": line.drift.others,
    }


def _drift(found: Drift) -> str:
    """The difference with its interval, in words and figures; that there are too few marks, when there are."""
    if not found.is_enough or found.difference is None:
        return _("too few marks")
    said = f"{found.difference:+.2f}".replace("-", "−")
    if found.low is None or found.high is None:
        return said
    low, high = (f"{each:+.2f}".replace("-", "−") for each in (found.low, found.high))
    return _("%(difference)s (95 %% interval %(low)s to %(high)s)") % {"difference": said, "low": low, "high": high}


@login_required
@require_http_methods(["GET", "POST"])
def model_work(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One piece of work of a set: what there is to judge, what was agreed, and taking it into the set."""
    led = ModelWork.objects.filter(request.user.scope_q({Role.LEAD}, "version__credential__"))
    work = get_object_or_404(led.select_related("version__credential__organization"), public_id=public_id)
    criteria = assessing.criteria_of(work.version)
    said = request.POST.get("about", "")
    piece_form = PieceForm(
        request.POST if said == "piece" else None, request.FILES if said == "piece" else None, prefix="piece"
    )
    levels_form = LevelsForm(
        request.POST if said in {"levels", "ready"} else None,
        criteria=criteria,
        given=agreed_of(list(work.agreed.all())),
    )
    refused: forms.Form | None = None
    if request.method == "POST":
        refused = piece_form if said in {"piece", "remove"} else levels_form
        try:
            if _change(request, work, said, piece_form, levels_form):
                if said == "retire":
                    return redirect("learners:calibration-manage", public_id=work.version.credential.public_id)
                return redirect("learners:model-work", public_id=public_id)
        except RegistryError as error:
            if refused.is_bound:
                refused.add_error(None, str(error))
            else:
                messages.error(request, str(error))
                return redirect("learners:model-work", public_id=public_id)
    rows = rubric.rows(work.version, criteria)
    for number, row in enumerate(rows, 1):
        row |= levels_form.bound(number)
    is_open = work.ready_at is None and work.retired_at is None
    agreed = {each.criterion_id: each for each in work.agreed.all()}
    context = {
        "work": work,
        "version": work.version,
        "credential": work.version.credential,
        "pieces": list(zip(work.pieces.order_by("pk"), selectors.pieces(work), strict=True)),
        "criteria": rows,
        "result": [
            row | {"reached": agreed[criterion.pk].level, "feedback": agreed[criterion.pk].reason}
            for row, criterion in zip(rubric.rows(work.version, criteria), criteria, strict=True)
            if criterion.pk in agreed
        ],
        "rule": rubric.rule_of(work.version, criteria),
        "piece_form": piece_form,
        "levels_form": levels_form,
        "is_open": is_open,
    }
    return render(request, "learners/model_work.html", context, status=422 if refused else 200)


def _change(request: HttpRequest, work: ModelWork, said: str, piece: PieceForm, levels: LevelsForm) -> bool:
    """Do what was asked; False when a form is not whole."""
    at = timezone.now()
    if said == "retire":
        services.retire_model_work(actor=request.user, work=work, at=at)
        messages.success(request, _("Taken out of the set. Rounds that hold it go on."))
        return True
    if said == "remove":
        found = next((each for each in work.pieces.all() if str(each.public_id) == request.POST.get("piece")), None)
        if found is not None:
            services.remove_model_piece(actor=request.user, piece=found)
        return True
    if said == "piece":
        if not piece.is_valid():
            return False
        data = piece.cleaned_data
        if data["file"]:
            services.add_model_file(actor=request.user, work=work, title=data["title"], upload=data["file"], at=at)
        else:
            services.add_model_text(actor=request.user, work=work, title=data["title"], text=data["text"], at=at)
        return True
    if said not in {"levels", "ready"}:
        raise Http404
    if not levels.is_valid():
        return False
    services.agree_levels(actor=request.user, work=work, levels=levels.levels(), at=at)
    if said == "levels":
        messages.success(request, _("Kept. It is in the set once you take it in."))
        return True
    services.make_ready(actor=request.user, work=work, is_declared="declared" in request.POST, at=at)
    messages.success(request, _("It is in the set, and stays as it is."))
    return True


# For assessors -------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def calibration_list(request: HttpRequest) -> HttpResponse:
    """Where an assessor stands with each item that has a set."""
    if Role.ASSESSOR not in request.user.roles():
        raise Http404
    return render(
        request, "learners/calibration_list.html", {"rows": selectors.standings(request.user, timezone.now())}
    )


@login_required
@require_POST
def calibration_start(request: HttpRequest, public_id: UUID) -> HttpResponse:
    mine = Credential.objects.filter(request.user.scope_q({Role.ASSESSOR})).select_related("organization")
    credential = get_object_or_404(mine, public_id=public_id)
    try:
        started = services.start_round(actor=request.user, credential=credential, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
        return redirect("learners:calibration-list")
    return redirect("learners:calibration-round", public_id=started.public_id)


def _own(request: HttpRequest, public_id: UUID) -> CalibrationRound:
    own = CalibrationRound.objects.filter(assessor=request.user)
    return get_object_or_404(own.select_related("version", "credential__organization"), public_id=public_id)


@login_required
@require_http_methods(["GET", "POST"])
def calibration_round(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An open round: what is judged and what is left, and finishing it. A finished one: how it compares, explained."""
    taken = _own(request, public_id)
    refusal = ""
    if request.method == "POST":
        try:
            services.finish_round(actor=request.user, calibration_round=taken, at=timezone.now())
        except RegistryError as error:
            refusal = str(error)
        else:
            return redirect("learners:calibration-round", public_id=public_id)
    context: dict[str, Any] = {"round": taken, "version": taken.version, "refusal": refusal}
    if taken.finished_at is None:
        works = selectors.works_of(taken)
        context |= {
            "works": works,
            "next": next((number for number, each in enumerate(works, 1) if not each.is_judged), None),
            "may_judge": allowed(request.user, Can.CALIBRATION_JUDGE, taken),
        }
        return render(request, "learners/calibration_round.html", context, status=422 if refusal else 200)
    is_judging = CalibrationRound.objects.filter(
        assessor=request.user, credential=taken.credential_id, finished_at__isnull=True
    ).exists()
    context |= {
        "is_judging": is_judging,
        "works": [] if is_judging else selectors.explained(taken, assessing.criteria_of(taken.version)),
    }
    return render(request, "learners/calibration_result.html", context, status=409 if refusal else 200)


@login_required
@require_http_methods(["GET", "POST"])
def calibration_judge(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """One piece of work of an open round, judged as work is judged: evidence beside the rubric."""
    taken = _own(request, public_id)
    if taken.finished_at is not None:
        return redirect("learners:calibration-round", public_id=public_id)
    if not allowed(request.user, Can.CALIBRATION_JUDGE, taken):
        raise Http404
    works = selectors.works_of(taken)
    if not 1 <= number <= len(works):
        raise Http404
    work = works[number - 1]
    criteria = assessing.criteria_of(taken.version)
    stored = list(taken.judgments.filter(work=work))
    form = JudgeForm(request.POST or None, criteria=criteria, given=judged_of(stored))
    action = request.POST.get("action", "save")
    seen = request.POST.get("seen", services.judged_mark(stored))
    is_changed_elsewhere = False
    draft_key = f"{public_id}:{number}:"
    if request.method == "POST" and form.is_valid():
        is_compared = "seen" in request.POST and action != "overwrite"
        try:
            seen = services.save_calibration(
                actor=request.user,
                calibration_round=taken,
                work=work,
                levels=form.levels(),
                seen=seen if is_compared else None,
            )
        except RegistryError as error:
            form.add_error(None, str(error))
            is_changed_elsewhere = isinstance(error, services.ChangedElsewhere)
        else:
            if action != "autosave":
                messages.success(request, _("Kept."), extra_tags=draft_key)
            if action == "overwrite":
                return redirect(request.path)
            if action == "next" and number < len(works):
                return redirect("learners:calibration-judge", public_id=public_id, number=number + 1)
            if action != "autosave":
                return redirect("learners:calibration-round", public_id=public_id)
    context: dict[str, Any] = {
        "form": form,
        "seen": seen,
        "saved_at": timezone.now() if action == "autosave" else None,
        "is_changed_elsewhere": is_changed_elsewhere,
    }
    if action == "autosave":
        status = 422 if form.errors else 200
        return render(request, "learners/_calibration_saved.html", context, status=status)
    rows = rubric.rows(taken.version, criteria)
    for position, row in enumerate(rows, 1):
        row |= form.bound(position)
    context |= {
        "round": taken,
        "version": taken.version,
        "work": work,
        "number": number,
        "count": len(works),
        "autosave_work": draft_key,
        "evidence": selectors.pieces(work),
        "criteria": rows,
        "rule": rubric.rule_of(taken.version, criteria),
    }
    return render(request, "learners/calibration_judge.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def model_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """A file of a model work, for those who keep the set or judge it; under a name that says nothing."""
    piece = get_object_or_404(selectors.visible_pieces(request.user).filter(file__isnull=False), public_id=public_id)
    stored = piece.file
    if stored is None or stored.tombstoned_at is not None:
        raise Http404
    if stored.quarantined_at is not None or stored.scan_state in {ScanState.INFECTED, ScanState.WAITING}:
        return render(request, "learners/file_withheld.html", {"file": stored}, status=403)
    return file_response(stored, f"work-{piece.public_id.hex[:6]}{_suffix(piece)}")


def _suffix(piece: ModelPiece) -> str:
    return (mimetypes.guess_extension(piece.file.media_type) or "") if piece.file else ""


urlpatterns: list[URLPattern] = [
    path("manage/credentials/<uuid:public_id>/calibration/", calibration_manage, name="calibration-manage"),
    path("manage/calibration/<uuid:public_id>/", model_work, name="model-work"),
    path("calibration/", calibration_list, name="calibration-list"),
    path("calibration/<uuid:public_id>/start/", calibration_start, name="calibration-start"),
    path("calibration/rounds/<uuid:public_id>/", calibration_round, name="calibration-round"),
    path("calibration/rounds/<uuid:public_id>/<int:number>/", calibration_judge, name="calibration-judge"),
    path("calibration/files/<uuid:public_id>/", model_file, name="model-file"),
]
