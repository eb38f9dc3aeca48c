"""The one settings file. Every value has a safe default or a check that says what to do.

With `DATABASE_URL` and `REDIS_URL` unset the embedded servers of this checkout are used
(development and tests only: a system check refuses them in production).
"""

import logging
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from config import env, logs
from config.places import BASE_DIR, LOCAL_DIR, places

PRODUCTION = env.boolean("SAMMATI_PRODUCTION", default=False)
DEBUG = False
EMBEDDED = places(env.text("SAMMATI_EMBEDDED", "run"))

SECRET_KEY = env.text(
    "SECRET_KEY", "" if PRODUCTION else "development-only-not-a-secret-" + "x" * 32
)
KEYS_COMMAND = env.text("SAMMATI_KEYS_COMMAND")
KEYS_FILE = env.text("SAMMATI_KEYS_FILE", "" if PRODUCTION else str(EMBEDDED.data / "keys.json"))
BASE_URL = env.text("SAMMATI_BASE_URL", f"http://127.0.0.1:{env.integer('PORT', default=8000)}")
# Begins the names of new logs; a log keeps its name for ever, whatever the address becomes.
AUDIT_ORIGIN = env.text("SAMMATI_AUDIT_ORIGIN", urlsplit(BASE_URL).netloc)
# Logs that everybody may read: controllers' ids, `system`, or * for all.
PUBLIC_LOGS = env.words("SAMMATI_PUBLIC_LOGS")
# The TOML file that names who witnesses the logs (docs/operations.md). Empty: nobody does.
WITNESSES = env.text("SAMMATI_WITNESSES")
# Days from the end of a month until its payloads are destroyed, by retention class.
AUDIT_RETENTION_DAYS = {
    "rc1": env.integer("SAMMATI_AUDIT_EVIDENCE_DAYS", default=7 * 365),
    "rc2": env.integer("SAMMATI_AUDIT_PROCESSING_DAYS", default=365),
    "rc3": env.integer("SAMMATI_AUDIT_AI_DECISION_DAYS", default=3 * 365),
}
AUDIT_HEARTBEAT_SECONDS = env.integer("SAMMATI_AUDIT_HEARTBEAT_SECONDS", default=60)
AUDIT_CLOCK_SKEW_SECONDS = env.integer("SAMMATI_AUDIT_CLOCK_SKEW_SECONDS", default=5)
AUDIT_PENDING_SECONDS = env.integer("SAMMATI_AUDIT_PENDING_SECONDS", default=60)
AUDIT_VERIFY_DAYS = env.integer("SAMMATI_AUDIT_VERIFY_DAYS", default=7)
AUDIT_VERIFY_SECONDS = env.integer("SAMMATI_AUDIT_VERIFY_SECONDS", default=15)
AUDIT_EXPORT_FOLDER = env.text(
    "SAMMATI_AUDIT_EXPORT_FOLDER", "" if PRODUCTION else str(EMBEDDED.data / "exports")
)
AUDIT_EXPORT_DAYS = env.integer("SAMMATI_AUDIT_EXPORT_DAYS", default=7)
CONSENT_EXPORT_FOLDER = env.text(
    "SAMMATI_CONSENT_EXPORT_FOLDER", "" if PRODUCTION else str(EMBEDDED.data / "consent-exports")
)
CONSENT_EXPORT_DAYS = env.integer("SAMMATI_CONSENT_EXPORT_DAYS", default=7)
PROFILE_EXPORT_FOLDER = env.text(
    "SAMMATI_PROFILE_EXPORT_FOLDER", "" if PRODUCTION else str(EMBEDDED.data / "profile-exports")
)
PROFILE_EXPORT_DAYS = env.integer("SAMMATI_PROFILE_EXPORT_DAYS", default=3)
ERASURE_EVIDENCE_FOLDER = env.text(
    "SAMMATI_ERASURE_EVIDENCE_FOLDER",
    "" if PRODUCTION else str(EMBEDDED.data / "erasure-evidence"),
)
ERASURE_JOURNAL = env.text(
    "SAMMATI_ERASURE_JOURNAL", "" if PRODUCTION else str(EMBEDDED.data / "erasures")
)
ERASURE_JOURNAL_DAYS = env.integer("SAMMATI_ERASURE_JOURNAL_DAYS", default=400)
# Where the letters of PDF receipts come from (extra [pdf]).
PDF_FONTS = env.text("SAMMATI_PDF_FONTS", "/usr/share/fonts")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
# Of these alone X-Forwarded-For is believed, its last address: whom they talk to.
PROXIES = env.networks("SAMMATI_PROXIES")

