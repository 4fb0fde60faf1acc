"""Errors as problem documents (RFC 9457): their shape, and how exceptions become them. Knows no route."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from math import ceil
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException

from litink.accounts.errors import TooManyTries
from litink.billing.limits import LimitReached
from litink.errors import LitinkError, Refused, TransientFailure

TYPE = "/problems/"  # followed by the code; a relative reference, as RFC 9457 allows
MEDIA_TYPE = "application/problem+json"

# What PostgreSQL keeps in no text, and how it says so.
_UNKEEPABLE = re.compile(r"NUL \(0x00\)|unsupported Unicode escape|invalid byte sequence")

log = logging.getLogger(__name__)


class FieldProblem(BaseModel):
    """What is wrong with one part of the request."""

    location: str  # "body", "query", "path", "header"
    field: str  # dotted where it is nested
    detail: str


class LimitProblem(BaseModel):
    """Which limit of the subscription was reached."""

    name: str
    quota: int = Field(description="what the subscription allows")
    frees_at: datetime | None = Field(description="when there is room again by itself; null: never")
    lifted_by: str | None = Field(description="the cheapest subscription that allows it; null: none does")


class Problem(BaseModel):
    """A problem document. ``code`` is stable: programs may rely on it, people read ``detail``."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": f"{TYPE}archive-damaged",
                    "title": "Unprocessable Content",
                    "status": 422,
                    "code": "archive-damaged",
                    "detail": "The file is damaged or was cut off; please download or export it again.",
                    "request_id": "5f0c7e0f4b5b4f0b8a0c0e7b6e6c9f55",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[FieldProblem] | None = None
    limit: LimitProblem | None = None


class ApiProblem(Exception):
    """Ends a request with a problem document."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldProblem] | None = None,
        limit: LimitProblem | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers = dict(headers or {})
        self.errors = list(errors) if errors else None
        self.limit = limit


def not_found(what: str = "There is nothing here.", code: str = "not-found") -> ApiProblem:
    return ApiProblem(404, code, what)


def document(problem: ApiProblem, request_id: str) -> JSONResponse:
    body = Problem(
        type=TYPE + problem.code,
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        code=problem.code,
        detail=problem.detail,
        request_id=request_id,
        errors=problem.errors,
        limit=problem.limit,
    )
    return JSONResponse(
        body.model_dump(mode="json", exclude_none=True), problem.status, headers=problem.headers, media_type=MEDIA_TYPE
    )


def documented(*statuses: int | str) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may end in these."""
    return {
        status: {
            "model": Problem,
            "description": HTTPStatus(status).phrase if isinstance(status, int) else "Any other problem",
        }
        for status in statuses
    }


_HTTP: Mapping[int, tuple[str, str]] = {
    400: ("bad-request", "The request could not be read; is it sent in the form that the documentation shows?"),
    404: ("not-found", "There is nothing here."),
    405: ("method-not-allowed", "This address does not take this method; see the Allow header."),
    413: ("too-large", "This is larger than what is accepted here."),
}


_LITINK: Mapping[str, int] = {
    "not-signed-in": 401,
    "wrong-login": 401,
    "bad-proof": 422,
    "wrong-password": 403,
    "suspended": 403,
    "unverified": 403,
    "scope-missing": 403,
    "operators-only": 403,
    "authors-only": 403,
    "session-needed": 403,
    "tier-without-tokens": 403,
    "no-such-user": 404,
    "last-operator": 409,
    "no-such-book": 404,
    "upstream-missing": 404,
    "no-such-version": 404,
    "not-made-yet": 404,
    "cap-reached": 409,
    "credits-short": 402,
    "no-price": 503,
    "payments-key": 502,
    "payments-key-reused": 409,
    "payments-not-found": 502,
    "payments-refused": 502,
    "payment-held": 409,
    "provider-refused": 502,
    "providers-failed": 502,
    "nothing-to-undo": 409,
    "nothing-to-redo": 409,
    "correction-in-force": 409,
    "edit-in-force": 409,
    "object-missing": 410,
    "corrected-meanwhile": 412,
    "edited-meanwhile": 412,
    "options-changed": 412,
    "no-such-plan": 404,
    "plan-outdated": 409,
    "plan-expired": 409,
    "book-unstarted": 409,
    "no-such-backfill": 404,
    "no-such-export": 404,
    "no-such-voice": 404,
    "voice-name-taken": 409,
    "backfill-ended": 409,
}


