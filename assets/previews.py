"""What a person looks at in the Dagster UI: a table, a thumbnail, a link. One function an asset."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Sequence
from typing import Any

import cv2
import dagster as dg
import numpy as np

from litink.generation.records import ItemRecord
from litink.production.context import Production
from litink.production.read_along import READ_ALONG
from litink.production.sound import voices_of
from litink.story.model import Span

ROWS = 30
THUMBNAIL_WIDTH = 240
THUMBNAILS = 6


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.MetadataValue:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for number, row in enumerate(rows):
        if number == ROWS:
            lines.append("| … |" + " |" * (len(head) - 1))
            break
        lines.append("| " + " | ".join(_cell(value) for value in row) + " |")
    return dg.MetadataValue.md("\n".join(lines))


def _cell(value: object) -> str:
    """Text from a book stays text: no pipes, markup or line breaks of its own."""
    flat = " ".join(str(value).split())
    for mark in "\\`*_{}[]<>|":
        flat = flat.replace(mark, f"&#{ord(mark)};")
    return flat if len(flat) <= 160 else flat[:157] + "…"


def _thumbnails(production: Production, items: Sequence[ItemRecord]) -> dg.MetadataValue:
    """A strip of small pictures inside the metadata: nothing has to be served for it."""
    if not items:
        return dg.MetadataValue.md("no pictures")
    step = max(1, len(items) // THUMBNAILS)
    images = [_thumbnail(production.objects.get(item.blob_sha or "")) for item in items[::step][:THUMBNAILS]]
    return dg.MetadataValue.md(" ".join(f"![picture](data:image/jpeg;base64,{image})" for image in images))


def _thumbnail(png: bytes) -> str:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None  # the painter's own picture
    height = round(picture.shape[0] * THUMBNAIL_WIDTH / picture.shape[1])
    small = cv2.resize(picture, (THUMBNAIL_WIDTH, height), interpolation=cv2.INTER_AREA)
    return base64.b64encode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()).decode()


def _link(production: Production, path: str) -> dg.MetadataValue:
    address = os.environ.get("LITINK_API_ADDRESS", "http://127.0.0.1:8000")
    return dg.MetadataValue.url(f"{address}/api/v1/books/{production.record.id}/{path}")


def chapters(production: Production) -> dict[str, Any]:
    book = production.book
    rows = [(s.kind.value, s.number or "", s.title, s.word_count) for s in book.sections]
    return {
        "words": book.word_count,
        "chapters": len(book.chapters),
        "contents": _table(("kind", "no", "title", "words"), rows),
    }


def passages(production: Production) -> dict[str, Any]:
    return {"passages": sum(int(item.meta.get("passages", 0)) for item in production.items("passages"))}


def cross_references(production: Production) -> dict[str, Any]:
    texts = {section.key: section for section in production.chapters}

    def shown(span: Span) -> str:
        return f"{texts[span.chapter].title}: {texts[span.chapter].text[span.start : span.end]}"

    found = production.cross_references
    likest = sorted(found, key=lambda reference: -reference.score)
    rows = ((shown(r.passage), shown(r.earlier), ", ".join(r.shared), r.score) for r in likest)
    return {"references": len(found), "likest": _table(("passage", "comes back to", "both have", "likeness"), rows)}


def characters(production: Production) -> dict[str, Any]:
    cast = production.cast
    rows = [(c.name, c.importance, c.gender, c.age, c.quotation_count, ", ".join(c.aliases)) for c in cast.characters]
    known = sum(q.speaker is not None for q in cast.quotations)
    return {
        "characters": len(cast.characters),
        "quotations": len(cast.quotations),
        "quotations_with_speaker": known,
        "cast": _table(("name", "importance", "gender", "age", "quotations", "also called"), rows),
    }


def plot(production: Production) -> dict[str, Any]:
    found = production.plot
    return {"logline": _cell(found.logline.text), "themes": len(found.themes), "source": found.source}


def scripts(production: Production) -> dict[str, Any]:
    rows = [
        (script.title, scene.title, scene.place, scene.time_of_day, scene.mood, len(scene.lines))
        for script in production.scripts.values()
        for scene in script.scenes
    ]
    return {
        "scenes": len(rows),
        "lines": sum(int(row[-1]) for row in rows),
        "outline": _table(("chapter", "scene", "place", "time", "mood", "lines"), rows),
    }


def scenes(production: Production) -> dict[str, Any]:
    found = [scene for scenes in production.scenes.values() for scene in scenes]
    rows = [(s.title, s.setting, s.time_of_day, s.weather, s.mood, len(s.shots)) for s in found]
    return {
        "shots": sum(len(scene.shots) for scene in found),
        "overview": _table(("scene", "setting", "time", "weather", "mood", "shots"), rows),
    }


def portraits(production: Production) -> dict[str, Any]:
    done = list(production.done("character_images").values())
    return {"portraits": _thumbnails(production, done)}


def storyboard(production: Production) -> dict[str, Any]:
    done = list(production.done("scene_images").values())
    return {"pictures": len(done), "storyboard": _thumbnails(production, done)}


def motion(production: Production) -> dict[str, Any]:
    done = production.done("motion").values()
    if production.engines.animator_recipe(production.tier) is None:
        return {"animator": "none: the camera moves over the pictures"}
    return {"videos": len(done), "minutes": round(sum(float(item.meta["seconds"]) for item in done) / 60, 2)}


def music(production: Production) -> dict[str, Any]:
    done = production.done("music").values()
    rows = [(item.label, item.meta["seconds"], item.meta["made_by"]) for item in done]
    return {"beds": len(rows), "what": _table(("bed", "seconds", "made by"), rows)}


def audio(production: Production) -> dict[str, Any]:
    done = production.done("audio").values()
    names = {id_: character.name for id_, character in production.characters.items()}
    rows = [(names.get(id_, id_), voice) for id_, voice in voices_of(production).characters.items()]
    return {
        "minutes": round(sum(float(item.meta["seconds"]) for item in done) / 60, 2),
        "words": sum(len(item.meta["words"]) for item in done),
        "voices": _table(("character", "voice"), rows),
    }


def lipsync(production: Production) -> dict[str, Any]:
    done = production.done("lipsync").values()
    videos = sum(item.media_type == "video/mp4" for item in done)
    return {"mouths": sum(int(item.meta.get("mouths", 0)) for item in done), "videos": videos}


def clips(production: Production) -> dict[str, Any]:
    done = production.done("clips").values()
    return {"minutes": round(sum(float(item.meta["seconds"]) for item in done) / 60, 2)}


def film(production: Production) -> dict[str, Any]:
    return _finished(production, "film", "film.mp4")


def audiobook(production: Production) -> dict[str, Any]:
    return _finished(production, "audiobook", "audiobook.m4b")


def read_along(production: Production) -> dict[str, Any]:
    item = production.done("read_along")[READ_ALONG]
    return {
        "minutes": round(float(item.meta["seconds"]) / 60, 2),
        "megabytes": round((item.bytes or 0) / 1e6, 2),
        "read": _link(production, READ_ALONG),
    }


def export_clips(production: Production) -> dict[str, Any]:
    done = production.done("export_clips").values()
    return {"minutes": round(sum(float(item.meta["seconds"]) for item in done) / 60, 2)}


def exports(production: Production) -> dict[str, Any]:
    rows = [
        (item.label, item.state, item.meta.get("seconds", ""), round((item.bytes or 0) / 1e6, 2))
        for item in production.items("exports")
    ]
    return {"ordered": _table(("what", "state", "seconds", "megabytes"), rows)}


def _finished(production: Production, asset: str, key: str) -> dict[str, Any]:
    item = production.done(asset)[key]
    return {
        "minutes": round(float(item.meta["seconds"]) / 60, 2),
        "megabytes": round((item.bytes or 0) / 1e6, 2),
        "watch" if asset == "film" else "listen": _link(production, asset),
    }
