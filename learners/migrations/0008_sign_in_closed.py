from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("learners", "0007_surveys_and_assignments_by_time")]

    operations = [
        migrations.AlterField(
            model_name="learnerevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("added", "added"),
                    ("name", "name changed"),
                    ("cohort", "class changed"),
                    ("profession", "profession changed"),
                    ("number", "student number changed"),
                    ("leave-set", "leave of absence set"),
                    ("leave-ended", "leave of absence ended"),
                    ("away", "went on leave"),
                    ("back", "came back from leave"),
                    ("graduated", "graduated"),
                    ("left", "left"),
                    ("directory", "directory information"),
                    ("sign-in", "sign-in moved to the personal address"),
                    ("closed", "sign-in closed"),
                ],
                max_length=20,
            ),
        ),
    ]