def from_http(error: HTTPException) -> ApiProblem:
    code, detail = _HTTP.get(error.status_code, ("http-error", str(error.detail)))
    return ApiProblem(error.status_code, code, detail, headers=error.headers)


# Refusals of what is well-formed, but does not fit how things stand.
_REFUSED: Mapping[str, int] = {
    "billing-off": 409,
    "no-stripe": 409,
    "already-subscribed": 409,
    "not-subscribed": 409,
    "never-subscribed": 409,
    "same-tier": 409,
    "not-cancelled": 409,
    "payment-due": 402,
    "payments-declined": 402,
    "code-taken": 409,
    "code-redeemed": 409,
}


def rate_headers(name: str, quota: int, window: int, left: int, seconds: int) -> dict[str, str]:
    """How a limit stands (draft-ietf-httpapi-ratelimit-headers): of ``quota`` requests in ``window`` seconds ``left``,
    and room for another one in ``seconds``."""
    return {"RateLimit-Policy": f'"{name}";q={quota};w={window}', "RateLimit": f'"{name}";r={left};t={seconds}'}


def from_limit(error: LimitReached) -> ApiProblem:
    """429 where waiting helps, 413 for what is too large, else 403."""
    told = LimitProblem(name=error.limit, quota=error.quota, frees_at=error.frees_at, lifted_by=error.lifted_by)
    if error.frees_at is None:
        return ApiProblem(413 if error.limit == "upload" else 403, error.code, error.message, limit=told)
    seconds = max(1, ceil((error.frees_at - datetime.now(UTC)).total_seconds()))
    headers = {**rate_headers(error.limit, error.quota, 3_600, 0, seconds), "Retry-After": str(seconds)}
    return ApiProblem(429, error.code, error.message, headers=headers, limit=told)


def from_litink(error: LitinkError) -> ApiProblem:
    if isinstance(error, TooManyTries):
        return ApiProblem(429, error.code, error.message, headers={"Retry-After": str(error.seconds)})
    if isinstance(error, LimitReached):
        return from_limit(error)
    if isinstance(error, Refused):
        return ApiProblem(_REFUSED.get(error.code, 422), error.code, error.message)
    if isinstance(error, TransientFailure) or error.code == "database-down":
        return ApiProblem(503, error.code, error.message, headers={"Retry-After": "5"})
    status = _LITINK.get(error.code, 500)
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return ApiProblem(status, error.code, error.message, headers=headers)


def from_validation(errors: Sequence[Mapping[str, Any]]) -> ApiProblem:
    """A malformed id is a thing that does not exist; anything else is the fields' fault."""
    fields = [_field(error) for error in errors]
    if any(field.location == "path" for field in fields):
        return not_found()
    named = "; ".join(f"{field.field or field.location}: {field.detail}" for field in fields)
    return ApiProblem(422, "invalid-request", named or "The request is not valid.", errors=fields)


def _field(error: Mapping[str, Any]) -> FieldProblem:
    location, *path = error["loc"] or ("body",)
    detail = str(error["msg"]).removeprefix("Value error, ")
    return FieldProblem(location=str(location), field=".".join(str(part) for part in path), detail=detail)


def request_id(request: Request) -> str:
    return str(request.scope.get("litink.request_id", ""))


def install(app: FastAPI) -> None:
    """Make every error of the application a problem document; what is not known here is the envelope's to catch."""

    def on_problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, ApiProblem)
        return document(error, request_id(request))

    def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return document(from_http(error), request_id(request))

    def on_litink(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, LitinkError)
        problem = from_litink(error)
        if problem.status >= 500:
            log.error("%s %s: %s (%s)", request.method, request.url.path, error.message, error.code, exc_info=error)
        return document(problem, request_id(request))

    def on_validation(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return document(from_validation(error.errors()), request_id(request))

    def on_database(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s: the database did not answer", request.method, request.url.path, exc_info=error)
        gone = ApiProblem(
            503, "database-down", "The database does not answer; try again in a moment.", headers={"Retry-After": "5"}
        )
        return document(gone, request_id(request))

    def on_text(request: Request, error: Exception) -> JSONResponse:
        if isinstance(error, DataError) and not _UNKEEPABLE.search(str(error.orig)):
            raise error
        bad = ApiProblem(422, "invalid-request", "The request has text that is none: a zero, or half a character.")
        return document(bad, request_id(request))

    app.add_exception_handler(DataError, on_text)
    app.add_exception_handler(UnicodeEncodeError, on_text)
    app.add_exception_handler(ApiProblem, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(LitinkError, on_litink)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(OperationalError, on_database)
