from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearnersConfig(AppConfig):
    name = "learners"

    def ready(self) -> None:
        from config import health, panels
        from config.pages import add_nav
        from config.permissions import Role
        from learners import records
        from learners.selectors import (
            amendments,
            appeals,
            calibration,
            demand,
            enrolling,
            evaluation,
            learning,
            notices,
            offerings,
            recognition,
            responses,
            results,
            surveys,
            teams,
        )
        from learners.services import scanning

        records.register_all()
        health.register("scanner", scanning.waiting)

        panels.register("credentials:item-action", enrolling.item_action, "learners/_item_action.html")
        panels.register("credentials:item", enrolling.item_facts, "learners/_item_facts.html", order=20)
        panels.register("credentials:manage", enrolling.class_link, "learners/_class_link.html")

        panels.register("credentials:manage", offerings.offerings_panel, "learners/_offerings_panel.html", order=20)

        panels.register("credentials:manage", calibration.set_link, "learners/_calibration_link.html", order=31)

        panels.register("learners:workspace", offerings.workspace_panel, "learners/_workspace_date.html", order=10)
        panels.register("learners:workspace", teams.team_panel, "learners/_team.html")
        panels.register("credentials:manage", teams.team_link, "learners/_team_link.html", order=30)

        panels.register("credentials:item", recognition.item_panel, "learners/_recognized_item.html", order=30)
        panels.register("credentials:manage", recognition.manage_link, "learners/_recognition_link.html", order=40)
        panels.register("learners:workspace", recognition.workspace_panel, "learners/_recognized_item.html", order=60)
        panels.register("learners:awards", recognition.badges_panel, "learners/_recognized_list.html", order=40)
        panels.register("learners:growth", recognition.growth_panel, "learners/_recognized_list.html")
        panels.register("learners:record", recognition.record_panel, "learners/_recognized_record.html")
        panels.register("learners:evidence", recognition.evidence_panel, "learners/_recognized_evidence.html")
        panels.register("learners:home", recognition.home_panel, "learners/_recognized_home.html", order=10)
        panels.register("learners:home", surveys.home_panel, "learners/_survey_home.html", order=60)
        panels.register("learners:decision", responses.decision_panel, "learners/_feedback_panel.html", order=10)
        panels.register("credentials:manage", results.results_link, "learners/_results_link.html", order=31)
        panels.register("learners:award", amendments.award_panel, "learners/_statement_of_learner.html", order=10)
        panels.register("learners:decision", amendments.decision_panel, "learners/_statement_of_learner.html", order=10)
        panels.register("learners:decision", appeals.decision_panel, "learners/_appeal_panel.html")

        add_nav(_("Home"), "learners:home", is_shown=lambda user: True, order=5, yields=0)
        add_nav(
            _("My badges"),
            "learners:award-list",
            is_shown=lambda user: learning.learner_of(user) is not None,
            order=20,
        )
        add_nav(
            _("My record"),
            "learners:record",
            is_shown=lambda user: learning.learner_of(user) is not None,
            order=35,
        )
        add_nav(
            _("Requests to amend"),
            "learners:amendment-list",
            is_shown=lambda user: bool({Role.REGISTRAR, Role.AUDITOR} & user.roles()),
            order=57,
        )
        add_nav(
            _("Growth"),
            "learners:growth",
            is_shown=lambda user: learning.learner_of(user) is not None,
            order=30,
        )
        add_nav(_("Queue"), "learners:queue", is_shown=lambda user: Role.ASSESSOR in user.roles(), order=40)
        add_nav(
            _("Decisions"),
            "learners:decision-list",
            is_shown=lambda user: bool({Role.ASSESSOR, Role.LEAD} & user.roles()),
            order=41,
        )
        # Assessors and leads come to it from their lists.
        add_nav(
            _("Appeals"),
            "learners:appeal-list",
            is_shown=lambda user: Role.AUDITOR in user.roles() and not {Role.ASSESSOR, Role.LEAD} & user.roles(),
            order=41,
            yields=2,
        )
        add_nav(
            _("Load"),
            "learners:load-board",
            is_shown=lambda user: bool({Role.LEAD, Role.ADMINISTRATOR} & user.roles()),
            order=42,
        )
        # Leads come to it from the load board.
        add_nav(
            _("Agreement"),
            "learners:agreement-report",
            is_shown=lambda user: bool({Role.COMMITTEE, Role.AUDITOR} & user.roles()),
            order=44,
        )
        add_nav(
            _("Criteria"),
            "learners:class-criteria",
            is_shown=lambda user: bool({Role.ASSESSOR, Role.LEAD, Role.COMMITTEE, Role.AUDITOR} & user.roles()),
            order=44,
            yields=2,
        )
        add_nav(_("My load"), "learners:load-own", is_shown=lambda user: Role.ASSESSOR in user.roles(), order=43)
        add_nav(
            _("Learners"),
            "learners:learner-search",
            is_shown=lambda user: bool({Role.LEAD, Role.REGISTRAR, Role.AUDITOR} & user.roles()),
            order=45,
        )
        add_nav(
            _("Offerings"),
            "learners:offering-list",
            is_shown=lambda user: bool(offerings.RUNNERS & user.roles()),
            order=43,
            yields=2,
        )
        add_nav(
            _("Demand"),
            "learners:demand-report",
            is_shown=lambda user: bool(demand.READERS & user.roles()),
            order=61,
            yields=2,
        )
        add_nav(
            _("Evaluation"),
            "learners:evaluation-list",
            is_shown=lambda user: bool(evaluation.READERS & user.roles()),
            order=62,
            yields=2,
        )
        add_nav(
            _("Recognition"),
            "learners:recognition-list",
            is_shown=lambda user: bool(recognition.STAFF & user.roles()),
            order=47,
            yields=2,
        )
        add_nav(
            _("Days off"),
            "learners:holiday-list",
            is_shown=lambda user: Role.ADMINISTRATOR in user.roles(),
            order=80,
            yields=2,
        )
        add_nav(
            _("Patient data"),
            "learners:incident-list",
            is_shown=lambda user: Role.PRIVACY in user.roles(),
            order=46,
        )
        add_nav(
            _("Retention"),
            "learners:retention",
            is_shown=lambda user: bool({Role.REGISTRAR, Role.PRIVACY, Role.AUDITOR} & user.roles()),
            order=58,
            yields=2,
        )
        add_nav(
            _("Notices"),
            "learners:notice-list",
            is_shown=lambda user: True,
            order=90,
            yields=0,
            count_new=notices.count_new,
        )
