"""Statements that are planned once for each connection."""

import pytest
from django.db import connection

from config.statements import prepared_cursor

pytestmark = pytest.mark.django_db

KEPT = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
ASKED = "SELECT name FROM credentials_organization WHERE slug = %s /* once */"


def test_a_statement_is_planned_once_and_kept_by_the_connection():
    for slug in ("one", "two", "three"):
        with prepared_cursor() as cursor:
            cursor.execute(ASKED, [slug])
            assert cursor.fetchone() is None

    with connection.cursor() as cursor:
        cursor.execute(KEPT, ["%/* once */"])
        assert cursor.fetchone() == (1,)


def test_other_statements_are_not_kept():
    with prepared_cursor() as cursor:
        cursor.execute("SELECT 1")

    for _ in range(10):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 2 /* often */")

    with connection.cursor() as cursor:
        cursor.execute(KEPT, ["%/* often */"])
        assert cursor.fetchone() == (0,)
