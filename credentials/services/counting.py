"""Counting what happens to items, for the demand report: how often on a day, and nothing of who or when."""

from datetime import date

from django.db import connection

from credentials.models import Counted, Credential


def count_item(*, credential: Credential, kind: Counted, on: date) -> None:
    """One more of a kind on a day. A consequence: anybody's reading is counted, and nobody's is told apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO credentials_itemcount (credential_id, "on", kind, count) VALUES (%s, %s, %s, 1) '
            'ON CONFLICT (credential_id, "on", kind) DO UPDATE SET count = credentials_itemcount.count + 1',
            [credential.pk, on, str(kind)],
        )
