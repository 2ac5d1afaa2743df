"""Every setting, in one file, from the environment (see .env.example).

Without any environment this is a development machine: SQLite, the in-memory channel layer, mail to
the console. A missing or odd value in production stops the start with a sentence.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from ringsite import reports

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
if PRODUCTION and (DEBUG or DEMO):
    raise ImproperlyConfigured("PRODUCTION goes with neither DEBUG nor DEMO: unset them.")

SECRET_KEY = env("SECRET_KEY", default="" if PRODUCTION else "only-for-this-machine-" + "x" * 40)
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must be a random text of at least 50 characters.")

# SITE_URL is the address people type; it decides hosts, origins, links in mails and QR codes.
SITE_URL = env("SITE_URL", default="").rstrip("/")
if PRODUCTION and not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured("SITE_URL must be the site's https:// address in production.")
SECURE = SITE_URL.startswith("https://")
SITE_HOST = urlsplit(SITE_URL).hostname
# What links and QR codes in shared screens begin with.
ORIGIN = SITE_URL or f"http://127.0.0.1:{env.int('PORT', default=8000)}"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE_HOST] if SITE_HOST else ["*"])
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []

INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks_db",
    "rings",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rings.middleware.Requests",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "rings.middleware.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rings.middleware.Sentences",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "ringsite.urls"
ASGI_APPLICATION = "ringsite.asgi.application"
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
            ],
            "builtins": [
                "django.templatetags.static",
                "django.templatetags.i18n",
                "rings.templatetags.rings",
            ],
        },
    }
]

# --- data -----------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
DATABASE = DATABASES["default"]
DATABASE.setdefault("OPTIONS", {})  # what the address says behind its "?", such as sslmode
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # One writer at a time, waiting its turn; FULL, so that an acknowledged pledge outlives a power cut.
    DATABASE["CONN_MAX_AGE"] = None
    DATABASE["TEST"] = {
        "NAME": str(BASE_DIR / "build" / "test.sqlite3")
    }  # a file: servers open it too
    DATABASE["OPTIONS"] |= {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Every commit is on the disk before it is answered; what is erased is overwritten in the file;
        # what many rings say is read in place (128 MiB) and not page by page.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "PRAGMA secure_delete=ON; PRAGMA mmap_size=134217728;"
        ),
    }
elif DATABASE["ENGINE"] == "django.db.backends.postgresql":
    # A connection is tried before it is lent, so a restarted database is no error for anybody later.
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE["OPTIONS"] |= {
        # a request that finds all of them lent for this long is answered 503 (rings/middleware.py)
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=20), "timeout": 5},
        "connect_timeout": 5,
        # a process that hangs in the middle of a change must not hold its ring's lock for ever
        "options": "-c lock_timeout=10s -c idle_in_transaction_session_timeout=20s",
    }
else:
    raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or sqlite://.")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    # The pub-sub layer: the core one goes deaf when idle with redis-py 8 (channels_redis #422).
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": env("REDIS_PREFIX", default="ringsite")},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
# Each process counts for itself, so that no limit depends on Redis (docs/operating.md has the sums).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},  # Django's 300 could be flushed by one stranger
    }
}
# How many server processes run: more than one needs Redis (rings/checks.py holds that).
PROCESSES = env.int("PROCESSES", default=1)
DIRECT_WRITE = env.bool("DIRECT_WRITE", default=True)  # rings/direct.py

# --- people ---------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_rings"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Proxies in front of us: their number decides which forwarded address is believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

mail = env.email("EMAIL_URL", default="smtp://localhost:25" if PRODUCTION else "consolemail://")
MAILERS = {"default": {"BACKEND": mail["EMAIL_BACKEND"]}}
if MAILERS["default"]["BACKEND"].endswith("smtp.EmailBackend"):
    MAILERS["default"]["OPTIONS"] = {
        "host": mail["EMAIL_HOST"],
        "port": mail["EMAIL_PORT"] or 25,
        "username": mail["EMAIL_HOST_USER"],
        "password": mail["EMAIL_HOST_PASSWORD"],
        "use_tls": mail.get("EMAIL_USE_TLS", False),
        "use_ssl": mail.get("EMAIL_USE_SSL", False),
        "timeout": 10,
    }
if DEMO:  # to read what would be sent: on the console, and at /demo/mails/
    MAILERS["default"] = {
        "BACKEND": "rings.demo_mails.EmailBackend",
        "OPTIONS": {"file_path": BASE_DIR / "build" / "mails"},
    }
DEFAULT_FROM_EMAIL = env("MAIL_FROM", default="Ringsite <rings@localhost>")

# What can wait is done by `manage.py db_worker`; the demo, which has no worker, does it at once.
TASKS = {
    "default": {
        "BACKEND": "django.tasks.backends.immediate.ImmediateBackend"
        if DEMO
        else "django_tasks_db.DatabaseBackend"
    }
}

# --- what browsers are told -----------------------------------------------------------------------
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "connect-src": [CSP.SELF, *([SITE_URL.replace("https://", "wss://")] if SECURE else [])],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
if SECURE:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SEAT_COOKIE = "__Host-seat-{}" if SECURE else "seat-{}"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 60
# The one page that takes a file: of 20 MB (rings/past/shape.py), and the form around it.
BODY_MAX = {"/past/import/": 20 * 1024 * 1024 + DATA_UPLOAD_MAX_MEMORY_SIZE}

# --- files, words, times --------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # seconds
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = True, "Lax"
LANGUAGE_COOKIE_SECURE = SECURE
USE_I18N = True
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="Europe/London")
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- what those who run the site are told ---------------------------------------------------------
METRICS_TOKEN = env("METRICS_TOKEN", default="")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("METRICS_TOKEN must be a random text of at least 20 characters.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{levelname} {name}: {message}", "style": "{"},
        "lines": {"()": "rings.logs.Lines"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "lines" if PRODUCTION else "plain",
            "stream": sys.stderr,
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "rings": {"level": "INFO"},
        "rings.requests": {"level": "INFO" if PRODUCTION else "WARNING"},
        "django": {"handlers": [], "level": "WARNING"},
        # in production a refused request has its own line already
        "django.request": {"level": "ERROR" if PRODUCTION else "WARNING"},
        "django.security.DisallowedHost": {"level": "CRITICAL" if PRODUCTION else "WARNING"},
    },
}
SENTRY_DSN = env("SENTRY_DSN", default="")
if SENTRY_DSN:
    reports.start(SENTRY_DSN)
