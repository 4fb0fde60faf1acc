"""The page as a person uses it: handing in, watching, looking, searching, deleting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from litink.generation import records
from litink.generation.model import Outcome, Owned
from litink.library.repository import BookRecord
from litink.production.context import Production
from litink.production.engines import Engines
from litink.production.publish import publish_passages
from litink.production.text import passages_tasks
from litink.settings import Settings
from tests.made_books import TEXT, Maker, failing, item
from tests.made_media import VTT, audiobook, film

pytestmark = pytest.mark.browser

VIEWS = ["storyboard", "cast", "text", "chapters", "search", "exports", "making"]


def open_book(page: Page, book: BookRecord, tab: str = "") -> None:
    page.goto(f"/#/books/{book.id}/{tab}".rstrip("/"))
    expect(page.get_by_role("heading", level=1, name=book.title)).to_be_visible()


def card(page: Page, book: BookRecord):  # type: ignore[no-untyped-def]
    return page.locator(f'[data-book="{book.id}"]')


def progress(maker: Maker, book: BookRecord, asset: str, done: int, total: int, state: str = "running") -> None:
    """What a generator tells while it works."""
    owned = Owned(book.owner_id, book.id, book.tier)
    outcome = Outcome(asset=asset, items_total=total, items_done=done)
    data = {"asset": asset, "state": state, "done": done, "failed": 0, "total": total, "cost_usd": 0.0, "seconds": 1.0}
    with maker.engine.begin() as connection:
        records.record_asset(connection, owned, outcome, state=state, revision=book.revision, run_id=None)
        records.record_event(connection, owned, "asset", data | {"item": "At the window, wide"})


def becomes(page: Page, selector: str, condition: str) -> None:
    """Wait until a condition on ``element`` holds. (Playwright's own waiting needs eval, which the page forbids.)"""
    page.locator(selector).evaluate(
        "(element, limit) => new Promise((done, fail) => {"
        f" const look = () => ({condition}) ? done() : limit-- > 0 ? setTimeout(look, 20) : fail('never: {condition}');"
        " look(); })",
        500,
    )


class TestHandingIn:
    def test_a_file_is_taken_and_the_book_appears(self, page: Page, tmp_path: Path) -> None:
        file = tmp_path / "pier.md"
        file.write_text("# The Pier\n\n" + "The pier stood in the grey water and nobody came. " * 20)
        page.goto("/")
        page.get_by_text("Options").click()
        page.get_by_label("Chapters").fill("1")
        page.get_by_label("Picture").select_option("9:16")
        expect(page.get_by_label("Length, minutes")).to_be_disabled()  # every word is kept
        page.get_by_label("Script").select_option("educational")
        page.get_by_label("Length, minutes").fill("3")
        page.get_by_label("Under the voices").select_option("Ambience: the place, the weather, the mood")
        assert page.get_by_label("Under the voices").locator("option").count() == 2  # nobody here composes
        page.get_by_label("Choose a file").set_input_files(file)
        expect(page.get_by_role("status").filter(has_text="is on the shelf: 1 chapter found")).to_be_visible()
        link = page.get_by_role("link", name="“The Pier”")
        address = (link.get_attribute("href") or "").removeprefix("#")
        made = page.request.get(f"/api/v1{address}").json()["options"]
        assert (made["style"], made["minutes"], made["music"]) == ("educational", 3, "ambience")
        link.click()
        expect(page.get_by_role("heading", level=1, name="The Pier")).to_be_visible()
        page.go_back()
        expect(page.locator(".card").first).to_contain_text("The Pier")

    @pytest.mark.refused(422)
    def test_a_refused_file_says_why(self, page: Page, tmp_path: Path) -> None:
        file = tmp_path / "photo.epub"
        file.write_bytes(b"\x89PNG\r\n\x1a\n not a book")
        page.goto("/")
        page.get_by_label("Choose a file").set_input_files(file)
        expect(page.get_by_role("alert")).to_contain_text("“photo.epub” was not taken. This is a picture, not a book")

    def test_a_dropped_file_is_taken(self, page: Page) -> None:
        page.goto("/")
        transfer = page.evaluate_handle(
            "text => { const data = new DataTransfer(); data.items.add(new File([text], 'dropped.md')); return data; }",
            "# Dropped\n\n" + "It fell from the table and lay there in the dust all day. " * 20,
        )
        page.dispatch_event(".hand-in", "drop", {"dataTransfer": transfer})
        expect(page.get_by_role("status").filter(has_text="“Dropped” is on the shelf")).to_be_visible()


class TestLive:
    def test_progress_moves_in_the_list(self, page: Page, maker: Maker) -> None:
        book = maker.add(title="Under Way")
        maker.state(book, "working")
        page.goto("/")
        expect(card(page, book)).to_contain_text("In the making")
        progress(maker, book, "scene_images", 3, 12)
        expect(card(page, book)).to_contain_text("Drawing the storyboard, 3 of 12")
        progress(maker, book, "scene_images", 9, 12)
        expect(card(page, book)).to_contain_text("9 of 12")

    def test_a_book_handed_in_elsewhere_appears(self, page: Page, maker: Maker) -> None:
        page.goto("/")
        expect(page.locator(".card, .empty").first).to_be_visible()
        book = maker.add(title="From Elsewhere")
        expect(page.locator(".card").first).to_contain_text("From Elsewhere")
        maker.state(book, "failed", {"code": "work-lost", "message": "The work was cut off."})
        expect(card(page, book)).to_contain_text("The work was cut off.")

    def test_the_film_appears_when_the_book_is_ready(self, page: Page, maker: Maker) -> None:
        book = maker.add(title="Soon a Film")
        open_book(page, book)
        expect(page.get_by_label("Progress")).to_contain_text("Waiting to begin")
        progress(maker, book, "audio", 5, 10)
        expect(page.get_by_label("Progress")).to_contain_text("Speaking the lines")
        expect(page.get_by_label("Progress")).to_contain_text("At the window, wide")
        meta = {"seconds": 4.0, "chapters": [{"title": "One", "start": 0.0, "end": 4.0}], "missing": []}
        maker.make(
            book,
            "film",
            [item("film", "film.mp4", film(1), "video/mp4", meta), item("film", "captions.vtt", VTT, "text/vtt")],
        )
        maker.state(book, "ready")
        expect(page.locator("video")).to_be_visible()
        expect(page.get_by_label("Progress")).to_have_count(0)
        expect(page.locator(".pill", has_text="Ready")).to_be_visible()


class TestFilm:
    def test_it_plays_with_captions(self, page: Page, finished: BookRecord) -> None:
        open_book(page, finished)
        video = page.locator("video")
        video.evaluate("video => video.readyState >= 1 || new Promise(r => video.onloadedmetadata = r)")
        assert video.evaluate("video => video.duration") == pytest.approx(8, abs=0.3)
        becomes(page, "video", "element.textTracks[0].cues?.length === 2")
        cues = video.evaluate("video => [...video.textTracks[0].cues].map(cue => [cue.startTime, cue.text])")
        assert cues[0] == [0.5, "The lamp on the Point went out at nine."]
        assert video.evaluate("video => video.textTracks[0].mode") == "showing"
        video.evaluate("video => { video.muted = true; return video.play(); }")
        becomes(page, "video", "element.currentTime > 0.2")

    def test_a_chapter_is_a_place_to_go(self, page: Page, finished: BookRecord) -> None:
        open_book(page, finished)
        chapters = page.get_by_role("navigation", name="Chapters of the film")
        expect(chapters.get_by_role("button")).to_have_count(2)
        page.locator("video").evaluate("video => video.muted = true")
        chapters.get_by_role("button", name="Chapter 2. The Boat").click()
        becomes(page, "video", "element.currentTime >= 4")
        expect(chapters.get_by_role("button", name="Chapter 2. The Boat")).to_have_attribute("aria-current", "true")

    def test_film_and_audiobook_can_be_taken_home(self, page: Page, finished: BookRecord) -> None:
        open_book(page, finished)
        with page.expect_download() as download:
            page.get_by_role("link", name=re.compile("^Download film")).click()
        assert download.value.suggested_filename == "The Lamp on the Point.mp4"
        page.locator("audio[aria-label=Audiobook]").evaluate("audio => { audio.muted = true; return audio.play(); }")


class TestLooking:
    def test_the_storyboard_and_a_picture_large(self, page: Page, finished: BookRecord) -> None:
        open_book(page, finished, "storyboard")
        pictures = page.locator(".board img")
        expect(pictures).to_have_count(4)
        becomes(page, ".tab-panel", '[...element.querySelectorAll(".board img")].every(i => i.naturalWidth > 0)')
        expect(page.get_by_text("Drawn locally", exact=True)).to_be_visible()
        page.get_by_role("button", name=re.compile("^Enlarge")).nth(1).click()
        large = page.get_by_role("dialog")
        expect(large).to_contain_text("2 of 4")
        page.keyboard.press("ArrowRight")
        expect(large).to_contain_text("3 of 4")
        page.keyboard.press("Escape")
        expect(large).to_be_hidden()

    def test_the_cast_can_be_heard(self, page: Page, finished: BookRecord) -> None:
        open_book(page, finished, "cast")
        mara = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Mara Quill"))
        expect(mara).to_contain_text("keeper of the lamp")
        expect(mara.get_by_role("img", name="Portrait of Mara Quill")).to_be_visible()
        mara.get_by_role("button", name="Hear").click()
        becomes(page, ".tab-panel audio", "element.currentTime > 0")

    def test_places_and_things_stand_beside_the_cast(self, page: Page, finished: BookRecord) -> None:
        open_book(page, finished, "cast")
        point = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="the Point"))
        expect(point).to_contain_text("The lamp on the Point went out at nine.")
        expect(page.get_by_role("heading", name="Things")).to_be_visible()
        expect(page.get_by_text("Also the lamp")).to_be_visible()

    def test_an_answer_that_comes_late_is_not_drawn_into_the_next_tab(self, page: Page, finished: BookRecord) -> None:
        late: list[Route] = []
        page.route("**/pictures", lambda route: late.append(route))
        page.goto(f"/#/books/{finished.id}/storyboard")
        page.get_by_role("tab", name="Text").click()
        text = page.get_by_role("article").get_by_text("The lamp on the Point went out at nine.")
        expect(text).to_be_visible()
        with page.expect_response("**/pictures") as answer:
            late[0].continue_()
        answer.value.finished()
        page.get_by_role("tab", name="Text").click()  # by now the page has dealt with it
        expect(text).to_be_visible()

    def test_the_text_by_chapter(self, page: Page, finished: BookRecord) -> None:
        open_book(page, finished, "text")
        expect(page.get_by_role("article")).to_contain_text("The lamp on the Point went out at nine.")
        page.get_by_label("Chapter", exact=True).select_option(label="2. The Boat")
        expect(page.get_by_role("article")).to_contain_text("At dawn a boat lay on the sand")

    def test_a_passage_is_found_and_read_on(self, page: Page, maker: Maker, settings: Settings) -> None:
        book = maker.finished(title="To Be Searched")
        with Engines.opened(settings) as engines:
            production = Production(maker.engine, maker.objects, engines, book.id)
            maker.make(book, "passages", passages_tasks(production))
            production.forget("passages")
            publish_passages(production)
        open_book(page, book, "search")
        page.get_by_label("Look for").fill("an empty boat")
        page.keyboard.press("Enter")
        expect(page.locator(".found li").first).to_contain_text("At dawn a boat lay on the sand")
        expect(page.locator(".found mark").first).to_have_text("boat")
        page.get_by_role("button", name=re.compile("Read on")).first.click()
        expect(page.get_by_role("tab", name="Text")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("article").locator("mark").first).to_be_in_viewport()

    def test_what_it_cost_and_how_it_was_made(self, page: Page, finished: BookRecord) -> None:
        open_book(page, finished, "making")
        expect(page.get_by_text("$0.00, made locally", exact=True)).to_be_visible()
        expect(page.get_by_text("Excerpt: the book’s own sentences")).to_be_visible()
        row = page.get_by_role("row").filter(has_text="Speaking the lines").first
        expect(row).to_contain_text("done")

    def test_tabs_go_by_arrow_keys_and_are_remembered(self, page: Page, finished: BookRecord) -> None:
        open_book(page, finished)
        page.get_by_role("tab", name="Storyboard").focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name="Cast")).to_be_focused()
        page.keyboard.press("End")
        expect(page.get_by_role("tab", name="Making of")).to_have_attribute("aria-selected", "true")
        page.reload()
        expect(page.get_by_role("tab", name="Making of")).to_have_attribute("aria-selected", "true")


