"""Exports over the API: ordered, listed, changed, downloaded, taken back; and everything of a book as one archive."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import httpx
import pytest

from litink.generation.model import Call, Made, Task
from litink.library.repository import BookRecord
from litink.production.archive import archive
from litink.production.studio import Studio
from litink.settings import Settings
from tests.api.test_api_books import problem
from tests.made_books import Maker
from tests.made_media import film, png


def path_of(book: BookRecord, *more: str) -> str:
    return "/".join([f"/books/{book.id}/exports", *more])


@pytest.fixture
def book(maker: Maker) -> BookRecord:
    return maker.add(title="Given Out")


def make(maker: Maker, book: BookRecord, found: dict[str, object], data: bytes) -> None:
    """What a run would make of the order."""
    made = Made(
        data,
        "video/mp4",
        {"seconds": 4.0, "title": "Given Out · Trailer", "width": 320, "height": 180},
        (Call("local", "t", {}),),
    )
    task = Task("exports", str(found["key"]), "t", {"order": found["order"]}, {"seed": str(len(data))}, lambda _: made)
    maker.make(book, "exports", [task])


def test_what_is_ordered_is_listed_until_it_is_taken_back(api: httpx.Client, maker: Maker, book: BookRecord) -> None:
    answer = api.post(path_of(book), json={"kind": "trailer", "seconds": 45, "captions": "burned"})
    assert answer.status_code == 201
    found = answer.json()
    assert (found["state"], found["links"]["content"], found["version"]) == ("waiting", None, 0)
    assert found["order"]["container"] == "mp4", "what was not said is told"
    assert api.post(path_of(book), json=found["order"]).json()["key"] == found["key"]
    problem(api.get(path_of(book, found["key"], "content")), 404, "not-made-yet")

    make(maker, book, found, film(1))
    (listed,) = api.get(path_of(book)).json()
    assert (listed["state"], listed["seconds"], listed["height"]) == ("done", 4.0, 180)
    sent = api.get(path_of(book, found["key"], "content"), headers={"Range": "bytes=0-9"})
    assert (sent.status_code, sent.content) == (206, film(1)[:10])
    assert "Trailer.mp4" in sent.headers["content-disposition"]

    assert api.delete(path_of(book, found["key"])).status_code == 204
    assert api.get(path_of(book)).json() == []
    problem(api.delete(path_of(book, found["key"])), 404, "no-such-export")


def test_a_merge_is_changed_in_its_place(api: httpx.Client, maker: Maker, book: BookRecord) -> None:
    maker.put(book, "clips", "s1", film(1), "video/mp4", seconds=4.0)
    asked = {"kind": "merge", "name": "Mine", "cuts": [{"clip": "s1", "start": 1, "end": 3, "volume": 0.5}]}
    first, second = (api.post(path_of(book), json=asked).json() for _ in range(2))
    assert first["key"] != second["key"], "every merge is one of its own"
    make(maker, book, first, film(1))
    changed = api.put(path_of(book, first["key"]), json={**asked, "name": "Better"}).json()
    assert (changed["key"], changed["state"], changed["order"]["name"]) == (first["key"], "waiting", "Better")
    assert changed["links"]["content"], "what there was stands until the new one is made"


def test_orders_that_make_no_sense_are_refused(api: httpx.Client, book: BookRecord) -> None:
    for asked, code in (
        ({"kind": "trailer", "seconds": 301}, "invalid-request"),
        ({"kind": "poster"}, "invalid-request"),
        ({"kind": "film", "container": "avi"}, "invalid-request"),
        ({"kind": "merge", "name": "M", "cuts": [{"clip": "s1", "filter": "movie=x"}]}, "invalid-request"),
        ({"kind": "merge", "name": "M", "cuts": [{"clip": "http://elsewhere.example/v.mp4"}]}, "no-such-clip"),
        ({"kind": "film", "chapter": "c99"}, "no-such-chapter"),
    ):
        assert problem(api.post(path_of(book), json=asked), 422, code)
    assert api.get(path_of(book)).json() == []


def test_the_archive_holds_everything_and_says_where_it_comes_from(api: httpx.Client, finished: BookRecord) -> None:
    answer = api.get(f"/books/{finished.id}/archive")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        assert found.testzip() is None
        manifest = json.loads(found.read("manifest.json"))
        assert manifest["book"]["title"] == finished.title
        assert hashlib.sha256(found.read(manifest["source"]["name"])).hexdigest() == manifest["source"]["sha256"]
        told = {file["name"]: file for file in manifest["files"]}
        rest = {"manifest.json", "book.json", "costs.json", manifest["source"]["name"]}
        assert set(found.namelist()) == set(told) | rest
        for name, file in told.items():
            assert hashlib.sha256(found.read(name)).hexdigest() == file["sha256"]
        assert {name.split("/")[0] for name in told} >= {"film", "audiobook", "audio", "scripts", "scene_images"}
        film = found.getinfo("film/film.mp4")
        assert film.compress_type == zipfile.ZIP_STORED
        line = next(file for name, file in told.items() if name.startswith("audio/"))
        given = line["provenance"]
        assert given["source"]["spans"][0]["end"] > given["source"]["spans"][0]["start"]
        assert given["recipe"] == {"test": 1}
        assert float(given["cost_usd"]) == 0.0
        assert given["calls"] or given["reused"]


def test_an_archive_is_written_in_small_pieces(settings: Settings, maker: Maker) -> None:
    book = maker.add(title="Large")
    maker.put(book, "clips", "long/one", bytes(range(256)) * 40_000, "video/mp4", seconds=1.0)
    with Studio.opened(settings) as studio:
        pieces = list(archive(studio.production(book.id)))
    assert max(map(len, pieces)) <= 1_100_000
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as found:
        assert found.getinfo("clips/long/one.mp4").file_size == 256 * 40_000


def test_names_in_the_archive_lead_nowhere_else(settings: Settings, maker: Maker) -> None:
    book = maker.add(title="Odd Names")
    for number, key in enumerate(("../../etc/passwd", "a:b", "a?b")):
        maker.put(book, ("clips", "motion", "scene_images")[number], key, png(number), "image/png")
    with Studio.opened(settings) as studio:
        data = b"".join(archive(studio.production(book.id)))
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        names = found.namelist()
    assert not [name for name in names if name.startswith("/") or ".." in name or set(name) & set(":?\\")]
    assert len(names) == len(set(names))
