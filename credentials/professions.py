"""The professions of the school, by the key that rows hold."""

from django.utils.translation import gettext_lazy as _

PROFESSIONS = {
    "medicine": _("medicine"),
    "nursing": _("nursing"),
    "pharmacy": _("pharmacy"),
    "physical-therapy": _("physical therapy"),
    "occupational-therapy": _("occupational therapy"),
    "physician-assistant": _("physician assistant"),
    "dentistry": _("dentistry"),
    "social-work": _("social work"),
    "public-health": _("public health"),
    "nutrition": _("nutrition"),
}
BY_KEY = {key.replace("-", ""): key for key in PROFESSIONS}


def find(said: str) -> str | None:
    """The key of a profession that somebody wrote, whatever its case, spaces and signs."""
    return BY_KEY.get("".join(letter for letter in said.casefold() if letter.isalnum()))
