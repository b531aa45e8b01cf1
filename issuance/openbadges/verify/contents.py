"""What a credential holds beside itself: the members of a transcript, and what others say of a badge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..errors import LimitError
from ..jws import is_compact
from .means import Json, Means
from .parts import as_list, id_of, mapping, objects, types_of
from .report import Check, Outcome, Report

Given = str | dict[str, Any]
Verifier = Callable[[Given], Report]


def members_check(document: Json, means: Means, verify: Verifier | None) -> tuple[Check, tuple[Report, ...]]:
    """Verify the credentials inside a transcript; each of them counts. verify: None inside another transcript."""
    members = as_list(mapping(document.get("credentialSubject")).get("verifiableCredential"))
    if not members:
        return Check("contents", "not-applicable", "contents-none", "It holds no other credentials."), ()
    if verify is None:
        deep = "It is a transcript inside a transcript; what it holds is not looked at."
        return Check("contents", "unknown", "contents-deep", deep), ()
    try:
        means.look_inside(len(members))
    except LimitError as error:
        return Check("contents", "unknown", "contents-many", str(error)), ()
    reports = tuple(_verified(member, verify) for member in members)
    good = sum(report.is_valid for report in reports)
    if good == len(reports):
        sentence = "The credential in it is valid." if good == 1 else f"All {good} credentials in it are valid."
        return Check("contents", "passed", "contents", sentence), reports
    bad = any(report.state != "unknown" and not report.is_valid for report in reports)
    outcome: Outcome = "failed" if bad else "unknown"
    sentence = f"{good} of the {len(reports)} credentials in it are valid; see the others one by one."
    return Check("contents", outcome, "contents-mixed", sentence), reports


def endorsements_check(document: Json, means: Means, verify: Verifier) -> tuple[Check, tuple[Report, ...]]:
    """Verify what others say of a badge, its achievement or its issuer, as objects and as tokens.

    Each must be about one of these. Source: 1EdTech Open Badges 3.0, section 9.1, step 7.
    """
    found = list(_endorsements(document))
    if not found:
        return Check("endorsements", "not-applicable", "endorsements-none", "Nobody else speaks for it."), ()
    try:
        means.look_inside(len(found))
    except LimitError as error:
        return Check("endorsements", "unknown", "endorsements-many", str(error)), ()
    reports = tuple(_about(_verified(given, verify), endorsed) for endorsed, given in found)
    good = sum(report.is_valid for report in reports)
    if good == len(reports):
        sentence = "The endorsement of it is valid." if good == 1 else f"All {good} endorsements of it are valid."
        return Check("endorsements", "passed", "endorsements", sentence), reports
    if any(report.state == "altered" for report in reports):
        forged = "Someone's endorsement in it was changed, or not written by whom it names."
        return Check("endorsements", "failed", "endorsements-altered", forged), reports
    bad = any(report.state != "unknown" for report in reports)
    sentence = f"{good} of the {len(reports)} endorsements of it are valid; the badge itself does not depend on them."
    return Check("endorsements", "failed" if bad else "unknown", "endorsements-mixed", sentence), reports


def _endorsements(document: Json) -> Iterator[tuple[set[str], Any]]:
    """Give each endorsement with the addresses that it may be about."""
    subject = mapping(document.get("credentialSubject"))
    achievements = objects(subject.get("achievement"))
    issuer = mapping(document.get("issuer"))
    own = {name for name in map(id_of, (document.get("id"), issuer, *achievements)) if name is not None}
    holders = [(document, own), *((item, {str(id_of(item))}) for item in (*achievements, issuer))]
    for holder, about in holders:
        for name in ("endorsement", "endorsementJwt"):
            for given in as_list(holder.get(name)):
                yield about, given


def _about(report: Report, endorsed: set[str]) -> Report:
    """Tell of an endorsement that is none, or that is about something else."""
    document = report.document
    if document is None:
        return report
    if "EndorsementCredential" not in types_of(document):
        problem = Check("shape", "failed", "endorsement-type", "It stands as an endorsement, and is something else.")
    elif id_of(document.get("credentialSubject")) not in endorsed:
        problem = Check("shape", "failed", "endorsement-elsewhere", "It endorses something else than this badge.")
    else:
        return report
    return Report("unknown", (*report.checks, problem), document)


def _verified(given: object, verify: Verifier) -> Report:
    if isinstance(given, dict) or (isinstance(given, str) and is_compact(given)):
        return verify(given)
    return Report("unknown", (Check("format", "failed", "format", "This is not a credential."),))
