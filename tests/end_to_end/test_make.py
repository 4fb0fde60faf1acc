"""``litink make``: a file goes in, a film comes out, and nothing is made twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import av
import psutil
import pytest
from sqlalchemy import Engine, func, select

from litink.db.schema import assets, books
from litink.platform.supervisor import database
from tests.end_to_end.conftest import LITINK, Home

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def made(platform_home: Home, story: Path) -> dict[str, Any]:
    return platform_home.json("make", str(story), "--out", str(platform_home.folder / "out"))


def test_the_film_has_picture_sound_captions_chapters_and_a_cover(made: dict[str, Any]) -> None:
    with av.open(made["film"]) as film:
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert (video.width, video.height, video.average_rate) == (1280, 720, 24)
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert [stream.codec_context.name for stream in film.streams.subtitles] == ["mov_text"]
        assert [chapter["metadata"]["title"] for chapter in film.chapters()] == ["Chapter One", "Chapter Two"]
        assert film.duration is not None
        assert 20 < film.duration / av.time_base < 120
        assert film.metadata["title"] == "The Lamp"


def test_captions_say_what_the_book_says_while_it_is_said(made: dict[str, Any]) -> None:
    captions = Path(made["captions"]).read_text()
    assert captions.startswith("WEBVTT")
    assert "<v Tobias>" in captions
    assert "Shut the door" in " ".join(captions.split())
    assert Path(made["captions_srt"]).read_text().startswith("1\n00:00:")


def test_the_audiobook_has_its_chapters(made: dict[str, Any]) -> None:
    with av.open(made["audiobook"]) as book:
        assert len(book.chapters()) == 2
        assert book.duration is not None
        assert book.duration / av.time_base > 15


def test_what_was_understood_lies_beside_the_film(made: dict[str, Any]) -> None:
    understood = json.loads(Path(made["book"]).read_text())
    names = {character["name"] for character in understood["characters"]}
    assert {"Anna", "Tobias"} <= names
    speakers = {quotation["speaker"] for quotation in understood["quotations"]}
    assert len(speakers) == 2
    assert understood["voices"].keys() >= speakers
    assert len(set(understood["voices"].values())) == len(understood["voices"])
    pictures = sorted(Path(made["storyboard"]).glob("*.png"))
    assert len(pictures) >= 5


def test_local_work_costs_nothing_and_says_so(made: dict[str, Any]) -> None:
    costs = json.loads(Path(made["costs"]).read_text())
    assert costs["cost_usd"] == 0
    assert {row["provider"] for row in costs["calls"]} == {"local"}
    assert made["items_failed"] == 0


def test_a_second_run_makes_no_call_and_gives_the_same_film(
    made: dict[str, Any], platform_home: Home, story: Path
) -> None:
    before = Path(made["film"]).read_bytes()
    again = platform_home.json("make", str(story), "--out", str(platform_home.folder / "again"))
    assert again["calls"] == 0
    assert again["cache_hits"] > 20
    assert Path(again["film"]).read_bytes() == before


def test_a_tall_film_reuses_the_voices(made: dict[str, Any], platform_home: Home, story: Path) -> None:
    before = {key for asset, key, _ in platform_home.calls() if asset == "audio"}
    tall = platform_home.json("make", str(story), "--ratio", "9:16", "--out", str(platform_home.folder / "tall"))
    with av.open(tall["film"]) as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (720, 1280)
    assert {key for asset, key, _ in platform_home.calls() if asset == "audio"} == before


def test_killed_in_the_middle_it_goes_on_where_it_was(platform_home: Home) -> None:
    story = platform_home.folder / "killed.txt"
    story.write_text(
        "Chapter One\n\n" + "\n\n".join(f"“This is line {n},” said Anna. Nobody answered her." for n in range(1, 13))
    )
    command = [str(LITINK), "make", str(story), "--out", str(platform_home.folder / "killed"), "--json"]
    process = subprocess.Popen(
        command, env=platform_home.environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    known = {key for asset, key, _ in platform_home.calls() if asset == "audio"}
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        spoken = {key for asset, key, _ in platform_home.calls() if asset == "audio"} - known
        if len(spoken) >= 3:
            break
    assert len(spoken) >= 3
    for child in psutil.Process(process.pid).children(recursive=True):
        child.kill()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    done = platform_home.json("make", str(story), "--out", str(platform_home.folder / "killed"))
    assert done["items_failed"] == 0
    assert platform_home.made_twice(done["book_id"]) == []


def _waited_for(engine: Engine, query: Any) -> Any:
    """The first value that the query finds."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            found = connection.execute(query).scalar()
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"nothing came of {query}")


def test_lines_are_spoken_while_pictures_are_drawn(platform_home: Home) -> None:
    """Whoever draws is kept from it until all lines are spoken."""
    story = platform_home.folder / "side-by-side.txt"
    story.write_text("Side by Side\n\nChapter One\n\n“This is a line,” said Anna. Nobody answered her.")
    with database(platform_home.settings):
        engine = platform_home.engine()
        process = platform_home.start("make", str(story), "--out", str(platform_home.folder / "beside"), "--json")
        book = _waited_for(engine, select(books.c.id).where(books.c.filename == story.name))
        with engine.connect() as connection:
            connection.execute(select(func.pg_advisory_lock(func.hashtextextended(f"{book}/character_images", 2))))
            _waited_for(
                engine,
                select(assets.c.asset).where(
                    assets.c.book_id == book, assets.c.asset == "audio", assets.c.state == "done"
                ),
            )
            connection.execute(select(func.pg_advisory_unlock_all()))
        said, _ = process.communicate(timeout=240)
        engine.dispose()
    assert process.returncode == 0, said


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.epub", b"", "empty"),
        ("broken.epub", b"PK\x03\x04 this is not an archive", ""),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + b"0" * 200, ""),
    ],
)
def test_refused_input_ends_with_one_clear_line_and_leaves_nothing(
    platform_home: Home, name: str, content: bytes, says: str
) -> None:
    before = platform_home.shelf()
    path = platform_home.folder / name
    path.write_bytes(content)
    done = platform_home.run("make", str(path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr.lower()
    assert platform_home.shelf() == before


def test_one_bad_file_of_several_refuses_them_all_by_its_name(platform_home: Home, story: Path) -> None:
    before = platform_home.shelf()
    bad = platform_home.folder / "photo.txt"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 200)
    done = platform_home.run("make", str(story), str(bad), "--title", "Both")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "“photo.txt”" in done.stderr
    assert platform_home.shelf() == before


@pytest.mark.parametrize(
    "arguments", [["make", "no-such-file.epub"], ["read", "no-such-file.epub"], ["make", __file__, "--chapters", "x"]]
)
def test_what_cannot_be_done_is_said_in_a_line(platform_home: Home, arguments: list[str]) -> None:
    done = platform_home.run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_read_shows_the_chapters(platform_home: Home, story: Path) -> None:
    read = platform_home.json("read", str(story), "--text")
    assert [chapter["title"] for chapter in read["chapters"]] == ["Chapter One", "Chapter Two"]
    assert "lighthouse" in read["chapters"][0]["text"]
    assert read.keys() == {
        "title",
        "author",
        "language",
        "format",
        "chapters",
        "front_matter",
        "back_matter",
        "warnings",
    }
