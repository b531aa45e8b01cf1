import pytest
from django.db import connection, models
from django.db.migrations import CreateModel, Migration
from django.db.migrations.state import ProjectState

from config.create_tables import CreateTables

pytestmark = pytest.mark.django_db


class InACircle(Migration):
    """A course has lessons, and one of them is the first."""

    operations = [
        CreateTables(
            [
                CreateModel(
                    "Course",
                    [
                        ("id", models.BigAutoField(primary_key=True)),
                        ("opens_with", models.ForeignKey("config.Lesson", models.CASCADE, null=True, related_name="+")),
                    ],
                ),
                CreateModel(
                    "Lesson",
                    [
                        ("id", models.BigAutoField(primary_key=True)),
                        ("course", models.ForeignKey("config.Course", models.CASCADE)),
                        ("helpers", models.ManyToManyField("config.Course", related_name="+")),
                    ],
                ),
            ]
        )
    ]


MADE = {"config_course", "config_lesson", "config_lesson_helpers"}


def tables():
    return set(connection.introspection.table_names())


def targets(table):
    with connection.cursor() as cursor:
        found = connection.introspection.get_relations(cursor, table)
    return {column: target for column, (_, target) in found.items()}


def test_tables_that_refer_to_each_other_are_created_together_and_removed_together():
    migration, before = InACircle("0001_circle", "config"), ProjectState()
    before.apps  # rendered already, as in the middle of a chain  # noqa: B018

    with connection.schema_editor(atomic=True) as editor:
        after = migration.apply(before.clone(), editor)
    made, course, lesson = tables() & MADE, targets("config_course"), targets("config_lesson")
    with connection.schema_editor(atomic=True) as editor:
        migration.unapply(before.clone(), editor)

    assert made == MADE
    assert course == {"opens_with_id": "config_lesson"} and lesson == {"course_id": "config_course"}
    assert {key for key in after.models if key[0] == "config"} == {("config", "course"), ("config", "lesson")}
    assert not tables() & MADE


def test_the_models_after_it_are_those_that_it_names():
    state = ProjectState()
    rendered = state.apps

    InACircle("0001_circle", "config").operations[0].state_forwards("config", state)

    assert state.apps is not rendered
    lesson = state.apps.get_model("config", "Lesson")
    assert lesson._meta.get_field("course").related_model is state.apps.get_model("config", "Course")
