"""Check a list: up to 500 links or files at once, without an account."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from config import once
from config.errors import Invalid
from config.limits import limited
from credentials.services import made_once
from issuance import badge_page, services, verification
from issuance.models import BadgeList, BadgeListRow

TEXT_MAX = 300_000
LINES_NAMED = 20  # so many lines without a link are named, of the rest their number
LEFT_OUT, SAID_MAX = "issuance.list-left-out", 8_000
LINE_MAX = 3_000
OF_ANOTHER = "of-another"  # a state for counting alone
KINDS = {"altered": "failed", "withdrawn": "failed", "mixed": "suspended", "not-shown": "unknown"}


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files; none is an empty list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        clean = super().clean
        return [clean(each, initial) for each in given]


class ListForm(forms.Form):
    links = forms.CharField(
        required=False,
        label=gettext_lazy("Links, one on each line"),
        help_text=gettext_lazy(
            "A name may stand before or after each, with a comma between; it is compared with the holder’s."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        max_length=TEXT_MAX,
    )
    badges = ManyFilesField(
        required=False,
        label=gettext_lazy("Or files"),
        help_text=gettext_lazy("Badges as JSON, PNG, SVG or PDF, or one CSV list of names and links."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.left_out: list[str] = []
        rows = self._read(_("what you pasted"), str(values.get("links") or ""))
        for upload in values.get("badges") or []:
            if upload.size > verification.FILE_MAX_BYTES:
                raise forms.ValidationError(
                    _("%(name)s is larger than 4 MB; badges are much smaller.") % {"name": str(upload.name)[:100]}
                )
            if str(upload.name).lower().endswith((".csv", ".txt")):
                rows += self._read(f"“{str(upload.name)[:60]}”", _decoded(upload.read()))
            else:
                rows.append(services.Given(given=str(upload.name), content=upload.read()))
        if self.left_out and not rows:
            raise forms.ValidationError(
                _("None of the lines holds a link; a link begins with https:// and stands alone or beside a name.")
            )
        return values | {"rows": rows}

    def _read(self, source: str, text: str) -> list[services.Given]:
        """The rows of one list; of the lines without a link, `left_out` says which they are."""
        found = list(_lines(text))
        if without := [number for number, row in found if row is None]:
            self.left_out.append(_left_out(source, without))
        return [row for _number, row in found if row is not None]


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_lines(text: str) -> Iterator[services.Given]:
    """The rows of a pasted list or a CSV file: in each, one cell is a link, and another one may be a name.

    Lines without a link are headings or notes, unless they are all there is in a line that looks like an address.
    """
    for _number, row in _lines(text):
        if row is not None:
            yield row


def _lines(text: str) -> Iterator[tuple[int, services.Given | None]]:
    """Each line that is not empty, by its number from 1, with its row; None where it holds no link."""
    for number, line in enumerate(text.replace("\0", "").splitlines(), start=1):
        delimiter = "\t" if "\t" in line else ";" if ";" in line and "," not in line else ","
        cells = next(csv.reader([line[:LINE_MAX]], delimiter=delimiter), [])
        filled = [cell.strip() for cell in cells if cell.strip()]
        link = next((cell for cell in filled if "://" in cell or "/v/" in cell), None)
        if link is not None:
            name = next((cell for cell in filled if cell != link and "@" not in cell), "")
            yield number, services.Given(given=link, expected_holder=name)
        elif len(filled) == 1 and "." in filled[0] and " " not in filled[0]:
            yield number, services.Given(given=filled[0])
        elif filled:
            yield number, None


def _left_out(source: str, lines: list[int]) -> str:
    """Which lines of one list hold no link, in a sentence."""
    shown = ", ".join(str(number) for number in lines[:LINES_NAMED])
    if (more := len(lines) - LINES_NAMED) > 0:
        shown = _("%(lines)s and %(count)s more") % {"lines": shown, "count": more}
    values = {"count": len(lines), "source": source, "lines": shown}
    return (
        ngettext(
            "%(count)s line of %(source)s holds no link and was left out: line %(lines)s.",
            "%(count)s lines of %(source)s hold no link and were left out: lines %(lines)s.",
            len(lines),
        )
        % values
    )


@csrf_exempt  # changes nothing of anybody's and reads no cookie; strangers come without one
@require_http_methods(["GET", "HEAD", "POST"])
@limited("list", methods=("POST",))
def list_check(request: HttpRequest) -> HttpResponse:
    """Take a list, and lead to the page that fills as it is checked."""
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_bound and form.is_valid():
        try:
            made = made_once(
                once.sent_by_stranger(request), services.start_list, rows=form.cleaned_data["rows"], at=timezone.now()
            )
            return redirect(_address(made, form.left_out))
        except Invalid as error:
            form.add_error(None, str(error))
    status = 422 if form.is_bound else 200
    return HttpResponse(render_to_string("issuance/list_check.html", {"form": form}), status=status)


def _address(made: BadgeList, left_out: list[str]) -> str:
    """Where the answers stand. What was left out goes along, signed: it concerns one reading and is kept nowhere."""
    if not left_out:
        return made.get_absolute_url()
    said = signing.dumps([made.token, *left_out], salt=LEFT_OUT, compress=True)
    return f"{made.get_absolute_url()}?{urlencode({'left': said})}"


def _said_of(found: BadgeList, said: str) -> list[str]:
    """What was left out of this list, when the address says so and nobody else wrote it."""
    try:
        token, *left_out = signing.loads(said[:SAID_MAX], salt=LEFT_OUT)
    except signing.BadSignature:
        return []
    return [str(each) for each in left_out] if token == found.token else []


@require_safe
@limited("verify")
def list_result(request: HttpRequest, token: str) -> HttpResponse:
    """The rows of a list, as far as they are checked. Three queries."""
    found = _kept(token)
    rows = verification.rows_now(found, timezone.now())
    done = sum(row.checked_at is not None for row in rows)
    left_out = _said_of(found, request.GET.get("left", ""))
    context = {
        "list": found,
        "here": request.get_full_path() if left_out else found.get_absolute_url(),
        "left_out": left_out,
        "rows": [_shown(row) for row in rows],
        "done": done,
        "total": len(rows),
        "said": _("%(done)s of %(total)s checked") % {"done": done, "total": len(rows)},
        "by_state": _by_state(rows),
        "checked": _checked(rows),
        "of_others": sum(map(_is_of_another, rows)),
        "is_waiting": done < len(rows),
        "until": badge_page.day(found.keep_until),
    }
    return _private(HttpResponse(render_to_string("issuance/list_result.html", context)))


def _by_state(rows: Sequence[BadgeListRow]) -> str:
    """How many are in which state, in a sentence. One that is valid and another person's is not counted as valid."""
    states = [OF_ANOTHER if row.state == "valid" and _is_of_another(row) else row.state for row in rows]
    words = {"valid": verification.LIST_WORDS["valid"], OF_ANOTHER: _("valid, but in another name")}
    words |= verification.LIST_WORDS
    counts = Counter(states)
    said = "; ".join(
        _("%(count)s %(state)s") % {"count": counts[state], "state": lower_first(str(words[state]))}
        for state in words
        if counts[state]
    )
    total = ngettext("%(count)s badge", "%(count)s badges", len(rows)) % {"count": len(rows)}
    return _("%(total)s: %(said)s.") % {"total": total, "said": said}


