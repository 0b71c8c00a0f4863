"""The office in a browser: one account a role, and a rollout under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Page, ViewportSize, expect

from gatehouse.base.config import load
from tests.office.house import mounted
from tests.office.scene import Scene, Staged, clear, stage

from ..face import Face, face
from ..mock.threaded import serving

PASSWORD = "correct horse battery"
DESKTOP: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
ROLES = ("viewer", "operator", "releaser", "admin")


@pytest.fixture(scope="session")
def office_database(request: pytest.FixtureRequest) -> str:
    """The database of all tests, made in a thread: the browser's driver has a loop in ours, and
    Django's migrations run in no thread with a loop."""
    with ThreadPoolExecutor(1) as pool:
        url: str = pool.submit(request.getfixturevalue, "database_url").result()
    return url


@pytest.fixture(scope="session")
def office_url(office_database: str) -> Iterator[str]:
    quick = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with quick, serving(mounted(load())) as address:
        yield address


@pytest.fixture
def staff_hired(office_url: str, clean: str) -> None:
    """Accounts named like their roles."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_hire).result()


def _hire() -> None:
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.db import connection

    from gatehouse.office import staff

    hashed = make_password(PASSWORD)
    for role in ROLES:
        person = staff.add(role, role)
        User.objects.filter(pk=person.pk).update(password=hashed)
    connection.close()


Stage = Callable[[Scene], Staged]


@pytest.fixture
def staged(clean: str, staff_hired: None) -> Iterator[Stage]:
    yield lambda scene: stage(clean, scene, looks=12)
    clear(clean)


@contextmanager
def signed_in(browser: Browser, address: str, role: str, **options: Any) -> Iterator[Face]:
    """Somebody of that role on the console."""
    with face(browser, address, **{"viewport": DESKTOP, **options}) as shown:
        shown.page.clock.install()  # nobody waits for the page's own rhythm
        enter(shown.page, address, role)
        yield shown


def enter(page: Page, address: str, role: str) -> None:
    page.goto(f"{address}/office/")
    page.get_by_label("Name").fill(role)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
