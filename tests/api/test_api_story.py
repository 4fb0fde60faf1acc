"""What has been understood of a book, and search in it."""

from __future__ import annotations

import json
from dataclasses import replace

import httpx
import numpy as np
import pytest
from sqlalchemy import Engine, insert, select, update

from litink.db.schema import items, passages
from litink.library.repository import BookRecord
from litink.objects import Objects
from litink.providers.local.embedder import MiniLM
from litink.settings import Settings
from tests.api.test_api_books import problem
from tests.made_books import Maker, item


def get(api: httpx.Client, book: BookRecord, path: str, **headers: str) -> httpx.Response:
    return api.get(f"/books/{book.id}{path}", headers=headers)


def test_chapters_with_their_text(api: httpx.Client, finished: BookRecord) -> None:
    chapters = get(api, finished, "/chapters").json()
    assert [c["number"] for c in chapters] == [1, 2]
    chapter = get(api, finished, f"/chapters/{chapters[0]['key']}").json()
    assert chapter["text"].startswith("The lamp on the Point went out at nine.")
    first = chapter["blocks"][0]
    assert chapter["text"][first["start"] : first["end"]].endswith("in her teeth.")
    problem(get(api, finished, "/chapters/none"), 404, "no-such-chapter")


def test_the_plot_says_how_it_came_about(api: httpx.Client, finished: BookRecord) -> None:
    plot = get(api, finished, "/plot").json()
    assert plot["source"] == "excerpt"
    assert plot["logline"]["evidence"][0]["start"] == 0


def test_the_cast_with_voices_and_portraits(api: httpx.Client, finished: BookRecord) -> None:
    cast = get(api, finished, "/characters").json()
    mara, tobit = cast["characters"]
    assert mara["name"] == "Mara Quill"
    assert mara["voice_used"]["gender"] == "female"
    assert mara["voice_used"]["id"] != cast["narrator"]["id"]
    assert tobit["voice_used"] is None  # he is quoted nowhere
    assert api.get(mara["portrait"].removeprefix("/api/v1")).headers["content-type"] == "image/png"


def test_places_and_things_are_shown_beside_the_cast_and_edited_as_it_is(api: httpx.Client, maker: Maker) -> None:
    book = maker.finished()
    cast = get(api, book, "/characters").json()
    [point] = cast["locations"]
    assert (point["name"], point["kind"]) == ("the Point", "location")
    assert point["description"][0]["evidence"][0]["end"] == 39
    assert [one["name"] for one in cast["objects"]] == ["the lamp"]
    assert {one["kind"] for one in cast["characters"]} == {"character"}
    seen = get(api, book, "/edits").json()["version"]
    wanted = [
        {"edit": "character", "character": "point", "set": {"name": "Gull Point", "importance": "minor"}},
        {"edit": "character", "character": "lamp", "set": {"kind": "location"}},
    ]
    answer = api.post(f"/books/{book.id}/edits", json={"edits": wanted}, headers={"If-Match": f'"{seen}"'})
    assert answer.status_code == 200, answer.text
    after = get(api, book, "/characters").json()
    assert [(one["name"], one["aliases"], one["importance"]) for one in after["locations"]] == [
        ("Gull Point", ["the Point"], "minor"),
        ("the lamp", [], "minor"),
    ]
    assert (after["objects"], after["characters"]) == ([], cast["characters"])


def test_scripts_and_scenes(api: httpx.Client, finished: BookRecord) -> None:
    scripts = get(api, finished, "/scripts").json()
    assert [s["title"] for s in scripts] == ["Chapter 1. The Lamp", "Chapter 2. The Boat"]
    script = api.get(scripts[0]["link"].removeprefix("/api/v1")).json()
    assert script["source"] == "restructured"
    assert get(api, finished, f"/scenes?chapter={script['chapter']}").json()[0]["id"] == script["scenes"][0]["id"]
    assert len(get(api, finished, "/scenes").json()) == 2
    problem(get(api, finished, "/scripts/none"), 404, "not-made-yet")


def test_what_a_chapter_comes_back_to(api: httpx.Client, maker: Maker) -> None:
    book = maker.finished()
    one, two = (c["key"] for c in get(api, book, "/chapters").json() if c["kind"] == "chapter")
    problem(get(api, book, f"/chapters/{two}/references"), 404, "not-made-yet")
    texts = {key: get(api, book, f"/chapters/{key}").json()["text"] for key in (one, two)}
    found = [
        {
            "passage": {"chapter": two, "start": 3, "end": 30},
            "earlier": {"chapter": one, "start": 5, "end": 40},
            "score": 0.91,
            "shared": ["Tobit"],
        }
    ]
    maker.put(book, "cross_references", "book", json.dumps(found).encode(), "application/json")
    [reference] = get(api, book, f"/chapters/{two}/references").json()
    assert reference["passage"]["text"] == texts[two][3:30]
    assert reference["earlier"] == {
        "chapter": one,
        "number": 1,
        "title": "Chapter 1. The Lamp",
        "start": 5,
        "end": 40,
        "text": texts[one][5:40],
    }
    assert (reference["score"], reference["shared"]) == (0.91, ["Tobit"])
    assert get(api, book, f"/chapters/{one}/references").json() == []  # of what comes later nothing is said
    problem(get(api, book, "/chapters/none/references"), 404, "no-such-chapter")


