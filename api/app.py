"""The application: areas, layers and the page put together. `uvicorn api.app:create_app --factory` serves it."""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.routing import APIRoute

from api import contents, problems
from api.accounts import account, activity, auth, letterbox, users
from api.accounts.post import Post
from api.admin import audit, backfills, costs, payments
from api.backend import Backend
from api.billing import admin as billing_admin
from api.billing import routes as billing
from api.billing import webhook as stripe_webhook
from api.books import publishing, structure
from api.books import routes as books
from api.envelope import Envelope, HeadAsGet
from api.exports import routes as exports
from api.hosts import Hosts, cross_origin
from api.limits import Bursts
from api.links import API
from api.media import budget, clones, provenance, voices
from api.media import routes as media
from api.methods import AllowedMethods
from api.openapi import TAGS, completed
from api.plans import routes as plans
from api.search import routes as search
from api.site import install as install_site
from api.story import edits, versions
from api.story import routes as story
from api.system import routes as system
from api.telemetry import Telemetry
from api.webhooks import routes as webhooks
from litink import __version__
from litink.accounts.mail.courier import Courier
from litink.accounts.mail.senders import sender_of
from litink.settings import Settings, get_settings

FORM_BYTES = 64 * 1024  # what a form needs around the file it carries

_ABOUT = """
Turns books into films and audiobooks, and tells what they cost.

Errors are problem documents (RFC 9457) with a stable `code`. Lists are paged with opaque cursors. Everything made has
an `ETag` and answers `If-None-Match`; media answer `Range`. Progress is told as server-sent events.
"""


class Api(FastAPI):
    """FastAPI whose OpenAPI document says what the service really does."""

    def openapi(self) -> dict[str, Any]:
        if not self.openapi_schema:
            self.openapi_schema = completed(super().openapi())
        return self.openapi_schema


def create_app(settings: Settings | None = None) -> FastAPI:
    backend = Backend(settings or get_settings())
    app = Api(
        title="LitinkAI",
        version=__version__,
        description=_ABOUT,
        openapi_tags=TAGS,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        separate_input_output_schemas=False,
        responses=problems.documented("default"),
    )
    app.state.backend = backend
    app.state.telemetry = telemetry = Telemetry(watchers=lambda: backend.hub.watchers)
    problems.install(app)
    contents.install(app)
    for area in (
        books,  # looked through in this order: what is asked most often comes first
        auth,
        account,
        activity,
        users,
        publishing,
        structure,
        story,
        edits,
        versions,
        plans,
        media,
        budget,
        voices,
        clones,
        provenance,
        exports,
        search,
        costs,
        payments,
        backfills,
        audit,
        billing,
        billing_admin,
        stripe_webhook,
        webhooks,
    ):
        app.include_router(area.router, prefix=API)
    app.include_router(system.router)
    letterbox.install(app, backend)
    install_site(app)
    # The last one added is the outermost.
    if backend.settings.accounts == "multi":
        app.add_middleware(Bursts, per_minute=backend.settings.burst_limit)
    app.add_middleware(AllowedMethods, routes=app.router.routes)
    app.add_middleware(HeadAsGet)
    app.add_middleware(
        Envelope,
        max_body_bytes=backend.settings.max_upload_bytes + FORM_BYTES,
        hosts=Hosts.of(backend.settings),
        origins=backend.settings.cors_origins,
    )
    if backend.settings.cors_origins:
        app.add_middleware(CORSMiddleware, **cross_origin(backend.settings.cors_origins))
    app.add_middleware(telemetry.middleware)
    return app


def _operation_id(route: APIRoute) -> str:
    """Each route names its operation itself; one that forgets is found when the application is made."""
    raise ValueError(f"{route.path} has no operation_id")


@contextmanager
def _told_to_stop(close: Callable[[], None]) -> Iterator[None]:
    """Call ``close`` as soon as a signal asks the server to stop.

    The server itself tells an application only after the last answer has ended, which an event stream never does.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    servers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def on_signal(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(close)
        handler = servers[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number in servers:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        for number, handler in servers.items():
            signal.signal(number, handler)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    gc.collect()
    gc.freeze()  # what is imported stays: full collections, which hold up every request, need not look at it
    backend: Backend = app.state.backend
    tasks = [asyncio.create_task(backend.hub.listen())]
    sender = sender_of(backend.settings)
    if sender is not None:
        post = Post(backend.conninfo, lambda: Courier(backend.operators_engine, sender))
        tasks.append(asyncio.create_task(post.carry()))
    try:
        with _told_to_stop(backend.hub.close):
            yield
    finally:
        backend.engines.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
