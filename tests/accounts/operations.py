"""The operations of the OpenAPI document, with what their addresses take filled in. New routes enrol themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from api.app import create_app
from litink.settings import Settings

API = "/api/v1"


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str  # below /api/v1, with names in braces
    secured: bool
    body: str | None  # the media type of what it takes
    tag: str

    def __str__(self) -> str:
        return self.id

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def of_a_book(self) -> bool:
        return "{book_id}" in self.path

    def call(self, http: httpx.Client, ids: Mapping[str, str]) -> httpx.Response:
        """With a body that has the right form and nothing in it. KeyError for a name that ``ids`` lacks."""
        sent: dict[str, Any] = {}
        if self.body == "multipart/form-data":
            sent["files"] = {"file": ("a.txt", b"A text.")}
        elif self.body:
            sent["json"] = {}
        headers = {"If-Match": "*"} if self.writes else {}
        # An event stream that is open, which would be wrong here, never ends: its head is enough.
        with http.stream(self.method, self.path.format_map(ids), headers=headers, **sent) as answer:
            if not answer.is_success:
                answer.read()
            return answer


def operations() -> list[Operation]:
    return list(_operations(create_app(Settings(_env_file=None)).openapi()))


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield Operation(
                id=operation["operationId"],
                method=method.upper(),
                path=path.removeprefix(API) if path.startswith(API) else f"../..{path}",
                secured=bool(operation.get("security")),
                body=next(iter(operation.get("requestBody", {}).get("content", ())), None),
                tag=operation["tags"][0],
            )
