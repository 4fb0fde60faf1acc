"""A client that looks at something that several people change, and changes what it saw."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx


class Looker:
    """``what`` is the address of the list, below the book's."""

    what: str

    def __init__(self, api: httpx.Client, book: UUID) -> None:
        self.api, self.url = api, f"/books/{book}"
        self.seen: dict[str, Any] = {}
        self.look()

    def look(self) -> dict[str, Any]:
        answer = self.api.get(f"{self.url}/{self.what}")
        assert answer.status_code == 200, answer.text
        self.seen = answer.json()
        assert answer.headers["etag"] == f'"{self.seen["version"]}"'
        return self.seen

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        if_match = {"If-Match": f'"{self.seen["version"]}"'}
        return self.api.post(f"{self.url}/{path}", json=body, headers={**if_match, **headers})
