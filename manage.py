#!/usr/bin/env python
"""Run Django's commands for Signet."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line
    from django.db import InterfaceError, OperationalError

    try:
        execute_from_command_line(sys.argv)
    except (InterfaceError, OperationalError) as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(
            f"The database does not answer: {str(error).splitlines()[0]}\n"
            "On a single machine it runs while `manage.py up` does; elsewhere DATABASE_URL says where it is."
        )
