from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearnersConfig(AppConfig):
    name = "learners"

    def ready(self) -> None:
        from config.pages import add_nav
        from config.permissions import Role

        add_nav(_("Queue"), "learners:queue", is_shown=lambda user: Role.ASSESSOR in user.roles(), order=40)
        add_nav(
            _("Decisions"),
            "learners:decision-list",
            is_shown=lambda user: bool({Role.ASSESSOR, Role.LEAD} & user.roles()),
            order=41,
        )
        add_nav(_("Notices"), "learners:notice-list", is_shown=lambda user: True, order=90)
