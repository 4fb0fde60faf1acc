"""Handing in pages of the web and several files as one book; and that it reads as the command line reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, func, select

from api.app import create_app
from litink.db.schema import books
from litink.library import reading, repository
from litink.objects import Objects
from litink.production.context import Production
from litink.production.engines import Engines
from litink.production.text import chapters_tasks
from litink.settings import Settings
from tests.api.test_api_books import problem
from tests.books.makers import docx, epub, page_of, paragraph, pdf, prose
from tests.books.webpages import PAGES, load
from tests.served import serving
from tests.websites import answer, redirect, site

NEWS = load(next(path for path in PAGES if path.stem == "news")).html
MARKDOWN = f"# The Lamp\n\n## One\n\n{prose(60, 'one')}\n\n## Two\n\n> quoted\n\n{prose(60, 'two')}\n"


@pytest.fixture(scope="module")
def allowing(settings: Settings) -> Settings:
    return settings.model_copy(update={"fetch_allow": (ip_network("127.0.0.0/8"),)})


@pytest.fixture(scope="module")
def api(allowing: Settings, engine: Engine) -> Iterator[httpx.Client]:
    """Speaks to an application that may fetch from this machine."""
    with serving(create_app(allowing)) as address, httpx.Client(base_url=f"{address}/api/v1", timeout=60) as client:
        yield client


def send(api: httpx.Client, files: Sequence[tuple[str, bytes]], **fields: str) -> httpx.Response:
    headers = {"Idempotency-Key": fields.pop("key")} if "key" in fields else {}
    return api.post("/books", files=[("file", file) for file in files], data=fields, headers=headers)


def send_url(api: httpx.Client, url: str, key: str = "", **fields: str) -> httpx.Response:
    return api.post("/books/url", json={"url": url, **fields}, headers={"Idempotency-Key": key} if key else {})


def on_the_shelf(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(books)).scalar_one()


# -- the same as the command line --------------------------------------------------------------------------------------


def make_file(folder: Path, kind: str) -> Path:
    path = folder / f"the-lamp.{kind}"
    body = [f"<h1>Chapter {n}</h1><p>{prose(60, str(n))}</p>" for n in (1, 2)]
    if kind == "epub":
        return epub(path, {f"c{n}.xhtml": text for n, text in enumerate(body, 1)})
    if kind == "docx":
        return docx(path, "".join(paragraph(f"Part {n}", "Heading1") + paragraph(prose(60, str(n))) for n in (1, 2)))
    if kind == "pdf":
        lines = [textwrap.wrap(prose(1000, seed), 70) for seed in ("harbour", "evening")]
        pages = [page_of(part) for n, f in enumerate(lines, 1) for part in ([f"Chapter {n}", "", *f[:40]], f[40:80])]
        return pdf(path, pages, bookmarks=[("Chapter 1", 0), ("Chapter 2", 2)])
    texts = {
        "txt": "".join(f"CHAPTER {n}\n\n\n{prose(60, str(n))}\n\n\n\n" for n in (1, 2)),
        "md": MARKDOWN,
        "html": f"<!doctype html><html><title>The Lamp</title><body>{''.join(body)}</body></html>",
    }
    path.write_text(texts[kind])
    return path


def read_here(named: Sequence[str], home: Path, *options: str) -> dict[str, Any]:
    """What ``litink read`` says, as the chapters endpoint words it."""
    environment = {"PATH": os.environ["PATH"], "LITINK_HOME": str(home), "LITINK_FETCH_ALLOW": "127.0.0.0/8"}
    command = [sys.executable, "-m", "litink", "read", *named, "--json", "--text", *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def same(api: httpx.Client, book: dict[str, Any], read: dict[str, Any]) -> None:
    assert [book[name] for name in ("title", "author", "language", "format")] == [
        read[name] for name in ("title", "author", "language", "format")
    ]
    told = api.get(f"/books/{book['id']}/chapters").json()
    chapters = [
        {
            "number": c["number"],
            "title": c["title"],
            "path": c["path"],
            "kind": c["kind"],
            "word_count": c["word_count"],
        }
        | {"text": api.get(c["link"].removeprefix("/api/v1")).json()["text"]}
        for c in told
        if c["kind"] == "chapter"
    ]
    assert chapters == read["chapters"]
    for kind in ("front_matter", "back_matter"):
        assert [c["title"] for c in told if c["kind"] == kind] == [matter["title"] for matter in read[kind]]


@pytest.mark.parametrize("kind", ["epub", "docx", "pdf", "txt", "md", "html"])
def test_an_upload_an_address_and_the_command_line_read_a_file_alike(
    kind: str, api: httpx.Client, tmp_path: Path
) -> None:
    path = make_file(tmp_path, kind)
    read = read_here([str(path)], tmp_path / "home")
    same(api, send(api, [(path.name, path.read_bytes())]).json(), read)
    with site({f"/books/{path.name}": answer(path.read_bytes(), "application/octet-stream")}) as served:
        fetched = send_url(api, served.url(f"/books/{path.name}")).json()
        same(api, fetched, read)
        assert read_here([served.url(f"/books/{path.name}")], tmp_path / "home") == read


def test_an_upload_an_address_and_the_command_line_read_a_page_alike(api: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "news.html").write_text(NEWS)
    with site({"/2024/lamp": answer(NEWS)}) as served:
        read = read_here([served.url("/2024/lamp")], tmp_path / "home")
        same(api, send_url(api, served.url("/2024/lamp")).json(), read)
    same(api, send(api, [("news.html", NEWS.encode())]).json(), read_here([str(tmp_path / "news.html")], tmp_path))


def test_an_upload_and_the_command_line_read_several_files_alike(api: httpx.Client, tmp_path: Path) -> None:
    paths = [make_file(tmp_path, kind) for kind in ("txt", "epub", "docx", "md", "pdf", "html")]
    files = [(path.name, path.read_bytes()) for path in paths]
    whole = read_here([str(path) for path in paths], tmp_path / "home", "--title", "All Lamps", "--author", "Many")
    assert len(whole["chapters"]) == 12
    assert {tuple(chapter["path"]) for chapter in whole["chapters"]} == {("The Lamp",)}
    same(api, send(api, files, title="All Lamps", author="Many").json(), whole)


# -- several files -----------------------------------------------------------------------------------------------------


def texts(*names: str) -> list[tuple[str, bytes]]:
    return [(name, prose(60, name).encode()) for name in names]


def test_files_are_taken_in_the_order_in_which_they_are_sent(api: httpx.Client) -> None:
    book = send(api, texts("zebra.txt", "ant.txt", "mole.txt"), title="Beasts", chapters="2-3").json()
    assert [(c["number"], c["title"]) for c in book["chapters"]] == [(1, "Zebra"), (2, "Ant"), (3, "Mole")]
    assert (book["title"], book["filename"]) == ("Beasts", "zebra.txt and 2 more")
    assert book["options"]["chapters"] == "2-3"


def test_one_bad_file_refuses_all_by_name_and_leaves_nothing(
    api: httpx.Client, engine: Engine, allowing: Settings
) -> None:
    before = on_the_shelf(engine)
    body = problem(send(api, [*texts("a.txt"), ("photo.pdf", b"\x89PNG\r\n\x1a\n")]), 422, "not-a-book")
    assert "“photo.pdf”" in str(body["detail"])
    problem(send(api, texts("a.txt", "a.txt")), 422, "work-file-twice")
    assert on_the_shelf(engine) == before
    assert not list(allowing.work_dir.iterdir())


def test_a_single_file_may_be_given_a_title_and_an_author(api: httpx.Client) -> None:
    book = send(api, [("x.md", MARKDOWN.encode())], title="Another Name", author="Ida Marsh").json()
    assert (book["title"], book["author"], book["format"], book["filename"]) == (
        "Another Name",
        "Ida Marsh",
        "md",
        "x.md",
    )
    assert [c["title"] for c in book["chapters"] if c["kind"] == "chapter"] == ["One", "Two"]


def test_the_chapters_task_reads_a_work_again_from_what_is_stored(
    api: httpx.Client, engine: Engine, allowing: Settings
) -> None:
    book = send(api, texts("a.txt", "b.txt"), title="Again").json()
    with engine.connect() as connection:
        record = repository.get_book(connection, book["id"])
    assert record is not None
    objects = Objects.from_settings(allowing)
    with Engines.opened(allowing) as engines:
        production = Production(engine, objects, engines, record.id)
        kept = {item.key: item.blob_sha for item in production.items("chapters")}
        for task in chapters_tasks(production):
            made = task.make(None)  # type: ignore[arg-type]
            assert isinstance(made.data, bytes)
            assert reading.parse(made.data) == reading.parse(objects.get(str(kept[task.key])))


def test_the_same_files_sent_again_with_their_key_are_one_book(api: httpx.Client) -> None:
    key = uuid4().hex
    first, second = (send(api, texts("a.txt", "b.txt"), key=key) for _ in range(2))
    assert second.headers["idempotency-replayed"] == "true"
    assert first.json() == second.json()
    problem(send(api, texts("b.txt", "a.txt"), key=key), 422, "idempotency-key-reused")
    problem(send(api, texts("a.txt", "b.txt"), key=key, title="T"), 422, "idempotency-key-reused")


# -- a page of the web -------------------------------------------------------------------------------------------------


def test_a_page_becomes_a_book_that_tells_where_it_is_from(api: httpx.Client) -> None:
    with site({"/go": redirect("/lamp?session=secret"), "/lamp": answer(NEWS)}) as served:
        found = send_url(api, served.url("/go"), ratio="9:16")
    assert found.status_code == 201, found.text
    book = found.json()
    assert (book["title"], book["author"]) == ("Harbour lamp relit after a decade of darkness", "Ida Marsh")
    assert book["filename"] == served.url("/lamp")
    assert "secret" not in found.text
    assert book["options"]["ratio"] == "9:16"


def test_a_page_may_be_given_a_title(api: httpx.Client) -> None:
    with site({"/": answer(NEWS)}) as served:
        book = send_url(api, served.url("/"), title="The Lamp").json()
    assert book["title"] == "The Lamp"
    assert len(book["chapters"]) == 1


def test_the_same_address_with_the_same_key_is_fetched_once(api: httpx.Client) -> None:
    key = uuid4().hex
    with site({"/": answer(NEWS)}) as served:
        first, second = (send_url(api, served.url("/"), key) for _ in range(2))
        assert first.json() == second.json()
        assert second.headers["idempotency-replayed"] == "true"
        assert len(served.asked) == 1
        problem(send_url(api, served.url("/other"), key), 422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.org/x", "url-scheme"), ("http://10.0.0.1/", "url-private"), ("http://[::1]/", "url-private"),
        ("https://a:b@example.org/", "url-credentials"), ("http://no-such-site.invalid/", "url-unreachable"),
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_fetched_is_refused_with_a_code(url: str, code: str, api: httpx.Client) -> None:
    problem(send_url(api, url), 422, code)


def test_what_cannot_be_read_behind_an_address_is_refused_and_leaves_nothing(
    api: httpx.Client, engine: Engine, allowing: Settings
) -> None:
    before = on_the_shelf(engine)
    pages = {"/gone": answer("", status="410 Gone"), "/empty": answer(""), "/junk": answer(bytes(5000), "text/html")}
    with site(pages) as served:
        for path, code in (("/gone", "url-status"), ("/empty", "file-empty"), ("/junk", "not-a-book")):
            problem(send_url(api, served.url(path)), 422, code)
    assert on_the_shelf(engine) == before
    assert not list(allowing.work_dir.iterdir())


def test_without_permission_nothing_of_this_machine_is_fetched(settings: Settings, engine: Engine) -> None:
    with site({"/": answer(NEWS)}) as served, serving(create_app(settings)) as address:
        with httpx.Client(base_url=f"{address}/api/v1", timeout=60) as client:
            problem(send_url(client, served.url("/")), 422, "url-private")
            problem(send_url(client, f"{address}/api/v1/books"), 422, "url-private")
        assert served.asked == []


@pytest.mark.parametrize(
    ("body", "field"), [({}, "url"), ({"url": ""}, "url"), ({"url": "x", "ratio": "4:3"}, "ratio")]
)
def test_a_wrong_field_is_named(body: dict[str, str], field: str, api: httpx.Client) -> None:
    told = problem(api.post("/books/url", json=body), 422, "invalid-request")
    assert told["errors"][0]["field"] == field  # type: ignore[index]
