"""Django's settings, made from ours. Nothing is configured here that base.config does not know."""

from __future__ import annotations

import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from gatehouse.base.config import load

URL_VARIABLE = "GATEHOUSE_DATABASE_URL"  # set by web.command for itself and its children


def database_of(url: str) -> dict[str, Any]:
    """Django's words for a PostgreSQL URL, with a TCP host or a socket folder."""
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
SECRET_KEY = _ours.secret_key.get_secret_value() or "unset: the staff office refuses to start"
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
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "gatehouse.web.urls"
DATABASES = {"default": database_of(os.environ.get(URL_VARIABLE) or _ours.database_url)}
