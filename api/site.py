"""The page that ships with the API: static files without a build step, and how they are served."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "page"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# Swagger UI sets inline styles and embeds its icons.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class _Files(StaticFiles):
    """Static files that a browser asks about again each time, so that an update is seen at once."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def install(app: FastAPI) -> None:
    """`/`, `/account` and their files under `/page`; `/docs` with Swagger UI from a package: it needs no network."""
    files = _Files(directory=FOLDER)

    async def page(request: Request) -> Response:
        return await _html(files, "index.html", POLICY, request.scope)

    async def account(request: Request) -> Response:
        return await _html(files, "account.html", POLICY, request.scope)

    async def docs(request: Request) -> Response:
        return await _html(files, "docs.html", DOCS_POLICY, request.scope)

    app.add_api_route("/", page, methods=["GET"], include_in_schema=False, operation_id="page-index")
    app.add_api_route("/account", account, methods=["GET"], include_in_schema=False, operation_id="page-account")
    app.add_api_route("/docs", docs, methods=["GET"], include_in_schema=False, operation_id="page-docs")
    app.mount("/page", _Files(directory=FOLDER), name="page")
    app.mount("/docs/swagger", _Files(directory=_swagger_folder()), name="swagger")


async def _html(files: _Files, name: str, policy: str, scope: Scope) -> Response:
    response = await files.get_response(name, scope)
    response.headers["Content-Security-Policy"] = policy
    return response


def _swagger_folder() -> Path:
    """The files of Swagger UI that fastapi-offline carries; its own application class is not used."""
    package = find_spec("fastapi_offline")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "static"
