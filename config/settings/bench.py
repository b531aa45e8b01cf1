"""What `make bench` serves: the demo's settings, with an empty view to measure against and no rate limits."""

from config.settings.dev import *  # noqa: F403

ROOT_URLCONF = "config.bench.urls"
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, 1000000000)  # noqa: F405
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
