"""The one settings file. The environment is read here, by name, and nowhere else.

Every name is described in the README's table; a test holds the two equal.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from tkpk import logs

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- where things lie ------------------------------------------------------------------------
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
KEYS_DIR = Path(env.str("KEYS_DIR", default=str(VAR_DIR / "keys")))
FILES_DIR = VAR_DIR / "files"
# "1:<64 hex digits>,2:<…>": for machines that hold keys elsewhere than in files.
FIELD_KEYS = env.list("FIELD_KEYS", default=[])
INDEX_KEYS = env.list("INDEX_KEYS", default=[])
DEBUG = env.bool("DEBUG", default=False)
# Where `manage.py serve` listens; behind a proxy that is another address than the public one.
SERVE_HOST = env.str("HOST", default="127.0.0.1")
SERVE_PORT = env.int("PORT", default=8000)
_reachable = "127.0.0.1" if SERVE_HOST in {"0.0.0.0", "::"} else SERVE_HOST  # noqa: S104 - compared
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://{_reachable}:{SERVE_PORT}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"


def _secret_key() -> str:
    """The signing key: environment first, then var/secret_key; never a default."""
    if key := env.str("SECRET_KEY", default=""):
        return key
    path = VAR_DIR / "secret_key"
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    raise ImproperlyConfigured(
        "No SECRET_KEY in the environment and no secret_key in VAR_DIR. "
        "'make run' creates it; by hand: python -m tkpk.provision VAR_DIR"
    )


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [_public.hostname, *env.list("EXTRA_HOSTS", default=[])]
if _public.hostname == "127.0.0.1":
    ALLOWED_HOSTS.append("localhost")  # what people type for the same computer
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
DEFAULT_KELURAHAN = env.str("DEFAULT_KELURAHAN", default="")
# The first start fills an empty installation with the fictional demo, unless DEMO=0.
DEMO = env.bool("DEMO", default=True)
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")
# How many proxies of our own stand before the server; the visitor's address is taken behind them.
PROXY_COUNT = env.int("PROXY_COUNT", default=0)

INSTALLED_APPS = [
    "tkpk.apps.TkpkConfig",
    "tkpk.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "import_export",
    "simple_history",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "households.apps.HouseholdsConfig",
    "units.apps.UnitsConfig",
    "programs.apps.ProgramsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tkpk.middleware.LanguageOfPath",
    "tkpk.middleware.NotByAddress",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tkpk.middleware.KelurahanOfRequest",
    "tkpk.middleware.ClosedByDefault",
    "tkpk.middleware.SecondFactorRequired",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tkpk.urls"
WSGI_APPLICATION = "tkpk.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
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
                "tkpk.context.portal",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- database --------------------------------------------------------------------------------
DATABASES = {
    "default": env.db_url(
        "DATABASE_URL", default=f"sqlite:///{(VAR_DIR / 'db.sqlite3').as_posix()}"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Without IMMEDIATE two writers deadlock at once; without WAL readers block writers.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        # Else INSERT OR REPLACE would delete without asking the triggers.
        "PRAGMA recursive_triggers=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

CACHES: dict[str, dict[str, Any]] = {
    # Shared by all processes: counters of failed tries, and phone codes that were used already.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "tkpk_shared_cache",
        # Above what a flood of strangers makes in minutes: culled counters would begin at 0.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Whole public pages, one copy a process.
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
TASKS = {"default": {"BACKEND": env.str("TASKS_BACKEND", "django_tasks_db.DatabaseBackend")}}

# --- people ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "tkpk.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "work_home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "tkpk.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Django's own: allauth's keeps a second list of addresses, in which an old one would stay valid.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class, no password
PASSWORD_RESET_TIMEOUT = 3600
# Who signed in so many seconds ago is not asked for the password again on a security page.
FRESH_SIGN_IN_SECONDS = 300
ACCOUNT_FORMS = {
    "login": "tkpk.forms.account.SignInForm",
    "reauthenticate": "tkpk.forms.account.ConfirmPasswordForm",
    "change_password": "tkpk.forms.account.ChangePasswordForm",
    "reset_password": "tkpk.forms.account.ForgottenPasswordForm",
    "reset_password_from_key": "tkpk.forms.account.NewPasswordForm",
}
# Failures at signing in are axes' matter: by address alone a whole office would be locked out. The
# key counts one name over all addresses, and the tries at one person's second step.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "10/15m/key",
    "reset_password": "30/15m/ip,3/15m/key",
    "reset_code": "30/15m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT
MFA_FORMS = {
    "authenticate": "tkpk.forms.account.SecondStepForm",
    "reauthenticate": "tkpk.forms.account.ConfirmCodeForm",
    "activate_totp": "tkpk.forms.account.ActivateSecondStepForm",
    "add_webauthn": "tkpk.forms.passkeys.AddPasskeyForm",
    "login_webauthn": "tkpk.forms.passkeys.SignInByPasskeyForm",
    "authenticate_webauthn": "tkpk.forms.passkeys.SecondStepByPasskeyForm",
    "reauthenticate_webauthn": "tkpk.forms.passkeys.ConfirmByPasskeyForm",
}
# By address alone, which a whole office shares; there is no secret to be guessed.
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_ADAPTER = "tkpk.adapters.MfaAdapter"
# The printed card is our own (`tkpk.cards`): recovery codes cannot be anybody's only second step.
MFA_SUPPORTED_TYPES = ["webauthn", "totp"]
MFA_PASSKEY_LOGIN_ENABLED = True
# One step of 30 seconds either way: clocks of cheap phones run wrong, and typing takes time.
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Portal TKPK"
# Recovery codes of the first release still open; who makes a card gives them up.
MFA_RECOVERY_CODE_COUNT = 20
USERSESSIONS_TRACK_ACTIVITY = False
# One office often has one address: the pair is locked, never the address alone.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/lockout.html"
AXES_IPWARE_PROXY_COUNT = PROXY_COUNT or None
# A header that a visitor may write himself counts only behind our own proxy.
AXES_IPWARE_META_PRECEDENCE_ORDER = ["HTTP_X_FORWARDED_FOR"] if PROXY_COUNT else ["REMOTE_ADDR"]
AXES_USERNAME_CALLABLE = "tkpk.adapters.lockout_name"
# Fifteen minutes from the fifth failure, not from the last try of somebody impatient.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# Neither in its log lines nor in the copy of the form that it stores.
AXES_SENSITIVE_PARAMETERS = [
    "username",
    "ip_address",
    "login",
    "code",
    "oldpassword",
    "password1",
    "password2",
    "csrfmiddlewaretoken",
]
# Not in a cookie: a message may name a family.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tkpk.views.errors.csrf_failure"

# --- secrecy and headers ---------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
if PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Uploads stay in memory: a temporary file would be a household list lying in clear on the disk.
FILE_UPLOAD_HANDLERS = ["tkpk.uploads.InMemoryUploadHandler"]
UPLOAD_LIMIT_BYTES = env.int("UPLOAD_LIMIT_MB", default=20) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# --- language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_I18N = USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["tkpk.locale_formats"]

# --- files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- mail and logs ---------------------------------------------------------------------------
# Mail is written to a table in the transaction that causes it; the worker sends it from there.
EMAIL_BACKEND = "tkpk.outbox.OutboxBackend"
OUTBOX_CARRIER = "django.core.mail.backends.smtp.EmailBackend"
vars().update(
    {
        name: value
        for name, value in env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25").items()
        if name.startswith("EMAIL_") and name not in {"EMAIL_BACKEND", "EMAIL_FILE_PATH"}
    }
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default="portal@localhost")
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
logs.configure()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "tkpk.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Django's own handlers would mail a page with local variables in it.
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # It would write names and addresses of who mistyped a password.
        "axes": {"level": "ERROR"},
    },
}
DEFAULT_EXCEPTION_REPORTER = "tkpk.logs.BareReporter"

SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = True
