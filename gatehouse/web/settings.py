"""Django's settings, made from ours. Nothing is configured here that base.config does not know."""

from __future__ import annotations

import os
from urllib.parse import parse_qsl, unquote, urlsplit

from gatehouse.base.config import load

_ours = load()
_url = urlsplit(os.environ.get("GATEHOUSE_DATABASE_URL") or _ours.database_url)

SECRET_KEY = _ours.secret_key.get_secret_value() or "unset: the staff office refuses to start"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "gatehouse.observe",
    "gatehouse.listings",
    "gatehouse.people",
    "gatehouse.talk",
    "gatehouse.ops",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "gatehouse.web.urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _url.path.lstrip("/"),
        "USER": unquote(_url.username or ""),
        "PASSWORD": unquote(_url.password or ""),
        "HOST": unquote(_url.hostname or ""),
        "PORT": str(_url.port or ""),
        "OPTIONS": dict(parse_qsl(_url.query)),
    }
}
