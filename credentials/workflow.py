"""The states of what can be earned, and which may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.errors import IllegalMove


class CredentialStatus(TextChoices):
    DRAFT = "draft", gettext_lazy("not offered yet")
    OFFERED = "offered", gettext_lazy("offered")
    RETIRED = "retired", gettext_lazy("no longer offered")


class VersionStatus(TextChoices):
    DRAFT = "draft", gettext_lazy("a draft")
    PUBLISHED = "published", gettext_lazy("published")


class ProposalStatus(TextChoices):
    OPEN = "open", gettext_lazy("open for votes")
    TAKEN = "taken", gettext_lazy("taken over as a draft")
    DECLINED = "declined", gettext_lazy("declined")


class ContentCaseStatus(TextChoices):
    OPEN = "open", gettext_lazy("before the committee")
    ACCEPTED = "accepted", gettext_lazy("accepted")
    REFUSED = "refused", gettext_lazy("refused")
    DEFERRED = "deferred", gettext_lazy("deferred")
    TAKEN_BACK = "taken-back", gettext_lazy("taken back")


class OfferingStatus(TextChoices):
    PLANNED = "planned", gettext_lazy("takes place")
    CANCELED = "canceled", gettext_lazy("canceled")


CREDENTIAL_MOVES: dict[str, set[str]] = {
    CredentialStatus.DRAFT: {CredentialStatus.OFFERED},
    CredentialStatus.OFFERED: {CredentialStatus.OFFERED, CredentialStatus.RETIRED},  # a newer version is offered
    CredentialStatus.RETIRED: {CredentialStatus.OFFERED},
}
VERSION_MOVES: dict[str, set[str]] = {
    VersionStatus.DRAFT: {VersionStatus.PUBLISHED},
    VersionStatus.PUBLISHED: set(),  # a change is a new version
}
OFFERING_MOVES: dict[str, set[str]] = {
    OfferingStatus.PLANNED: {OfferingStatus.CANCELED},
    OfferingStatus.CANCELED: set(),  # those enrolled were told; planned anew, it is another one
}

CONTENT_CASE_MOVES: dict[str, set[str]] = {
    ContentCaseStatus.OPEN: {
        ContentCaseStatus.ACCEPTED,
        ContentCaseStatus.REFUSED,
        ContentCaseStatus.DEFERRED,
        ContentCaseStatus.TAKEN_BACK,
    },
    # Decided is decided: a changed draft is put before the committee anew.
    ContentCaseStatus.ACCEPTED: set(),
    ContentCaseStatus.REFUSED: set(),
    ContentCaseStatus.DEFERRED: set(),
    ContentCaseStatus.TAKEN_BACK: set(),
}

PROPOSAL_MOVES: dict[str, set[str]] = {
    ProposalStatus.OPEN: {ProposalStatus.TAKEN, ProposalStatus.DECLINED},
    ProposalStatus.TAKEN: set(),
    ProposalStatus.DECLINED: set(),
}


def require_move(moves: dict[str, set[str]], current: str, target: TextChoices) -> None:
    """Raise IllegalMove unless the table allows it."""
    if target not in moves[current]:
        now = type(target)(current).label
        if now == target.label:
            raise IllegalMove(_("This is %(now)s already.") % {"now": now})
        raise IllegalMove(_("This is %(now)s; it cannot become %(then)s.") % {"now": now, "then": target.label})
