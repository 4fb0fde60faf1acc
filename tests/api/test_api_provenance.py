"""Where a made thing comes from, asked for over the API."""

from __future__ import annotations

import httpx

from litink.library.repository import BookRecord
from tests.api.test_api_books import problem


def test_the_provenance_of_an_item(api: httpx.Client, finished: BookRecord) -> None:
    chapter = api.get(f"/books/{finished.id}/scripts").json()[0]["chapter"]
    answer = api.get(f"/books/{finished.id}/provenance/audio/{chapter}/l1")
    assert answer.status_code == 200
    told = answer.json()
    item = told["item"]
    (span,) = item["source"]["spans"]
    assert span["chapter"] == chapter
    assert item["source"]["filename"] == "source.md"
    assert {call["provider"] for call in item["calls"]} == (set() if item["reused"] else {"local"})
    assert {call["request_sha256"] for call in item["calls"]} <= {None}
    assert item["made_by"] is None  # nobody noted it
    assert {one["name"] for one in item["inputs"]} == {"content", "key"}
    assert ("chapters", "reading") in {(one["asset"], one["key"]) for one in told["chain"]}
    assert not told["truncated"]


def test_what_has_none(api: httpx.Client, finished: BookRecord) -> None:
    problem(api.get(f"/books/{finished.id}/provenance/nothing/x"), 404, "no-such-asset")
    problem(api.get(f"/books/{finished.id}/provenance/audio/x"), 404, "not-made-yet")
