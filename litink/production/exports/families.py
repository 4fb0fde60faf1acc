"""The families of exports: the pieces that have to be rendered for them, and what they are joined to.

What the film's own clips can serve for is not rendered again; equal pieces of two orders are rendered once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from litink.errors import LitinkError
from litink.generation.keys import content_hash
from litink.generation.model import Call, Made, Purpose, Task
from litink.generation.records import ItemRecord
from litink.media.audiobook import AUDIOBOOK_VERSION, write_audiobook
from litink.media.captions import captions
from litink.media.film import join_film
from litink.media.mp3 import MP3_VERSION, write_mp3
from litink.media.pieces import PIECES_VERSION, Piece, render_piece
from litink.media.probe import check_audio, check_clip, check_film
from litink.media.recoded import RECODED_VERSION, to_mov, to_webm
from litink.media.sound import AUDIOBOOK_LUFS, FILM_LUFS
from litink.media.timeline import Timeline
from litink.media.trailer import TRAILER_VERSION
from litink.production.context import Production
from litink.production.engines import Engines, Recipe
from litink.production.exports import records
from litink.production.exports.cutting import Cutting, cutting_of, of_chapter
from litink.production.exports.model import MEDIA_TYPES, AudiobookOrder, FilmLike, label_of
from litink.production.exports.records import OrderRecord
from litink.production.files import blob, require, scratch
from litink.production.film import FILM_VERSION, bridge, clip_recipe, clip_recipe_of, iso_639_2, made_by_of
from litink.production.names import COVER
from litink.production.timeline import timeline_of


def export_clips_recipe(_: Engines, __: str) -> Recipe:
    return {"version": PIECES_VERSION}


def exports_recipe(_: Engines, __: str) -> Recipe:
    return {
        "film": FILM_VERSION,
        "trailer": TRAILER_VERSION,
        "recoded": RECODED_VERSION,
        "audiobook": AUDIOBOOK_VERSION,
        "mp3": MP3_VERSION,
    }


_NOTHING = Timeline(title="", ratio="16:9", clips=(), chapters={})


@dataclass(frozen=True)
class _Films:
    """The orders of films, each as it is put together or with what stands in its way."""

    production: Production
    film: Timeline
    orders: Sequence[OrderRecord]

    @classmethod
    def of(cls, production: Production) -> _Films:
        with production.engine.begin() as connection:
            orders = records.orders_of(connection, production.record.id)
        return cls(production, timeline_of(production) if orders else _NOTHING, orders)

    def cut(self, order: FilmLike) -> Cutting | LitinkError:
        try:
            return cutting_of(self.production, order, self.film)
        except LitinkError as problem:
            return problem

    def rendered(self, cutting: Cutting) -> list[bool]:
        """Which pieces are not among the film's own clips."""
        own = clip_recipe(self.production)
        clips = self.production.done("clips")

        def ours(piece: Piece) -> bool:
            plain = piece.model_copy(update={"mark": ""}).plain
            return plain and clip_recipe_of(cutting.profile, piece.mark) == own and piece.clip.key in clips

        return [not ours(piece) for piece in cutting.pieces]


def _piece_key(order: str, number: int, piece: Piece) -> str:
    """Which order, where in it, of which clip: :mod:`litink.production.plan.follows` knows its sources by that."""
    return f"{order}/{number:03}/{piece.clip.key}"


# -- pieces ------------------------------------------------------------------------------------------------------------


def export_clips_tasks(production: Production) -> list[Task]:
    """An item for each piece that the film's own clips cannot serve for."""
    films = _Films.of(production)
    tasks: list[Task] = []
    for record in films.orders:
        if isinstance(record.order, AudiobookOrder):
            continue
        cutting = films.cut(record.order)
        if isinstance(cutting, LitinkError):
            continue  # told where the order itself is made
        for number, needed in enumerate(films.rendered(cutting)):
            if needed:
                tasks.append(_piece_task(production, record.key, number, cutting))
    return tasks


