"""What may be named on the command line: files, folders, addresses."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from litink.books.sandbox import read_book
from litink.cli.sources import named_source, results_folder
from litink.errors import Refused
from litink.settings import Settings
from tests.books.makers import prose
from tests.websites import answer, site


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", fetch_allow=(ip_network("127.0.0.0/8"),))


def chapters(folder: Path, *names: str) -> list[str]:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(prose(40, name))
    return [str(folder / name) for name in names]


def read(named: list[str], settings: Settings, **given: str) -> tuple[str, list[str]]:
    with named_source(named, settings, **given) as source:
        book = read_book(source.path, filename=source.name).book
    return book.title, [c.text.split()[0] for c in book.chapters]


def test_one_file_stays_what_it_is(tmp_path: Path, settings: Settings) -> None:
    [name] = chapters(tmp_path, "the-lamp.txt")
    with named_source([name], settings) as source:
        assert (source.path, source.name) == (Path(name), "the-lamp.txt")
    assert not settings.home.exists()


def test_a_folder_is_a_book_of_its_name_in_natural_order(tmp_path: Path, settings: Settings) -> None:
    chapters(tmp_path / "the_long_watch", *(f"{n}.txt" for n in (1, 2, 3, 9, 10, 11)))
    title, first_words = read([str(tmp_path / "the_long_watch")], settings)
    assert title == "the long watch"
    assert first_words == [f"{n}.txt" for n in (1, 2, 3, 9, 10, 11)]


def test_files_as_a_shell_lists_them_are_in_natural_order_and_otherwise_as_named(
    tmp_path: Path, settings: Settings
) -> None:
    named = chapters(tmp_path, *(f"{n}.txt" for n in (1, 2, 10, 11)))
    assert read(sorted(named), settings)[1] == ["1.txt", "2.txt", "10.txt", "11.txt"]
    assert read(named[::-1], settings)[1] == ["11.txt", "10.txt", "2.txt", "1.txt"]


def test_addresses_and_files_may_stand_side_by_side(tmp_path: Path, settings: Settings) -> None:
    [name] = chapters(tmp_path, "first.txt")
    with site({"/second.txt": answer(prose(40, "second"), "text/plain")}) as served:
        assert read([name, served.url("/second.txt")], settings, title="Both") == ("Both", ["first.txt", "second"])


@pytest.mark.parametrize(
    ("name", "code"),
    [("missing.txt", "no-such-file"), ("empty", "folder-empty"), ("http://10.0.0.1/", "url-private"),
     ("ftp://example.org/x.txt", "url-scheme")],
)  # fmt: skip
def test_what_cannot_be_had_is_refused(name: str, code: str, tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "empty").mkdir()
    named = name if "://" in name else str(tmp_path / name)
    with pytest.raises(Refused) as refused, named_source([named], settings):
        pass
    assert refused.value.code == code


def test_results_go_beside_what_was_named_and_never_into_it(tmp_path: Path) -> None:
    folder = tmp_path / "chapters"
    files = chapters(folder, "a.txt", "b.txt")
    assert results_folder([files[0]], "A Title") == folder / "a"
    assert results_folder(files, "A/Title: “One”") == folder / "A Title One"
    assert results_folder([str(folder)], "chapters") == tmp_path / "chapters-film"
    assert results_folder(["https://example.org/x"], "../..") == Path("book")
