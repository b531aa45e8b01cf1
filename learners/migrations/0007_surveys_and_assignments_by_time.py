import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from config.create_tables import CreateTables

MOMENTS = [
    ("enrollment", "when it begins"),
    ("award", "once it is earned"),
    ("later", "six months after"),
    ("term", "at the end of a term"),
]


def key():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0005_offerings_links_counts"),
        ("learners", "0006_check_in"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["assessor", "assigned_at"], name="assignment_by_time"),
        ),
        CreateTables(
            [
                migrations.CreateModel(
                    name="StudyCode",
                    fields=[
                        ("id", key()),
                        ("code", models.CharField(editable=False, max_length=12, unique=True)),
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="study_code",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="SurveyResponse",
                    fields=[
                        ("id", key()),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("moment", models.CharField(choices=MOMENTS, max_length=20)),
                        ("term", models.CharField(blank=True, help_text="Such as 2026-fall.", max_length=20)),
                        ("answered_at", models.DateTimeField()),
                        (
                            "enrollment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="survey_responses",
                                to="learners.enrollment",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="credentials.organization",
                            ),
                        ),
                        (
                            "study",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="responses",
                                to="learners.studycode",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("enrollment", "moment"), name="survey_once_for_each_moment"
                            ),
                            models.UniqueConstraint(
                                condition=~Q(term=""),
                                fields=("organization", "term", "study"),
                                name="survey_once_a_term",
                            ),
                            models.CheckConstraint(
                                condition=Q(moment="term", enrollment__isnull=True) & ~Q(term="")
                                | ~Q(moment="term") & Q(enrollment__isnull=False, term=""),
                                name="survey_of_an_enrollment_or_a_term",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SurveyAnswer",
                    fields=[
                        ("id", key()),
                        ("question", models.CharField(max_length=20)),
                        ("value", models.PositiveSmallIntegerField()),
                        (
                            "criterion",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="credentials.criterion",
                            ),
                        ),
                        (
                            "response",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="answers",
                                to="learners.surveyresponse",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("response", "question", "criterion"),
                                name="survey_answer_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(condition=Q(value__range=(1, 5)), name="survey_answer_on_its_scale"),
                        ],
                    },
                ),
            ]
        ),
    ]
