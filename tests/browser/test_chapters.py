"""The chapters' editor as a person uses it, with a mouse and without."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import insert

from litink.books.corrections import Rename
from litink.db.schema import corrections
from litink.library.corrections import Editor, Structure
from litink.library.repository import BookRecord
from tests.made_books import TEXT, Maker

pytestmark = pytest.mark.browser

THREE = TEXT + "\n# Chapter 3. The Name\n\nNobody said the name aloud.\n\nThe sea said it all winter.\n"


@pytest.fixture
def book(maker: Maker) -> BookRecord:
    return maker.add(title="To Be Corrected", text=THREE)


def open_editor(page: Page, book: BookRecord) -> None:
    page.goto(f"/#/books/{book.id}/chapters")
    expect(rows(page)).to_have_count(3)


def rows(page: Page) -> Locator:
    return page.locator(".sections > li")


def titles(page: Page) -> list[str]:
    return [box.input_value() for box in rows(page).get_by_role("textbox").all()]


def row(page: Page, title: str) -> Locator:
    return rows(page).filter(has=page.get_by_role("button", name=f"Move “{title}” up"))


def kept(maker: Maker, book: BookRecord) -> Structure:
    return Editor(maker.engine, maker.objects).structure(book)


def test_a_title_is_changed_where_it_stands_taken_back_and_made_again(
    page: Page, maker: Maker, book: BookRecord
) -> None:
    open_editor(page, book)
    title = page.get_by_label("Title of chapter 2")
    title.fill("The Skiff")
    title.press("Enter")
    undo = page.get_by_role("button", name="Undo: “Chapter 2. The Boat” renamed to “The Skiff”")
    expect(undo).to_be_enabled()
    expect(page.get_by_label("Title of chapter 2")).to_be_focused()
    assert kept(maker, book).book.sections[1].title == "The Skiff"
    undo.click()
    expect(page.get_by_label("Title of chapter 2")).to_have_value("Chapter 2. The Boat")
    redo = page.get_by_role("button", name="Redo: “Chapter 2. The Boat” renamed to “The Skiff”")
    expect(redo).to_be_focused()  # there is nothing more to undo
    redo.press("Enter")
    expect(page.get_by_label("Title of chapter 2")).to_have_value("The Skiff")
    page.get_by_text("1 correction").click()
    expect(page.locator(".corrections li")).to_contain_text("“Chapter 2. The Boat” renamed to “The Skiff”local")


def test_escape_gives_the_old_title_back_and_an_empty_one_is_none(page: Page, maker: Maker, book: BookRecord) -> None:
    open_editor(page, book)
    title = page.get_by_label("Title of chapter 1")
    title.fill("Something else")
    title.press("Escape")
    expect(title).to_have_value("Chapter 1. The Lamp")
    title.fill("  ")
    title.press("Enter")
    expect(title).to_have_value("Chapter 1. The Lamp")
    assert kept(maker, book).corrections == ()


def test_back_matter_is_greyed_and_the_rest_counted_anew(page: Page, book: BookRecord) -> None:
    open_editor(page, book)
    page.get_by_label("What “Chapter 2. The Boat” is").focus()
    page.get_by_label("What “Chapter 2. The Boat” is").select_option("Back matter")
    expect(page.locator(".sections > .matter")).to_have_count(1)
    expect(page.get_by_label("Title of chapter 2")).to_have_value("Chapter 3. The Name")
    expect(page.get_by_label("Title of “Chapter 2. The Boat”")).to_be_visible()
    expect(page.get_by_label("What “Chapter 2. The Boat” is")).to_be_focused()


def test_sections_are_moved_with_buttons_and_with_keys(page: Page, maker: Maker, book: BookRecord) -> None:
    open_editor(page, book)
    expect(page.get_by_role("button", name="Move “Chapter 1. The Lamp” up")).to_be_disabled()
    page.get_by_role("button", name="Move “Chapter 3. The Name” up").click()
    expect(page.get_by_label("Title of chapter 2")).to_have_value("Chapter 3. The Name")
    expect(page.get_by_role("button", name="Move “Chapter 3. The Name” up")).to_be_focused()
    last = page.get_by_label("Title of chapter 3")
    last.press("Alt+ArrowUp")
    last.press("Alt+ArrowUp")  # before the first has been answered
    expect(page.get_by_label("Title of chapter 1")).to_have_value("Chapter 2. The Boat")
    expect(page.get_by_label("Title of chapter 1")).to_be_focused()
    assert titles(page) == ["Chapter 2. The Boat", "Chapter 1. The Lamp", "Chapter 3. The Name"]
    assert [s.title for s in kept(maker, book).book.sections] == titles(page)


def test_a_chapter_is_split_at_a_paragraph_and_joined_again(page: Page, maker: Maker, book: BookRecord) -> None:
    open_editor(page, book)
    page.get_by_role("button", name="Split “Chapter 3. The Name”").click()
    dialog = page.get_by_role("dialog", name="Split “Chapter 3. The Name”")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    dialog.get_by_role("radio", name="The sea said it all winter.").check()
    expect(dialog.get_by_label("Title of the second part")).to_have_value("Chapter 3. The Name, part 2")
    dialog.get_by_label("Title of the second part").fill("Winter")
    dialog.get_by_role("button", name="Split here").click()
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_label("Title of chapter 4")).to_have_value("Winter")
    expect(rows(page).last).to_contain_text("The sea said it all winter.")
    expect(page.get_by_role("button", name="Split “Winter”")).to_be_disabled()  # one paragraph
    page.get_by_role("button", name="Join “Chapter 3. The Name” with the next section").click()
    expect(rows(page)).to_have_count(3)
    assert kept(maker, book).book.sections[2].text == "Nobody said the name aloud.\n\nThe sea said it all winter."


def test_a_split_can_be_left_alone(page: Page, maker: Maker, book: BookRecord) -> None:
    open_editor(page, book)
    page.get_by_role("button", name="Split “Chapter 3. The Name”").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert kept(maker, book).corrections == ()


def test_what_is_corrected_elsewhere_appears_and_what_is_being_typed_stays(
    page: Page, maker: Maker, book: BookRecord
) -> None:
    open_editor(page, book)
    typed = page.get_by_label("Title of chapter 1")
    typed.press("End")
    typed.press_sequentially(" Anew")
    two = kept(maker, book).book.sections[1].key
    Editor(maker.engine, maker.objects).correct(book, [Rename(section=two, title="Mine")], book.owner_id, None)
    expect(page.get_by_label("Title of chapter 2")).to_have_value("Mine")
    expect(typed).to_have_value("Chapter 1. The Lamp Anew")
    expect(typed).to_be_focused()
    page.get_by_role("tab", name="Chapters").focus()  # leaving the field keeps the title
    expect(page.get_by_role("button", name=re.compile("^Undo: .*The Lamp Anew"))).to_be_visible()


@pytest.mark.refused(412)
def test_a_correction_of_what_is_no_longer_so_is_not_made_and_says_why(
    page: Page, maker: Maker, book: BookRecord
) -> None:
    open_editor(page, book)
    seen = page.request.get(f"/api/v1/books/{book.id}/structure").text()

    def as_it_was(route: Route) -> None:  # whoever was cut off sees nothing new
        route.fulfill(body=seen, content_type="application/json")

    page.route("**/structure", as_it_was)
    two = kept(maker, book).book.sections[1].key
    Editor(maker.engine, maker.objects).correct(book, [Rename(section=two, title="Mine")], book.owner_id, None)
    page.get_by_role("button", name="Join “Chapter 1. The Lamp” with the next section").click()
    expect(page.get_by_role("alert")).to_contain_text("“Chapter 2. The Boat” renamed to “Mine”")
    page.unroute("**/structure")
    assert len(kept(maker, book).book.sections) == 3


def test_a_correction_that_fits_no_more_is_shown_and_can_be_given_up(
    page: Page, maker: Maker, book: BookRecord
) -> None:
    with maker.engine.begin() as connection:
        connection.execute(
            insert(corrections).values(
                owner_id=book.owner_id,
                book_id=book.id,
                number=1,
                correction={"do": "rename", "section": "c0", "title": "x"},
                summary="“The Lost Chapter” renamed to “x”",
                state="in_force",
                author="local",
            )
        )
    first = kept(maker, book).book.sections[0].key
    Editor(maker.engine, maker.objects).correct(book, [Rename(section=first, title="One")], book.owner_id, None)
    open_editor(page, book)
    notice = page.get_by_role("region", name="Corrections that no longer fit")
    expect(notice).to_contain_text("“The Lost Chapter” renamed to “x”: The section that it names is not in the book")
    notice.get_by_role("button", name="Give up: “The Lost Chapter” renamed to “x”").click()
    expect(notice).to_have_count(0)
    expect(page.get_by_label("Title of chapter 1")).to_have_value("One")
