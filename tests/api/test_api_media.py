"""Pictures, voices, film: bytes as players and browsers ask for them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.conditional import Unsatisfiable, byte_range, unchanged
from api.contents import disposition, file_name
from litink.library.repository import BookRecord
from tests.api.test_api_books import problem
from tests.made_books import Maker
from tests.made_media import SRT, VTT, film, flac, png

FILM = film(2)


def get(api: httpx.Client, book: BookRecord, path: str, **headers: str) -> httpx.Response:
    return api.get(f"/books/{book.id}{path}", headers=headers)


def local(link: str) -> str:
    return link.removeprefix("/api/v1")


class TestFilm:
    def test_whole(self, api: httpx.Client, finished: BookRecord) -> None:
        answer = get(api, finished, "/film")
        assert answer.status_code == 200
        assert answer.content == FILM
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["cache-control"].startswith("private")
        assert 'filename="The Lamp on the Point.mp4"' in answer.headers["content-disposition"]
        assert answer.headers["x-content-type-options"] == "nosniff"

    def test_head_tells_the_same_without_the_bytes(self, api: httpx.Client, finished: BookRecord) -> None:
        whole, head = get(api, finished, "/film"), api.head(f"/books/{finished.id}/film")
        assert head.status_code == 200
        assert head.content == b""
        for name in ("content-length", "content-type", "etag", "accept-ranges"):
            assert head.headers[name] == whole.headers[name]

    def test_an_unchanged_copy_is_not_sent_again(self, api: httpx.Client, finished: BookRecord) -> None:
        tag = get(api, finished, "/film").headers["etag"]
        for sent in (tag, f'"other", W/{tag}', "*"):
            answer = get(api, finished, "/film", **{"If-None-Match": sent})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == tag
        assert get(api, finished, "/film", **{"If-None-Match": '"other"'}).status_code == 200

    @pytest.mark.parametrize(
        ("asked", "part", "told"),
        [
            ("bytes=0-99", FILM[:100], "bytes 0-99/"),
            ("bytes=100-", FILM[100:], "bytes 100-"),
            ("bytes=-50", FILM[-50:], f"bytes {len(FILM) - 50}-"),
            ("bytes=0-999999999", FILM, "bytes 0-"),
            ("bytes=-999999999", FILM, "bytes 0-"),
        ],
    )
    def test_ranges(self, api: httpx.Client, finished: BookRecord, asked: str, part: bytes, told: str) -> None:
        answer = get(api, finished, "/film", Range=asked)
        assert answer.status_code == 206
        assert answer.content == part
        assert answer.headers["content-range"].startswith(told)
        assert answer.headers["content-range"].endswith(f"/{len(FILM)}")
        assert answer.headers["content-length"] == str(len(part))

    @pytest.mark.parametrize("asked", ["bytes=0-1,5-9", "bytes=9-1", "bytes=-", "lines=1-2", "bytes=a-b"])
    def test_a_range_that_is_none_is_ignored(self, api: httpx.Client, finished: BookRecord, asked: str) -> None:
        assert get(api, finished, "/film", Range=asked).status_code == 200

    def test_a_range_beyond_the_end(self, api: httpx.Client, finished: BookRecord) -> None:
        answer = get(api, finished, "/film", Range=f"bytes={len(FILM)}-")
        problem(answer, 416, "range-not-satisfiable")
        assert answer.headers["content-range"] == f"bytes */{len(FILM)}"

    def test_a_range_of_an_older_film_gives_the_new_one(self, api: httpx.Client, finished: BookRecord) -> None:
        tag = get(api, finished, "/film").headers["etag"]
        assert get(api, finished, "/film", Range="bytes=0-9", **{"If-Range": tag}).status_code == 206
        assert get(api, finished, "/film", Range="bytes=0-9", **{"If-Range": '"old"'}).status_code == 200

    def test_results_tell_what_there_is(self, api: httpx.Client, finished: BookRecord) -> None:
        found = get(api, finished, "/results").json()
        assert found["film"]["seconds"] == 8.0
        assert [chapter["start"] for chapter in found["film"]["chapters"]] == [0.0, 4.0]
        assert found["audiobook"]["seconds"] == 3.0
        for link in (found["film"]["link"], found["film"]["captions"], found["audiobook"]["link"], found["cover"]):
            assert api.get(local(link)).status_code == 200


def test_the_book_to_read_along_is_offered_and_downloaded(api: httpx.Client, maker: Maker) -> None:
    book = maker.finished()
    assert get(api, book, "/results").json()["read_along"] is None
    assert get(api, book, "/read-along.epub").status_code == 404
    maker.put(book, "read_along", "read-along.epub", b"PK\x03\x04mimetype", "application/epub+zip", seconds=2.5)
    offered = get(api, book, "/results").json()["read_along"]
    assert (offered["seconds"], offered["bytes"]) == (2.5, 12)
    sent = api.get(local(offered["link"]))
    assert ".epub" in sent.headers["content-disposition"]


def test_captions_in_both_formats(api: httpx.Client, finished: BookRecord) -> None:
    vtt, srt = get(api, finished, "/captions.vtt"), get(api, finished, "/captions.srt")
    assert (vtt.content, vtt.headers["content-type"]) == (VTT, "text/vtt; charset=utf-8")
    assert srt.content == SRT
    assert srt.headers["content-disposition"].startswith("attachment")


def test_pictures_stand_in_the_order_of_the_film(api: httpx.Client, finished: BookRecord) -> None:
    pictures = get(api, finished, "/pictures").json()
    scenes = get(api, finished, "/scenes").json()
    assert [p["key"] for p in pictures["storyboard"]] == [shot["id"] for scene in scenes for shot in scene["shots"]]
    assert pictures["storyboard"][0]["caption"].startswith("The lamp on the Point went out at nine.")
    assert [p["label"] for p in pictures["portraits"]] == ["Mara Quill", "Old Tobit"]
    assert len(pictures["cards"]) == 3
    links = {p["link"] for p in [*pictures["storyboard"], *pictures["portraits"], pictures["cover"]]}
    assert len({api.get(local(link)).content for link in links}) == len(links)


def test_lines_stand_in_order_with_their_words(api: httpx.Client, finished: BookRecord) -> None:
    lines = get(api, finished, "/audio").json()
    scripts = [api.get(local(script["link"])).json() for script in get(api, finished, "/scripts").json()]
    said = [line["text"] for script in scripts for scene in script["scenes"] for line in scene["lines"]]
    assert [line["text"] for line in lines] == said
    assert lines[1]["speaker"] == "mara-quill"
    assert lines[0]["words"][0]["text"] == "The"
    assert "/" in lines[0]["key"]
    assert api.get(local(lines[0]["link"])).content == flac()
    second = scripts[1]["chapter"]
    only = get(api, finished, f"/audio?chapter={second}").json()
    assert {line["chapter"] for line in only} == {second}


def test_what_has_not_been_made_is_told_apart_from_what_cannot_be(api: httpx.Client, maker: Maker) -> None:
    book = maker.add()
    for path in ("/film", "/audiobook", "/captions.vtt", "/cover", "/plot", "/characters", "/search?q=lamp"):
        problem(get(api, book, path), 404, "not-made-yet")
    problem(get(api, book, "/items/nonsense/x/content"), 404, "no-such-asset")
    assert get(api, book, "/results").json() == {"film": None, "audiobook": None, "read_along": None, "cover": None}


def test_a_failed_picture_is_listed_without_a_link(api: httpx.Client, maker: Maker) -> None:
    book = maker.finished(fail_picture=True)
    last = get(api, book, "/pictures").json()["storyboard"][-1]
    assert (last["state"], last["link"]) == ("failed", None)


def test_who_made_something_is_told_where_it_is_shown(api: httpx.Client, finished: BookRecord, maker: Maker) -> None:
    pictures = get(api, finished, "/pictures").json()
    assert pictures["made_by"] == pictures["storyboard"][0]["made_by"] == "drawn locally"
    assert get(api, finished, "/audio").json()[0]["made_by"] == "spoken locally"
    assert get(api, finished, "/results").json()["film"]["made_by"].startswith("Drawn and spoken by local engines")

    book = maker.finished(title="A Bought One")
    shot = get(api, book, "/pictures").json()["storyboard"][0]["key"]
    bought = {"width": 64, "height": 36, "made_by": "drawn by imagen-4 through ModelsLab"}
    maker.put(book, "scene_images", shot, png(90), "image/png", **bought)
    pictures = get(api, book, "/pictures").json()
    assert pictures["made_by"] == pictures["storyboard"][0]["made_by"] == bought["made_by"]


def test_everything_that_a_film_goes_without_is_listed(api: httpx.Client, maker: Maker) -> None:
    book = maker.add()
    kinds = ("picture", "line", "clip", "motion", "lipsync", "music")
    gaps = [{"kind": kind, "scene": "s1", "item": "1"} for kind in kinds]
    maker.put(book, "film", "film.mp4", film(1), "video/mp4", seconds=1.0, chapters=[], missing=gaps)
    assert get(api, book, "/results").json()["film"]["missing"] == gaps


def test_active_content_is_handed_over_as_a_file(api: httpx.Client, maker: Maker) -> None:
    book = maker.add()
    maker.put(book, "scene_images", "cover", b"<svg onload='alert(1)'/>", "image/svg+xml")
    answer = get(api, book, "/cover")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_bytes_that_went_missing_are_a_problem_and_not_half_an_answer(api: httpx.Client, maker: Maker) -> None:
    book = maker.add()
    maker.put(book, "clips", "one", b"about to vanish", "video/mp4")
    assert get(api, book, "/items/clips/one/content").content == b"about to vanish"
    from litink.objects import sha256_of

    maker.objects.delete(sha256_of(b"about to vanish"))
    problem(get(api, book, "/items/clips/one/content"), 410, "object-missing")


def test_costs_come_from_the_ledger(api: httpx.Client, maker: Maker) -> None:
    book = maker.add()
    maker.put(book, "clips", "one", uuid4().bytes, "video/mp4")
    costs = get(api, book, "/costs").json()
    assert (costs["cost_usd"], costs["paid_calls"]) == (0, 0)
    assert [(row["asset"], row["provider"], row["calls"]) for row in costs["calls"]] == [
        ("chapters", "local", 1),
        ("clips", "local", 1),
    ]


# -- pure rules --------------------------------------------------------------------------------------------------------


@given(st.integers(1, 10_000), st.integers(0, 20_000), st.integers(0, 20_000))
def test_a_range_is_what_slicing_gives(size: int, first: int, last: int) -> None:
    content = bytes(size % 251 for size in range(size))
    try:
        found = byte_range(f"bytes={first}-{last}", None, '"t"', size)
    except Unsatisfiable:
        assert first >= size
        return
    if last < first:
        assert found is None
    else:
        assert found is not None
        assert content[found.start : found.end] == content[first : last + 1]


@given(st.text())
def test_no_header_breaks_the_rules(value: str) -> None:
    assert unchanged(value, '"t"') in (True, False)
    with suppress(Unsatisfiable):
        byte_range(value, None, '"t"', 10)


@given(st.text())
def test_any_title_gives_a_file_name_that_headers_and_systems_take(title: str) -> None:
    name = file_name(title, ".mp4")
    assert name.endswith(".mp4")
    assert not set(name) & set('/\\:*?"<>|\r\n\x00')
    header: Any = disposition(name, inline=True)
    header.encode("ascii")
    assert header.count('"') == 2
