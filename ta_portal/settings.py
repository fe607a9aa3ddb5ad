"""All settings. The environment changes values, never code; a value that cannot be used stops the start.

PORTAL_MODE says what this process is part of: `development` (the default: embedded parts, DEBUG as set), `demo`
(what `manage.py demo` starts, without DEBUG) or `production`, which refuses embedded parts, DEBUG and weak secrets.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from ta_portal import env
from ta_portal.embedded import broker, var_dir

BASE_DIR = Path(__file__).resolve().parent.parent
# Generic base classes (`QuerySet[Engagement]`) need this before any model is imported.
django_stubs_ext.monkeypatch()

# Where the quick start keeps its database, its messages and its logs.
VAR_DIR = var_dir()

PORTAL_MODE = env.choice("PORTAL_MODE", ["development", "demo", "production"], default="development")
PRODUCTION = PORTAL_MODE == "production"
DEMO = PORTAL_MODE == "demo"
DEBUG = env.boolean("DEBUG", default=PORTAL_MODE == "development")

_INSECURE_SECRET = "insecure: for development and the demo only"  # noqa: S105 - production refuses it
SECRET_KEY = env.text("SECRET_KEY") or _INSECURE_SECRET
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or ([] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

_database = env.database("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL")

if PRODUCTION:
    if DEBUG:
        raise ImproperlyConfigured("DEBUG is on: production refuses it. Unset DEBUG.")
    if SECRET_KEY == _INSECURE_SECRET or len(SECRET_KEY) < 50 or SECRET_KEY.startswith("insecure"):
        raise ImproperlyConfigured(
            "SECRET_KEY is missing, a default or shorter than 50 characters. Set it to a long random text: "
            "python -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    if _database is None:
        raise ImproperlyConfigured("DATABASE_URL is not set: production does not run on the embedded database.")
    if not REDIS_URL:
        raise ImproperlyConfigured("REDIS_URL is not set: production does not run on the folder broker.")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS is not set: name the host names that the portal answers to.")

DATABASES: dict[str, dict[str, Any]] = {
    # Without DATABASE_URL manage.py starts the embedded server and sets it; until then there is nothing to connect to.
    "default": _database or {"ENGINE": "django.db.backends.postgresql", "NAME": "portal", "HOST": str(VAR_DIR / "pg")}
}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    # work_mem: sorting a portfolio's ledger in PostgreSQL's own 4 MB goes through files.
    "OPTIONS": {
        "options": "-c statement_timeout=60s -c lock_timeout=10s -c jit=off -c work_mem=32MB",
        "connect_timeout": 5,
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "ta_portal.accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "pgtrigger",
    "pghistory",
    "template_partials",
    "ta_portal.money",
    "ta_portal.i18n",
    "ta_portal.changes",
    "ta_portal.audit",
    "ta_portal.jobs",
    "ta_portal.mail",
    "ta_portal.registry",
    "ta_portal.api",
    "ta_portal.ui",
    "ta_portal.embedded",
    "ta_portal.monitoring",
    "ta_portal.deployment",
    "programmes",
    "experts",
    "costing",
    "evaluations",
    "ta_portal.exchange",
    "ta_portal.demo",
    "ta_portal.bench",
]

MIDDLEWARE = [
    "ta_portal.ui.middleware.RequestIdMiddleware",
    # Files and refusals carry these as well: they stand outside of whatever answers first.
    "ta_portal.ui.middleware.EdgeHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ta_portal.monitoring.middleware.RequestRecordMiddleware",
    "ta_portal.ui.middleware.HeadMiddleware",
    "ta_portal.api.middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "ta_portal.ui.middleware.PageCompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ta_portal.accounts.middleware.SessionLifetimeMiddleware",
    "ta_portal.ui.middleware.RefusalLogMiddleware",
    "ta_portal.i18n.middleware.LanguageMiddleware",
    "ta_portal.ui.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "ta_portal.ui.middleware.DomainErrorMiddleware",
    "ta_portal.ui.middleware.LongestRequestMiddleware",
]

ROOT_URLCONF = "ta_portal.urls"
WSGI_APPLICATION = "ta_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "ta_portal.ui.context.frame",
                *(["ta_portal.demo.context.demo_personas"] if DEMO else []),
            ],
        },
    }
]

# --- Who is who ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["ta_portal.accounts.backend.PortalBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "ta_portal.accounts.adapter.ClosedSignUpAdapter"
ACCOUNT_FORMS = {"login": "ta_portal.accounts.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
# How many proxies of ours stand in front: without the number an address in X-Forwarded-For is not believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXIES", default=0)

SESSION_ENGINE = "django.contrib.sessions.backends.db"
# However much somebody works: after so many hours they sign in again.
SESSION_LIFETIME_HOURS = env.whole("SESSION_LIFETIME_HOURS", default=14 * 24)
SESSION_COOKIE_AGE = SESSION_LIFETIME_HOURS * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# Forms carry the token in a field; no script needs the cookie.
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "ta_portal.ui.views.csrf_failure"
# allauth counts attempts in the cache: it must be one that all processes share (traps 28).
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entry"}}

if PRODUCTION:
    SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
EDGE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": SECURE_REFERRER_POLICY,
    "X-Frame-Options": X_FRAME_OPTIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Languages ---
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("fr", _("French")),
    ("es", _("Spanish")),
    ("pt", _("Portuguese")),
    ("ar", _("Arabic")),
]
LOCALE_PATHS = [BASE_DIR / "ta_portal" / "locale"]
FORMAT_MODULE_PATH = ["ta_portal.i18n.formats"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "UTC"
USE_TZ = True

# --- Files ---
STATIC_URL = "/static/"
# No other site reads anything of ours, files included.
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# What people add, by the hash of what is in it: outside of everything that is served. Web and worker share it.
FILES_DIR = Path(env.text("FILES_DIR", str(VAR_DIR / "files")))
EVIDENCE_MOST_BYTES = env.whole("EVIDENCE_MOST_MB", default=20, least=1) * 1024 * 1024
# What judges each file besides: a command that reads it and ends with 0 where it is clean, 1 where it is not.
EVIDENCE_SCANNER = env.text("EVIDENCE_SCANNER")
# No request is longer, whatever it carries: it is refused before it is read.
LONGEST_REQUEST = 3 * EVIDENCE_MOST_BYTES + 1024 * 1024

# --- Progress ---
# So many days a ministry has to confirm or dispute a figure that a reviewer changed; after that it counts as confirmed.
PROGRESS_CONFIRM_DAYS = env.whole("PROGRESS_CONFIRM_DAYS", default=10, least=1)

# --- Jobs ---
CELERY = broker.celery_settings(REDIS_URL, VAR_DIR / "broker")

# --- API ---
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "ta_portal.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["ta_portal.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "ta_portal.api.problems.problem_response",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSION": "v1",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    # Form is a matter of `Accept` alone; `?format=` would be an unknown parameter that is not refused.
    "URL_FORMAT_OVERRIDE": None,
}
# Of each token and each user, in a minute; seconds that an export waits for the database, or for its reader.
API_CALLS_PER_MINUTE = {
    "anything": env.whole("API_CALLS_PER_MINUTE", default=6000, least=1),
    "search": env.whole("API_SEARCHES_PER_MINUTE", default=1200, least=1),
    "export": env.whole("API_EXPORTS_PER_MINUTE", default=60, least=1),
}
API_EXPORT_PATIENCE = env.whole("API_EXPORT_PATIENCE", default=120, least=1)
SPECTACULAR_SETTINGS = {
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PATH_CONVERTER_OVERRIDES": {"code": str},
    "POSTPROCESSING_HOOKS": ["ta_portal.api.schema.complete"],
    "TITLE": "TA Portal",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
}

# --- Watching it run ---
# Who may read /metrics: this machine in development and the demo; who shows this token, anywhere.
METRICS_TOKEN = env.text("METRICS_TOKEN")

# --- Records ---
PGHISTORY_APPEND_ONLY = True
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "ta_portal.audit.request_id.RequestIdFilter"}},
    "formatters": {
        "line": {"()": "ta_portal.monitoring.logs.PlainLines"},
        "json": {"()": "ta_portal.monitoring.logs.JsonLines"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.choice("LOG_FORMAT", ["line", "json"], default="json" if PRODUCTION else "line"),
            "filters": ["request_id"],
        }
    },
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], default="INFO"),
    },
}

# --- E-mail ---
_mail = env.mail_server("EMAIL_URL")
# Where people find the portal: links in e-mails begin with it.
PORTAL_URL = env.web_address("PORTAL_URL", default="http://localhost:8000/")
if PRODUCTION and _mail is not None and not env.text("PORTAL_URL"):
    raise ImproperlyConfigured("PORTAL_URL is not set: links in e-mails would lead nowhere. Say https://your.host/.")
# In development letters are written to the terminal. In production they hold links that nobody else may see.
SENDS_MAIL = _mail is not None or not PRODUCTION
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
if _mail is None:
    EMAIL_BACKEND = f"django.core.mail.backends.{'dummy' if PRODUCTION else 'console'}.EmailBackend"
if DEMO:
    # Nothing leaves the demo, whatever mail server its machine has: its people are invented.
    EMAIL_BACKEND = "ta_portal.demo.mail.KeptMail"
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_SSL, EMAIL_USE_TLS = _mail or env.NO_MAIL_SERVER
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM") or f"TA Portal <portal@{urlsplit(PORTAL_URL).hostname}>"
