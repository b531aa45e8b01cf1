"""An item in the Credential Transparency Description Language, as JSON-LD (credreg.net/ctdl/terms). Pure but for words.

Every entity has a CTID: "ce-" and a UUID; ours are those of the registry, so that they never change.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from credentials.models import Credential, CredentialVersion, Organization
from credentials.models.catalog import CredentialKind
from credentials.workflow import CredentialStatus

CONTEXT = "https://credreg.net/ctdl/schema/context/json"
# Where the language keeps its own words.
STATUS = {
    CredentialStatus.OFFERED: "credentialStat:Active",
    CredentialStatus.RETIRED: "credentialStat:Deprecated",
}


def ctid(public_id: UUID) -> str:
    return f"ce-{public_id}"


def document(graph: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"@context": CONTEXT, "@graph": list(graph)}


def organization(found: Organization, address: str) -> dict[str, Any]:
    return _filled(
        {
            "@id": f"{address}#organization-{found.public_id}",
            "@type": "ceterms:CredentialOrganization",
            "ceterms:ctid": ctid(found.public_id),
            "ceterms:name": _text(found.name),
            "ceterms:subjectWebpage": found.website,
            "ceterms:email": [found.contact_email] if found.contact_email else [],
            "ceterms:address": [{"@type": "ceterms:Place", "ceterms:addressCountry": _text(found.country)}],
        }
    )


def credential(
    version: CredentialVersion, *, address: str, issuer: str, related: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """One version, which comes with its children. address: of its criteria, in full; issuer: the organization's id.

    related: from `selectors.related`, with addresses in full.
    """
    item: Credential = version.credential
    is_designation = item.kind == CredentialKind.DESIGNATION
    language = version.language
    return _filled(
        {
            "@id": address,
            "@type": "ceterms:Certification" if is_designation else "ceterms:MicroCredential",
            "ceterms:ctid": ctid(item.public_id),
            "ceterms:name": _text(version.title, language),
            "ceterms:description": _text(version.summary, language),
            "ceterms:subjectWebpage": address,
            "ceterms:credentialStatusType": _status(item.status),
            "ceterms:ownedBy": [issuer],
            "ceterms:offeredBy": [issuer],
            "ceterms:inLanguage": [language],
            "ceterms:credentialId": item.code,
            "ceterms:versionIdentifier": [
                {"@type": "ceterms:IdentifierValue", "ceterms:identifierValueCode": str(version.number)}
            ],
            "ceterms:keyword": {language: keywords} if (keywords := _keywords(version)) else {},
            "ceterms:requires": [_requires(version)],
            "ceterms:estimatedDuration": [
                {"@type": "ceterms:DurationProfile", "ceterms:exactDuration": f"PT{version.workload_hours}H"}
            ]
            if version.workload_hours
            else [],
            "ceterms:estimatedCost": [
                {
                    "@type": "ceterms:CostProfile",
                    "ceterms:costDetails": address,
                    "ceterms:description": _text(version.cost, language),
                }
            ]
            if version.cost
            else [],
            "ceterms:renewal": [
                {
                    "@type": "ceterms:ConditionProfile",
                    "ceterms:name": _text("Renewal", "en"),
                    "ceterms:description": _text(version.renewal or "It expires and is earned anew.", language),
                }
            ]
            if version.expires_after_months
            else [],
            "ceterms:revocation": [
                {
                    "@type": "ceterms:RevocationProfile",
                    "ceterms:description": _text(
                        "A badge can be revoked by two registrars; its status list says so at once.", "en"
                    ),
                }
            ],
            "ceterms:isPartOf": _ends(related, is_program=False),
            "ceterms:isPreparationFor": [
                {
                    "@type": "ceterms:ConditionProfile",
                    "ceterms:name": _text(end["title"], language),
                    "ceterms:subjectWebpage": end["url"],
                }
                for end in _ends(related, is_program=True)
            ],
        }
    )


def _keywords(version: CredentialVersion) -> list[str]:
    return [each for each in (version.theme, str(version.get_level_display())) if each]


def _ends(related: Sequence[dict[str, Any]], *, is_program: bool) -> list[Any]:
    """The items of the registry that it belongs to, by address; or the programs outside, whole."""
    found = [end for group in related if group["is_onward"] for end in group["ends"] if bool(end["what"]) == is_program]
    return found if is_program else [end["url"] for end in found]


def _requires(version: CredentialVersion) -> dict[str, Any]:
    language = version.language
    outcomes = sorted(version.outcomes.all(), key=lambda each: each.position)
    alignments = sorted(version.alignments.all(), key=lambda each: each.pk)
    shown = [f"Assessed by: {', '.join(version.assessment_methods)}."] if version.assessment_methods else []
    competencies = {each.competency.pk: each.competency for each in alignments}
    return _filled(
        {
            "@type": "ceterms:ConditionProfile",
            "ceterms:name": _text("What is assessed", "en"),
            "ceterms:description": _text(" ".join([*(each.text for each in outcomes), *shown]), language),
            "ceterms:condition": {
                language: [each.name for each in sorted(version.criteria.all(), key=lambda one: one.position)]
            },
            "ceterms:targetCompetency": [
                _filled(
                    {
                        "@type": "ceterms:CredentialAlignmentObject",
                        "ceterms:targetNodeName": _text(each.short_name),
                        "ceterms:codedNotation": each.code,
                        "ceterms:framework": each.framework.source_url,
                        "ceterms:frameworkName": _text(f"{each.framework.title} ({each.framework.version})"),
                    }
                )
                for each in competencies.values()
            ],
        }
    )


def _text(words: str, language: str = "en") -> dict[str, str]:
    return {language: words} if words else {}


def _status(status: str) -> dict[str, Any]:
    term = STATUS.get(CredentialStatus(status), "credentialStat:Probationary")
    return {
        "@type": "ceterms:CredentialAlignmentObject",
        "ceterms:framework": "https://credreg.net/ctdl/terms/CredentialStatus",
        "ceterms:frameworkName": _text("Credential Status Type"),
        "ceterms:targetNode": term,
        "ceterms:targetNodeName": _text(term.partition(":")[2]),
    }


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty: the language knows no empty values."""
    return {name: value for name, value in row.items() if value not in ("", [], {}, None)}
