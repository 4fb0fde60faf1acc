"""What people ask for besides the film: made once, kept up to date, failing alone; real clips of a small book."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, update

from litink.db.schema import items, stage_runs, users, versions
from litink.errors import LitinkError, Refused
from litink.generation.model import Outcome
from litink.library.repository import BookRecord
from litink.media.probe import MediaFacts, probe
from litink.media.profile import profile_for
from litink.media.sound import FinishedLine, finish
from litink.production import stages
from litink.production.exports.desk import Desk, Export
from litink.production.exports.limits import MARK, check_limits, mark_of
from litink.production.exports.model import ORDER, Order
from litink.production.film import clip_recipe
from litink.production.graph import ASKED_FOR, EXPORTS
from litink.production.studio import Studio
from litink.production.timeline import timeline_of
from litink.providers.base import Speech
from litink.settings import Settings
from tests.made_books import Maker, item
from tests.made_media import png
from tests.media.material import speech_like


@pytest.fixture(scope="module")
def studio(settings: Settings, engine: Engine) -> Iterator[Studio]:
    with Studio.opened(settings) as studio:
        yield studio


@lru_cache
def spoken() -> FinishedLine:
    return finish(Speech(speech_like(1.1, seed=5, level=0.3), 24_000, ()))


@pytest.fixture(scope="module")
def maker(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Maker:
    return Maker(studio.engine, studio.objects, tmp_path_factory.mktemp("books"))


@pytest.fixture(scope="module")
def book(studio: Studio, maker: Maker) -> BookRecord:
    """A finished book whose lines are as loud as they are to be, with its clips."""
    made = maker.finished(title="The Lamp, for Export")
    lines = studio.production(made.id).items("audio")
    voices = [
        item("audio", line.key, spoken().data, "audio/flac", {**line.meta, "seconds": spoken().seconds, "words": []})
        for line in lines
    ]
    maker.make(made, "audio", voices)
    studio.materialise(made.id, "clips")
    return made


@pytest.fixture
def desk(studio: Studio) -> Desk:
    return Desk(studio.engine, studio.engines)


def order(**asked: Any) -> Order:
    return ORDER.validate_python(asked)


def make(studio: Studio, book: BookRecord) -> dict[str, Outcome]:
    return {name: studio.materialise(book.id, name)[1] for name in ASKED_FOR}


def facts(studio: Studio, export: Export) -> MediaFacts:
    assert export.state == "done", export.problem
    assert export.item is not None
    with studio.objects.as_file(export.item.blob_sha or "") as path:
        return probe(path, decode=True)


def chapters(studio: Studio, book: BookRecord) -> list[str]:
    return [chapter.key for chapter in studio.production(book.id).chapters]


def test_a_chapter_is_joined_from_the_films_own_clips(studio: Studio, book: BookRecord, desk: Desk) -> None:
    second = chapters(studio, book)[1]
    film = desk.order(book, order(kind="film", chapter=second))
    mp3 = desk.order(book, order(kind="audiobook", chapter=second, container="mp3"))
    assert desk.order(book, order(kind="film", chapter=second)).key == film.key, "asked for twice it is one"
    made = make(studio, book)
    assert made["export_clips"].items_total == 0, "nothing was rendered"

    timeline = timeline_of(studio.production(book.id))
    marker = timeline.markers[1]
    found = facts(studio, desk.get(book, film.key))
    assert found.seconds == pytest.approx(marker.end - marker.start, abs=0.1)
    assert [title for title, _, _ in found.chapters] == [marker.title]
    assert [(s.kind, s.codec) for s in found.streams][:3] == [
        ("video", "h264"),
        ("audio", "aac"),
        ("subtitle", "mov_text"),
    ]
    assert found.tags["title"] == f"The Lamp, for Export · {marker.title}"
    assert found.decoded is not None
    assert found.decoded.lufs == pytest.approx(-17, abs=2)
    heard = facts(studio, desk.get(book, mp3.key))
    assert heard.first("audio") is not None
    assert heard.first("cover") is not None
    assert heard.decoded is not None
    assert heard.decoded.lufs == pytest.approx(found.decoded.lufs - 2, abs=0.7), "audiobooks are softer"

    again = make(studio, book)
    assert all(outcome.calls == 0 for outcome in again.values()), "nothing is made twice"
    for export in desk.all(book):
        desk.remove(book, export.key)


def test_a_merge_is_cut_as_asked_and_keeps_its_versions(studio: Studio, book: BookRecord, desk: Desk) -> None:
    clips = [clip for clip in timeline_of(studio.production(book.id)).clips if clip.kind == "scene"]
    cuts = [
        {"clip": clips[1].key, "start": 0.5, "end": 2.0, "fade_in": 0, "fade_out": 0.25, "volume": 0.5},
        {"clip": clips[0].key},
        {"clip": clips[1].key, "end": 1.0},
    ]
    asked = {"kind": "merge", "name": "My cut", "cuts": cuts, "preview_from": 1.0, "captions": "burned"}
    merge = desk.order(book, order(**asked))
    assert make(studio, book)["export_clips"].items_total == 3
    found = facts(studio, desk.get(book, merge.key))
    video = found.first("video")
    assert video is not None
    assert (video.width, video.height) == (640, 360), "a preview is small"
    whole = 1.5 + clips[0].frames / 24 + 1.0
    assert found.seconds == pytest.approx(min(30, whole - 1.0), abs=0.1)
    assert [title for title, _, _ in found.chapters] == [clips[1].title, clips[0].title, clips[1].title]
    assert found.first("subtitle") is None

    final = {**asked, "cuts": cuts[:1], "preview_from": None, "captions": "soft"}
    assert desk.change(book, merge.key, order(**final)).state == "waiting"
    make(studio, book)
    export = desk.get(book, merge.key)
    assert facts(studio, export).seconds == pytest.approx(1.5, abs=0.1)
    assert export.item is not None
    assert export.item.version == 2
    desk.remove(book, merge.key)
    with studio.engine.connect() as connection:
        mine = (versions.c.book_id == book.id) & versions.c.asset.in_(ASKED_FOR)
        assert connection.execute(select(func.count()).select_from(versions).where(mine)).scalar() == 0


def test_one_changed_picture_renders_one_piece(studio: Studio, maker: Maker, book: BookRecord, desk: Desk) -> None:
    shots = [clip for clip in timeline_of(studio.production(book.id)).clips if clip.kind == "scene"]
    cuts = [{"clip": clip.key, "start": 0.2, "end": 1.2} for clip in shots]
    merge = desk.order(book, order(kind="merge", name="Two", cuts=cuts, preview_from=0))
    assert make(studio, book)["export_clips"].calls == 2
    pictures = studio.production(book.id).items("scene_images")
    first = next(p.key for p in pictures if p.key.startswith(shots[0].key))
    maker.make(
        book,
        "scene_images",
        [
            item("scene_images", p.key, png(170) if p.key == first else png(n), "image/png", p.meta, p.key)
            for n, p in enumerate(pictures)
        ],
    )
    again = make(studio, book)
    assert again["export_clips"].calls == 1
    assert again["exports"].calls == 1
    desk.remove(book, merge.key)


def test_what_cannot_be_made_fails_alone_and_says_why(studio: Studio, book: BookRecord, desk: Desk) -> None:
    trailer = desk.order(book, order(kind="trailer", seconds=300))
    chapter = desk.order(book, order(kind="audiobook", chapter=chapters(studio, book)[0]))
    make(studio, book)
    failed = desk.get(book, trailer.key)
    assert (failed.state, (failed.problem or {})["code"]) == ("failed", "film-too-short")
    assert desk.get(book, chapter.key).state == "done"
    assert desk.retry(book, trailer.key).state == "waiting"
    for export in desk.all(book):
        desk.remove(book, export.key)


def test_a_piece_that_failed_is_bridged_and_listed(studio: Studio, book: BookRecord, desk: Desk) -> None:
    clip = next(c for c in timeline_of(studio.production(book.id)).clips if c.kind == "scene")
    merge = desk.order(
        book, order(kind="merge", name="M", preview_from=0, cuts=[{"clip": clip.key, "start": 1, "end": 2}])
    )
    studio.materialise(book.id, "export_clips")
    with studio.engine.begin() as connection:
        connection.execute(
            update(items)
            .where(items.c.book_id == book.id, items.c.asset == "export_clips")
            .values(state="failed", blob_sha=None)
        )
    studio.materialise(book.id, "exports")
    export = desk.get(book, merge.key)
    assert facts(studio, export).seconds == pytest.approx(1.0, abs=0.1)
    assert [(gap["kind"], gap["scene"]) for gap in export.meta["missing"]] == [("clip", clip.key)]
    make(studio, book)  # that piece alone is made again, and the gap is gone
    assert desk.get(book, merge.key).meta["missing"] == []
    desk.remove(book, merge.key)


def test_only_the_books_own_clips_and_chapters_can_be_asked_for(desk: Desk, book: BookRecord) -> None:
    for asked, code in (
        ({"kind": "merge", "name": "M", "cuts": [{"clip": "https://elsewhere.example/a.mp4"}]}, "no-such-clip"),
        ({"kind": "merge", "name": "M", "cuts": [{"clip": "../../etc/passwd"}]}, "no-such-clip"),
        ({"kind": "film", "chapter": "c99"}, "no-such-chapter"),
    ):
        with pytest.raises(Refused) as told:
            desk.order(book, order(**asked))
        assert told.value.code == code
    with pytest.raises(LitinkError) as unknown:
        desk.get(book, "trailer-none")
    assert unknown.value.code == "no-such-export"


@pytest.mark.parametrize(
    "cut",
    [
        {"clip": "c", "volume": 3},
        {"clip": "c", "volume": float("nan")},
        {"clip": "c", "start": 2, "end": 1},
        {"clip": "c", "fade_in": 60},
        {"clip": "c", "filter": "movie=/etc/passwd"},
        {"clip": ""},
    ],
)
def test_numbers_are_bounded_and_nothing_else_is_taken(cut: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        order(kind="merge", name="M", cuts=[cut])


def test_marks_and_sizes_are_those_of_the_subscription(studio: Studio) -> None:
    engines = studio.engines
    assert [mark_of(engines, tier) for tier in ("free", "basic", "standard")] == [MARK, MARK, ""]
    assert [mark_of(engines, tier, False) for tier in ("free", "basic", "standard")] == [MARK, "", ""]
    check_limits(engines, "basic", order(kind="film", watermark=False))
    for tier, asked, code in (
        ("free", {"watermark": False}, "watermark-not-removable"),
        ("basic", {"resolution": "1080p"}, "resolution-not-in-tier"),
        ("standard", {"resolution": "2160p"}, "resolution-not-in-tier"),
    ):
        with pytest.raises(Refused) as told:
            check_limits(engines, tier, order(kind="film", **asked))
        assert told.value.code == code
    check_limits(engines, "premium", order(kind="film", resolution="2160p"))


def test_the_film_of_a_free_reader_carries_the_mark(studio: Studio, maker: Maker) -> None:
    book = maker.add(title="For Nothing")
    with studio.engine.begin() as connection:
        reader = connection.execute(
            users.insert().values(name="marked", tier="free").returning(users.c.id)
        ).scalar_one()
    assert "mark" not in clip_recipe(studio.production(book.id))
    from litink.db.schema import books

    with studio.engine.begin() as connection:
        connection.execute(books.update().where(books.c.id == book.id).values(owner_id=reader))
    assert clip_recipe(studio.production(book.id))["mark"][0] == MARK
    assert clip_recipe(studio.production(book.id))["profile"] == profile_for("16:9").recipe()


class Line:
    """Whether the exports of one book are due, as the sensor sees it."""

    def __init__(self, engine: Engine, book_id: UUID) -> None:
        self._engine, self._book_id = engine, book_id

    def due(self) -> list[int]:
        with self._engine.begin() as connection:
            found = stages.due(connection)
        return [one.attempt for one in found if (one.book_id, one.stage) == (self._book_id, EXPORTS)]

    def launch(self) -> None:
        with self._engine.begin() as connection:
            one = next(one for one in stages.due(connection) if (one.book_id, one.stage) == (self._book_id, EXPORTS))
            assert stages.launched(connection, one)

    def lose(self) -> None:
        with self._engine.begin() as connection:
            for run in stages.quiet(connection, -60):
                if run.book_id == self._book_id:
                    stages.lose(connection, run)


def test_exports_are_launched_when_asked_for_and_never_hold_the_book_up(
    studio: Studio, maker: Maker, book: BookRecord, desk: Desk
) -> None:
    line = Line(studio.engine, book.id)
    assert line.due() == []
    first = desk.order(book, order(kind="audiobook", chapter=chapters(studio, book)[0]))
    maker.state(book, "working")
    assert line.due() == [], "the film goes first"
    maker.state(book, "ready")
    assert line.due() == [1]
    line.launch()
    assert line.due() == []
    production, _ = studio.materialise(book.id, "export_clips")
    studio.settle(production, "export_clips")
    production, _ = studio.materialise(book.id, "exports")
    studio.settle(production, "exports")
    assert line.due() == [], "all has been made"
    assert studio.production(book.id).record.state == "ready"
    desk.order(book, order(kind="film", chapter=chapters(studio, book)[0]))
    assert line.due() == [2], "asked for later"
    for attempt in (2, 3, 4):
        assert line.due() == [attempt]
        line.launch()
        line.lose()
    assert line.due() == [], "lost too often"
    assert studio.production(book.id).record.state == "ready"
    desk.retry(book, first.key)
    with studio.engine.begin() as connection:
        connection.execute(stage_runs.delete().where(stage_runs.c.book_id == book.id))
    for export in desk.all(book):
        desk.remove(book, export.key)
    assert line.due() == []