def _piece_task(production: Production, order: str, number: int, cutting: Cutting) -> Task:
    piece, profile, audio = cutting.pieces[number], cutting.profile, production.done("audio")
    drawn = {key: card for key, card in cutting.cards.items() if key in piece.clip.pictures()}
    heard = [line.id for line in piece.clip.lines if not line.missing]
    ratio = cutting.timeline.ratio

    def picture(key: str) -> bytes:
        if key not in drawn:
            return production.objects.get(key)
        words = drawn[key]
        painter = production.engines.local_painter
        return painter.title_card(words.heading, words.subtitle, ratio, seed=words.heading).data

    def make(_: Purpose) -> Made:
        with scratch(production, "piece.mp4") as out:
            render_piece(piece, picture, lambda key: production.objects.get(blob(audio, key)), out, profile)
            # Its place in the new film does not matter here, nor does how loud somebody wants it.
            spoken = piece.clip.model_copy(update={"frames": piece.frames, "lines": ()})
            require(check_clip(out, spoken, profile), f"The piece “{piece.clip.title}”")
        seconds = piece.frames / profile.fps
        meta = {"seconds": round(seconds, 4), "title": piece.clip.title}
        return Made(out, "video/mp4", meta, (Call("local", "ffmpeg", {"seconds": round(seconds, 3)}),))

    inputs = {
        "timeline": content_hash(piece.recipe()),
        "pictures": content_hash(piece.clip.pictures()),
        "audio": content_hash([blob(audio, key) for key in heard]),
    }
    if drawn:
        lettering = production.engines.local_picture_recipe()
        inputs["cards"] = content_hash([[c.heading, c.subtitle, ratio, lettering] for c in drawn.values()])
    recipe = {**export_clips_recipe(production.engines, production.tier), "profile": profile.recipe()}
    return Task("export_clips", _piece_key(order, number, piece), piece.clip.title, recipe, inputs, make)


# -- exports -----------------------------------------------------------------------------------------------------------


def exports_tasks(production: Production) -> list[Task]:
    """An item an order, the oldest first."""
    films = _Films.of(production)
    return [
        _audiobook_task(films, record, record.order)
        if isinstance(record.order, AudiobookOrder)
        else _film_task(films, record, record.order)
        for record in films.orders
    ]


def _recipe(production: Production, record: OrderRecord) -> Recipe:
    versions = exports_recipe(production.engines, production.tier)
    return {**versions, "order": dict(record.wanted)}


def _label(films: _Films, record: OrderRecord) -> str:
    chapter = getattr(record.order, "chapter", None)
    return label_of(record.order, films.film.chapters.get(chapter, chapter) if chapter else "")


def _impossible(films: _Films, record: OrderRecord, problem: LitinkError) -> Task:
    def make(_: Purpose) -> Made:
        raise problem

    inputs = {"problem": content_hash([problem.code, problem.message])}
    return Task("exports", record.key, _label(films, record), _recipe(films.production, record), inputs, make)


