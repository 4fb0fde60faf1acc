"""Routes about the service itself: is it alive, is it ready, its figures. Outside /api: for machines that watch it."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.backend import AnyBackend
from api.system.checks import CHECKS

router = APIRouter(tags=["system"])


class Alive(BaseModel):
    status: Literal["alive"] = "alive"


class Check(BaseModel):
    ok: bool
    detail: str


class Readiness(BaseModel):
    status: Literal["ready", "not-ready"]
    checks: dict[str, Check]


@router.get("/healthz/live", operation_id="system-live", summary="Is the process alive?")
async def live() -> Alive:
    """Asks nobody."""
    return Alive()


_NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {"model": Readiness, "description": "Something it needs is missing"}
}


@router.get(
    "/healthz/ready",
    operation_id="system-ready",
    summary="Can it do its work?",
    response_model=Readiness,
    responses=_NOT_READY,
)
def ready(backend: AnyBackend) -> JSONResponse:
    """Database, its schema, and the daemon that starts the work."""
    checks = {name: _checked(check(backend)) for name, check in CHECKS.items()}
    fine = all(check.ok for check in checks.values())
    answer = Readiness(status="ready" if fine else "not-ready", checks=checks)
    return JSONResponse(answer.model_dump(), 200 if fine else 503)


def _checked(trouble: str | None) -> Check:
    return Check(ok=trouble is None, detail=trouble or "ok")


@router.get("/metrics", operation_id="system-metrics", summary="Figures for Prometheus", response_class=Response)
def metrics(request: Request) -> Response:
    return Response(request.app.state.telemetry.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")
