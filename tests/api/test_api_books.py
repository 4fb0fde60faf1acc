"""Handing in, listing, getting, deleting books: what a client of the API relies on."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, func, select

from litink.db.schema import artefacts, blobs, books, events, items, ledger, versions
from litink.library.repository import BookRecord
from litink.settings import Settings
from tests.made_books import TEXT, Maker, failing, item

SAMPLE = Path(__file__).parents[2] / "examples" / "what-the-sea-owes.epub"


def upload(api: httpx.Client, data: bytes, name: str = "book.md", **fields: str) -> httpx.Response:
    headers = {"Idempotency-Key": fields.pop("key")} if "key" in fields else {}
    return api.post("/books", files={"file": (name, data)}, data=fields, headers=headers)


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert (body["code"], body["status"], body["type"]) == (code, status, f"/problems/{code}")
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def test_an_uploaded_book_answers_at_once_with_its_chapters(api: httpx.Client) -> None:
    started = time.monotonic()
    answer = upload(
        api, SAMPLE.read_bytes(), "what-the-sea-owes.epub", chapters="1-2", ratio="9:16", local_fallback="true"
    )
    assert time.monotonic() - started < 10  # one or two seconds where nothing else runs
    assert answer.status_code == 201, answer.text
    book = answer.json()
    assert book["title"] == "What the Sea Owes"
    assert [c["number"] for c in book["chapters"] if c["kind"] == "chapter"] == [1, 2, 3]
    assert book["options"] == {
        "chapters": "1-2",
        "ratio": "9:16",
        "style": "dialogue",
        "directive": "",
        "minutes": None,
        "motion": "stills",
        "lipsync": False,
        "music": "none",
        "local_fallback": True,
        "models": {},
    }
    assert book["state"] == "queued"
    assert api.get(book["links"]["self"].removeprefix("/api/v1")).json() == book


def test_a_refused_file_is_a_problem_with_its_code_and_leaves_nothing(
    api: httpx.Client, engine: Engine, settings: Settings
) -> None:
    def count() -> int:
        with engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(books)).scalar_one()

    before = count()
    body = problem(upload(api, b"\x89PNG\r\n\x1a\n picture", "photo.epub"), 422, "not-a-book")
    assert "picture" in str(body["detail"])
    problem(upload(api, b"", "empty.txt"), 422, "file-empty")
    assert count() == before
    assert not list(settings.work_dir.glob("upload-*"))


def test_chapters_that_the_book_does_not_have_are_refused(api: httpx.Client) -> None:
    problem(upload(api, TEXT.encode(), chapters="7"), 422, "no-such-chapter")


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"chapters": "three"}, "chapters"), ({"ratio": "4:3"}, "ratio"), ({"style": "haiku"}, "style")],
)
def test_a_wrong_option_names_its_field(api: httpx.Client, fields: dict[str, str], field: str) -> None:
    body = problem(upload(api, TEXT.encode(), **fields), 422, "invalid-request")
    assert [(e["location"], e["field"]) for e in body["errors"]] == [("body", field)]  # type: ignore[attr-defined]


def test_a_missing_file_names_the_field(api: httpx.Client) -> None:
    body = problem(api.post("/books", data={"chapters": "1"}), 422, "invalid-request")
    assert body["errors"][0]["field"] == "file"  # type: ignore[index]


def test_a_file_name_never_becomes_a_path(api: httpx.Client) -> None:
    book = upload(api, b"One two three. " * 30, "../../etc/..\\passwd.txt").json()
    assert book["filename"] == "passwd.txt"


def test_a_pasted_text_becomes_a_book(api: httpx.Client) -> None:
    answer = api.post(
        "/books/text", json={"title": "The “Lamp”", "author": "Ida\nMarsh", "text": TEXT, "chapters": "1"}
    )
    assert answer.status_code == 201, answer.text
    book = answer.json()
    assert (book["title"], book["author"]) == ("The “Lamp”", "Ida Marsh")
    assert [c["title"] for c in book["chapters"]] == ["Chapter 1. The Lamp", "Chapter 2. The Boat"]
    assert book["options"]["chapters"] == "1"


class TestIdempotency:
    def test_the_same_upload_twice_is_one_book(self, api: httpx.Client) -> None:
        key = uuid4().hex
        first, second = (upload(api, TEXT.encode(), key=key) for _ in range(2))
        assert first.status_code == second.status_code == 201
        assert first.json() == second.json()
        assert second.headers["idempotency-replayed"] == "true"
        assert upload(api, TEXT.encode()).json()["id"] != first.json()["id"]

    def test_another_request_with_the_same_key_is_refused(self, api: httpx.Client) -> None:
        key = uuid4().hex
        assert upload(api, TEXT.encode(), key=key).status_code == 201
        problem(upload(api, TEXT.encode(), key=key, chapters="1"), 422, "idempotency-key-reused")

    def test_a_refused_upload_may_be_tried_again_with_its_key(self, api: httpx.Client) -> None:
        key = uuid4().hex
        for _ in range(2):
            problem(upload(api, b"", key=key), 422, "file-empty")

    def test_a_twin_under_way_is_a_conflict(self, api: httpx.Client, engine: Engine, maker: Maker) -> None:
        from litink.library import idempotency

        key, book = uuid4().hex, maker.add()
        maker.state(book, "failed")
        with engine.begin() as connection:
            idempotency.claim(connection, book.owner_id, "books-retry", key, str(book.id))
        answer = api.post(f"/books/{book.id}/retry", headers={"Idempotency-Key": key})
        problem(answer, 409, "idempotency-key-in-flight")
        assert answer.headers["retry-after"] == "1"

    def test_a_key_of_odd_signs_is_refused(self, api: httpx.Client) -> None:
        problem(upload(api, TEXT.encode(), key="two words"), 422, "idempotency-key-invalid")


class TestLists:
    def test_pages_are_newest_first_without_gaps_or_repeats(self, api: httpx.Client, maker: Maker) -> None:
        added = [str(maker.add().id) for _ in range(5)]
        seen: list[str] = []
        cursor = None
        while len(seen) < 5:
            page = api.get("/books", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
            assert len(page["items"]) == 2
            seen += [book["id"] for book in page["items"]]
            cursor = page["next"]
        assert seen[:5] == added[::-1]

    def test_a_book_added_meanwhile_does_not_shift_the_pages(self, api: httpx.Client, maker: Maker) -> None:
        added = [str(maker.add().id) for _ in range(3)]
        first = api.get("/books", params={"limit": 2}).json()
        maker.add()
        second = api.get("/books", params={"limit": 1, "cursor": first["next"]}).json()
        assert [book["id"] for book in second["items"]] == [added[0]]

    @pytest.mark.parametrize("cursor", ["nonsense", "AAAA", "é", "AgAAAAAAAAAAAAAAAAAAAAA"])
    def test_a_made_up_cursor_is_refused(self, api: httpx.Client, cursor: str) -> None:
        problem(api.get("/books", params={"cursor": cursor}), 422, "bad-cursor")

    def test_the_last_page_has_no_next(self, api: httpx.Client, maker: Maker) -> None:
        maker.add()
        cursor, pages = None, 0
        while pages == 0 or cursor:
            cursor = api.get("/books", params={"limit": 100} | ({"cursor": cursor} if cursor else {})).json()["next"]
            pages += 1
        assert pages >= 1


class TestStatus:
    def test_every_asset_is_told_in_the_order_of_the_graph(self, api: httpx.Client, maker: Maker) -> None:
        from litink.production.graph import FAMILIES

        status = api.get(f"/books/{maker.add().id}/status").json()
        assert [asset["asset"] for asset in status["assets"]] == list(FAMILIES)
        assert status["state"] == "queued"
        assert status["progress"] == 0

    def test_progress_costs_and_failures_are_told(self, api: httpx.Client, maker: Maker) -> None:
        book = maker.add()
        tasks = [item("scene_images", "a", b"x", "image/png"), failing("scene_images", "b", "the pier, wide")]
        maker.make(book, "scene_images", tasks)
        status = api.get(f"/books/{book.id}/status").json()
        pictures = next(asset for asset in status["assets"] if asset["asset"] == "scene_images")
        assert (pictures["state"], pictures["items_done"], pictures["items_failed"]) == ("done", 1, 1)
        assert pictures["failed"] == [
            {
                "key": "b",
                "label": "the pier, wide",
                "attempts": 1,
                "reason": {"code": "drawing-failed", "message": "The picture could not be drawn; try it again."},
            }
        ]
        assert pictures["run"] is None  # no Dagster is configured here
        assert 0 < status["progress"] < 1
        assert status["last_event_id"] > 0

    def test_what_the_local_writer_made_in_place_of_a_model_is_told(self, api: httpx.Client, maker: Maker) -> None:
        book = maker.add()
        why = "Every provider refused this (haiku: no credit)."
        maker.put(book, "characters", "cast", b"{}", "application/json", stood_in=why)
        maker.put(book, "plot_overview", "plot", b"{}", "application/json")
        assets = {asset["asset"]: asset for asset in api.get(f"/books/{book.id}/status").json()["assets"]}
        assert [(one["key"], one["why"]) for one in assets["characters"]["stood_in"]] == [("cast", why)]
        assert assets["plot_overview"]["stood_in"] == []


class TestRetry:
    def test_a_failed_book_starts_again_as_a_new_revision(self, api: httpx.Client, maker: Maker) -> None:
        book = maker.add()
        maker.put(book, "characters", "cast", b"{}", "application/json")
        maker.state(book, "failed", {"code": "work-lost", "message": "Cut off."})
        assert api.get(f"/books/{book.id}").json()["problem"] == {"code": "work-lost", "message": "Cut off."}
        again = api.post(f"/books/{book.id}/retry").json()
        assert (again["state"], again["revision"], again["problem"]) == ("queued", 2, None)
        states = {a["asset"]: a["state"] for a in api.get(f"/books/{book.id}/status").json()["assets"]}
        assert states["characters"] == "waiting"  # what an earlier revision reached says nothing about this one

    def test_a_book_in_work_is_left_alone(self, api: httpx.Client, maker: Maker) -> None:
        problem(api.post(f"/books/{maker.add().id}/retry"), 409, "book-in-work")


class TestDelete:
    def test_everything_it_made_is_gone(
        self, api: httpx.Client, maker: Maker, engine: Engine, settings: Settings
    ) -> None:
        book = maker.finished(title=f"Delete me {uuid4()}", text=TEXT + uuid4().hex)
        unique = os.urandom(32)
        maker.put(book, "clips", "one", unique, "video/mp4")
        with engine.connect() as connection:
            query = select(items.c.blob_sha).where(items.c.book_id == book.id, items.c.asset.in_(("clips", "chapters")))
            shas = [*connection.execute(query).scalars(), book.source_sha]
        assert all(maker.objects.has(sha) for sha in shas)
        assert api.delete(f"/books/{book.id}").status_code == 204
        problem(api.get(f"/books/{book.id}"), 404, "no-such-book")
        problem(api.delete(f"/books/{book.id}"), 404, "no-such-book")
        assert not any(maker.objects.has(sha) for sha in shas)
        with engine.connect() as connection:
            for table in (items, versions, events):
                rows = connection.execute(select(func.count()).select_from(table).where(table.c.book_id == book.id))
                assert rows.scalar_one() == 0
            for table in (blobs, artefacts):
                column = table.c.sha if table is blobs else table.c.blob_sha
                assert connection.execute(select(func.count()).where(column.in_(shas))).scalar_one() == 0
            spent = connection.execute(select(func.count()).where(ledger.c.book_id == book.id)).scalar_one()
            assert spent > 0  # what was spent stays on the books

    def test_bytes_that_another_book_shares_stay(self, api: httpx.Client, maker: Maker) -> None:
        one, other = maker.add(), maker.add()
        assert api.delete(f"/books/{one.id}").status_code == 204
        chapter = api.get(f"/books/{other.id}/chapters").json()[0]
        assert api.get(chapter["link"].removeprefix("/api/v1")).status_code == 200
        assert maker.objects.has(other.source_sha)


def test_another_owners_book_does_not_exist(api: httpx.Client, engine: Engine, maker: Maker) -> None:
    from sqlalchemy import insert, update

    from litink.db.schema import users

    book: BookRecord = maker.finished()
    with engine.begin() as connection:
        stranger = connection.execute(
            insert(users).values(name=uuid4().hex, tier="free").returning(users.c.id)
        ).scalar()
        connection.execute(update(books).where(books.c.id == book.id).values(owner_id=stranger))
    schema = api.get("/../../openapi.json").json()
    asked = 0
    for path, operations in schema["paths"].items():
        for method in operations:
            if "{book_id}" in path:
                url = path.removeprefix("/api/v1").replace("{book_id}", str(book.id))
                for name, value in {"asset": "film", "key": "film.mp4", "chapter": "c"}.items():
                    url = url.replace(f"{{{name}}}", value)
                answer = api.request(method, url, params={"q": "sea"} if url.endswith("search") else None)
                problem(answer, 404, "no-such-book")
                asked += 1
    assert asked >= 20
