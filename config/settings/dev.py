"""One machine that runs everything by itself: the demo, and a developer's own site. Only loosens `base`."""

import os

from config.runtime import paths, secrets

os.environ.setdefault("PUBLIC_ORIGIN", f"http://localhost:{os.environ.get('PORT', '8000')}")
secrets.provide(paths.home())  # SECRET_KEY and MASTER_KEY are made at first run and kept with mode 0600

from config import env  # noqa: E402
from config.settings.base import *  # noqa: E402,F403
from config.settings.base import ALLOWED_HOSTS, LOGGING  # noqa: E402

DEBUG = env.flag("DEBUG", default=False)
IS_LOCAL = True
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
UNDO_WINDOW_SECONDS = env.number("UNDO_WINDOW_SECONDS", 0)
HSTS_SECONDS = SECURE_HSTS_SECONDS = 0
SECURE_SSL_REDIRECT = False
if not DEBUG:
    LOGGING = LOGGING | {"root": LOGGING["root"] | {"level": env.text("LOG_LEVEL", "WARNING")}}  # type: ignore[operator]
