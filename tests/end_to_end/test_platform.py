"""The platform as a person meets it: up, an upload, its progress, the film, a kill, a deletion, down."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
import pytest

from litink.platform.processes import wait_until_gone
from litink.platform.supervisor import Addresses, find_running
from tests.end_to_end.conftest import Home

pytestmark = [pytest.mark.engines, pytest.mark.timeout(900)]

PATIENCE = 180.0  # seconds; a busy machine with two cores
T = TypeVar("T")


def until(look: Callable[[], T | None], what: str) -> T:
    """Ask again until there is an answer."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


class Platform:
    """A running platform and its API."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.process = home.start("up")
        self.addresses: Addresses = until(self._found, "the platform")
        self.api = httpx.Client(base_url=f"{self.addresses.api}/api/v1", timeout=30)

    def _found(self) -> Addresses | None:
        assert self.process.poll() is None, self.process.stdout and self.process.stdout.read()
        addresses = find_running(self.home.settings)
        return addresses if addresses and addresses.pid == self.process.pid else None

    def upload(self, path: Path) -> dict[str, Any]:
        with path.open("rb") as file:
            answer = self.api.post("/books", files={"file": (path.name, file)})
        assert answer.status_code == httpx.codes.CREATED, answer.text
        book: dict[str, Any] = answer.json()
        return book

    def book(self, book_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/books/{book_id}").json()
        return found

    def ready(self, book_id: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            book = self.book(book_id)
            assert book["state"] != "failed", book["problem"]
            return book if book["state"] == "ready" else None

        return until(look, "the book")

    def asset(self, book_id: str, name: str) -> dict[str, Any]:
        assets = self.api.get(f"/books/{book_id}/status").json()["assets"]
        found: dict[str, Any] = next(asset for asset in assets if asset["asset"] == name)
        return found

    def ask_dagster(self, query: str, variables: dict[str, Any]) -> Any:
        answer = httpx.post(
            f"{self.addresses.dagster}/graphql", json={"query": query, "variables": variables}, timeout=30
        )
        body = answer.json()
        assert "errors" not in body, body
        return body["data"]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def platform(platform_home: Home) -> Iterator[Platform]:
    platform = Platform(platform_home)
    yield platform
    if platform.process.poll() is None:
        platform.stop()


@pytest.fixture(scope="module")
def finished(platform: Platform, story: Path) -> dict[str, Any]:
    book = platform.upload(story)
    return platform.ready(book["id"])


def test_an_upload_answers_at_once_with_the_chapters(platform: Platform, story: Path) -> None:
    book = platform.upload(story)
    sections = platform.api.get(f"/books/{book['id']}/chapters").json()
    chapters = [section["title"] for section in sections if section["kind"] == "chapter"]
    assert chapters == ["Chapter One", "Chapter Two"]
    assert platform.api.delete(f"/books/{book['id']}").status_code == httpx.codes.NO_CONTENT


def test_the_film_is_made_without_anything_more_being_asked(platform: Platform, finished: dict[str, Any]) -> None:
    film = platform.api.get(f"/books/{finished['id']}/film", headers={"Range": "bytes=4-7"})
    assert film.status_code == httpx.codes.PARTIAL_CONTENT
    assert film.content == b"ftyp"
    captions = platform.api.get(f"/books/{finished['id']}/captions.vtt").text
    assert "Shut the door" in " ".join(captions.split())


def test_progress_is_told_an_asset_and_an_item_at_a_time(platform: Platform, finished: dict[str, Any]) -> None:
    told: list[dict[str, Any]] = []
    with platform.api.stream("GET", f"/books/{finished['id']}/events") as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line.removeprefix("data: ")))
    assets = [event["asset"] for event in told if event.get("state") == "done"]
    assert assets.index("chapters") < assets.index("scripts") < assets.index("audio") < assets.index("film")
    assert any(event.get("asset") == "audio" and event.get("item") for event in told)


MATERIALISATIONS = """
query ($key: AssetKeyInput!, $partitions: [String!]) {
  assetOrError(assetKey: $key) { ... on Asset { assetMaterializations(partitions: $partitions, limit: 1) {
    partition tags { key value } metadataEntries { label ... on IntMetadataEntry { intValue }
    ... on FloatMetadataEntry { floatValue } } } } } }
