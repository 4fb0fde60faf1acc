"""Names and order of what is handed in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litink.books.works import Part
from litink.errors import Refused
from litink.library.intake import as_source, files_of, in_meant_order, in_natural_order, plain_name


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


@given(st.sets(st.integers(0, 10**6), min_size=1), st.sampled_from(["{}.txt", "ch{}.docx", "Part {} of many.html"]))
def test_numbers_in_names_count_as_numbers(numbers: set[int], pattern: str) -> None:
    mixed = [Path(pattern.format(number)) for number in numbers]
    assert names(in_natural_order(mixed)) == [pattern.format(number) for number in sorted(numbers)]


def test_numbers_inside_numbers_and_words_beside_them_are_in_order() -> None:
    wanted = ["1-2.txt", "1-10.txt", "2.txt", "02a.txt", "10.txt", "Intro.txt", "outro.txt"]
    assert names(in_natural_order([Path(name) for name in reversed(wanted)])) == wanted


def test_what_a_shell_has_put_in_order_goes_into_its_natural_one_and_any_other_order_is_meant() -> None:
    def ordered(*given: str) -> list[str]:
        return names(in_meant_order([Path("book") / name for name in given]))

    assert ordered("1.txt", "10.txt", "11.txt", "2.txt") == ["1.txt", "2.txt", "10.txt", "11.txt"]
    assert ordered("b.txt", "a.txt") == ["b.txt", "a.txt"]
    assert ordered("10.txt", "2.txt", "1.txt") == ["10.txt", "2.txt", "1.txt"]


def test_a_folder_gives_its_readable_files_in_order(tmp_path: Path) -> None:
    for name in ("10.txt", "9.TXT", "cover.png", ".hidden.txt", "notes.md~", "11.epub"):
        (tmp_path / name).write_text("x")
    (tmp_path / "1.txt").mkdir()
    assert names(files_of(tmp_path)) == ["9.TXT", "10.txt", "11.epub"]


def test_a_folder_without_readable_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        files_of(tmp_path)
    assert refused.value.code == "folder-empty"


@given(st.text())
def test_a_name_from_outside_never_holds_a_folder_or_a_control_sign(text: str) -> None:
    name = plain_name(text)
    assert 0 < len(name) <= 255
    assert not set("/\\\0\n") & set(name)
    assert plain_name(name) == name


def test_one_file_without_a_title_stays_the_file_that_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("words")
    with as_source([Part(path, "a.txt")], scratch=tmp_path, max_bytes=1 << 20) as source:
        assert source == Part(path, "a.txt")
    with as_source([Part(path, "a.txt")], scratch=tmp_path, max_bytes=1 << 20, title="Lamp") as source:
        assert source.path != path
        kept = source.path
    assert not kept.exists()
