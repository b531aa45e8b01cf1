from django.db import migrations

from config.triggers import append_only, same_credential


class Migration(migrations.Migration):
    replaces = [("learners", "0027_amendments")]

    dependencies = [("learners", "0004_recognition_rosters_notices")]

    operations = [
        same_credential("learners_award"),
        same_credential("learners_enrollment"),
        *[
            append_only(f"learners_{name}")
            for name in (
                # of a submission, a decision, an award
                "submissionevent",
                "decisionevent",
                "awardevent",
                "declaration",
                # of assessing
                "assignmentevent",
                "secondmarkingevent",
                "escalation",
                "appealevent",
                "calibrationevent",
                "calibrationreminder",
                "reopenedcriterion",
                "recordedresult",
                "attemptgrant",
                "amendmentevent",
                # of learners and what they bring
                "enrollmentevent",
                "accessentry",
                "learnerevent",
                "teamevent",
                "patientdataevent",
                "recognitionevent",
                "recognitionruleevent",
                "creditedrequirement",
            )
        ],
    ]
