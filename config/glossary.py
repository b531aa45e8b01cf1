"""What the words of the registry mean: one term for each concept, on every page, in mails and in the API."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _


class Term(NamedTuple):
    slug: str
    word: object
    meaning: object


class Group(NamedTuple):
    title: object
    terms: tuple[Term, ...]


GLOSSARY = (
    Group(
        _("What can be earned"),
        (
            Term(
                "microcredential",
                _("Microcredential"),
                _("A small piece of learning with stated outcomes, whose evidence a person judges against a rubric."),
            ),
            Term(
                "designation",
                _("Designation"),
                _(
                    "The recognition that a completed pathway gives, after a committee has confirmed it. It has no rubric "
                    "of its own; it rests on the badges that it is made of."
                ),
            ),
            Term(
                "credential",
                _("Credential"),
                _("Either of the two: whatever can be earned here."),
            ),
            Term(
                "version",
                _("Version"),
                _(
                    "What a credential means at one time. Once published it is never changed; a change is a new version."
                ),
            ),
            Term(
                "pathway",
                _("Pathway"),
                _("The rules that lead to a designation: which badges, how many, and what else is asked for."),
            ),
            Term("offering", _("Offering"), _("Dates, places and seats at which a credential can be worked on.")),
        ),
    ),
    Group(
        _("How it is earned"),
        (
            Term("enrollment", _("Enrollment"), _("A learner works toward one version of a credential.")),
            Term(
                "evidence",
                _("Evidence"),
                _(
                    "What shows that a criterion is met: a text, a file, a link, hours, an observation. It stays private."
                ),
            ),
            Term(
                "submission", _("Submission"), _("One attempt: the evidence, with what the learner declares about it.")
            ),
            Term(
                "criterion",
                _("Criterion"),
                _("One row of a rubric: what is looked for. A required criterion has to meet the standard."),
            ),
            Term(
                "level",
                _("Level"),
                _("How far a criterion is met, in four steps. It is no grade: levels are never added up or compared."),
            ),
            Term("assessment", _("Assessment"), _("One assessor’s levels and feedback for a submission.")),
            Term(
                "decision",
                _("Decision"),
                _("What comes of a submission, released by a person: awarded, returned for revision, or not met."),
            ),
            Term(
                "recognized-learning",
                _("Recognized learning"),
                _(
                    "Something earned from another provider and accepted by this school. It was not assessed here, and says so."
                ),
            ),
        ),
    ),
    Group(
        _("What is shown to others"),
        (
            Term("award", _("Award"), _("The fact that a learner earned a version of a credential, on a day.")),
            Term(
                "badge",
                _("Badge"),
                _("An award in the signed form that anybody can verify, on its page or as a file (Open Badges 3.0)."),
            ),
            Term(
                "certificate",
                _("Certificate"),
                _("The same award as a signed PDF, to print. It carries the same badge."),
            ),
            Term(
                "consent",
                _("Consent"),
                _(
                    "A learner’s recorded permission to show something, for a purpose, to somebody. It can be withdrawn."
                ),
            ),
            Term(
                "share-link",
                _("Share link"),
                _("An address that a consent opens, and that closes when it is withdrawn."),
            ),
            Term("verifier", _("Verifier"), _("Anybody who checks a badge. No account is needed.")),
        ),
    ),
    Group(
        _("States of a badge"),
        (
            Term("valid", _("Valid"), _("Genuine, and in force today.")),
            Term("expired", _("Expired"), _("Genuine; the time for which it was given is over.")),
            Term("replaced", _("Replaced by a newer award"), _("Genuine; the holder has earned it again since.")),
            Term("unavailable", _("Temporarily unavailable"), _("The issuer has suspended it for the time being.")),
            Term(
                "revoked",
                _("Revoked by the issuer"),
                _("The issuer took it back; two people decided. The reason is not public."),
            ),
            Term(
                "not-confirmed",
                _("Not confirmed"),
                _("What was checked is not what was signed, or the signature does not hold. Ask the issuer."),
            ),
        ),
    ),
)
