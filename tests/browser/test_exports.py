"""Exports as a person orders them, sees them made, and takes them home."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from litink.errors import PermanentFailure
from litink.generation import records
from litink.generation.model import Call, Made, Outcome, Owned, Task
from litink.library.repository import BookRecord
from tests.made_books import Maker
from tests.made_media import film

pytestmark = pytest.mark.browser


def open_exports(page: Page, book: BookRecord) -> Locator:
    page.goto(f"/#/books/{book.id}/exports")
    expect(page.get_by_role("tab", name="Exports")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("button", name="Have it made")).to_be_visible()
    return page.locator(".exports > li[data-key]")


def ordered(page: Page, book: BookRecord) -> list[dict[str, object]]:
    found: list[dict[str, object]] = page.request.get(f"/api/v1/books/{book.id}/exports").json()
    return found


def told(maker: Maker, book: BookRecord, asset: str, done: int, total: int, state: str = "running") -> None:
    """What a run tells while it makes exports."""
    owned = Owned(book.owner_id, book.id, book.tier)
    data = {"asset": asset, "state": state, "done": done, "failed": 0, "total": total, "cost_usd": 0.0, "seconds": 1.0}
    with maker.engine.begin() as connection:
        outcome = Outcome(asset=asset, items_total=total, items_done=done)
        records.record_asset(connection, owned, outcome, state=state, revision=book.revision, run_id=None)
        records.record_event(connection, owned, "asset", data)


def made(maker: Maker, book: BookRecord, found: dict[str, object]) -> None:
    """What the run makes of an order."""
    meta = {"seconds": 61.0, "title": "It · Trailer", "width": 320, "height": 180}
    done = Made(film(1), "video/mp4", meta, (Call("local", "t", {}),))
    task = Task("exports", str(found["key"]), "t", {"order": found["order"]}, {}, lambda _: done)
    maker.make(book, "exports", [task])


def test_a_trailer_is_ordered_watched_and_taken_home(page: Page, maker: Maker) -> None:
    book = maker.add(title="Given Out")
    maker.state(book, "ready")
    rows = open_exports(page, book)
    expect(page.get_by_text("Nothing was asked for yet.")).to_be_visible()
    expect(page.get_by_text("It costs nothing")).to_be_visible()
    page.get_by_label("What", exact=True).select_option("Trailer")
    expect(page.get_by_label("Part")).to_be_hidden()
    page.get_by_label("Length, seconds").fill("90")
    page.get_by_label("Captions").select_option("In the picture")
    page.get_by_role("button", name="Have it made").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("trailer of 90 s · MP4 720p · captions burned in")
    expect(rows).to_contain_text("Waiting")
    (found,) = ordered(page, book)

    for done in (3, 9):
        with page.expect_response(lambda answer: answer.url.endswith("/exports")):
            told(maker, book, "export_clips", done, 12)
        expect(page.locator(".export-now")).to_contain_text(f"Rendering pieces for exports{done} of 12")
    axe = Axe().run(page)
    assert axe.violations_count == 0, axe.generate_report()
    made(maker, book, found)
    told(maker, book, "exports", 1, 1, "done")
    expect(rows).to_contain_text("Ready")
    expect(rows).to_contain_text("1:01 · 320 × 180")
    with page.expect_download() as download:
        rows.get_by_role("link", name=re.compile("Download")).click()
    assert download.value.suggested_filename.endswith("Trailer.mp4")
    assert download.value.path().read_bytes() == film(1)
    expect(page.locator(".export-now")).to_be_empty()

    rows.get_by_role("button", name=re.compile("Remove")).click()
    expect(page.get_by_text("Nothing was asked for yet.")).to_be_visible()
    assert ordered(page, book) == []


def test_each_chapter_is_had_as_a_film_and_as_an_mp3(page: Page, maker: Maker) -> None:
    book = maker.finished(title="By the Chapter")
    rows = open_exports(page, book)
    chapters = [one["key"] for one in page.request.get(f"/api/v1/books/{book.id}").json()["chapters"] if one["number"]]
    assert len(chapters) > 1
    page.get_by_label("Part").select_option("Each chapter by itself")
    page.get_by_label("Format").select_option("WebM")
    page.get_by_label("Size").select_option("1080p")
    page.get_by_role("button", name="Have it made").click()
    expect(rows).to_have_count(len(chapters))
    page.get_by_label("What", exact=True).select_option("Audiobook")
    expect(page.get_by_label("Captions")).to_be_hidden()
    page.get_by_label("Part").select_option(index=2)
    page.get_by_label("Format").select_option("MP3")
    page.get_by_role("button", name="Have it made").click()
    expect(rows).to_have_count(len(chapters) + 1)
    orders = [one["order"] for one in ordered(page, book)]
    assert [one["chapter"] for one in orders[:-1]] == chapters  # type: ignore[index]
    assert {(one["container"], one["resolution"]) for one in orders[:-1]} == {("webm", "1080p")}  # type: ignore[index]
    assert orders[-1] == {"kind": "audiobook", "chapter": chapters[0], "container": "mp3"}


def test_what_is_there_already_is_offered_with_everything_as_one_archive(page: Page, finished: BookRecord) -> None:
    open_exports(page, finished)
    for name in ("The film", "The audiobook"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Everything in one ZIP").click()
    assert download.value.suggested_filename.endswith(".zip")
    assert download.value.path().read_bytes()[:2] == b"PK"


def test_a_failed_export_says_why_and_is_tried_again(page: Page, maker: Maker) -> None:
    book = maker.add(title="Too Short")
    maker.state(book, "ready")
    rows = open_exports(page, book)
    page.get_by_role("button", name="Have it made").click()
    expect(rows).to_have_count(1)
    (found,) = ordered(page, book)

    def fails(_: object) -> Made:
        raise PermanentFailure("film-too-short", "The film is too short for that.")

    maker.make(book, "exports", [Task("exports", str(found["key"]), "t", {"order": found["order"]}, {}, fails)])
    told(maker, book, "exports", 0, 1, "failed")
    expect(rows).to_contain_text("The film is too short for that.")
    rows.get_by_role("button", name=re.compile("Try again")).click()
    expect(rows).to_contain_text("Waiting")
    expect(rows).not_to_contain_text("too short")


@pytest.mark.refused(422)
def test_a_length_that_cannot_be_had_is_not_sent_and_a_refusal_is_told(page: Page, maker: Maker) -> None:
    book = maker.add(title="Refused")
    rows = open_exports(page, book)
    page.get_by_label("What", exact=True).select_option("Trailer")
    page.get_by_label("Length, seconds").fill("12")
    page.get_by_role("button", name="Have it made").click()
    assert page.get_by_label("Length, seconds").evaluate("element => element.validity.rangeUnderflow")
    assert ordered(page, book) == []
    page.get_by_label("Length, seconds").fill("30")
    page.get_by_role("button", name="Have it made").click()
    expect(rows).to_contain_text("It is made once the book is ready.")
