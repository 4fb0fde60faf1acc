"""Which items may change when others are made anew: what each item is made from, by name. Pure; no content is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from litink.production.motion import moving_shot
from litink.production.names import COVER, chapter_of, lines_of, scene_of_shot
from litink.story.model import SceneDescription, Script

Name = tuple[str, str]  # asset and key of an item
_Word = tuple[str, ...]  # what changes with an item: "scenes of chapter c1", or "scenes" anywhere


@dataclass(frozen=True)
class Links:
    """What of a book's story decides who depends on whom."""

    people: Mapping[str, frozenset[str]]  # Shot.id to those in the picture, where portraits are followed
    moving: Mapping[str, str]  # SceneDescription.id to the shot that is set in motion
    scenes_of_lines: Mapping[str, str]  # line key to ScriptScene.id
    beds: Mapping[str, str]  # SceneDescription.id to the bed under its voices, where there is one
    first: str | None  # the chapter whose first scene stands behind the cover's title


def links_of(
    scripts: Mapping[str, Script],
    scenes: Mapping[str, Iterable[SceneDescription]],
    beds: Mapping[str, str],
    *,
    follows_portraits: bool,
) -> Links:
    """``beds``: as :class:`Links` has them."""
    described = [scene for found in scenes.values() for scene in found]
    return Links(
        people={
            shot.id: frozenset(figure.character for figure in shot.figures)
            for scene in described
            for shot in scene.shots
        }
        if follows_portraits
        else {},
        moving={scene.id: moving_shot(scene).id for scene in described if scene.shots},
        scenes_of_lines={key: scene.id for key, scene, _ in lines_of(scripts)},
        beds=beds,
        first=next((chapter for chapter, found in scenes.items() if tuple(found)), None),
    )


def followers(names: Iterable[Name], redone: Iterable[Name], links: Links) -> dict[Name, list[str]]:
    """Those of ``names``, in the order of the graph, that may come out otherwise than can be told now when ``redone``
    are made anew, some of which may be among them; with the assets before them that change."""
    changed = {word for name in set(redone) for word in _changes(*name, links)}
    found: dict[Name, list[str]] = {}
    if not changed:
        return found
    for name in names:
        if before := changed & _made_from(*name, links):
            found[name] = sorted({word[0] for word in before})
            changed |= _changes(*name, links)
    return found


def sources(names: Iterable[Name], links: Links) -> dict[Name, list[Name]]:
    """For each of ``names``, those of them that it is made from, without what these are made from in turn."""
    known = list(names)
    by_word: dict[_Word, list[Name]] = {}
    for name in known:
        for word in _changes(*name, links):
            by_word.setdefault(word, []).append(name)
    return {
        name: list(dict.fromkeys(one for word in sorted(_made_from(*name, links)) for one in by_word.get(word, ())))
        for name in known
    }


def _changes(asset: str, key: str, links: Links) -> set[_Word]:
    """What is another one when this item is."""
    scene = _scene(asset, key, links)
    return {(asset,), (asset, chapter_of(asset, key) or ""), (asset, "scene", scene), (asset, "item", key)}


def _scene(asset: str, key: str, links: Links) -> str:
    if asset == "audio":
        return links.scenes_of_lines.get(key, "")
    if asset == "export_clips":
        return key.partition("/")[0]  # its order, which alone goes by it
    return scene_of_shot(key) if asset == "scene_images" else key


def _made_from(asset: str, key: str, links: Links) -> set[_Word]:
    chapter = chapter_of(asset, key) or ""
    book: set[_Word] = {("chapters",)}
    match asset:
        case "chapters":
            return set()
        case "passages" | "characters":
            return book
        case "cross_references":
            return book | {("passages",)}
        case "plot_overview":
            return book | {("characters",), ("cross_references",)}
        case "character_images":  # scenes decide who is drawn, not how
            return book | {("characters",)}
        case "scripts":
            return book | {("characters",), ("cross_references",), ("plot_overview",)}
        case "scenes":
            return book | {("characters",), ("scripts", chapter)}
        case "scene_images" if key == COVER:
            return book | {("scenes", links.first or "")}
        case "scene_images" if scene_of_shot(key) in links.moving:
            portraits: set[_Word] = {("character_images", "item", one) for one in links.people.get(key, ())}
            return book | portraits | {("characters",), ("scenes", chapter)}
        case "scene_images":
            return book | {("scenes", chapter)}
        case "motion":
            shot = links.moving.get(key, "")
            return book | {("scripts", chapter), ("scenes", chapter), ("scene_images", "item", shot)}
        case "music":  # scenes decide which beds there are, not how one sounds
            return set()
        case "audio":
            return book | {("characters",), ("scripts", chapter)}
        case "lipsync":
            near: set[_Word] = {(asset, "scene", key) for asset in ("scene_images", "motion", "audio")}
            return book | near | {("characters",), ("scripts", chapter), ("scenes", chapter)}
        case "clips":
            parts: set[_Word] = {(asset, "scene", key) for asset in ("scene_images", "motion", "audio", "lipsync")}
            if key in links.beds:
                parts.add(("music", "item", links.beds[key]))
            return book | parts | {("characters",), ("scripts", chapter), ("scenes", chapter)}
        case "export_clips":
            return _made_from("clips", key.rpartition("/")[2], links)
        case "exports" if key.startswith("audiobook-"):
            return book | {("audio",), ("scripts",), ("scene_images", "item", COVER)}
        case "exports":
            return book | {("export_clips", "scene", key), ("clips",), ("scene_images", "item", COVER)}
        case "film":
            lacking: set[_Word] = {("motion",), ("music",), ("lipsync",)}
            return book | lacking | {("clips",), ("audio",), ("scene_images", "item", COVER)}
        case _:
            return book | {("audio",), ("scripts",), ("scene_images", "item", COVER)}
