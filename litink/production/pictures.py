"""The families that are seen and do not move: portraits, the storyboard, cards, the cover."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from litink.generation.keys import content_hash
from litink.generation.model import Call, Made, Task
from litink.production.context import Production
from litink.production.engines import Engines
from litink.providers.base import Picture
from litink.story.model import Character, SceneDescription, Shot

COVER, TITLE = "cover", "title"


def card_key(chapter: str) -> str:
    return f"card-{chapter}"


def painter_recipe(engines: Engines) -> dict[str, object]:
    return dict(engines.painter_recipe())


def _made(picture: Picture, engines: Engines, caption: str) -> Made:
    recipe = engines.painter_recipe()
    return Made(
        data=picture.data,
        media_type=picture.media_type,
        meta={"width": picture.width, "height": picture.height, "caption": caption},
        calls=(Call("local", str(recipe["engine"]), {"pictures": 1}),),
    )


def visible(character: Character) -> Character:
    """What of a character a picture can show; nothing else may make a picture stale."""
    return Character(
        id=character.id,
        name=character.name,
        kind=character.kind,
        gender=character.gender,
        age=character.age,
        look=character.look,
    )


def appearing(production: Production) -> list[Character]:
    """Everyone who stands in a picture of the chosen chapters, in order of appearance."""
    ids = dict.fromkeys(
        figure.character
        for scenes in production.scenes.values()
        for scene in scenes
        for shot in scene.shots
        for figure in shot.figures
    )
    return [production.characters[id_] for id_ in ids if id_ in production.characters]


def character_tasks(production: Production) -> list[Task]:
    engines = production.engines
    recipe = painter_recipe(engines)

    def task(character: Character) -> Task:
        shown = visible(character)
        return Task(
            "character_images",
            character.id,
            character.name,
            recipe,
            {"character": content_hash(shown)},
            lambda: _made(engines.painter.portrait(shown), engines, character.name),
        )

    return [task(character) for character in appearing(production)]


def scene_tasks(production: Production) -> list[Task]:
    """A picture a shot in the order of the film, behind the title card and the chapters' cards; the cover last."""
    engines, record, ratio = production.engines, production.record, production.options.ratio
    recipe = painter_recipe(engines)
    everyone = {id_: visible(character) for id_, character in production.characters.items()}

    def card(key: str, label: str, inputs: Mapping[str, object], paint: Callable[[], Picture]) -> Task:
        hashes = {name: content_hash(value) for name, value in inputs.items()}
        return Task("scene_images", key, label, recipe, hashes, lambda: _made(paint(), engines, label))

    def shot_task(scene: SceneDescription, shot: Shot) -> Task:
        cast = {f.character: everyone[f.character] for f in shot.figures if f.character in everyone}
        bare_scene = scene.model_copy(update={"id": "", "shots": (), "evidence": (), "number": 0, "chapter": ""})
        # Its number alone: it tells the shots of a scene apart wherever the scene stands.
        bare_shot = shot.model_copy(update={"id": shot.id.rpartition("-")[2], "lines": ()})
        return Task(
            "scene_images",
            shot.id,
            f"{scene.title} · {shot.size.replace('_', ' ')}",
            recipe,
            {
                "scene": content_hash(bare_scene),
                "shot": content_hash(bare_shot),
                "characters": content_hash(cast),
                "ratio": content_hash(ratio),
            },
            lambda: _made(engines.painter.scene(bare_scene, bare_shot, cast, ratio), engines, shot.prompt),
        )

    title, author = record.title, record.author
    tasks = [
        card(
            TITLE,
            "title card",
            {"title": title, "author": author, "ratio": ratio},
            lambda: engines.painter.title_card(title, author, ratio, seed=title),
        )
    ]
    for chapter in production.chapters:
        if chapter.key not in production.scenes:
            continue
        heading, subtitle = chapter.title, " · ".join(chapter.path)
        tasks.append(
            card(
                card_key(chapter.key),
                f"card: {heading}",
                {"title": heading, "path": subtitle, "ratio": ratio},
                lambda heading=heading, subtitle=subtitle: engines.painter.title_card(  # type: ignore[misc]
                    heading, subtitle, ratio, seed=title
                ),
            )
        )
        tasks += [shot_task(scene, shot) for scene in production.scenes[chapter.key] for shot in scene.shots]
    tasks.append(
        card(
            COVER, "cover", {"title": title, "author": author}, lambda: engines.painter.cover(title, author, seed=title)
        )
    )
    return tasks
