"""Figures about the service for Prometheus: requests by operation, their time, who watches. Nothing about books."""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Telemetry:
    """The figures of one application; every application has a registry of its own."""

    def __init__(self, watchers: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "litink_http_requests", "Requests answered.", ("operation", "method", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "litink_http_seconds",
            "Time to the first byte of the answer.",
            ("operation",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        Gauge("litink_event_watchers", "Open event streams.", registry=self.registry).set_function(watchers)

    def exposition(self) -> bytes:
        return generate_latest(self.registry)

    def middleware(self, app: ASGIApp) -> ASGIApp:
        async def measured(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            started = time.perf_counter()

            async def send_measured(message: Message) -> None:
                if message["type"] == "http.response.start":
                    operation = getattr(scope.get("route"), "operation_id", None) or "none"
                    self._requests.labels(operation, scope["method"], message["status"]).inc()
                    self._seconds.labels(operation).observe(time.perf_counter() - started)
                await send(message)

            await app(scope, receive, send_measured)

        return measured
