import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from config.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0004_opinions_and_proposals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CredentialLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("smaller-version", "smaller version of"), ("builds-toward", "builds toward")],
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("program", models.CharField(blank=True, max_length=200)),
                (
                    "program_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("degree", "degree"),
                            ("certificate", "certificate"),
                            ("track", "track or distinction"),
                            ("elective", "elective"),
                        ],
                        max_length=20,
                    ),
                ),
                ("program_url", models.URLField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="CrosswalkEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added", models.PositiveIntegerField()),
                ("removed", models.PositiveIntegerField()),
                ("steps", models.JSONField(help_text="Each step as it stands now: code, code, relation.")),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ItemCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("view", "its page was read"),
                            ("turned-away", "somebody who wanted to enroll could not"),
                        ],
                        max_length=20,
                    ),
                ),
                ("count", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="OfferingEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(max_length=40)),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="offering",
            name="contact",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="offering",
            name="ends_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="offering",
            name="starts_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="offering",
            name="status",
            field=models.CharField(
                choices=[("planned", "takes place"), ("canceled", "canceled")],
                db_default="planned",
                default="planned",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="offering",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_at__isnull", True), ("starts_at__isnull", True)),
                    ("ends_at__gt", models.F("starts_at")),
                    _connector="OR",
                ),
                name="offering_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="offering",
            constraint=models.UniqueConstraint(
                condition=models.Q(("starts_at__isnull", False), ("status", "planned")),
                fields=("credential", "name", "place", "opens_on", "starts_at"),
                name="offering_meets_once",
            ),
        ),
        migrations.AddField(
            model_name="credentiallink",
            name="credential",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="links", to="credentials.credential"
            ),
        ),
        migrations.AddField(
            model_name="credentiallink",
            name="target",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="linked_from",
                to="credentials.credential",
            ),
        ),
        migrations.AddField(
            model_name="crosswalkevent",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="crosswalkevent",
            name="newer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="crosswalk_events", to="credentials.framework"
            ),
        ),
        migrations.AddField(
            model_name="crosswalkevent",
            name="older",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="credentials.framework"
            ),
        ),
        migrations.AddField(
            model_name="itemcount",
            name="credential",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="counts", to="credentials.credential"
            ),
        ),
        migrations.AddField(
            model_name="offeringevent",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="offeringevent",
            name="offering",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="credentials.offering"
            ),
        ),
        migrations.AddConstraint(
            model_name="credentiallink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("program", ""), ("program_kind", ""), ("program_url", ""), ("target__isnull", False)),
                    models.Q(
                        ("target__isnull", True),
                        models.Q(("program", ""), _negated=True),
                        models.Q(("program_kind", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="credential_link_has_one_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="credentiallink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("target__isnull", True),
                    models.Q(("target", models.F("credential")), _negated=True),
                    _connector="OR",
                ),
                name="credential_link_leads_elsewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="credentiallink",
            constraint=models.UniqueConstraint(fields=("credential", "target"), name="credential_link_once"),
        ),
        migrations.AddConstraint(
            model_name="credentiallink",
            constraint=models.UniqueConstraint(
                condition=models.Q(("target__isnull", True)),
                fields=("credential", "program"),
                name="credential_link_program_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemcount",
            constraint=models.UniqueConstraint(fields=("credential", "on", "kind"), name="item_count_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="itemcount",
            constraint=models.CheckConstraint(condition=models.Q(("count__gte", 1)), name="item_count_counts"),
        ),
        append_only("credentials_offeringevent"),
        append_only("credentials_crosswalkevent"),
    ]
