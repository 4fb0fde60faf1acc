"""The family that is read and heard at once: the book as an EPUB whose text is highlighted as it is read aloud."""

from __future__ import annotations

from litink.generation.keys import content_hash
from litink.generation.model import Call, Made, Purpose, Task
from litink.media.read_along.package import READ_ALONG_VERSION, About, Chapter, write_read_along
from litink.media.read_along.page import Mark
from litink.production.context import Production
from litink.production.engines import Engines, Recipe
from litink.production.files import blob, scratch
from litink.production.names import COVER, line_key
from litink.production.timeline import timeline_of

READ_ALONG = "read-along.epub"
_SHOWN = {"title", "text", "blocks"}  # of a chapter


def read_along_recipe(_: Engines, __: str) -> Recipe:
    return {"version": READ_ALONG_VERSION}


def read_along_tasks(production: Production) -> list[Task]:
    timeline = timeline_of(production)
    audio = production.done("audio")
    cover = production.done("scene_images").get(COVER)
    record = production.record
    chapters = [Chapter(chapter, _marks(production, chapter.key)) for chapter in production.chapters]
    lines = [line for clip in timeline.clips for line in clip.lines if not line.missing]

    def make(_: Purpose) -> Made:
        about = About(
            identifier=record.id,
            title=record.title,
            author=record.author,
            language=record.language,
            modified=max(audio[line.id].updated_at for line in lines) if lines else record.created_at,
            cover=production.objects.get(cover.blob_sha) if cover and cover.blob_sha else b"",
        )
        with scratch(production, READ_ALONG) as out:
            seconds = write_read_along(
                about, chapters, timeline, lambda key: production.objects.get(blob(audio, key)), out
            )
        meta = {"seconds": round(seconds, 3), "chapters": len(chapters)}
        return Made(out, "application/epub+zip", meta, (Call("local", "ffmpeg", {"seconds": round(seconds, 3)}),))

    inputs = {
        "book": content_hash([c.section.model_dump(mode="json", include=_SHOWN) for c in chapters]),
        "script": content_hash([[mark.line, mark.start, mark.end, mark.said] for c in chapters for mark in c.marks]),
        "audio": content_hash([[line.id, blob(audio, line.id)] for line in lines]),
        "timeline": content_hash([[line.start, line.end, line.line.gain] for line in timeline.spoken()]),
        "titles": content_hash([record.title, record.author, record.language]),
        "cover": (cover.blob_sha if cover else None) or "",
    }
    recipe = read_along_recipe(production.engines, production.tier)
    return [Task("read_along", READ_ALONG, "the book to read along", recipe, inputs, make)]


def _marks(production: Production, chapter: str) -> tuple[Mark, ...]:
    script = production.scripts.get(chapter)
    return tuple(
        Mark(line_key(chapter, line.id), line.start, line.end, line.text if line.by_person else None)
        for scene in (script.scenes if script else ())
        for line in scene.lines
    )
