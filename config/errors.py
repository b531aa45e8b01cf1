"""The errors that leave a service. Each says what is the case and what can be done, and has a code for machines."""


class RegistryError(Exception):
    """A command was refused. `str(error)` is for people, `code` for clients; `http_status` for the API."""

    code = "refused"
    http_status = 409


class NotAllowed(RegistryError):
    code = "not-allowed"
    http_status = 403


class Conflict(RegistryError):
    """The state of the record does not admit this."""

    code = "conflict"


class IllegalMove(Conflict):
    code = "illegal-move"


class Invalid(RegistryError):
    """The input is well-formed, but a rule says no."""

    code = "invalid"
    http_status = 422


class Incomplete(Invalid):
    """Something is missing; `missing` names each part, in the order of the page."""

    code = "incomplete"

    def __init__(self, message: str, missing: list[str]) -> None:
        super().__init__(message)
        self.missing = missing