def _film_task(films: _Films, record: OrderRecord, order: FilmLike) -> Task:
    production = films.production
    cutting = films.cut(order)
    if isinstance(cutting, LitinkError):
        return _impossible(films, record, cutting)
    own, rendered = production.done("clips"), production.done("export_clips")
    sources = [
        rendered.get(_piece_key(record.key, number, piece)) if needed else own[piece.clip.key]
        for number, (piece, needed) in enumerate(zip(cutting.pieces, films.rendered(cutting), strict=True))
    ]
    cover = production.done("scene_images").get(COVER)
    cues = captions(cutting.timeline) if order.captions == "soft" else ()
    language, made_by = iso_639_2(production.record.language), made_by_of(production)
    # What somebody turned down is as loud as they want it, and a few lines may lie beside the loudness of the whole.
    lufs = FILM_LUFS if order.kind == "film" and order.chapter is None else None

    def make(_: Purpose) -> Made:
        with ExitStack() as files, scratch(production, f"film.{order.container}") as out:
            joined = files.enter_context(_beside(out, "joined.mp4")) if order.container != "mp4" else out
            join_film(
                [files.enter_context(_file(production, cutting, number, item)) for number, item in enumerate(sources)],
                cutting.timeline,
                joined,
                title=cutting.title,
                author=production.record.author,
                captions=cues,
                language=language,
                cover=production.objects.get(cover.blob_sha) if cover and cover.blob_sha else b"",
                comment=made_by,
            )
            if order.container == "mov":
                to_mov(joined, out)
            elif order.container == "webm":
                to_webm(joined, out, cues, language=language)
            require(
                check_film(out, cutting.timeline, captions=bool(cues), lufs=lufs, pieces=order.kind != "film"),
                f"“{cutting.title}”",
            )
        seconds = cutting.timeline.seconds
        absent = [piece for piece, item in zip(cutting.pieces, sources, strict=True) if item is None]
        meta = {
            "seconds": round(seconds, 4),
            "title": cutting.title,
            "width": cutting.profile.width,
            "height": cutting.profile.height,
            "chapters": [marker.model_dump(mode="json") for marker in cutting.timeline.markers],
            "missing": [one.model_dump(mode="json") for one in cutting.timeline.missing]
            + [{"kind": "clip", "scene": piece.clip.key, "item": piece.clip.title} for piece in absent],
            "made_by": made_by,
        }
        work = (Call("local", "ffmpeg", {"seconds": round(seconds, 3)}),)
        return Made(out, MEDIA_TYPES[order.container], meta, work)

    inputs = {
        "clips": content_hash([item.blob_sha if item else None for item in sources]),
        "words": content_hash(cues),
        "titles": content_hash(
            [cutting.title, production.record.author, language, [m.title for m in cutting.timeline.markers]]
        ),
        "cover": (cover.blob_sha if cover else None) or "",
        "made_by": content_hash(made_by),
    }
    return Task("exports", record.key, _label(films, record), _recipe(production, record), inputs, make)


@contextmanager
def _beside(out: Path, name: str) -> Iterator[Path]:
    """A file that is only needed until ``out`` is made."""
    path = out.with_name(f"{out.name}-{name}")
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _file(production: Production, cutting: Cutting, number: int, item: ItemRecord | None) -> Iterator[Path]:
    """A piece to be joined; in place of one that could not be made, a card that says so."""
    if item is None:
        with bridge(production, cutting.pieces[number], cutting.profile) as path:
            yield path
    else:
        with production.objects.as_file(item.blob_sha or "", ".mp4") as path:
            yield path


def _audiobook_task(films: _Films, record: OrderRecord, order: AudiobookOrder) -> Task:
    production = films.production
    try:
        title, timeline = of_chapter(films.film, order.chapter)
    except LitinkError as problem:
        return _impossible(films, record, problem)
    audio, book = production.done("audio"), production.record
    cover = production.done("scene_images").get(COVER)
    language = iso_639_2(book.language)

    def make(_: Purpose) -> Made:
        picture = production.objects.get(cover.blob_sha) if cover and cover.blob_sha else b""
        with scratch(production, f"audiobook.{order.container}") as out:
            write: Callable[..., float] = (
                partial(write_mp3, cover=picture, album=book.title)
                if order.container == "mp3"
                else partial(write_audiobook, cover=picture or None, language=language)
            )
            seconds = write(
                timeline, lambda key: production.objects.get(blob(audio, key)), out=out, title=title, author=book.author
            )
            require(check_audio(out, lufs=AUDIOBOOK_LUFS if order.chapter is None else None), f"“{title}”")
        meta = {"seconds": round(seconds, 4), "title": title}
        return Made(out, MEDIA_TYPES[order.container], meta, (Call("local", "ffmpeg", {"seconds": round(seconds, 3)}),))

    lines = [(clip.chapter, line) for clip in timeline.clips for line in clip.lines]
    inputs = {
        "audio": content_hash([[chapter, blob(audio, line.id)] for chapter, line in lines if not line.missing]),
        "timeline": content_hash([[line.start, line.end] for line in timeline.spoken()]),
        "titles": content_hash([title, book.title, book.author, language, [m.title for m in timeline.markers]]),
        "cover": (cover.blob_sha if cover else None) or "",
    }
    return Task("exports", record.key, _label(films, record), _recipe(production, record), inputs, make)
