"""faultd's HTTP control, as toxiproxy's: `python -m tests.faults.lab.control --port 8474`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .proxy import Proxy
from .toxics import Refusal, Toxic


class Control:
    """All proxies of one faultd."""

    def __init__(self) -> None:
        self.proxies: dict[str, Proxy] = {}

    async def list_proxies(self, _: Request) -> Response:
        return JSONResponse({name: proxy.view() for name, proxy in self.proxies.items()})

    async def create_proxy(self, request: Request) -> Response:
        told = await _object(request)
        name = str(told.get("name", ""))
        if not name or not told.get("upstream"):
            raise Refusal(400, "a proxy has a name and an upstream")
        if name in self.proxies:
            raise Refusal(409, "proxy exists")
        proxy = Proxy(name, told["upstream"], listen=told.get("listen") or "127.0.0.1:0")
        await proxy.start()
        self.proxies[name] = proxy
        return JSONResponse(proxy.view(), 201)

    async def show_proxy(self, request: Request) -> Response:
        return JSONResponse(self._proxy(request).view())

    async def change_proxy(self, request: Request) -> Response:
        proxy, told = self._proxy(request), await _object(request)
        is_wanted = bool(told.get("enabled", proxy.is_enabled))
        if is_wanted and not proxy.is_enabled:
            await proxy.start()
        elif not is_wanted and proxy.is_enabled:
            await proxy.stop()
        return JSONResponse(proxy.view())

    async def delete_proxy(self, request: Request) -> Response:
        proxy = self._proxy(request)
        await proxy.stop()
        del self.proxies[proxy.name]
        return Response(status_code=204)

    async def list_toxics(self, request: Request) -> Response:
        return JSONResponse([t.view() for t in self._proxy(request).toxics.values()])

    async def add_toxic(self, request: Request) -> Response:
        proxy, told = self._proxy(request), await _object(request)
        kind, stream = str(told.get("type", "")), str(told.get("stream") or "downstream")
        if stream not in ("upstream", "downstream"):
            raise Refusal(400, "stream is upstream or downstream")
        toxic = Toxic(
            name=str(told.get("name") or f"{kind}_{stream}"),
            type=kind,
            direction=stream,
            toxicity=float(told.get("toxicity", 1.0)),
            attributes=told.get("attributes") or {},
        )
        await proxy.add(toxic)
        return JSONResponse(toxic.view())

    async def show_toxic(self, request: Request) -> Response:
        return JSONResponse(self._toxic(request).view())

    async def change_toxic(self, request: Request) -> Response:
        toxic, told = self._toxic(request), await _object(request)
        toxic.change(told.get("attributes") or {})
        return JSONResponse(toxic.view())

    async def delete_toxic(self, request: Request) -> Response:
        await self._proxy(request).remove(self._toxic(request).name)
        return Response(status_code=204)

    async def reset(self, _: Request) -> Response:
        """Takes all toxics away and lets every proxy run."""
        for proxy in self.proxies.values():
            await proxy.clear()
            if not proxy.is_enabled:
                await proxy.start()
        return Response(status_code=204)

    async def close(self) -> None:
        for proxy in self.proxies.values():
            await proxy.stop()

    def _proxy(self, request: Request) -> Proxy:
        proxy = self.proxies.get(request.path_params["proxy"])
        if proxy is None:
            raise Refusal(404, "proxy not found")
        return proxy

    def _toxic(self, request: Request) -> Toxic:
        toxic = self._proxy(request).toxics.get(request.path_params["toxic"])
        if toxic is None:
            raise Refusal(404, "toxic not found")
        return toxic


def application(control: Control) -> Starlette:
    """The endpoints of toxiproxy's HTTP API, version 2."""
    one, toxics = "/proxies/{proxy}", "/proxies/{proxy}/toxics"
    routes = [
        _route("/version", "GET", _version),
        _route("/reset", "POST", control.reset),
        _route("/proxies", "GET", control.list_proxies),
        _route("/proxies", "POST", control.create_proxy),
        _route(one, "GET", control.show_proxy),
        _route(one, "POST", control.change_proxy),
        _route(one, "PATCH", control.change_proxy),
        _route(one, "DELETE", control.delete_proxy),
        _route(toxics, "GET", control.list_toxics),
        _route(toxics, "POST", control.add_toxic),
        _route(f"{toxics}/{{toxic}}", "GET", control.show_toxic),
        _route(f"{toxics}/{{toxic}}", "POST", control.change_toxic),
        _route(f"{toxics}/{{toxic}}", "PATCH", control.change_toxic),
        _route(f"{toxics}/{{toxic}}", "DELETE", control.delete_toxic),
    ]
    return Starlette(routes=routes, exception_handlers={Refusal: _refused})


async def _version(_: Request) -> Response:
    return JSONResponse({"version": "2.9.0-faultd"})


def _route(path: str, method: str, endpoint: Callable[..., Any]) -> Route:
    return Route(path, endpoint, methods=[method])


async def _object(request: Request) -> dict[str, Any]:
    try:
        told = await request.json()
    except ValueError:
        raise Refusal(400, "the body is no JSON") from None
    if not isinstance(told, dict):
        raise Refusal(400, "the body is no object")
    return told


async def _refused(_: Request, refusal: Exception) -> Response:
    status = refusal.status if isinstance(refusal, Refusal) else 500
    return JSONResponse({"error": str(refusal), "status": status}, status)


if __name__ == "__main__":
    reader = argparse.ArgumentParser(prog="python -m tests.faults.lab.control")
    reader.add_argument("--host", default="127.0.0.1")
    reader.add_argument("--port", type=int, default=8474)
    asked = reader.parse_args()
    uvicorn.run(application(Control()), host=asked.host, port=asked.port, log_level="warning")
