"""What production runs. Everything that differs between sites comes from the environment; see `.env.example`."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import env
from config.runtime import paths

BASE_DIR = Path(__file__).resolve().parents[2]
HOME_DIR = paths.home()
VERSION = "0.1.0"

# Identity ------------------------------------------------------------------------------------------------------------
PUBLIC_ORIGIN = env.origin("PUBLIC_ORIGIN")
SITE_HOST = PUBLIC_ORIGIN.split("://")[1].split(":")[0]
IS_HTTPS = PUBLIC_ORIGIN.startswith("https://")
SECRET_KEY = env.text("SECRET_KEY")
MASTER_KEY = env.key("MASTER_KEY")  # seals the signing keys; never stored in the database
MASTER_KEY_BEFORE = env.optional_key("MASTER_KEY_BEFORE")  # still opens what `manage.py keys reseal` has not reached
# With a PKCS#11 device, new badge keys are made in it; keys that are sealed already go on working.
PKCS11_MODULE = env.text("PKCS11_MODULE", "")
PKCS11_TOKEN = env.text("PKCS11_TOKEN", "signet")
PKCS11_PIN = env.text("PKCS11_PIN", "")
# A certificate that an authority issued to the school, for PDF documents: the chain as PEM, the school's own first, and its
# P-256 key, or none where the PKCS#11 device has it. `manage.py keys create` and `keys rotate` take it from here.
DOCUMENT_CERTIFICATE = env.text("DOCUMENT_CERTIFICATE", "")
DOCUMENT_KEY = env.text("DOCUMENT_KEY", "")
# Whose certificate it is, by its slug; needed where several organizations issue.
DOCUMENT_CERTIFICATE_FOR = env.text("DOCUMENT_CERTIFICATE_FOR", "")
# Who stamps the time on PDF documents (RFC 3161), and the certificates that its stamps are trusted by, as PEM.
TIMESTAMP_URL = env.text("TIMESTAMP_URL", "")
TIMESTAMP_CERTIFICATES = env.text("TIMESTAMP_CERTIFICATES", None if TIMESTAMP_URL else "")
SCHOOL_TIME_ZONE = env.text("SCHOOL_TIME_ZONE", "America/New_York")

DEBUG = False
ALLOWED_HOSTS = [SITE_HOST, *env.words("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]

# Parts ---------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "credentials",
    "learners",
    "pathways",
    "issuance",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
]
MIDDLEWARE = [
    "config.middleware.RequestLogMiddleware",
    "config.middleware.EvenMissingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PublicPagesMiddleware",
    "config.middleware.PersonalPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.UnsavedFormMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "learners.middleware.RefusedWorkMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.pages.site",
            ],
        },
    }
]

# Data ----------------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", paths.database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = paths.redis_url()
CACHES = {
    "default": {
        "BACKEND": "config.cache.TolerantRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "signet",
        "OPTIONS": {"socket_timeout": 0.3, "socket_connect_timeout": 0.3},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # losing Redis signs nobody out
MEDIA_ROOT = HOME_DIR / "media"
CONTEXTS_DIR = BASE_DIR / "vendor" / "contexts"
FONTS_DIR = BASE_DIR / "static" / "vendor" / "fonts"
PDF_FONTS_DIR = BASE_DIR / "vendor" / "fonts"
IMAGE_FONTS_DIR = BASE_DIR / "vendor" / "image-fonts"
BADGE_IMAGE_PX = 600
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "staticfiles": {"BACKEND": "config.styles.BundledStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static" / "collected"
STATICFILES_DIRS = [
    (name, BASE_DIR / "static" / name)
    for name in ("css", "js", "img", "vendor")
    if (BASE_DIR / "static" / name).exists()
]

# Uploads -------------------------------------------------------------------------------------------------------------
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_BYTES", 100 * 1024 * 1024)
# A virus scanner: "unix:/run/clamav/clamd.ctl", or "host:3310"; empty for none. clamd's StreamMaxLength must be as large as
# UPLOAD_MAX_BYTES, for what it does not scan is refused.
CLAMD_ADDRESS = env.text("CLAMD_ADDRESS", "")
CLAMD_TIMEOUT_SECONDS = env.number("CLAMD_TIMEOUT_SECONDS", 120)
UPLOAD_MAX_ITEMS = 20  # evidence items in one submission
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a cohort of 700 decisions is released from one page
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# People --------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "learners.User"
AUTHENTICATION_BACKENDS = ["learners.accounts.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_ADAPTER = "learners.accounts.AccountAdapter"
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody can make the school write to strangers
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # addresses and second factors are changed after a fresh sign-in only
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # consent asks for a sign-in not older than this
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)

# Work outside the request --------------------------------------------------------------------------------------------
APPEAL_PAUSES_AWARD = env.flag("APPEAL_PAUSES_AWARD", default=False)  # else an award is unaffected by an appeal
# Learners then read who judged their work, once it is decided; else only that an assessor did.
SHOW_ASSESSORS_AFTER_DECISION = env.flag("SHOW_ASSESSORS_AFTER_DECISION", default=False)
UNDO_WINDOW_SECONDS = env.number("UNDO_WINDOW_SECONDS", 300)
CELERY_BROKER_URL = (  # Kombu names a socket in its own way
    REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "queue_order_strategy": "priority",  # as the worker's -Q names them: a class is signed before it is told by mail
    # Kombu gives abandoned tasks back every interval x throttle on top of the visibility time-out.
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "issuance.sign_pending": {"queue": "issue"},
    "issuance.sign_overdue": {"queue": "issue"},
    "issuance.render_pending": {"queue": "documents"},
    "issuance.sign_receipts": {"queue": "documents"},
    "issuance.look_at_watches": {"queue": "documents"},
    "issuance.send_watch_mail": {"queue": "mail"},
    "issuance.check_lists": {"queue": "documents"},  # other issuers may be slow; signing does not wait for them
    "learners.check_recognized": {"queue": "documents"},
    "issuance.make_archives": {"queue": "documents"},
    "issuance.make_class_exports": {"queue": "documents"},
    "learners.send_mail": {"queue": "mail"},
    "credentials.send_opinion_mail": {"queue": "mail"},
    "credentials.send_endorsement_mail": {"queue": "mail"},
    "issuance.settle_endorsements": {"queue": "issue"},
    "learners.send_digests": {"queue": "mail"},
    "learners.send_observation_links": {"queue": "mail"},
}
_SWEEPS = {  # seconds between two looks for what is due
    "issuance.sign_pending": 5.0,
    "issuance.sign_overdue": 600.0,
    "issuance.render_pending": 15.0,
    "issuance.refresh_status_lists": 300.0,
    "issuance.check_lists": 30.0,
    "issuance.sign_receipts": 15.0,
    "issuance.look_at_watches": 300.0,
    "issuance.send_watch_mail": 10.0,
    "issuance.make_archives": 30.0,
    "issuance.tell_of_ended_consents": 600.0,
    "issuance.make_class_exports": 30.0,
    "issuance.remind_of_seasons": 3600.0,
    "learners.send_mail": 10.0,
    "learners.send_observation_links": 10.0,
    "learners.assign_waiting": 300.0,
    "learners.escalate": 900.0,
    "learners.run_rosters": 30.0,
    "learners.run_result_lists": 30.0,
    "learners.check_recognized": 30.0,
    "learners.send_digests": 60.0,
    "learners.remind_of_due": 3600.0,
    "learners.turn_leaves": 1800.0,
    "learners.remind_of_expiry": 3600.0,
    "learners.remind_of_calibration": 3600.0,
    "learners.tell_leads": 3600.0,
    "learners.remove_purged": 60.0,
    "learners.apply_retention": 3600.0,  # the work of a day, and what is left of it
    "learners.scan_files": 60.0,
    "learners.drop_stale_uploads": 3600.0,
    "pathways.open_due_cases": 15.0,
    "pathways.catch_up": 60.0,
    "pathways.open_reviews": 60.0,
    "credentials.run_planned": 30.0,
    "credentials.forget_sent_forms": 3600.0,
    "credentials.send_opinion_mail": 10.0,
    "learners.tell_of_opinions": 60.0,
    "credentials.send_endorsement_mail": 10.0,
    "learners.tell_of_endorsements": 60.0,
    "issuance.settle_endorsements": 60.0,
    "learners.tell_of_proposals": 60.0,
    "learners.tell_of_content_cases": 60.0,
    "learners.remind_of_review": 3600.0,
}
CELERY_BEAT_SCHEDULE = {
    # A look that no worker took in time is not worth keeping: the next one sees the same rows.
    task: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for task, seconds in _SWEEPS.items()
}
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True  # they are claimed again; see decision 0001
HANDOFF_TIMEOUT_SECONDS = 1.0

# Checking badges of other issuers fetches their keys and status lists, over https, from the public internet only.
ASK_OTHER_ISSUERS = env.flag("ASK_OTHER_ISSUERS", default=True)

# For running conformance suites against a site of one's own: issuing without a token, by anybody. Needs DEBUG.
VC_API_CONFORMANCE = env.flag("VC_API_CONFORMANCE", default=False)

# Mail ----------------------------------------------------------------------------------------------------------------
MAIL_SENT_BY = env.text("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
MAIL_ONLY_TO = env.text("MAIL_ONLY_TO", "")  # on a site that is being tried: all mail goes to this address alone
EMAIL_BACKEND = "config.mail.OneAddressBackend" if MAIL_ONLY_TO else MAIL_SENT_BY
EMAIL_FILE_PATH = HOME_DIR / "mail"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"Signet <no-reply@{SITE_HOST}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Security ------------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = IS_HTTPS and env.flag("SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD", default=True)
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "signet_session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "signet_csrf"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "object-src": [NONE],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# Interface -----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = SCHOOL_TIME_ZONE  # pages speak school time; the database stores UTC
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "config.api.problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Signet",
    "DESCRIPTION": "Checks badges, lists what can be earned, and, with a token, what was awarded. Refusals are problem JSON.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "APPEND_COMPONENTS": {"securitySchemes": {"apiToken": {"type": "http", "scheme": "bearer"}}},
}

# A 404 is answered this long after it was asked for: some times what finding out takes, and nothing to a person.
MISSING_ANSWER_MS = 8

# Limits on what strangers may ask, in requests a minute for one address.
RATE_LIMITS = {
    "verify": 600,
    "check": 30,
    "list": 6,
    "issue": 300,
    "read": 120,
    "contact": 5,
    "observe": 20,
    "opinion": 60,
    "endorse": 60,
    "code": 10,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
