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
    "django.contrib.sessions",
    "gatehouse.observe",
    "gatehouse.listings",
    "gatehouse.people",
    "gatehouse.talk",
    "gatehouse.rollout",
    "gatehouse.office",
    "gatehouse.web",
]
MIDDLEWARE = [
    "gatehouse.office.manners.Manners",
    "gatehouse.office.cookies.Cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gatehouse.office.bearer.Bearer",
    "django.middleware.csrf.CsrfViewMiddleware",
    "gatehouse.office.staying.Staying",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["gatehouse.office.pages.every_page"]},
    }
]
SESSION_COOKIE_NAME = "gatehouse_staff"  # over TLS with __Host- before it: office.cookies
SESSION_COOKIE_AGE = 30 * 60  # seconds without a request; office.staying ends it after 12 hours
CSRF_COOKIE_NAME = "gatehouse_form"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "gatehouse.office.refusals.on_forgery"
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds that a link to set a password lives
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "sign-in"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
ROOT_URLCONF = "gatehouse.web.urls"
DATABASES = {"default": database_of(_url)}
