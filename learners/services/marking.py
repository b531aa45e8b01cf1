"""What an assessor sets up around judging: having work open, keys, and words that are used again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Criterion, Organization
from learners.models import LevelExample, MarkingLock, ShortcutChoice, Snippet, Submission, User

# Work that nobody touched for so long is open to the next person.
IDLE = timedelta(minutes=10)
SNIPPET_MAX_LETTERS = 2000
SNIPPETS_MAX = 200
EXAMPLE_MAX_LETTERS = 5000

# What a single key does on the marking screen, and the key that is usual for it.
KEYS = {
    "next": "j",
    "previous": "k",
    "criterion": "n",
    "level-1": "1",
    "level-2": "2",
    "level-3": "3",
    "level-4": "4",
    "comment": "c",
    "snippet": "i",
    "save": "s",
    "finish": "f",
    "help": "?",
}
KEY_WORDS = {
    "next": gettext_lazy("Next submission"),
    "previous": gettext_lazy("Previous submission"),
    "criterion": gettext_lazy("Next criterion"),
    "level-1": gettext_lazy("Level 1 of the criterion that you are at"),
    "level-2": gettext_lazy("Level 2"),
    "level-3": gettext_lazy("Level 3"),
    "level-4": gettext_lazy("Level 4"),
    "comment": gettext_lazy("Write what you saw; Escape leaves the field"),
    "snippet": gettext_lazy("Comment bank"),
    "save": gettext_lazy("Save the draft"),
    "finish": gettext_lazy("Finish and go to the next"),
    "help": gettext_lazy("The list of keys"),
}


# Having work open ----------------------------------------------------------------------------------------------------
def hold_submission(*, actor: User, submission: Submission, at: datetime, take_over: bool = False) -> MarkingLock:
    """Say that the actor has this open, and answer who holds it now: the actor, or somebody who is still at it.

    What its holder has not touched for `IDLE` passes to the actor, and at once with take_over. Raises NotAllowed.
    """
    require(actor, Can.SUBMISSION_ASSESS, submission)
    return MarkingLock.objects.hold(submission, actor, at=at, idle_since=at - IDLE, take_over=take_over)


def let_go(*, actor: User, submission: Submission) -> None:
    """Say that the actor has closed it. Harmless when they do not hold it."""
    MarkingLock.objects.filter(submission=submission, holder=actor).delete()


# Keys ----------------------------------------------------------------------------------------------------------------
def shortcuts_of(user: User) -> tuple[bool, dict[str, str]]:
    """Whether a person uses single keys, and the key of each action. One query."""
    choice = ShortcutChoice.objects.filter(user=user).first()
    return (True, dict(KEYS)) if choice is None else (choice.is_on, KEYS | choice.keys)


@transaction.atomic
def choose_shortcuts(*, actor: User, is_on: bool, keys: Mapping[str, str] | None = None) -> ShortcutChoice:
    """Turn one's single keys on or off, and change them; keys left out stay as they are.

    Raises Invalid (not one sign, or one key for two things).
    """
    choice, _is_new = ShortcutChoice.objects.select_for_update().get_or_create(user=actor)
    wanted = KEYS | choice.keys | {name: key for name, key in (keys or {}).items() if name in KEYS}
    taken: dict[str, str] = {}
    for name, key in wanted.items():
        if len(key) != 1 or not key.isprintable() or key.isspace():
            raise Invalid(_("“%(action)s” needs one key: a letter, a digit or a sign.") % {"action": KEY_WORDS[name]})
        if key in taken:
            raise Invalid(
                _("The key %(key)s is given twice: to “%(one)s” and to “%(other)s”.")
                % {"key": key, "one": KEY_WORDS[taken[key]], "other": KEY_WORDS[name]}
            )
        taken[key] = name
    choice.is_on = is_on
    choice.keys = {name: key for name, key in wanted.items() if key != KEYS[name]}
    choice.save(update_fields=["is_on", "keys"])
    return choice


# Words that are used again -------------------------------------------------------------------------------------------
def keep_snippet(
    *, actor: User, abbreviation: str, text: str, shared_in: Organization | None = None, at: datetime
) -> Snippet:
    """Keep words to use again; the same abbreviation once more replaces what it stood for.

    Raises NotAllowed (sharing in a school where one neither assesses nor leads), Invalid, Conflict (too many).
    """
    abbreviation, text = abbreviation.strip().lstrip("/"), text.replace("\r\n", "\n").strip()
    if shared_in is not None:
        require(actor, Can.SNIPPET_SHARE, shared_in)
    if not abbreviation or len(abbreviation) > 20 or not abbreviation.replace("-", "").isalnum():
        raise Invalid(_("Give an abbreviation of letters, digits and hyphens, at most 20."))
    if not text or len(text) > SNIPPET_MAX_LETTERS:
        raise Invalid(_("Write the words, at most %(limit)s letters.") % {"limit": SNIPPET_MAX_LETTERS})
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.pk)  # two windows at once count one after the other
        own = Snippet.objects.filter(owner=actor)
        standing = own.filter(abbreviation__iexact=abbreviation).first()
        if standing is not None:
            standing.text, standing.shared_in, standing.kept_at = text, shared_in, at
            standing.save(update_fields=["text", "shared_in", "kept_at"])
            return standing
        if own.count() >= SNIPPETS_MAX:
            raise Conflict(
                _("You keep %(count)s already, which is the most. Remove one first.") % {"count": own.count()}
            )
        return Snippet.objects.create(
            owner=actor, abbreviation=abbreviation, text=text, shared_in=shared_in, kept_at=at
        )


def drop_snippet(*, actor: User, snippet: Snippet) -> None:
    """Remove one's own words. Raises NotAllowed for what somebody else keeps; harmless when it is gone."""
    require(actor, Can.SNIPPET_CHANGE, snippet)
    Snippet.objects.filter(pk=snippet.pk).delete()


# Examples ------------------------------------------------------------------------------------------------------------
def add_example(*, actor: User, criterion: Criterion, level: int, text: str, at: datetime) -> LevelExample:
    """Show assessors what work at a level looks like. The same words twice are kept once. Raises NotAllowed, Invalid."""
    require(actor, Can.EXAMPLE_EDIT, criterion.version.credential)
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > EXAMPLE_MAX_LETTERS:
        raise Invalid(_("Write the example, at most %(limit)s letters.") % {"limit": EXAMPLE_MAX_LETTERS})
    if not criterion.levels.filter(value=level).exists():
        raise Invalid(_("This criterion has no such level."))
    with transaction.atomic():
        Criterion.objects.select_for_update().get(pk=criterion.pk)  # a doubled form waits for the first
        same = LevelExample.objects.filter(criterion=criterion, level=level, text=text, retired_at__isnull=True)
        return same.first() or LevelExample.objects.create(
            criterion=criterion, level=level, text=text, added_by=actor, added_at=at
        )


def retire_example(*, actor: User, example: LevelExample, at: datetime) -> None:
    """Show an example no longer; a second call changes nothing. Raises NotAllowed."""
    require(actor, Can.EXAMPLE_EDIT, example.criterion.version.credential)
    LevelExample.objects.filter(pk=example.pk, retired_at__isnull=True).update(retired_at=at)
