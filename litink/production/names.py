"""What the items of a book are called, and where they belong by their name alone. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from litink.media.timeline import CHAPTER_CLIP
from litink.story.model import Line, Script, ScriptScene

COVER, TITLE = "cover", "title"
AMBIENCE = "ambience-"  # beds that are always made here

_BY_CHAPTER = frozenset({"passages", "scripts", "scenes"})
_CARD = "card-"


def card_key(chapter: str) -> str:
    """The picture of a chapter's card."""
    return f"{_CARD}{chapter}"


def line_key(chapter: str, line: str) -> str:
    """The speech of a line, by Line.id."""
    return f"{chapter}/{line}"


def lines_of(scripts: Mapping[str, Script]) -> Iterator[tuple[str, ScriptScene, Line]]:
    """Every line of the book in its order, by the key of its speech, with its scene. ``scripts`` by chapter."""
    for chapter, script in scripts.items():
        for scene in script.scenes:
            for line in scene.lines:
                yield line_key(chapter, line.id), scene, line


def scene_of_shot(shot: str) -> str:
    """Shots are called "<scene id>-1"."""
    return shot.rpartition("-")[0]


def chapter_of_scene(scene: str) -> str:
    """Scenes are called "<chapter key>-s1"."""
    return scene.rpartition("-s")[0]


def card_of_clip(clip: str) -> str | None:
    """The picture that a card's clip shows; None for the clip of a scene."""
    if clip == TITLE:
        return TITLE
    return card_key(clip.removeprefix(CHAPTER_CLIP)) if clip.startswith(CHAPTER_CLIP) else None


def chapter_of(asset: str, key: str) -> str | None:
    """The key of the chapter that an item belongs to; None for what belongs to the whole book."""
    if asset in _BY_CHAPTER:
        return key
    if asset == "export_clips":
        return chapter_of("clips", key.rpartition("/")[2])
    if asset == "audio":
        return key.partition("/")[0]
    if asset == "scene_images" and key.startswith(_CARD):
        return key.removeprefix(_CARD)
    if asset == "clips" and key.startswith(CHAPTER_CLIP):
        return key.removeprefix(CHAPTER_CLIP)
    if asset == "scene_images" and key not in (TITLE, COVER):
        return chapter_of_scene(scene_of_shot(key)) or None
    if asset in ("motion", "lipsync", "clips"):
        return chapter_of_scene(key) or None
    return None
