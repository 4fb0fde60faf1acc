"""Addresses within the API, as answers name them."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

API = "/api/v1"


def book_link(book_id: UUID, *path: str) -> str:
    """The address of something of a book; each part is quoted, a key's slashes stay."""
    return "/".join([f"{API}/books/{book_id}", *(quote(part, safe="/") for part in path)])


def item_link(book_id: UUID, asset: str, key: str) -> str:
    return book_link(book_id, "items", asset, key, "content")
