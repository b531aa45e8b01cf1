"""The states of keys, revocation requests and questions, and which may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from credentials.workflow import require_move as require_move


class KeyState(TextChoices):
    ACTIVE = "active", _("active")
    RETIRED = "retired", _("retired")
    COMPROMISED = "compromised", _("compromised")


class RevocationStatus(TextChoices):
    REQUESTED = "requested", _("waiting for a second person")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")


class QuestionStatus(TextChoices):
    OPEN = "open", _("waiting for an answer")
    CLOSED = "closed", _("answered")


KEY_MOVES: dict[str, set[str]] = {
    KeyState.ACTIVE: {KeyState.RETIRED, KeyState.COMPROMISED},
    KeyState.RETIRED: {KeyState.COMPROMISED},
    KeyState.COMPROMISED: set(),
}
REVOCATION_MOVES: dict[str, set[str]] = {
    RevocationStatus.REQUESTED: {RevocationStatus.APPROVED, RevocationStatus.REFUSED},
    RevocationStatus.APPROVED: set(),
    RevocationStatus.REFUSED: set(),
}
QUESTION_MOVES: dict[str, set[str]] = {
    QuestionStatus.OPEN: {QuestionStatus.CLOSED},
    QuestionStatus.CLOSED: set(),
}
