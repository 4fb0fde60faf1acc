"""The families in their order: what depends on what, which stage they run in. The asset graph is drawn from this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litink.generation.keys import content_hash
from litink.generation.model import Task
from litink.production import film, linking, lipsync, motion, music, pictures, read_along, sound, text
from litink.production.context import CROSS_REFERENCES, Production
from litink.production.engines import Engines
from litink.production.exports import families as exports
from litink.production.exports import queue
from litink.production.parts import Part
from litink.production.publish import publish_chapters, publish_passages
from litink.production.speaking import lips_are_bought
from litink.providers.catalogue import Task as CatalogueTask


@dataclass(frozen=True)
class Family:
    """An asset: its recipe for a tier (what decides the result besides the inputs), its items, and rows derived from
    them.

    ``upstream`` is everything that it may be made from. ``done_by``: what providers are asked for, where they are.
    ``parts``: the same tasks part by part, where there are thousands of them. ``bought``, for families of the last
    stage: whether a book pays for any of it; what is free there is not drawn up in plans. ``dispensable``: what builds
    on it goes on although nothing of it could be made.
    """

    name: str
    stage: str
    upstream: tuple[str, ...]
    recipe: Callable[[Engines, str], Mapping[str, Any]]
    tasks: Callable[[Production], list[Task]]
    publish: Callable[[Production], None] | None = None
    done_by: tuple[CatalogueTask, ...] = ()
    parts: Callable[[Production], list[Part]] | None = None
    bought: Callable[[Production], bool] | None = None
    dispensable: bool = False

    def recipes(self, engines: Engines) -> Mapping[str, Any]:
        """The recipe, or where tiers differ each one's."""
        each = {tier: dict(self.recipe(engines, tier)) for tier in engines.tiers}
        first, *others = each.values()
        return first if all(recipe == first for recipe in others) else each

    def code_version(self, engines: Engines) -> str:
        """A hash of the recipes: it changes when the asset would come out differently for somebody, never with a mere
        commit."""
        return content_hash(self.recipes(engines))[:16]


_ALL = (
    Family("chapters", "text", (), text.chapters_recipe, text.chapters_tasks, publish_chapters),
    Family(
        "passages",
        "text",
        ("chapters",),
        text.passages_recipe,
        text.passages_tasks,
        publish_passages,
        done_by=("embedding",),
    ),
    Family("characters", "text", ("chapters",), text.characters_recipe, text.characters_tasks, done_by=("cast",)),
    Family(
        CROSS_REFERENCES,
        "text",
        ("chapters", "passages"),
        linking.cross_references_recipe,
        linking.cross_references_tasks,
    ),
    Family(
        "plot_overview",
        "text",
        ("chapters", "characters", CROSS_REFERENCES),
        text.plot_recipe,
        text.plot_tasks,
        done_by=("plot",),
    ),
    Family(
        "scripts",
        "text",
        ("chapters", "characters", CROSS_REFERENCES, "plot_overview"),
        text.scripts_recipe,
        text.scripts_tasks,
        done_by=("script",),
        parts=text.scripts_parts,
    ),
    Family(
        "scenes",
        "text",
        ("scripts", "characters"),
        text.scenes_recipe,
        text.scenes_tasks,
        done_by=("scenes",),
        parts=text.scenes_parts,
    ),
    Family(
        "character_images",
        "pictures",
        ("characters", "scenes"),
        pictures.portraits_recipe,
        pictures.character_tasks,
        done_by=("portrait",),
    ),
    Family(
        "scene_images",
        "pictures",
        ("characters", "scenes", "character_images"),
        pictures.storyboard_recipe,
        pictures.scene_tasks,
        done_by=("scene_image", "cover"),
        parts=pictures.scene_parts,
    ),
    Family(
        "motion",
        "pictures",
        ("scripts", "scenes", "scene_images"),
        motion.motion_recipe,
        motion.motion_tasks,
        done_by=("motion",),
    ),
    Family("music", "pictures", ("scenes",), music.music_recipe, music.music_tasks, done_by=("music",)),
    Family(
        "audio",
        "voices",
        ("scripts", "characters"),
        sound.audio_recipe,
        sound.audio_tasks,
        done_by=("speech",),
        parts=sound.audio_parts,
    ),
    Family(
        "lipsync",
        "film",
        ("scripts", "scenes", "scene_images", "motion", "audio"),
        lipsync.lipsync_recipe,
        lipsync.lipsync_tasks,
        done_by=("lipsync",),
        bought=lips_are_bought,
        dispensable=True,
    ),
    Family(
        "clips",
        "film",
        ("scenes", "scene_images", "motion", "music", "audio", "lipsync"),
        film.clips_recipe,
        film.clips_tasks,
    ),
    Family(
        "film",
        "film",
        ("clips", "audio", "scene_images", "motion", "music", "lipsync"),
        film.film_recipe,
        film.film_tasks,
    ),
    Family("audiobook", "film", ("audio", "scene_images"), film.audiobook_recipe, film.audiobook_tasks),
    Family(
        "read_along",
        "film",
        ("scripts", "audio", "scene_images"),
        read_along.read_along_recipe,
        read_along.read_along_tasks,
    ),
)

_ASKED_FOR = (
    Family(
        "export_clips",
        queue.STAGE,
        ("plot_overview", "scripts", "clips", "audio", "scene_images", "motion", "music", "lipsync"),
        exports.export_clips_recipe,
        exports.export_clips_tasks,
    ),
    Family(
        "exports",
        queue.STAGE,
        ("export_clips", "clips", "audio", "scene_images", "motion", "music", "lipsync"),
        exports.exports_recipe,
        exports.exports_tasks,
    ),
)

# What every book is made into.
FAMILIES: Mapping[str, Family] = {family.name: family for family in _ALL}

# What is made besides where somebody asks for it; a book is ready without.
EXPORTS = queue.STAGE
ASKED_FOR: Mapping[str, Family] = {family.name: family for family in _ASKED_FOR}

STAGES: Mapping[str, tuple[str, ...]] = {
    stage: tuple(family.name for family in _ALL if family.stage == stage)
    for stage in dict.fromkeys(family.stage for family in _ALL)
}


def family_of(asset: str) -> Family | None:
    """The family of any asset of a book."""
    return FAMILIES.get(asset) or ASKED_FOR.get(asset)


def stages_before(stage: str) -> tuple[str, ...]:
    """The stages that must have run before this one: those of its families' upstream."""
    return tuple(
        dict.fromkeys(
            FAMILIES[name].stage
            for family in STAGES[stage]
            for name in FAMILIES[family].upstream
            if FAMILIES[name].stage != stage
        )
    )
