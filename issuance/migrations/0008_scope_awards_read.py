import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issuance", "0007_receipts_and_watches"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apitoken",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("credentials:issue", "issue credentials"),
                        ("credentials:revoke", "revoke credentials that were issued"),
                        ("awards:read", "read which awards the organization has made"),
                    ],
                    max_length=40,
                ),
                size=None,
            ),
        ),
    ]
