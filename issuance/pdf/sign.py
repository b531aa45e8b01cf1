"""PAdES signatures by pyHanko with the organization's P-256 certificate, and checking them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from asn1crypto import keys as asn1_keys
from asn1crypto import pem, x509
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "Signature"
MIB = 1024 * 1024
ATTACHMENTS_MAX = 300  # the record of a transcript, and each of its badges
# A stranger's file may unpack to this much, and not to what a few bytes of it claim.
LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=16 * MIB),
    document_budget=DocumentDecodeBudget(base_allowance=64 * MIB),
)


@dataclass(frozen=True)
class PdfVerdict:
    """What a PDF's signature says. Judged by intact, trusted, and by whether it covers the whole file."""

    is_signed: bool
    is_intact: bool
    is_trusted: bool
    covers_all: bool
    attachments: dict[str, bytes]

    @property
    def is_good(self) -> bool:
        return self.is_signed and self.is_intact and self.is_trusted and self.covers_all


class UnreadablePdf(ValueError):
    """The bytes do not read as a PDF."""


def sign(pdf: bytes, *, private_key: bytes, certificate: str, root: str, name: str, at: datetime) -> bytes:
    """Sign a PDF (PAdES B-B). private_key: PKCS#8 DER; certificate and root: PEM."""
    store = SimpleCertificateStore()
    store.register(_certificate(root))
    signer = signers.SimpleSigner(
        signing_cert=_certificate(certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private_key),
        cert_registry=store,
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        name=name,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        embed_validation_info=False,
    )
    output = io.BytesIO()
    signers.PdfSigner(metadata, signer=signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=output)
    return output.getvalue()


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
        trust = ValidationContext(
            trust_roots=[_certificate(root) for root in roots], allow_fetching=False, moment=at, best_signature_time=at
        )
        status = validate_pdf_signature(signatures[-1], signer_validation_context=trust)
        return PdfVerdict(
            is_signed=True,
            is_intact=bool(status.intact and status.valid),
            is_trusted=bool(status.trusted),
            covers_all=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
            attachments=attachments,
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
