"""What the core raises. Nothing else leaves the package for untrusted input."""

from __future__ import annotations


class OpenBadgeError(ValueError):
    """A document, key, list or image that the core refuses, with a `code` that callers may rely on.

    The message says what is the case in plain words and never repeats a secret.
    """

    code = "open-badge"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class FormatError(OpenBadgeError):
    """The bytes are no JSON document of the expected shape."""

    code = "format"


class LimitError(OpenBadgeError):
    """The input is larger, deeper or costlier than the core accepts."""

    code = "too-large"


class ModelError(OpenBadgeError):
    """A field of a badge holds a value that the standard does not allow; `field` names it."""

    code = "field"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class ContextError(OpenBadgeError):
    """A JSON-LD context is unknown, missing from its folder, or not the text whose digest the code holds."""

    code = "context-unknown"


class TermError(OpenBadgeError):
    """A term or address that canonicalization would drop, so that no signature could cover it."""

    code = "term-undefined"


class CanonicalError(OpenBadgeError):
    """The document cannot be brought into its canonical form."""

    code = "canonical"


class MultikeyError(OpenBadgeError):
    """A public key is malformed, too weak, secret, or of a kind that is not read here."""

    code = "key"


class ProofError(OpenBadgeError):
    """A proof is missing, malformed, of an unsupported kind, or does not match the document."""

    code = "proof"


class StatusListError(OpenBadgeError):
    """A status list does not decode, or does not hold the position asked for."""

    code = "status-list"


class DidError(OpenBadgeError):
    """A DID or DID document is malformed or of an unsupported method."""

    code = "did"


class BakingError(OpenBadgeError):
    """An image cannot be baked, or holds no credential or more than one."""

    code = "baking"


class SealError(OpenBadgeError):
    """A seal or badge image was asked for with impossible inputs."""

    code = "seal"


class UnreachableError(OpenBadgeError):
    """Raised by a resolver: the document could not be fetched, so nothing is known of it."""

    code = "unreachable"
