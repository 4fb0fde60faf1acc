"""A finished book as files in a folder."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from litink.generation.ledger import costs_of
from litink.generation.records import ItemRecord
from litink.library import repository
from litink.production.context import Production
from litink.production.plan.follows import Name
from litink.production.provenance import BookProvenance
from litink.production.sound import voices_of

FILES = {
    "film": ("film", "film.mp4"),
    "audiobook": ("audiobook", "audiobook.m4b"),
    "read_along": ("read_along", "read-along.epub"),
    "captions": ("film", "captions.vtt"),
    "captions_srt": ("film", "captions.srt"),
    "captions_ass": ("film", "captions.ass"),
}
_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}


def export_book(production: Production, folder: Path) -> dict[str, Any]:
    """Write film, audiobook, captions, storyboard, ``book.json``, ``costs.json`` and ``manifest.json``, which says
    where each file comes from; returns where they are, and totals.

    Each file appears whole or not at all; pictures of an earlier export that are no longer wanted are removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, Any] = {}
    files: dict[str, Name] = {}
    for name, (asset, key) in FILES.items():
        item = production.done(asset).get(key)
        if item is not None:
            written[name] = str(_copy(production, item, folder / key))
            files[key] = (asset, key)
    storyboard = folder / "storyboard"
    wanted = {}
    for position, item in enumerate(production.done("scene_images").values(), start=1):
        wanted[f"{position:03d}-{_file_name(item.key)}{_SUFFIXES.get(item.media_type or '', '')}"] = item
    storyboard.mkdir(exist_ok=True)
    for stale in storyboard.glob("[0-9][0-9][0-9]-*"):
        if stale.name not in wanted:
            stale.unlink()
    for name, item in wanted.items():
        _copy(production, item, storyboard / name)
        files[f"{storyboard.name}/{name}"] = ("scene_images", item.key)
    costs = costs_report(production)
    written |= {
        "storyboard": str(storyboard),
        "book": str(_write(folder / "book.json", understood(production))),
        "costs": str(_write(folder / "costs.json", costs)),
        "manifest": str(_write(folder / "manifest.json", manifest(production, files))),
        "cost_usd": costs["cost_usd"],
        "calls": costs["this_run"]["calls"],
        "cache_hits": costs["this_run"]["cache_hits"],
        "items_failed": costs["this_run"]["items_failed"],
    }
    return written


def manifest(production: Production, files: Mapping[str, Name]) -> dict[str, Any]:
    """Where files come from. ``files``: names in the folder to items.

    Each file has its own provenance; ``items`` are all that they rest on, by `asset/key`, down to the reading.
    """
    book, record = BookProvenance(production), production.record
    told: dict[str, Any] = {}
    for name, item in files.items():
        found = book.of(*item)
        told[name] = {"name": name, "sha256": found.sha256, "media_type": found.media_type, "bytes": found.bytes}
        told[name]["provenance"] = found.model_dump(mode="json", exclude={"sha256", "media_type", "bytes"})
    return {
        "book": {"id": str(record.id), "title": record.title, "author": record.author},
        "source": {"filename": record.filename, "sha256": record.source_sha, "bytes": record.source_bytes},
        "files": list(told.values()),
        "items": book.resting(files.values()),
    }


def understood(production: Production) -> dict[str, Any]:
    """Everything understood about the book: structure, cast, places, things, quotations, plot, scripts, scenes."""
    book = production.book
    return {
        "title": book.title,
        "author": book.author,
        "language": book.language,
        "format": book.format,
        "sections": [section.model_dump(mode="json") for section in book.sections],
        "warnings": [warning.model_dump(mode="json") for warning in book.warnings],
        "plot": production.plot.model_dump(mode="json"),
        "characters": [character.model_dump(mode="json") for character in production.cast.characters],
        "locations": [place.model_dump(mode="json") for place in production.cast.entities if place.kind == "location"],
        "objects": [thing.model_dump(mode="json") for thing in production.cast.entities if thing.kind == "object"],
        "voices": dict(voices_of(production).characters),
        "quotations": [quotation.model_dump(mode="json") for quotation in production.cast.quotations],
        "scripts": [script.model_dump(mode="json") for script in production.scripts.values()],
        "scenes": [scene.model_dump(mode="json") for scenes in production.scenes.values() for scene in scenes],
    }


def costs_report(production: Production) -> dict[str, Any]:
    """What this book cost: over its life by asset, provider and model, and what the newest run did."""
    with production.engine.begin() as connection:
        rows = costs_of(connection, production.record.id)
        states = repository.assets_of(connection, production.record.id)
    calls = [
        {**row, "cost_usd": float(row["cost_usd"]), "seconds": float(row["seconds"]), "calls": int(row["calls"])}
        for row in rows
    ]
    return {
        "cost_usd": sum(row["cost_usd"] for row in calls),
        "calls": calls,
        "this_run": {
            "cost_usd": float(sum(state.cost_usd for state in states.values())),
            "calls": sum(state.calls for state in states.values()),
            "cache_hits": sum(state.cache_hits for state in states.values()),
            "items_failed": sum(state.items_failed for state in states.values()),
            "seconds": float(sum(state.seconds for state in states.values())),
            "assets": {
                name: {"calls": state.calls, "cache_hits": state.cache_hits, "seconds": float(state.seconds)}
                for name, state in states.items()
            },
        },
    }


def _copy(production: Production, item: ItemRecord, target: Path) -> Path:
    assert item.blob_sha is not None
    beside = target.with_name(f".{target.name}.part")
    with production.objects.as_file(item.blob_sha) as source:
        shutil.copyfile(source, beside)
    beside.replace(target)
    return target


def _write(target: Path, value: Any) -> Path:
    beside = target.with_name(f".{target.name}.part")
    beside.write_text(json.dumps(value, ensure_ascii=False, indent=2), encoding="utf-8")
    beside.replace(target)
    return target


def _file_name(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "_", key)[:80]
