"""Django's settings, made from ours. Nothing is configured here that base.config does not know."""

from __future__ import annotations

import os
from secrets import token_urlsafe
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from gatehouse.base.config import load
from gatehouse.base.keys import signing_key

URL_VARIABLE = "GATEHOUSE_DATABASE_URL"  # set by web.command for itself and its children


def database_of(url: str) -> dict[str, Any]:
    """Django's words for a PostgreSQL URL, with a TCP host or a socket folder."""
    if not url:
        return {"ENGINE": "django.db.backends.dummy"}
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
    }


_ours = load()
_url = os.environ.get(URL_VARIABLE) or _ours.postgres_url
SECRET_KEY = signing_key(_ours) if _url else token_urlsafe(48)  # no database: nothing to sign
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "gatehouse.ops",  # before Django's own, so that our `migrate` is the one that runs
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "gatehouse.observe",
    "gatehouse.listings",
    "gatehouse.people",
    "gatehouse.talk",
    "gatehouse.rollout",
    "gatehouse.web",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "gatehouse.web.urls"
DATABASES = {"default": database_of(_url)}
