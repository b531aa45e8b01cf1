"""Run as a process of the site: load the demo school, and more decisions that wait to be released."""

from datetime import timedelta

import django

COHORT = "roles-and-scope"  # the demo's own: 700 decisions wait
SECOND_COHORT = "ip-communication"  # another 700, for what comes after


def no_second_marks():
    """One person's judgment decides: a draw would send some of the work to a second assessor, who is not at work here."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE credentials_credentialversion DISABLE TRIGGER USER")  # versions are frozen
        cursor.execute("UPDATE credentials_credentialversion SET second_mark_percent = 0, assessors_count = 1")
        cursor.execute("ALTER TABLE credentials_credentialversion ENABLE TRIGGER USER")


def main():
    django.setup()
    from django.utils import timezone

    from config.demo import history, load
    from config.runtime import paths
    from credentials.models import Credential
    from learners.models import Learner, User

    now = timezone.now()
    load.load(home=paths.home(), at=now)
    no_second_marks()
    # The printed assessor is left with the least to do, so that new work comes to them.
    printed = load.users()["assessor"]
    judges = list(User.objects.filter(role_grants__role="assessor").exclude(pk=printed.pk).order_by("pk"))
    history.prepare_decisions(
        version=Credential.objects.get(slug=SECOND_COHORT).current_version,
        learners=list(Learner.objects.order_by("pk")),
        assessors=judges,
        at=now - timedelta(days=3),
    )


if __name__ == "__main__":
    main()
