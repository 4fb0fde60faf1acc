"""EPUBs of other scripts, directions and page forms: nothing is lost, doubled or put into another order."""

from __future__ import annotations

from pathlib import Path

import pytest

from litink.books.model import Book
from litink.books.reading import read
from tests.books.makers import epub, prose, xhtml


def chapters(book: Book) -> list[tuple[str, str]]:
    return [(chapter.title, chapter.text) for chapter in book.chapters]


@pytest.mark.parametrize(
    ("titles", "text"),
    [
        (("第一章 灯塔", "第二章 楼梯"), "灯塔的灯已经亮了九十年，镇上没有人记得是谁第一个点亮它的。"),
        (("第1話　灯台", "第2話　階段"), "灯台の光は消えました。誰も覚えていませんでした。"),
        (("제1장 등대", "제2장 계단"), "등대의 불은 구십 년 동안 매일 밤 타올랐다."),
        (("Глава первая", "Глава вторая"), "Лампа горела каждую ночь девяносто лет."),
        (("Κεφάλαιο 1", "Κεφάλαιο 2"), "Το φως έκαιγε κάθε νύχτα επί ενενήντα χρόνια."),
        (("الفصل الأول", "الفصل الثاني"), "كان المصباح يضيء كل ليلة منذ تسعين عامًا."),
        (("פרק ראשון", "פרק שני"), "המנורה דלקה בכל לילה במשך תשעים שנה."),
        (("अध्याय एक", "अध्याय दो"), "दीपक नब्बे वर्षों से हर रात जलता रहा, क्\u200dयोंकि कोई नहीं जानता था।"),
        (("บทที่หนึ่ง", "บทที่สอง"), "ตะเกียงลุกไหม้ทุกคืนเป็นเวลาเก้าสิบปี"),
    ],
)
@pytest.mark.parametrize("named", [True, False], ids=["entities", "letters"])
def test_text_in_other_scripts_is_kept_letter_for_letter(
    tmp_path: Path, titles: tuple[str, str], text: str, named: bool
) -> None:
    def written(letters: str) -> str:
        return "".join(f"&#x{ord(letter):x};" for letter in letters) if named else letters

    files = {
        f"{n}.xhtml": f"<h1>{written(title)}</h1><p>{written(text)}</p><p>{written(text * 30)}</p>"
        for n, title in enumerate(titles)
    }
    book = read(epub(tmp_path / "b.epub", files)).book
    assert [title.replace("\u3000", " ") for title in titles] == [chapter.title for chapter in book.chapters]
    assert [chapter.text for chapter in book.chapters] == [f"{text}\n\n{text * 30}"] * 2


def test_a_legacy_encoding_is_believed_where_the_bytes_are_not_utf_8(tmp_path: Path) -> None:
    body = f"<h1>Глава первая</h1><p>{'Лампа горела каждую ночь. ' * 20}</p>"
    item = '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
    page = f'<?xml version="1.0" encoding="windows-1251"?><html><body>{body}</body></html>'.encode("cp1251")
    path = epub(tmp_path / "b.epub", {}, spine=["a"], manifest=item, extra=[("OPS/a.xhtml", page)])
    assert chapters(read(path).book) == [("Глава первая", ("Лампа горела каждую ночь. " * 20).strip())]


def test_vertical_text_is_read_in_the_order_of_its_letters(tmp_path: Path) -> None:
    style = "<style>html { writing-mode: vertical-rl; -epub-writing-mode: vertical-rl; }</style>"
    page = (
        f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" xml:lang="ja"><head>{style}</head><body>'
        '<h1>第一章</h1><p>吾輩は<span class="tcy">12</span>月に<ruby>猫<rp>（</rp><rt>ねこ</rt><rp>）</rp></ruby>'
        "である。</p>"
        "<p>名前はまだ無い。</p></body></html>"
    )
    assert chapters(read(epub(tmp_path / "b.epub", {"a.xhtml": page})).book) == [
        ("第一章", "吾輩は12月に猫である。\n\n名前はまだ無い。")
    ]


def test_right_to_left_text_keeps_its_order_and_loses_marks_that_only_turn_it(tmp_path: Path) -> None:
    page = xhtml(
        '<div dir="rtl"><h1>פרק א</h1><p>\u202bהוא קרא <bdo dir="ltr">War and Peace</bdo> בשנת 1999.\u202c</p>'
        "<p>שלום\u200f, <span dir='ltr'>Anna</span>!</p></div>"
    )
    assert chapters(read(epub(tmp_path / "b.epub", {"a.xhtml": page})).book) == [
        ("פרק א", "הוא קרא War and Peace בשנת 1999.\n\nשלום, Anna!")
    ]


def test_fixed_layout_pages_are_read_in_order_and_are_no_chapters(tmp_path: Path) -> None:
    """A picture book: a page a file, every line placed by itself, some text only in pictures."""
    words = prose(80).split()[:80]
    files = {}
    for page in range(8):
        lines = "".join(
            f'<div style="position:absolute;left:{left}px;top:{top}px">{" ".join(words[at : at + 5])}</div>'
            for at, left, top in ((10 * page, 90, 40), (10 * page + 5, 20, 400))
        )
        files[f"p{page}.xhtml"] = (
            '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><meta name="viewport" content='
            f'"width=800, height=600"/></head><body><img src="p{page}.jpg" alt=""/>{lines}</body></html>'
        )
    [chapter] = read(epub(tmp_path / "b.epub", files)).book.chapters
    assert chapter.title == "The Lamp"
    assert chapter.text.split() == words
