"""Tests: real PostgreSQL (a cluster of their own), no Redis, mail in memory."""

import base64
import os
import tempfile

# Made and removed by tests/plugins/postgres.py; named here, because settings are loaded first.
HOME = os.environ.setdefault("SIGNET_TEST_HOME", f"{tempfile.gettempdir()}/signet-tests-{os.getuid()}-{os.getpid()}")
os.environ["SIGNET_HOME"] = HOME
os.environ["PUBLIC_ORIGIN"] = "http://testserver"
os.environ["SECRET_KEY"] = "tests-only"  # noqa: S105
os.environ["MASTER_KEY"] = base64.b64encode(b"tests only, thirty-two bytes lon").decode()
os.environ["ASK_OTHER_ISSUERS"] = "no"
os.environ["REDIS_URL"] = "redis://127.0.0.1:1/0"

from config.settings.base import *  # noqa: E402,F403

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
WHITENOISE_AUTOREFRESH = True
BADGE_IMAGE_PX = 60  # drawn for nearly every award of the tests
MISSING_ANSWER_MS = 0  # what is measured of it sets its own
