"""What verifiers give back. Only of what they can see: the same statement that shows a page takes a vote or question."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid, RegistryError
from config.permissions import Can, Role, require
from issuance import verification
from issuance.models import PageVote, VerifierQuestion
from issuance.workflow import QUESTION_MOVES, QuestionStatus, require_move
from learners import services as learners_services
from learners.models import Award, User

TEXT_MAX = 4000
OPEN_MAX = 20  # questions about one badge that wait; a flood is not passed on


class NotShown(RegistryError):
    """There is nothing to see at the address, for whatever reason."""

    code = "not-found"
    http_status = 404


def vote(*, public_id: UUID, is_helpful: bool, at: datetime) -> PageVote:
    """Keep whether a page was enough. Raises NotShown."""
    return PageVote.objects.create(award_id=_shown(public_id, at), is_helpful=is_helpful, at=at)


@transaction.atomic
def ask_registrar(*, public_id: UUID, asker: str, email: str, text: str, at: datetime) -> VerifierQuestion:
    """Put a question about a badge into the registrar's inbox, and tell its holder that there is one.

    The same question from the same address within a day is one. Raises NotShown, Invalid, Conflict (too many wait).
    """
    award_id = _shown(public_id, at)
    award = Award.objects.select_for_update(of=("self",)).with_context().get(pk=award_id)
    text = text.strip()
    if not text:
        raise Invalid(_("Write what you would like to know."))
    known = VerifierQuestion.objects.filter(award=award, email=email, text=text, asked_at__gt=at - timedelta(days=1))
    if (same := known.first()) is not None:
        return same
    if VerifierQuestion.objects.filter(award=award, status=QuestionStatus.OPEN).count() >= OPEN_MAX:
        raise Conflict(_("Many questions about this badge wait for an answer. Write to the school directly."))
    question = VerifierQuestion.objects.create(award=award, asker=asker, email=email, text=text, asked_at=at)
    learners_services.tell_role(
        Role.REGISTRAR,
        credential=award.credential,
        kind="question",
        subject=_("Somebody asks about a badge"),
        text=_("A verifier has a question about a badge that is shared with them. It waits under Questions."),
        path=question.get_absolute_url(),
        at=at,
        but=[],
    )
    if award.learner.user is not None:
        learners_services.tell(
            user=award.learner.user,
            kind="question-asked",
            subject=_("%(title)s: somebody asked the school about it") % {"title": award.credential_version.title},
            text=_(
                "Somebody who sees your badge has asked the registrar a question. Your address was not given to them, and "
                "you need do nothing."
            ),
            path=award.get_absolute_url(),
            at=at,
        )
    return question


@transaction.atomic
def close_question(*, actor: User, question: VerifierQuestion, note: str, at: datetime) -> VerifierQuestion:
    """Note what came of a question. Raises NotAllowed, IllegalMove (closed already), Invalid (no note)."""
    question = (
        VerifierQuestion.objects.select_for_update(of=("self",))
        .select_related("award__credential__organization", "award__learner")
        .get(pk=question.pk)
    )
    require(actor, Can.QUESTION_CLOSE, question)
    require_move(QUESTION_MOVES, question.status, QuestionStatus.CLOSED)
    if not note.strip():
        raise Invalid(_("Note what came of it, so that a colleague need not ask."))
    question.status, question.closed_by, question.closed_at = QuestionStatus.CLOSED, actor, at
    question.closing_note = note.strip()
    question.save(update_fields=["status", "closed_by", "closed_at", "closing_note"])
    return question


def _shown(public_id: UUID, at: datetime) -> int:
    verdict = verification.shared_award(public_id, at=at)
    if verdict is None:
        raise NotShown(_("There is nothing at this address."))
    return verdict.award_id
