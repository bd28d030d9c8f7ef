"""Counts requests, for /metrics."""

import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BUCKETS_S = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
_ENDLESS = frozenset({"/api/v1/live"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class Figures:
    """The service's own figures.

    Args:
        more: collectors of other parts of the process.
    """

    def __init__(self, more: Iterable[Collector] = ()) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        for collector in more:
            self.registry.register(collector)
        self.requests = Counter(
            "passerby_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.malformed = Counter(
            "passerby_http_malformed", "Requests that were no HTTP, and got no further.", registry=self.registry
        )
        self.looks = Counter("passerby_looks", "Live views opened.", ["purpose"], registry=self.registry)
        self.exports = Counter("passerby_exports", "Tables exported.", ["purpose"], registry=self.registry)
        self.mass_viewing = Counter(
            "passerby_mass_viewing", "Viewers who looked at too many cameras within an hour.", registry=self.registry
        )
        self.request_seconds = Histogram(
            "passerby_http_request_seconds", "Time to answer.", ["route"], buckets=_BUCKETS_S, registry=self.registry
        )


class Counting:
    """ASGI middleware: counts requests by the pattern of their address, never by the address itself.

    Args:
        app: what lies behind.
        figures: where they are counted.
    """

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        begin_s = time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = _pattern(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._figures.requests.labels(method, route, str(status)).inc()
            if route not in _ENDLESS:
                self._figures.request_seconds.labels(route).observe(time.perf_counter() - begin_s)


def _pattern(scope: Scope) -> str:
    for folder in ("/app", "/public"):
        if scope["path"].startswith(f"{folder}/"):
            return folder
    return str(getattr(scope.get("route"), "path", "other"))
