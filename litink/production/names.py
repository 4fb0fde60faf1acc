"""Where an item belongs: its chapter, its scene, by its name alone. Pure."""

from __future__ import annotations

from litink.production.pictures import COVER, TITLE

_BY_CHAPTER = frozenset({"passages", "scripts", "scenes"})
_CARD_PICTURE, _CARD_CLIP = "card-", "chapter:"


def scene_of_shot(shot: str) -> str:
    """Shots are called "<scene id>-1"."""
    return shot.rpartition("-")[0]


def chapter_of_scene(scene: str) -> str:
    """Scenes are called "<chapter key>-s1"."""
    return scene.rpartition("-s")[0]


def chapter_of(asset: str, key: str) -> str | None:
    """The key of the chapter that an item belongs to; None for what belongs to the whole book."""
    if asset in _BY_CHAPTER:
        return key
    if asset == "audio":
        return key.partition("/")[0]
    if asset == "scene_images" and key.startswith(_CARD_PICTURE):
        return key.removeprefix(_CARD_PICTURE)
    if asset == "clips" and key.startswith(_CARD_CLIP):
        return key.removeprefix(_CARD_CLIP)
    if asset == "scene_images" and key not in (TITLE, COVER):
        return chapter_of_scene(scene_of_shot(key)) or None
    if asset in ("motion", "clips"):
        return chapter_of_scene(key) or None
    return None
