"""The family that lies under the voices: a bed for each kind of scene, where the book's options ask for one.

Ambience is made here, a bed for equal places, weather, hours and moods. Composed music is a provider's, a piece a mood,
so that a long book needs no more of them than there are moods; where no model delivers, the mood's pad stands in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litink.errors import Exhausted
from litink.generation.keys import content_hash
from litink.generation.model import Call, Made, Purpose, StandIn, Task
from litink.media import beds
from litink.media.ambience import scenes as ambience
from litink.media.ambience.loop import RATE, SECONDS
from litink.media.sound import resample
from litink.production.context import Production
from litink.production.credits import Credits, stood_in
from litink.production.engines import Engines, Recipe
from litink.production.names import AMBIENCE
from litink.production.paid.music import music_prompt
from litink.story.model import Mood, SceneDescription

FINISH_VERSION = 1  # raised when litink.media.beds stores loops differently
_FINISH = {"version": FINISH_VERSION, "lufs": beds.STORED_LUFS}


@dataclass(frozen=True)
class Bed:
    """``layers`` are what is made here; ``mood`` what music is composed for, None for ambience."""

    key: str
    label: str
    layers: tuple[str, ...]
    mood: Mood | None = None


def music_recipe(engines: Engines, tier: str) -> Recipe:
    composed = engines.composer_recipe(tier)
    return {"ambience": _ambience_recipe(), **({"composed": composed} if composed else {})}


def beds_of(production: Production) -> Mapping[str, Bed]:
    """The bed of each scene, by SceneDescription.id; none where the book's options ask for none."""
    wish = production.options.music
    if wish == "none":
        return {}
    composes = wish == "composed" and production.engines.composer_recipe(production.tier) is not None
    described = [scene for scenes in production.scenes.values() for scene in scenes]
    return {scene.id: _composed(scene) if composes else _ambience(scene) for scene in described}


def music_tasks(production: Production) -> list[Task]:
    """An item a bed, in the order in which they are first heard."""
    each = {bed.key: bed for bed in beds_of(production).values()}
    return [_composed_task(production, bed) if bed.mood else _ambience_task(bed) for bed in each.values()]


def _ambience(scene: SceneDescription) -> Bed:
    layers = ambience.layers_of(scene)
    return Bed(f"{AMBIENCE}{'.'.join(layers)}", ", ".join(_called(name) for name in layers), layers)


def _composed(scene: SceneDescription) -> Bed:
    pad = ambience.layers_of(scene)[-1]
    return Bed(f"score-{scene.mood}", f"music, {scene.mood}", (pad,), scene.mood)


def _called(layer: str) -> str:
    return layer.removeprefix("pad-").replace("-", " ")


def _ambience_recipe() -> dict[str, Any]:
    return {**ambience.recipe(), "finish": _FINISH}


def _ambience_task(bed: Bed) -> Task:
    def make(_: Purpose) -> Made:
        loop = ambience.ambience(bed.layers)
        meta = {"seconds": float(SECONDS), "layers": list(bed.layers), **Credits().meta("composed")}
        work = (Call("local", "ambience", {"seconds": float(SECONDS)}),)
        return Made(beds.stored(loop, RATE), "audio/flac", meta, work)

    return Task("music", bed.key, bed.label, _ambience_recipe(), {"layers": content_hash(bed.layers)}, make)


def _composed_task(production: Production, bed: Bed) -> Task:
    engines, tier = production.engines, production.tier
    assert bed.mood is not None
    prompt = music_prompt(bed.mood)

    def make(purpose: Purpose) -> Made:
        credits = Credits()
        samples, rate = engines.composer_for(purpose, credits).compose(prompt)
        loop = beds.looped(resample(samples, rate, RATE), RATE)
        meta = {"seconds": round(len(loop) / RATE, 3), **credits.meta("composed")}
        return Made(beds.stored(loop, RATE), "audio/flac", meta)

    def told(error: Exhausted) -> Mapping[str, Any]:
        return stood_in(error, by="composed on this machine, in place of a model")

    recipe = {**(engines.composer_recipe(tier) or {}), "finish": _FINISH}
    inputs = {"prompt": content_hash(prompt)}
    return Task("music", bed.key, bed.label, recipe, inputs, make, stand_in=StandIn(lambda: _ambience_task(bed), told))