class TestTrouble:
    def test_failures_are_listed_and_can_be_made_again(self, page: Page, maker: Maker) -> None:
        book = maker.finished(title="Almost", fail_picture=True)
        open_book(page, book)
        failures = page.get_by_label("What failed")
        expect(failures).to_contain_text("1 item could not be made.")
        expect(failures).to_contain_text("The boat · wide: The picture could not be drawn; try it again.")
        expect(page.locator(".board .blank")).to_have_text("Could not be drawn")
        failures.get_by_role("button", name="Make what is missing again").click()
        expect(page.locator(".pill", has_text="Waiting")).to_be_visible()

    def test_a_failed_book_says_why(self, page: Page, maker: Maker) -> None:
        book = maker.add(title="Broken Off")
        maker.make(book, "scene_images", [failing("scene_images", "a", "the pier")], state="failed")
        maker.state(book, "failed", {"code": "work-lost", "message": "The work was cut off 3 times; start it again."})
        open_book(page, book)
        expect(page.get_by_label("What failed")).to_contain_text("The work was cut off 3 times; start it again.")

    def test_an_audiobook_without_a_film_can_be_heard(self, page: Page, maker: Maker) -> None:
        book = maker.add(title="Only to Be Heard")
        maker.put(book, "audiobook", "audiobook.m4b", audiobook(), "audio/mp4", seconds=3.0)
        maker.state(book, "failed", {"code": "clip-missing", "message": "A clip has not been made; make it again."})
        open_book(page, book)
        expect(page.locator("audio[aria-label=Audiobook]")).to_be_visible()
        expect(page.get_by_role("link", name=re.compile("^Download audiobook"))).to_be_visible()

    @pytest.mark.refused(404)
    def test_a_book_that_is_gone(self, page: Page) -> None:
        page.goto("/#/books/01a20376-0d2c-708b-93e2-3b2413f78fd0")
        expect(page.get_by_role("alert")).to_contain_text("There is no such book.")

    def test_deleting_asks_first(self, page: Page, maker: Maker) -> None:
        book = maker.add(title="To Be Deleted")
        open_book(page, book)
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("button", name="Keep it").click()
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page).to_have_url(re.compile(r"/#/$"))
        expect(page.locator(".card").first).to_be_visible()
        expect(card(page, book)).to_have_count(0)


