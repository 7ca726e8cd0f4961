"""Settings. Everything that differs between a laptop and a district comes from `NINGJULAN_*` variables.

`ningjulan run` sets the addresses of the embedded servers in the environment of the processes it starts, so
embedded and real servers take the same path.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.management.utils import get_random_secret_key

from ningjulan import __version__

VERSION = __version__
VAR = Path(os.environ.get("NINGJULAN_VAR", "var")).resolve()
PACKAGE = Path(__file__).resolve().parents[1]


def _database(url: str) -> dict[str, object]:
    """Translate a `postgresql://` URL (TCP or `?host=/socket/dir`) into Django's dictionary."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "ningjulan",
        "USER": unquote(parts.username or "postgres"),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "127.0.0.1")),
        "PORT": str(query.get("port", parts.port or "")),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5},
    }


def _secret_key() -> str:
    """Return the signing key: from the environment, else from `var/secret_key`, made on first use."""
    if key := os.environ.get("NINGJULAN_SECRET_KEY"):
        return key
    path = VAR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


DATABASE_URL = os.environ.get("NINGJULAN_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/ningjulan")
NATS_URL = os.environ.get("NINGJULAN_NATS_URL", "nats://127.0.0.1:4222")
SHARDS = int(os.environ.get("NINGJULAN_SHARDS") or 0) or None  # None: as the stream is divided
HISTORY_URL = os.environ.get("NINGJULAN_HISTORY_URL", str(VAR / "history"))
SEEN_FOLDER = VAR / "seen"  # can be made again from the history
ARCHIVE_FOLDER = Path(os.environ.get("NINGJULAN_ARCHIVE_FOLDER", VAR / "archive"))
ARCHIVE_BYTES = int(os.environ.get("NINGJULAN_ARCHIVE_GIB", "200")) * 2**30
REPLAY_FOLDER = ARCHIVE_FOLDER.parent / "replays"  # what a replay would write, until that is decided
TOWN_FOLDER = Path(os.environ.get("NINGJULAN_TOWN_FOLDER", VAR / "town"))
ADDRESS_JOB_FOLDER = VAR / "address-jobs"  # files being matched, and their results
IMPORT_FOLDER = VAR / "registry-imports"  # files being imported into the registry, until they are done
DEMO = os.environ.get("NINGJULAN_DEMO", "0") == "1"

SEALING = os.environ.get("NINGJULAN_SEALING", "sm4")  # sm4 (SM4-GCM, HMAC-SM3) | aes (AES-256-GCM, SHA-256)
SEALING_KEY_FILE = Path(os.environ.get("NINGJULAN_KEY_FILE", VAR / "keys" / "keys.json"))
SEALING_KEYS = os.environ.get("NINGJULAN_KEYS", "")  # "package.module:callable" of a key service
READINGS_PER_DAY = int(os.environ.get("NINGJULAN_READINGS_PER_DAY", "50"))  # unmasked, of one person
STEP_UP_MINUTES = int(os.environ.get("NINGJULAN_STEP_UP_MINUTES", "60"))  # then the password is asked again
EXPORT_ROWS = int(os.environ.get("NINGJULAN_EXPORT_ROWS", "2000"))  # most of one export: a large grid
EXPORT_HOURS = int(os.environ.get("NINGJULAN_EXPORT_HOURS", "24"))  # from approval to the end of downloads
AUDIT_ANCHOR_FILE = Path(os.environ.get("NINGJULAN_AUDIT_ANCHOR", VAR / "audit" / "heads.log"))

SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("NINGJULAN_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("NINGJULAN_ORIGINS", "").split(",") if origin]
ROOT_URLCONF = "ningjulan.project.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": _database(DATABASE_URL)}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "ningjulan.foundation",
    "ningjulan.sources",
    "ningjulan.observations",
    "ningjulan.registry",
    "ningjulan.scenarios",
    "ningjulan.cases",
]
MIDDLEWARE = [
    "ningjulan.project.middleware.content_policy",
    "ningjulan.project.middleware.one_error_shape",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_USER_MODEL = "foundation.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},  # 等保三级: at least 10 characters
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "ningjulan.foundation.accounts.ClosedSignup"
ACCOUNT_EMAIL_VERIFICATION = "none"
# How many proxies of ours stand before us: by default none, and `X-Forwarded-For` is anybody's invention.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("NINGJULAN_PROXIES", "0"))
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,50/m/ip"}
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SESSION_COOKIE_AGE = 12 * 3600  # one shift; 等保 idle logout is set per deployment
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("NINGJULAN_HTTPS", "0") == "1"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [folder for folder in [PACKAGE / "project" / "static"] if folder.exists()]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/app/assets/"  # Vite puts a hash of the content in these names
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:<7} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("NINGJULAN_LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "asyncio": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}