INSTALLED_APPS = [
    "config.apps.PrivacyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "django_structlog",
    "config.apps.SammatiConfig",
    "portal",
    "desk",
    "rights",
    "erasure",
    "profiles",
    "policies",
    "consent",
    "subjects",
    "registry",
    "accounts",
    "audit",
    "work",
    "keys",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "config.middleware.RequestIdMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.restored.RestoredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def database_settings() -> dict[str, Any]:
    """The app's login by default; the owner's where `SAMMATI_DATABASE_ROLE=owner` (migrations)."""
    role = env.text("SAMMATI_DATABASE_ROLE", "app")
    url = env.text("DATABASE_OWNER_URL" if role == "owner" else "DATABASE_URL")
    default = f"postgresql://sammati_{role}@:5432/sammati?host={EMBEDDED.sockets}"
    found = env.database(url or default)
    found["CONN_MAX_AGE"] = 60
    found["CONN_HEALTH_CHECKS"] = True
    found["ATOMIC_REQUESTS"] = False
    if role == "owner":  # a migration that waits for a lock must not stop the traffic behind it
        options = dict(found["OPTIONS"])  # type: ignore[call-overload]
        found["OPTIONS"] = {**options, "options": "-c lock_timeout=10s -c statement_timeout=30min"}
    return found


DATABASE_IS_EMBEDDED = not env.text("DATABASE_URL")
# The one login that may end payloads; opened for that call and closed (audit/retention.py).
DATABASE_RETENTION_URL = env.text("DATABASE_RETENTION_URL")
DATABASES = {"default": database_settings()}
REDIS_URL = env.text("REDIS_URL", f"redis+socket://{EMBEDDED.valkey_socket}")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False  # a message is only a doorbell: losing or repeating one harms nothing
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "sammati"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_REDIRECT_STDOUTS = False  # the development mailbox prints on the terminal

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
        # A cache that hangs must not hold a request: limits let it pass (fail open).
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("hi", "हिन्दी"), ("ur", "اردو")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"  # times with their zone
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
# Nothing is collected in development: files are served from where they are.
STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles") if PRODUCTION else "") or None
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

EMAIL_BACKEND = env.text(
    "EMAIL_BACKEND",
    "django.core.mail.backends.smtp.EmailBackend" if PRODUCTION else "config.mail.MailboxBackend",
)
EMAIL_FILE_PATH = str(LOCAL_DIR / "mailbox")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", default=587 if PRODUCTION else 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", default=PRODUCTION)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "privacy@example.invalid")

SESSION_ENGINE = "subjects.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and env.boolean("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 365 * 86400 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.ServiceKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.IsService"],
    "DEFAULT_PARSER_CLASSES": ["config.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.errors.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Sammati management API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ProvenanceKind": ("outsourced", "published"),
        "RelationshipKind": ("account_holder", "employer", "household", "joint_holder"),
        "ErasureCaseState": [
            "open",
            "review",
            "approval",
            "running",
            "closed",
            "cancelled",
            "refused",
        ],
        "ErasureStepState": [
            "planned",
            "sent",
            "accepted",
            "confirmed",
            "absent",
            "exempt",
            "excepted",
            "failed",
        ],
        "ErasureTrigger": [
            "request",
            "withdrawal",
            "purpose_end",
            "retention",
            "inactivity",
            "objection",
            "unlawful",
            "legal_duty",
            "child_service",
            "platform",
        ],
        "ErasureTriggerTold": (
            ["request", "withdrawal", "objection", "unlawful", "legal_duty", "child_service"]
        ),
        "ChannelEnum": [
            "api",
            "app",
            "email",
            "import",
            "in_person",
            "phone",
            "post",
            "sms",
            "web",
        ],
        "RightsRequestState": [
            "received",
            "identity",
            "working",
            "answered",
            "refused",
            "taken_back",
        ],
        "RightsRequestKind": ["erasure", "access", "correction"],
        "RightsChannel": ["portal", "api", "phone", "paper", "platform"],
        "RightsChannelTold": ["api", "phone", "paper"],
    },
}

# The class that hands text messages to a provider (docs/operations.md); empty: none are sent.
TEXT_SENDER = env.text("SAMMATI_TEXT_SENDER")

# How a parent is found to be an adult (DPDP Rules r.10), each way by the class that finds it out.
PARENT_TOKEN_ISSUER = env.text("SAMMATI_PARENT_TOKEN_ISSUER")
PARENT_VERIFIERS = {
    "existing_details": "consent.family.verifiers.ExistingDetails",
    "virtual_token": "consent.family.tokens.VirtualToken",
}

READY_NEEDS = env.words("SAMMATI_READY_NEEDS")
# Controllers, by slug, that are consent managers themselves (DPDP s.6(9)).
CONSENT_MANAGERS = env.words("SAMMATI_CONSENT_MANAGERS")
SIGN_IN_LINK_MINUTES = env.integer("SAMMATI_SIGN_IN_LINK_MINUTES", default=15)
DECISION_VALID_SECONDS = env.integer("SAMMATI_DECISION_VALID_SECONDS", default=60)
DECISION_ITEMS_PER_SECOND = env.integer("SAMMATI_DECISION_ITEMS_PER_SECOND", default=100_000)
DECISION_TIMEOUT_SECONDS = env.integer("SAMMATI_DECISION_TIMEOUT_SECONDS", default=3)
AUDIENCE_VALID_SECONDS = env.integer("SAMMATI_AUDIENCE_VALID_SECONDS", default=3600)
AUDIENCE_LIST_BYTES = env.integer("SAMMATI_AUDIENCE_LIST_BYTES", default=64 * 1024 * 1024)
AUDIENCE_SMALLEST_GROUP = env.integer("SAMMATI_AUDIENCE_SMALLEST_GROUP", default=5)
# Inner networks, as CIDR, that change events and recalls may be sent to. Empty: public hosts only.
WEBHOOK_NETWORKS = env.words("SAMMATI_WEBHOOK_NETWORKS")
# Inner networks, as CIDR, in which systems may be asked for profiles. Empty: public hosts only.
SYSTEM_NETWORKS = env.words("SAMMATI_SYSTEM_NETWORKS")
PORTAL_NAME = _("Your privacy choices")

DJANGO_STRUCTLOG_USER_ID_FIELD = None
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # RequestIdMiddleware has checked it
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # the end of a request says the same
LOGGING = logs.settings(json=PRODUCTION or env.boolean("SAMMATI_JSON_LOGS", default=False))
logs.configure()