def _checked(rows: Sequence[BadgeListRow]) -> str:
    """When the last row was checked: what is said was found until then."""
    last = max((row.checked_at for row in rows if row.checked_at is not None), default=None)
    if last is None:
        return ""
    return _("Checked on %(day)s, %(time)s.") % {"day": badge_page.day(last), "time": badge_page.clock(last)}


def lower_first(words: str) -> str:
    return words[:1].lower() + words[1:]


def _shown(row: BadgeListRow) -> dict[str, Any]:
    """A row's verdict says first when the badge is not of whom it was given for, however good it is."""
    kind, word = KINDS.get(row.state, row.state), str(verification.LIST_WORDS.get(row.state, ""))
    if _is_of_another(row):
        kind = "suspended" if kind == "valid" else kind
        word = _("In another name: %(word)s") % {"word": word}
    return {
        "row": row,
        "kind": kind,
        "word": word,
        "issued": badge_page.day(row.issued_at),
        "until": badge_page.day(row.valid_until),
        "match": _match(row),
    }


def _match(row: BadgeListRow) -> str:
    if not row.expected_holder or not row.holder:
        return ""
    return _("another name") if _is_of_another(row) else _("same name")


def _is_of_another(row: BadgeListRow) -> bool:
    """Whether a name was given beside a badge, and the badge carries another one."""
    if not row.expected_holder or not row.holder:
        return False
    return not verification.same_holder(row.expected_holder, row.holder)


@require_safe
@limited("verify")
def list_csv(request: HttpRequest, token: str) -> HttpResponse:
    """The same as a table for a spreadsheet."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(
        [
            "row",
            "given",
            "name given",
            "status",
            "cause",
            "holder",
            "match",
            "badge",
            "issuer",
            "issued",
            "valid until",
            "checked at",
        ]
    )
    for row in verification.rows_now(_kept(token), timezone.now()):
        cells = [row.given, row.expected_holder, row.state or "waiting", row.cause, row.holder, _match(row), row.title]
        dates = [
            each.isoformat(timespec="seconds") if each else ""
            for each in (row.issued_at, row.valid_until, row.checked_at)
        ]
        table.writerow([row.position, *map(_harmless, [*cells, row.issuer]), *dates])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="checked-badges.csv"'
    return _private(response)


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _kept(token: str) -> BadgeList:
    return get_object_or_404(BadgeList.objects.kept(timezone.now()), token=token)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


urlpatterns = [
    path("check/list/", list_check, name="list-check"),
    path("check/list/<slug:token>/", list_result, name="list-result"),
    path("check/list/<slug:token>.csv", list_csv, name="list-csv"),
]
