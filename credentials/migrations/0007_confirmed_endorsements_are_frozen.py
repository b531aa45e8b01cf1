from django.db import migrations

from config.triggers import frozen_since


class Migration(migrations.Migration):
    dependencies = [("credentials", "0006_endorsements_and_content_committee")]

    operations = [
        frozen_since(
            "credentials_endorsement",
            "confirmed_at",
            may_change=("withdrawn_at", "withdrawn_by_id", "withdrawn_because", "lapsed_at"),
        )
    ]
