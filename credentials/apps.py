from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CredentialsConfig(AppConfig):
    name = "credentials"

    def ready(self) -> None:
        from config.pages import add_nav
        from config.permissions import Role

        add_nav(_("Catalog"), "credentials:catalog", is_shown=lambda user: True, order=20, yields=3)
        # Everybody comes to it from the catalog; in the row it gives way first.
        add_nav(
            _("Proposals"),
            "credentials:proposal-list",
            is_shown=lambda user: bool({Role.LEAD, Role.ADMINISTRATOR} & user.roles()),
            order=61,
            yields=3,
        )
        add_nav(
            _("Content decisions"),
            "credentials:content-case-list",
            is_shown=lambda user: bool({Role.COMMITTEE, Role.ADMINISTRATOR} & user.roles()),
            order=62,
            yields=3,
        )
        add_nav(
            _("Credentials"),
            "credentials:manage-list",
            is_shown=lambda user: bool({Role.LEAD, Role.ADMINISTRATOR} & user.roles()),
            order=60,
        )
