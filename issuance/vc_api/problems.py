"""Problem details (RFC 9457) as the data model, Data Integrity and Bitstring Status List name them."""

from typing import Any

from rest_framework.exceptions import APIException

from config.errors import RegistryError
from issuance import openbadges as ob
from issuance.vc_api.verifying import Verification

MODEL = "https://www.w3.org/TR/vc-data-model#"
INTEGRITY = "https://w3id.org/security#"
STATUS = "https://www.w3.org/ns/credentials/status-list#"
TITLES = {
    f"{MODEL}PARSING_ERROR": "The body cannot be read",
    f"{MODEL}MALFORMED_VALUE_ERROR": "A rule of the data model is broken",
    f"{MODEL}CRYPTOGRAPHIC_SECURITY_ERROR": "The proof does not hold",
    f"{MODEL}RANGE_ERROR": "It does not hold at this time",
    f"{INTEGRITY}PROOF_VERIFICATION_ERROR": "The proof is malformed or not the one asked for",
    f"{INTEGRITY}DATA_LOSS_DETECTION_ERROR": "It says something that no context defines",
    f"{STATUS}STATUS_RETRIEVAL_ERROR": "The status could not be fetched",
    f"{STATUS}STATUS_VERIFICATION_ERROR": "The status forbids its use, or could not be told",
    f"{STATUS}STATUS_LIST_LENGTH_ERROR": "The status list is too short",
    f"{STATUS}RANGE_ERROR": "The position lies outside of the status list",
}
_BY_CODE = {
    "term-undefined": f"{INTEGRITY}DATA_LOSS_DETECTION_ERROR",
    "proof-mismatch": f"{MODEL}CRYPTOGRAPHIC_SECURITY_ERROR",
    "unreachable": f"{STATUS}STATUS_RETRIEVAL_ERROR",
    "status-list-length": f"{STATUS}STATUS_LIST_LENGTH_ERROR",
    "status-list-range": f"{STATUS}RANGE_ERROR",
}
_BY_NAME = {
    "form": f"{MODEL}MALFORMED_VALUE_ERROR",
    "format": f"{MODEL}PARSING_ERROR",
    "context": f"{MODEL}MALFORMED_VALUE_ERROR",
    "proof": f"{INTEGRITY}PROOF_VERIFICATION_ERROR",
    "proof-other": f"{INTEGRITY}PROOF_VERIFICATION_ERROR",
    "issuer": f"{MODEL}CRYPTOGRAPHIC_SECURITY_ERROR",
    "holder": f"{MODEL}CRYPTOGRAPHIC_SECURITY_ERROR",
    "dates": f"{MODEL}RANGE_ERROR",
    "status": f"{STATUS}STATUS_VERIFICATION_ERROR",
}


class Refused(RegistryError):
    """A credential is not issued, or a request not carried out; `checks` names each broken rule."""

    code = "malformed"
    http_status = 400

    def __init__(self, checks: list[ob.Check]) -> None:
        super().__init__(checks[0].sentence)
        self.code = checks[0].code
        self.checks = checks


class TooLarge(APIException):
    status_code = 413
    default_code = "too-large"


def refused(name: str, code: str, sentence: str) -> Refused:
    """A refusal for one rule."""
    return Refused([ob.Check(name, "failed", code, sentence)])


def detail(check: ob.Check) -> dict[str, str]:
    """One check as a problem detail."""
    kind = _BY_CODE.get(check.code) if check.name != "proof" or check.code != "unreachable" else None
    kind = kind or _BY_NAME.get(check.name, f"{MODEL}MALFORMED_VALUE_ERROR")
    return {"type": kind, "title": TITLES[kind], "detail": check.sentence, "code": check.code}


def body(checks: list[ob.Check], status: int = 400) -> dict[str, Any]:
    """The whole problem: the first one's, and all of them."""
    details = [detail(check) for check in checks]
    return {**details[0], "status": status, "errors": details, "problemDetails": details}


def answer(verification: Verification) -> tuple[dict[str, Any], int]:
    """The answer to a verification, and its HTTP status: 200 when all is well, 400 when not."""
    parts = (verification, *verification.credentials)
    errors = [check for part in parts for check in part.errors]
    found: dict[str, Any] = {} if verification.is_verified else body(errors)
    found |= {
        "verified": verification.is_verified,
        "checks": list(dict.fromkeys(check.name for check in verification.checks)),
        "warnings": [detail(check) for part in parts for check in part.warnings],
        "results": lines(verification),
    }
    found.setdefault("errors", [])
    found.setdefault("problemDetails", [])
    if verification.credentials:
        found["credentialResults"] = [
            {"verified": part.is_verified, "results": lines(part)} for part in verification.credentials
        ]
    return found, 200 if verification.is_verified else 400


def lines(verification: Verification) -> list[dict[str, str]]:
    """Each check, as the registry's own API writes them."""
    return [
        {"name": check.name, "outcome": check.outcome, "code": check.code, "detail": check.sentence}
        for check in verification.checks
    ]