HOSTILE = '<img src=x onerror="window.broken=\'title\'"> & "quoted"'


def test_hostile_titles_and_texts_are_only_shown(page: Page, maker: Maker) -> None:
    text = TEXT.replace("At dawn", "<script>window.broken='text'</script> At dawn")
    book = maker.finished(title=HOSTILE.replace('"', "'"), text=text)
    page.goto("/")
    expect(card(page, book)).to_contain_text("<img src=x")
    for view in VIEWS:
        open_book(page, book, view)
        expect(page.locator(".tab-panel > *").first).to_be_visible()
    assert page.evaluate("window.broken") is None
    assert page.locator("img[src=x], main script").count() == 0


def test_nothing_is_loaded_from_elsewhere(page: Page, finished: BookRecord, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    open_book(page, finished)
    page.goto("/docs")
    expect(page.get_by_role("heading", name=re.compile("LitinkAI")).first).to_be_visible()
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def test_who_uses_the_keyboard_skips_to_the_content_of_the_same_view(page: Page, finished: BookRecord) -> None:
    open_book(page, finished)
    page.get_by_role("link", name="Skip to content").press("Enter")
    expect(page.locator("main")).to_be_focused()
    expect(page).to_have_url(re.compile(f"/#/books/{finished.id}"))
    expect(page.get_by_role("heading", name=finished.title)).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1400, "light")])
def test_it_is_accessible_and_fits(
    browser: Browser, address: str, finished: BookRecord, width: int, scheme: str
) -> None:
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 850}, color_scheme=scheme, reduced_motion="reduce"
    )  # type: ignore[call-overload]
    page = context.new_page()
    for view in ["", *(f"#/books/{finished.id}/{view}" for view in VIEWS)]:
        page.goto(f"/{view}")
        expect(page.locator(".card" if not view else ".tab-panel > *").first).to_be_visible()
        results = Axe().run(page)
        assert results.violations_count == 0, f"{view}: {results.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
    context.close()
