"""The office as it is mounted, with staff of every role."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.hashers import make_password
from django.test import override_settings
from fastapi import FastAPI

from gatehouse.base.config import load

from .house import mounted

SITE = "http://office.example"
PASSWORD = "correct horse battery"
FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Desk:
    """One browser."""

    http: httpx.AsyncClient

    async def form_token(self, path: str = "/office/login") -> str:
        match = FIELD.search((await self.http.get(path)).text)
        assert match, f"no form on {path}"
        return match.group(1)

    async def post(
        self, path: str, *, page: str = "/office/login", **fields: str
    ) -> httpx.Response:
        token = await self.form_token(page)
        return await self.http.post(path, data={"csrfmiddlewaretoken": token, **fields})

    async def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        return await self.post("/office/login", name=name, password=password)


@dataclass
class People:
    """Staff, made and changed as `gatehouse staff` does."""

    hashed: str

    async def hire(self, name: str, role: str = "viewer") -> None:
        """An account with the known password."""
        await sync_to_async(self._hire)(name, role)

    def _hire(self, name: str, role: str) -> None:
        from django.contrib.auth.models import User

        from gatehouse.office import staff

        person = staff.add(name, role)
        User.objects.filter(pk=person.pk).update(password=self.hashed)

    async def disable(self, name: str) -> None:
        from gatehouse.office import staff

        await sync_to_async(lambda: staff.disable(staff.found(name)))()

    async def link(self, name: str, role: str) -> str:
        from gatehouse.office import staff

        return await sync_to_async(lambda: staff.link_of(staff.add(name, role)))()

    async def token(self, name: str, *, days: int = 1, role: str = "") -> str:
        from gatehouse.office import staff

        def made() -> str:
            return staff.issue_token(staff.found(name), "test", days=days, role=role)[0]

        return await sync_to_async(made)()


@pytest.fixture(scope="session")
def hashed(database_url: str) -> Iterator[str]:
    """The known password, by a quick hash: a slow one a test would cost half a minute."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield make_password(PASSWORD)


@pytest.fixture
def people(clean: str, hashed: str) -> People:
    return People(hashed)


@pytest.fixture(scope="session")
def office(database_url: str) -> FastAPI:
    return mounted(load(trusted_proxies=("192.0.2.0/24",)))


@pytest.fixture
async def desk(clean: str, office: FastAPI) -> AsyncIterator[Desk]:
    transport = httpx.ASGITransport(office, client=("198.51.100.7", 5000))
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as http:
        yield Desk(http)