"""


def test_dagster_knows_what_was_made_and_its_figures(platform: Platform, finished: dict[str, Any]) -> None:
    for name in ("chapters", "audio", "film"):
        variables = {"key": {"path": [name]}, "partitions": [finished["id"]]}
        found = platform.ask_dagster(MATERIALISATIONS, variables)["assetOrError"]["assetMaterializations"]
        assert len(found) == 1, name
        labels = {entry["label"] for entry in found[0]["metadataEntries"]}
        assert {"cost_usd", "calls", "cache_hits", "items_done", "items_failed", "seconds"} <= labels
        versions = {tag["key"]: tag["value"] for tag in found[0]["tags"]}
        assert len(versions["dagster/data_version"]) == 64
        assert versions["dagster/code_version"]


def test_a_file_that_is_no_book_is_refused_with_what_to_do(platform: Platform, tmp_path: Path) -> None:
    before = len(platform.api.get("/books").json()["items"])
    path = tmp_path / "picture.epub"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with path.open("rb") as file:
        answer = platform.api.post("/books", files={"file": (path.name, file)})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["detail"]
    assert len(platform.api.get("/books").json()["items"]) == before


def test_a_deleted_book_leaves_nothing_behind(
    platform: Platform, finished: dict[str, Any], platform_home: Home
) -> None:
    assert platform.api.delete(f"/books/{finished['id']}").status_code == httpx.codes.NO_CONTENT
    for path in ("", "/film", "/chapters", "/status"):
        assert platform.api.get(f"/books/{finished['id']}{path}").status_code == httpx.codes.NOT_FOUND
    left = [path for path in (platform_home.folder / "objects").rglob("*") if path.is_file()]
    assert left == []


def test_a_book_corrected_while_it_is_made_becomes_the_corrected_film(platform: Platform, platform_home: Home) -> None:
    story = platform_home.folder / "corrected.txt"
    chapters = [
        f"Chapter {n}\n\n" + "\n\n".join(f"“{n} and {m} ships,” said Ben. The fog had come {m} times." for m in "2345")
        for n in ("One", "Two", "Three")
    ]
    story.write_text("\n\n".join(chapters))
    book = platform.upload(story)
    url = f"/books/{book['id']}"
    until(lambda: platform.asset(book["id"], "audio")["items_done"] or None, "the first spoken line")
    structure = platform.api.get(f"{url}/structure")
    one, two, three = [section["key"] for section in structure.json()["sections"]]
    wanted = [
        {"do": "rename", "section": one, "title": "The Fog"},
        {"do": "set_kind", "section": three, "kind": "back_matter"},
        {"do": "move", "section": two, "before": one},
    ]
    headers = {"If-Match": structure.headers["etag"]}
    corrected = platform.api.post(f"{url}/corrections", json={"corrections": wanted}, headers=headers)
    assert corrected.status_code == httpx.codes.OK, corrected.text
    assert platform.ready(book["id"])["revision"] == 2
    film = platform.api.get(f"{url}/results").json()["film"]
    assert [chapter["title"] for chapter in film["chapters"]] == ["Chapter Two", "The Fog"]
    assert {line["chapter"] for line in platform.api.get(f"{url}/audio").json()} == {one, two}
    spoken = [row for row in platform_home.made_twice(book["id"]) if row[0] == "audio"]
    assert spoken == []


def test_killed_in_the_middle_the_platform_goes_on_where_it_was(platform: Platform, platform_home: Home) -> None:
    story = platform_home.folder / "long.txt"
    paragraphs = [f"“This is line {n},” said Anna. The rain had not stopped for {n} days." for n in range(1, 25)]
    story.write_text("Chapter One\n\n" + "\n\n".join(paragraphs))
    book = platform.upload(story)
    spoken = until(lambda: platform.asset(book["id"], "audio")["items_done"] or None, "the first spoken line")
    assert spoken >= 1
    children = psutil.Process(platform.process.pid).children(recursive=True)
    servers = [child for child in children if "postgres" not in child.name()]
    os.kill(platform.process.pid, signal.SIGKILL)
    platform.process.wait()
    # Dagster's code server ends when the run that it has under way has: minutes on a slow machine.
    assert [child for child in servers if not wait_until_gone(child, 300)] == []

    again = Platform(platform_home)
    try:
        again.ready(book["id"])
        assert again.asset(book["id"], "audio")["items_failed"] == 0
        assert platform_home.made_twice(book["id"]) == []
        started = psutil.Process(again.process.pid).children(recursive=True)
    finally:
        stopped = again.stop()
    assert stopped == 0
    assert [child for child in started if not wait_until_gone(child, 30)] == []
    assert find_running(platform_home.settings) is None


def test_the_demo_ends_with_a_film_and_says_where(platform_home: Home) -> None:
    report = platform_home.json("demo", "--exit")
    assert report.keys() >= {"film", "audiobook", "captions", "api", "dagster", "seconds"}
    for name in ("film", "audiobook", "captions"):
        assert Path(report[name]).stat().st_size > 1000
    assert subprocess.run(["pgrep", "-f", str(platform_home.folder)], capture_output=True, check=False).returncode == 1
