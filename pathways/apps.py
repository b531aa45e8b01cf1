from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PathwaysConfig(AppConfig):
    name = "pathways"

    def ready(self) -> None:
        import os

        from config import committees
        from config import panels as slots
        from config.pages import add_nav
        from config.permissions import Role
        from credentials import gate as credentials_gate
        from credentials.services import exchange
        from pathways import gate, panels, records, rules, selectors
        from pathways.services.exchange import read_pathways, take_pathways

        if os.environ.get("SIGNET_PROCESS") == "web":
            rules.load_solver()  # so that nobody's first page waits for it
        committees.register(selectors.decisions_on)
        records.register_all()
        exchange.also(exchange.Part("pathways", read_pathways, take_pathways))
        credentials_gate.also(gate.of_designation)
        slots.register("learners:home", panels.home, "pathways/_home.html", order=40)
        slots.register("credentials:item", panels.item, "pathways/_item.html", order=40)
        slots.register("learners:award", panels.award, "pathways/_award.html", order=70)
        slots.register("learners:revocation", panels.revocation, "pathways/_revocation.html")
        add_nav(_("Pathways"), "pathways:pathway-list", is_shown=lambda user: True, order=25, yields=3)
        add_nav(
            _("Committee"),
            "pathways:case-list",
            is_shown=lambda user: bool({Role.COMMITTEE, Role.AUDITOR} & user.roles()),
            order=50,
        )
        add_nav(
            _("Manage pathways"),
            "pathways:manage-list",
            is_shown=lambda user: bool({Role.PATHWAY_ADMIN, Role.ADMINISTRATOR} & user.roles()),
            order=65,
        )
