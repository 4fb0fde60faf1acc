"""Archives are checked before anything in them is opened."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from litink.books import archive
from litink.books.archive import Archive
from litink.errors import Refused


def packed(
    tmp_path: Path, name: str, data: bytes = b"x", *, attributes: int = 0, method: int = zipfile.ZIP_DEFLATED
) -> Path:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as out:
        info = zipfile.ZipInfo(name)
        info.external_attr, info.compress_type = attributes, method
        out.writestr(info, data)
    return path


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "..\\x", "C:\\x", "a/..%2f..%2fx"])
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused) as refused:
        Archive(packed(tmp_path, name), refuse_outside_names=True)
    assert refused.value.code == "archive-unsafe"


def test_symbolic_links_and_foreign_methods_are_refused(tmp_path: Path) -> None:
    for path in (
        packed(tmp_path, "a", b"/etc/passwd", attributes=0o120777 << 16),
        packed(tmp_path, "a", method=zipfile.ZIP_BZIP2),
    ):
        with pytest.raises(Refused):
            Archive(path, refuse_outside_names=True)


def test_a_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Archive(packed(tmp_path, "a", bytes(archive.RATIO_FREE + 1)), refuse_outside_names=True)
    assert refused.value.code == "archive-too-large"


def test_a_part_larger_than_any_chapter_is_not_unpacked(tmp_path: Path) -> None:
    with Archive(packed(tmp_path, "a", bytes(5000)), refuse_outside_names=True) as opened, pytest.raises(Refused):
        opened.read("a", limit=4999)


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as out:
        for number in range(archive.MAX_ENTRIES + 1):
            out.writestr(str(number), b"")
    with pytest.raises(Refused) as refused:
        Archive(path, refuse_outside_names=True)
    assert refused.value.code == "archive-too-many-files"


@pytest.mark.parametrize(
    "wanted", ["OPS/Kapitel ä 100%.xhtml", "OPS/Kapitel%20%C3%A4%20100%25.xhtml", "ops/kapitel Ä 100%.XHTML"]
)
def test_names_are_found_whatever_their_case_and_encoding(tmp_path: Path, wanted: str) -> None:
    with Archive(packed(tmp_path, "OPS\\Kapitel ä 100%.xhtml", b"here"), refuse_outside_names=True) as opened:
        name = opened.find(wanted)
        assert name is not None
        assert opened.read(name) == b"here"
