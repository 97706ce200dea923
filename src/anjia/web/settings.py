"""Settings: what differs between installations comes from the environment, see `.env.example`."""

import hashlib
import json
import os
import sys
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

PACKAGE: Final = Path(__file__).resolve().parents[1]
CHECKOUT: Final = PACKAGE.parents[1]
ANJIA_HOME: Final = Path(os.environ.get("ANJIA_HOME") or CHECKOUT / "var")
# "demo" or "real": written into the data folder when it is made, never changed afterwards.
KIND_FILE: Final = ANJIA_HOME / "kind"
IS_DEMO: Final = KIND_FILE.exists() and KIND_FILE.read_text().strip() == "demo"
KEYRING: Final = Path(os.environ.get("ANJIA_KEYRING") or ANJIA_HOME / "keys" / "keyring.json")
SEALS: Final = ANJIA_HOME / "seals" / "newest.jsonl"
FILES: Final = ANJIA_HOME / "files"


def secret() -> str:
    """Return the secret that signs cookies: the environment's, or the data folder's own."""
    if "SECRET_KEY" in os.environ:
        return os.environ["SECRET_KEY"]
    kept = ANJIA_HOME / "keys" / "secret"
    return kept.read_text().strip() if kept.exists() else "only-for-tests-and-checks"


SECRET_KEY = secret()
DEBUG = False
# https://anjia.example.org: then no cookie of ours travels in the clear, and browsers come by TLS only.
PUBLIC_ADDRESS = os.environ.get("PUBLIC_ADDRESS", "").rstrip("/")
IS_HTTPS: Final = PUBLIC_ADDRESS.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("TRUSTED_ORIGINS", "").split(",") if origin]
if PUBLIC_ADDRESS:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_ADDRESS).hostname or "")
    CSRF_TRUSTED_ORIGINS.append(PUBLIC_ADDRESS)
# Whose word counts of where a request comes from, and by which way: a proxy of ours, "1" for one on this computer.
PROXIES: Final = [
    ip_network(place)
    for said in os.environ.get("BEHIND_PROXY", "").split(",")
    for place in (["127.0.0.0/8", "::1"] if said.strip() == "1" else [said.strip()])
    if place
]
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "anjia.web.pages.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    "HTTP_X_FORWARDED_PROTO",
    "https",
)  # of strangers, `OurProxyOnly` has taken it away
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LANGUAGE_COOKIE_NAME = "anjia_language"
LOCALE_PATHS = [PACKAGE / "kernel" / "locale", PACKAGE / "web" / "locale"]

