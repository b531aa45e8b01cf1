from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class IssuanceConfig(AppConfig):
    name = "issuance"

    def ready(self) -> None:
        from config import health, outside_badges, panels, seasons
        from config.pages import add_nav
        from issuance import endorsements, origin, records, selectors, services, wellbeing
        from issuance.verification.brought import BroughtBadges

        panels.register("learners:award", selectors.award_panel, "issuance/_award_panel.html")
        panels.register("learners:awards", selectors.transcript_panel, "issuance/_transcript_panel.html")
        panels.register("learners:home", selectors.home_panel, "issuance/_home.html", order=30)
        panels.register("learners:record", selectors.archive_panel, "issuance/_archive_panel.html")
        panels.register("learners:record", selectors.own_letter_panel, "issuance/_own_letter.html", order=45)
        panels.register("learners:award", selectors.own_letter_panel, "issuance/_own_letter.html", order=60)
        panels.register("learners:manage", selectors.release_panel, "issuance/_release_panel.html")
        panels.register("learners:manage", selectors.letter_panel, "issuance/_letter_panel.html", order=40)
        panels.register("learners:manage", selectors.sharing_end_panel, "issuance/_sharing_end_panel.html", order=45)
        panels.register("learners:calendar", lambda request, school: {}, "issuance/_season_panel.html")
        panels.register("credentials:item", endorsements.item_panel, "issuance/_endorsements.html", order=10)
        panels.register("credentials:version", endorsements.version_panel, "issuance/_endorsements.html", order=10)
        records.register_all()
        add_nav(
            _("Sharing"),
            "issuance:share-center",
            is_shown=lambda user: getattr(user, "learner", None) is not None,
            order=22,
        )
        add_nav(_("Registry of awards"), "issuance:registrar", is_shown=selectors.is_staff, order=55)
        outside_badges.register(BroughtBadges())
        seasons.register(services.KeptSeasons())
        refuse_open_issuing()
        health.register("keys", wellbeing.keys)
        health.register("awards_waiting", wellbeing.awards_waiting)
        health.register("templates", wellbeing.templates)
        health.register("origin", origin.check)


def refuse_open_issuing() -> None:
    """Refuse a start in which anybody could issue credentials, unless it is a developer's own."""
    if settings.VC_API_CONFORMANCE and not settings.DEBUG:
        raise ImproperlyConfigured(
            "VC_API_CONFORMANCE lets anybody issue credentials, so it needs DEBUG=yes. Remove it from this site."
        )
