import django.db.models.deletion
from django.contrib.postgres.operations import CreateExtension, TrigramExtension, UnaccentExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0003_published_is_frozen")]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        CreateExtension("fuzzystrmatch"),
        migrations.AddField(
            model_name="credential",
            name="allows_early_assessment",
            field=models.BooleanField(
                default=False,
                db_default=False,
                help_text="Whoever can do it already may be assessed without a seat in an offering.",
            ),
        ),
        migrations.CreateModel(
            name="SpecialtyClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("specialty", models.CharField(max_length=80)),
                ("source", models.CharField(max_length=200)),
                ("stated_on", models.DateField()),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="specialty_claims",
                        to="credentials.credential",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("credential", "specialty"), name="specialty_claimed_once")
                ],
            },
        ),
    ]