ROOT_URLCONF = "anjia.web.urls"
INSTALLED_APPS = [
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "anjia.kernel",
    "anjia.identity",
    "anjia.messaging",
    "anjia.residents",
    "anjia.workforce",
    "anjia.catalogue",
    "anjia.learning",
    "anjia.records",
    "anjia.visits",
    "anjia.orders",
    "anjia.supplies",
    "anjia.dispatch",
    "anjia.series",
    "anjia.exceptions",
    "anjia.transitions",
    "anjia.emergencies",
    "anjia.enrolment",
    "anjia.quality",
    "anjia.notices",
    "anjia.imports",
    "anjia.operations",
    "anjia.desk",
    "anjia.machine",
    "anjia.simulation",
    "anjia.web",
]
MIDDLEWARE = [
    "anjia.web.middleware.NoPersonalDataInCrashes",
    "anjia.web.middleware.OurProxyOnly",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "anjia.web.middleware.NotKept",
    "anjia.web.middleware.OurOwnOnly",
    "anjia.web.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "anjia.web.middleware.TextOnly",
    "anjia.web.middleware.SignedIn",
    "anjia.web.middleware.Refusals",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "anjia.web.pages.everywhere",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = ANJIA_HOME / "static"
STATICFILES_DIRS = [path for path in [CHECKOUT / "clients" / "console" / "dist"] if path.exists()]
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
CLIENT_DIST = CHECKOUT / "clients" / "dist" / "build" / "h5"


def database(variable: str, default: str, **options: Any) -> dict[str, Any]:
    url = urlsplit(os.environ.get(variable, default))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.removeprefix("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname,
        "PORT": url.port,
    } | options


POOL: Final = int(os.environ.get("ANJIA_POOL", "0"))
# What `kernel.planned` runs is planned once per connection, for whatever values.
PLANNED: Final = {"options": "-c plan_cache_mode=force_generic_plan"}
DATABASES = {
    # All work is done as a role that owns nothing, so that row-level security holds.
    "default": database(
        "DATABASE_URL",
        "postgresql://anjia_app@127.0.0.1:5499/anjia",
        CONN_HEALTH_CHECKS=True,
        **(
            {"OPTIONS": {"pool": {"min_size": 2, "max_size": POOL, "timeout": 10}, **PLANNED}}
            if POOL
            else {"CONN_MAX_AGE": 60, "OPTIONS": PLANNED}
        ),
    ),
    # Only `migrate --database owner` and the tests' set-up come in by this door.
    "owner": database("DATABASE_OWNER_URL", "postgresql://anjia_owner@127.0.0.1:5499/anjia"),
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_DATABASE_ALIAS = "default"

# What a change of roles does to those who call for help is asked of who knows it: identity is below it.
CALLS_FOR_HELP = "anjia.emergencies.unheard"
# Adapters: the real one or its stand-in, by dotted path.
CODE_SENDER = os.environ.get(
    "CODE_SENDER", f"anjia.integrations.sms.{'local.NotSent' if IS_DEMO else 'aliyun.from_settings'}"
)
WECHAT_SIGN_IN = os.environ.get("WECHAT_SIGN_IN", "anjia.integrations.wechat.client.from_settings")
WECHAT_APP_ID = os.environ.get("WECHAT_APP_ID", "")
WECHAT_APP_SECRET = os.environ.get("WECHAT_APP_SECRET", "")
WECHAT_API = os.environ.get("WECHAT_API", "https://api.weixin.qq.com")
# In a demo nobody's telephone rings: messages go to stand-ins that refuse what the vendors refuse.
WECHAT_MESSAGES, SMS_MESSAGES = (
    os.environ.get(
        variable, f"anjia.integrations.{vendor}.messages{'_standin.local' if IS_DEMO else '.from_settings'}"
    )
    for variable, vendor in (("WECHAT_MESSAGES", "wechat"), ("SMS_MESSAGES", "sms"))
)
# Files in a bucket that speaks S3, instead of the data folder; see integrations/s3.
S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY = (
    os.environ.get(name, "")
    for name in ("S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
)
S3_REGION = os.environ.get("S3_REGION", "us-east-1")
S3_ADDRESSING = os.environ.get("S3_ADDRESSING", "path")  # or "host"
FILES_IN = os.environ.get("FILES_IN", "anjia.integrations.s3.bucket.from_settings" if S3_BUCKET else "")
# Servers of OSRM, one for each way of travelling; without one the straight line is reckoned with. A demo has their
# stand-in, which does not answer for ten minutes of each hour.
ROADS = {
    profile: url.rstrip("/")
    for profile in ("foot", "bicycle", "car")
    if (url := os.environ.get(f"OSRM_{profile.upper()}", "standin" if IS_DEMO else ""))
}
# What plans a day: a process of its own, which brings the compiler that we do without. Where it is not installed, the
# lock that has it is, once, when first somebody asks for a plan.
PLANNER = [
    sys.executable,
    *(
        []
        if find_spec("numba")
        else [str(PACKAGE / "machine" / "environment.py"), "requirements-planning.txt"]
    ),
    "-m",
    "anjia.planning.solver",
]
PLANNING_CACHE = Path(os.environ.get("ANJIA_PLANNING_CACHE") or ANJIA_HOME / "planning")
PLANNING_SECONDS = float(os.environ.get("ANJIA_PLANNING_SECONDS", "20"))
# Whose place a stand-in takes here: every page of the console says so.
STAND_INS = [
    vendor
    for vendor, paths in {
        "wechat": (WECHAT_MESSAGES, WECHAT_SIGN_IN),
        "sms": (SMS_MESSAGES, CODE_SENDER),
        "roads": tuple(ROADS.values()),
    }.items()
    if any("standin" in path or path.endswith(".NotSent") for path in paths)
]
# Their template ids for our templates: {"visit_promised": "…", …}
WECHAT_MESSAGE_TEMPLATES = json.loads(os.environ.get("WECHAT_MESSAGE_TEMPLATES", "{}"))
SMS_MESSAGE_TEMPLATES = json.loads(os.environ.get("SMS_MESSAGE_TEMPLATES", "{}"))
SMS_ACCESS_KEY_ID = os.environ.get("SMS_ACCESS_KEY_ID", "")
SMS_ACCESS_KEY_SECRET = os.environ.get("SMS_ACCESS_KEY_SECRET", "")
SMS_SIGN_NAME = os.environ.get("SMS_SIGN_NAME", "")
SMS_TEMPLATE_CODE = os.environ.get("SMS_TEMPLATE_CODE", "")
# Aliyun's SmsReport calls /callbacks/sms/reports/<this secret>; without one nobody is heard there. In a demo its
# stand-in does, by HTTP.
SMS_REPORT_SECRET = os.environ.get(
    "SMS_REPORT_SECRET", hashlib.sha256(f"reports {SECRET_KEY}".encode()).hexdigest() if IS_DEMO else ""
)
# The token that is set under 消息推送 of the mini program: with it WeChat signs what it pushes to
# /callbacks/wechat/events.
WECHAT_PUSH_TOKEN = os.environ.get(
    "WECHAT_PUSH_TOKEN", hashlib.sha256(f"pushes {SECRET_KEY}".encode()).hexdigest()[:32] if IS_DEMO else ""
)
# Whoever asks /metrics with "Authorization: Bearer <this>" is answered; without one the page does not exist.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")

OWN_ADDRESS = f"http://localhost:{os.environ.get('PORT', '8000')}"
SMS_API = os.environ.get("SMS_API", "https://dysmsapi.aliyuncs.com")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "anjia.kernel.logs.PlacesOnly",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # They log whole addresses, in which vendors want phone numbers, codes and our secrets.
    "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpcore")},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
