"""The application that uvicorn serves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

from gatehouse import __version__
from gatehouse.base.config import Settings, load
from gatehouse.listings import api as listings_api
from gatehouse.listings import pages
from gatehouse.observe import access
from gatehouse.observe import api as observe_api
from gatehouse.office.mount import Office
from gatehouse.resilience.hammering import Hammering
from gatehouse.talk import api as talk_api
from gatehouse.talk.phrases import say
from gatehouse.web import edge, wiring
from gatehouse.web.entering import Entrance
from gatehouse.web.porter import Porter

WIDGET = Path(__file__).parent.parent / "widget"
OFFICE_FILES = Path(__file__).parent.parent / "office" / "static"


def create_app(settings: Settings | None = None) -> FastAPI:
    """One application; its house opens and closes with the server's lifespan."""
    settings = settings or load()
    house = wiring.build(settings)
    rules = edge.Rules.of(settings, admission=house.admission)
    hammering = Hammering()
    porter = Porter(
        house.admission, rules.shields, rules.origins, hammering, is_staff=rules.badge.is_worn
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with house.open():
            yield {"porter": porter}

    app = FastAPI(
        title="Gatehouse",
        summary="A conversational real-estate assistant",
        version=__version__,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    limiter = house.keeping.limiter
    app.include_router(
        talk_api.router(
            house.turns,
            house.access,
            limiter=limiter,
            hammering=hammering,
            entry_of=Entrance.of(settings, rules.badge.is_worn),
        )
    )
    app.include_router(listings_api.router(house.catalogue))
    app.include_router(pages.router(house.catalogue, say))
    app.include_router(observe_api.router(house.report, house.access))
    _add_page(app)
    _add_office(app, rules)
    edge.install(app, settings, rules=rules)
    return app


class Checked(StaticFiles):
    """Files that a browser may keep but must ask about, so that no two releases mix."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _add_page(app: FastAPI) -> None:
    async def page() -> FileResponse:
        return FileResponse(WIDGET / "index.html", headers={"Cache-Control": "no-cache"})

    app.add_api_route("/", page, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount("/widget", Checked(directory=WIDGET), name="widget")


def _add_office(app: FastAPI, rules: edge.Rules) -> None:
    """Staff's pages: Django, which is loaded when the first of them comes."""
    office = Office(
        rules.badge,
        is_https=lambda scope: edge.is_https(scope, dict(scope["headers"]), rules.trusted),
        address=lambda scope: access.network_of(scope, rules.trusted),
    )
    app.mount("/office/static", Checked(directory=OFFICE_FILES), name="office-files")
    app.mount("/office", office, name="office")
    app.add_api_route("/office", _office_door, methods=["GET", "HEAD"], include_in_schema=False)


async def _office_door() -> Response:
    """Without the host: whoever stands before us may have another name, and TLS."""
    return Response(status_code=308, headers={"location": "/office/"})


app = create_app()
