"""PAdES signatures by pyHanko with the organization's P-256 certificate, and checking them."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from asn1crypto import pem, tsp, x509
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from config.errors import RegistryError
from issuance.openbadges import UnreachableError
from issuance.outside import Outside

FIELD = "Signature"
SIGNATURE_MAX = 72  # bytes of a P-256 signature as DER
MIB = 1024 * 1024
ATTACHMENTS_MAX = 300  # the record of a transcript, and each of its badges
# A stranger's file may unpack to this much, and not to what a few bytes of it claim.
LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=16 * MIB),
    document_budget=DocumentDecodeBudget(base_allowance=64 * MIB),
)


@dataclass(frozen=True)
class PdfVerdict:
    """What a PDF's signature says. Judged by intact, trusted, and by whether it covers the whole file.

    stamped_at: what the time stamp says, where there is one of an authority that this site trusts.
    """

    is_signed: bool
    is_intact: bool
    is_trusted: bool
    covers_all: bool
    attachments: dict[str, bytes]
    stamped_at: datetime | None = None

    @property
    def is_good(self) -> bool:
        return self.is_signed and self.is_intact and self.is_trusted and self.covers_all


class UnreadablePdf(ValueError):
    """The bytes do not read as a PDF."""


class TimeStampMissing(RegistryError):
    """The authority that stamps the time did not, or its stamp does not hold; the document waits."""

    code = "time-stamp-missing"
    http_status = 503


class _Signer(signers.Signer):
    """Signs with whatever holds the key: this process, or a device."""

    def __init__(self, act: Callable[[bytes], bytes], **fields: Any) -> None:
        super().__init__(**fields)
        self._act = act

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return bytes(SIGNATURE_MAX) if dry_run else self._act(data)


class GuardedTimeStamper(TimeStamper):
    """Asks an authority for stamps (RFC 3161) with the care that is taken of every address outside."""

    def __init__(self, url: str, outside: Callable[[], Outside] = Outside) -> None:
        super().__init__()
        self._url, self._outside = url, outside

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = self._outside().post(self._url, req.dump(), "application/timestamp-query")
        try:
            response = tsp.TimeStampResp.load(answer, strict=True)
            response.native  # noqa: B018  it is read through, so that nonsense is told here
        except (ValueError, TypeError, KeyError) as error:
            raise TimestampRequestError("The answer is no time stamp.") from error
        return response


def time_stamper() -> TimeStamper | None:
    """Who stamps the time, by the settings. It learns the size of its stamps once in a process."""
    return _time_stamper(settings.TIMESTAMP_URL) if settings.TIMESTAMP_URL else None


@lru_cache(maxsize=1)
def _time_stamper(url: str) -> TimeStamper:
    return GuardedTimeStamper(url)


def sign(
    pdf: bytes,
    *,
    sign_bytes: Callable[[bytes], bytes],
    certificate: str,
    root: str,
    name: str,
    at: datetime,
    stamper: TimeStamper | None = None,
) -> bytes:
    """Sign a PDF: PAdES B-B, or B-T with a time stamp. It asks the authority, so no row may be locked meanwhile.

    sign_bytes: ECDSA over SHA-256, as DER. certificate: PEM; root: what stands above it, the root last. Raises
    TimeStampMissing, and what sign_bytes raises.
    """
    store = SimpleCertificateStore()
    store.register_multiple(_chain(root))
    signer = _Signer(sign_bytes, signing_cert=_certificate(certificate), cert_registry=store)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        name=name,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        embed_validation_info=False,
    )
    output = io.BytesIO()
    try:
        signers.PdfSigner(metadata, signer=signer, timestamper=stamper).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), output=output
        )
    except (TimestampRequestError, UnreachableError) as error:
        raise TimeStampMissing(_("The authority for time stamps gave none: %(cause)s") % {"cause": error}) from error
    signed = output.getvalue()
    if stamper is not None and check(signed, roots=[root], at=at).stamped_at is None:
        raise TimeStampMissing(_("The time stamp does not hold under TIMESTAMP_CERTIFICATES."))
    return signed


@lru_cache(maxsize=64)
def _chain(text: str) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM text, in its order."""
    return tuple(x509.Certificate.load(der) for _kind, _headers, der in pem.unarmor(text.encode(), multiple=True))


@lru_cache(maxsize=64)
def _certificate(text: str) -> x509.Certificate:
    _kind, _headers, der = pem.unarmor(text.encode())
    return x509.Certificate.load(der)


def check(pdf: bytes, *, roots: Sequence[str], at: datetime) -> PdfVerdict:
    """Check a PDF's signature against our roots, and take out what is attached. Raises UnreadablePdf."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False, decode_limits=LIMITS)
        attachments = _attachments(reader)
        signatures = reader.embedded_regular_signatures
        if not signatures:
            return PdfVerdict(False, False, False, False, attachments)
        chains = [_chain(root) for root in roots]
        trust = ValidationContext(
            trust_roots=[chain[-1] for chain in chains],
            other_certs=[each for chain in chains for each in chain[:-1]],
            allow_fetching=False,
            moment=at,
            best_signature_time=at,
        )
        stamps = ValidationContext(
            trust_roots=_chain(settings.TIMESTAMP_CERTIFICATES) if settings.TIMESTAMP_CERTIFICATES else [],
            allow_fetching=False,
            moment=at,
            best_signature_time=at,
        )
        status = validate_pdf_signature(
            signatures[-1],
            signer_validation_context=trust,
            ts_validation_context=stamps,
            key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}),
        )
        stamp = status.timestamp_validity
        return PdfVerdict(
            is_signed=True,
            is_intact=bool(status.intact and status.valid),
            is_trusted=bool(status.trusted),
            covers_all=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
            attachments=attachments,
            stamped_at=stamp.timestamp if stamp and stamp.intact and stamp.valid and stamp.trusted else None,
        )
    except SignatureValidationError:
        return PdfVerdict(True, False, False, False, {})
    except (
        PdfError,
        SigningError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        OSError,
        RecursionError,
    ) as error:
        raise UnreadablePdf("The file does not read as a PDF.") from error


def _attachments(reader: PdfFileReader) -> dict[str, bytes]:
    """The files inside, by name; at most so many, within the reader's limits."""
    try:
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    except KeyError:
        return {}
    found: dict[str, bytes] = {}
    for number in range(0, min(len(names) - 1, 2 * ATTACHMENTS_MAX), 2):
        specification = names[number + 1]
        found[str(specification.get("/UF", names[number]))] = specification["/EF"]["/F"].data
    return found
