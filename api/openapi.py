"""The OpenAPI document: what FastAPI cannot know about us, and the copy in docs/ (`python -m api.openapi --write`)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from api.links import API
from api.problems import MEDIA_TYPE

COMMITTED = Path(__file__).resolve().parent.parent / "docs" / "openapi.json"

TAGS = [
    {"name": "auth", "description": "Sign up, log in, refresh, log out. Where there are no accounts: 404."},
    {"name": "account", "description": "Who you are here: password, address, sessions, API tokens, activity."},
    {"name": "books", "description": "Hand in a book, watch it being made, delete it with everything made of it."},
    {"name": "story", "description": "What has been understood: chapters, plot, cast, scripts, scenes."},
    {"name": "media", "description": "What has been made: pictures, voices, film, audiobook; and what it cost."},
    {"name": "plans", "description": "What is out of date and why, what redoing it costs, and the word to do it."},
    {
        "name": "exports",
        "description": "What is made where somebody asks for it: chapters, trailers, other formats and sizes, films "
        "cut by hand, audiobooks as MP3; and everything as one archive.",
    },
    {"name": "billing", "description": "Credits, subscriptions, promo codes: what one person has and pays."},
    {"name": "search", "description": "Passages of a book by words and by meaning."},
    {"name": "admin", "description": "For those who run the installation: costs, alerts, payments, providers."},
    {
        "name": "webhooks",
        "description": "Where providers tell that a job is done, and Stripe that something happened: hints, nothing is "
        "taken from them.",
    },
    {"name": "system", "description": "Health and metrics of the service itself."},
]


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Problem documents under their own media type, in place of the validation error that is never sent, and those that
    come from what is in front of every operation."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    common = document["components"].setdefault("responses", {})
    for path, operations in document["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
            for status, response in responses.items():
                if status == "default" or int(status) >= 400:
                    response["content"] = content
                    response.setdefault("description", "A problem")
            for status in _in_front(path, operation):
                common[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
                responses.setdefault(str(status), {"$ref": f"#/components/responses/{status}"})
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)
    return document


def _in_front(path: str, operation: Mapping[str, Any]) -> Iterator[int]:
    """What an operation may end in before its route begins: gates, limits, what is no request of ours."""
    if "requestBody" in operation:
        yield from (400, 413)
    if "requestBody" in operation or operation.get("parameters"):
        yield 422
    if operation.get("security"):
        yield from (401, 403, 503)
    if "{" in path:
        yield 404
    if path.startswith(API):
        yield 429


def written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> int:
    from api.app import create_app

    now = written(create_app().openapi())
    if "--write" in sys.argv[1:]:
        COMMITTED.parent.mkdir(parents=True, exist_ok=True)
        COMMITTED.write_text(now, encoding="utf-8")
        return 0
    if not COMMITTED.is_file() or COMMITTED.read_text(encoding="utf-8") != now:
        sys.stderr.write(f"{COMMITTED} is not what the code says; renew it: python -m api.openapi --write\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
