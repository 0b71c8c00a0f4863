"""Nothing but the office, its files and those of the page, behind the real edge."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

import gatehouse
from gatehouse.base.config import Settings
from gatehouse.observe import access
from gatehouse.office.mount import Office
from gatehouse.web import edge

HERE = Path(gatehouse.__file__).parent


def mounted(settings: Settings) -> FastAPI:
    """As web.asgi mounts it, without the visitors' house: no engine moves what a test has set."""
    app, rules = FastAPI(), edge.Rules.of(settings)
    office = Office(
        rules.badge,
        is_https=lambda scope: edge.is_https(scope, dict(scope["headers"]), rules.trusted),
        address=lambda scope: access.network_of(scope, rules.trusted),
    )
    app.mount("/widget", StaticFiles(directory=HERE / "widget"))
    app.mount("/office/static", StaticFiles(directory=HERE / "office" / "static"))
    app.mount("/office", office)
    edge.install(app, settings, rules=rules)
    return app