@pytest.mark.parametrize("path", ["/plot", "/characters", "/scenes", "/pictures", "/audio"])
def test_unchanged_answers_are_not_sent_again(api: httpx.Client, finished: BookRecord, path: str) -> None:
    tag = get(api, finished, path).headers["etag"]
    again = get(api, finished, path, **{"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_a_change_changes_the_tag(api: httpx.Client, maker: Maker) -> None:
    book = maker.finished()
    tag = get(api, book, "/plot").headers["etag"]
    plot = get(api, book, "/plot").content.replace(b"quiet", b"loud!")
    maker.put(book, "plot_overview", "plot", plot, "application/json")
    answer = get(api, book, "/plot", **{"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer.json()["tone"] == "loud!"


@pytest.fixture(scope="module")
def searchable(
    finished: BookRecord, engine: Engine, api: httpx.Client, settings: Settings, tmp_path_factory
) -> BookRecord:  # type: ignore[no-untyped-def]
    """The finished book with its paragraphs in the search index."""
    embedder = MiniLM()
    rows = []
    for section in get(api, finished, "/chapters").json():
        text = get(api, finished, f"/chapters/{section['key']}").json()["text"]
        for ordinal, paragraph in enumerate(text.split("\n\n")):
            start = text.index(paragraph)
            rows.append(
                {
                    "owner_id": finished.owner_id,
                    "book_id": finished.id,
                    "chapter": section["key"],
                    "source_sha": "0" * 64,
                    "ordinal": ordinal,
                    "start": start,
                    "end": start + len(paragraph),
                    "text": paragraph,
                    "embedding": np.asarray(embedder.embed([paragraph])[0]),
                }
            )
    with engine.begin() as connection:
        connection.execute(insert(passages), rows)
    maker = Maker(engine, Objects.from_settings(settings), tmp_path_factory.mktemp("indexed"))
    indexed = item("passages", "all", b"npz", "application/x-npz")
    maker.make(finished, "passages", [replace(indexed, recipe={"embedder": dict(MiniLM.recipe())})])
    return finished


class TestSearch:
    def test_by_words_and_by_meaning(self, api: httpx.Client, searchable: BookRecord) -> None:
        by_words = get(api, searchable, "/search?q=Tobit").json()["passages"]
        assert "Old Tobit" in by_words[0]["text"]
        by_meaning = get(api, searchable, "/search?q=an empty vessel on the beach at sunrise&limit=1").json()
        assert by_meaning["passages"][0]["text"].startswith("At dawn a boat lay on the sand")
        assert by_meaning["passages"][0]["number"] == 2

    def test_later_chapters_are_not_given_away(self, api: httpx.Client, searchable: BookRecord) -> None:
        found = get(api, searchable, "/search?q=boat on the sand&until_chapter=1").json()["passages"]
        assert found
        assert {p["number"] for p in found} == {1}

    def test_one_chapter_alone_can_be_searched(self, api: httpx.Client, searchable: BookRecord) -> None:
        found = get(api, searchable, "/search?q=boat on the sand&from_chapter=2&until_chapter=2").json()["passages"]
        assert {p["number"] for p in found} == {2}

    @pytest.mark.parametrize("query", ["q=", "q=%20", "q=x&limit=0", f"q={'x' * 501}", "", "q=x&until_chapter=0"])
    def test_a_question_that_is_none(self, api: httpx.Client, searchable: BookRecord, query: str) -> None:
        problem(get(api, searchable, f"/search?{query}"), 422, "invalid-request")

    def test_an_index_of_an_embedder_that_is_gone_is_searched_by_words(
        self, api: httpx.Client, engine: Engine, searchable: BookRecord
    ) -> None:
        here = (items.c.book_id == searchable.id, items.c.asset == "passages")
        with engine.begin() as connection:
            recipe = connection.execute(select(items.c.recipe).where(*here)).scalar_one()
            connection.execute(update(items).where(*here).values(recipe={"embedder": {"engine": "gone"}}))
        try:
            assert "Old Tobit" in get(api, searchable, "/search?q=Tobit").json()["passages"][0]["text"]
            assert get(api, searchable, "/search?q=vessel").json()["passages"] == []
        finally:
            with engine.begin() as connection:
                connection.execute(update(items).where(*here).values(recipe=recipe))

    @pytest.mark.parametrize("query", ["the", "%00", "'; drop table passages; --", "!!! & | :*", "日本語"])
    def test_odd_questions_are_answered(self, api: httpx.Client, searchable: BookRecord, query: str) -> None:
        assert get(api, searchable, f"/search?q={query}").status_code == 200
