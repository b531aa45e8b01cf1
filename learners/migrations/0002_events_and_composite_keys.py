from django.db import migrations

from config.triggers import append_only, same_credential


class Migration(migrations.Migration):
    dependencies = [("learners", "0001_people_evidence_awards")]

    operations = [
        append_only("learners_submissionevent"),
        append_only("learners_decisionevent"),
        append_only("learners_awardevent"),
        append_only("learners_declaration"),
        same_credential("learners_award"),
        same_credential("learners_enrollment"),
    ]
