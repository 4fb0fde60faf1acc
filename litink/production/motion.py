"""The family of pictures that move: a video for one shot of each scene, where the book's options ask for clips and a
provider makes them."""

from __future__ import annotations

from litink.generation.keys import content_hash
from litink.generation.model import Made, Purpose, Task
from litink.generation.records import ItemRecord
from litink.media.probe import probe
from litink.production.context import Production
from litink.production.credits import Credits
from litink.production.engines import Engines, Recipe
from litink.production.paid.prompts import motion_prompt
from litink.providers.base import Picture
from litink.story.model import SceneDescription, Script, Shot

_SECONDS_A_CHARACTER = 0.065  # of speech, English narration at about 160 words a minute
_SLOWED = 1.2  # a video may play this much slower without being noticed: a shorter one is cheaper


def motion_recipe(engines: Engines, tier: str) -> Recipe:
    return engines.animator_recipe(tier) or {"engine": "none"}


def moving_shot(scene: SceneDescription) -> Shot:
    """The one shot of a scene that is set in motion: its first wide one, or its first."""
    return next((shot for shot in scene.shots if shot.size == "wide"), scene.shots[0])


def motion_tasks(production: Production) -> list[Task]:
    """An item a scene whose picture has been drawn; none where the camera moves over the pictures: unless the book's
    options ask for clips, and where nobody animates."""
    engines, tier = production.engines, production.tier
    recipe = engines.animator_recipe(tier)
    if recipe is None or production.options.motion == "stills":
        return []
    pictures, ratio = production.done("scene_images"), production.options.ratio

    def task(script: Script | None, scene: SceneDescription) -> Task:
        shot = moving_shot(scene)
        picture, prompt = pictures[shot.id], motion_prompt(shot)
        seconds = engines.motion_seconds(tier, _length_of(script, shot))
        inputs = {
            "picture": picture.blob_sha or "",
            "prompt": content_hash(prompt),
            "seconds": content_hash(seconds),
            "ratio": content_hash(ratio),
        }

        def make(purpose: Purpose) -> Made:
            credits = Credits()
            animator = engines.animator_for(purpose, credits)
            video = animator.animate(_picture(production, picture), prompt, seconds, ratio)
            facts = probe(video)
            return Made(video, "video/mp4", {"seconds": round(facts.seconds, 3), **credits.meta("animated")})

        return Task("motion", scene.id, f"{scene.title} · in motion", recipe, inputs, make)

    return [
        task(production.scripts.get(chapter), scene)
        for chapter, scenes in production.scenes.items()
        for scene in scenes
        if scene.shots and moving_shot(scene).id in pictures
    ]


def _length_of(script: Script | None, shot: Shot) -> float:
    """Seconds that the shot may need to be seen in motion, guessed from what is said in it."""
    lines = [line for scene in script.scenes for line in scene.lines if line.id in shot.lines] if script else []
    return sum(len(line.text) for line in lines) * _SECONDS_A_CHARACTER / _SLOWED


def _picture(production: Production, item: ItemRecord) -> Picture:
    data = production.objects.get(item.blob_sha or "")
    return Picture(data, item.media_type or "", int(item.meta["width"]), int(item.meta["height"]))
