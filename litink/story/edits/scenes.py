"""Edits of a chapter's scenes as they are drawn: the place, and what is to be seen in a shot."""

from __future__ import annotations

from litink.errors import Refused
from litink.story.edits.kinds import EditScene, SceneEdit
from litink.story.model import SceneDescription, Shot
from litink.story.settings import SETTINGS

Scenes = tuple[SceneDescription, ...]


def apply(scenes: Scenes, edit: SceneEdit) -> Scenes:
    """Raises Refused("edit-no-target") when its scene or shot is not there."""
    update = edit.set.given()
    if isinstance(edit, EditScene):
        scene = _scene(scenes, edit.scene)
        if "setting" in update:
            update["indoors"] = SETTINGS[update["setting"]].indoors
        if update.get("place", scene.place) != scene.place:
            update["location"] = ""  # it was found by what the place was called
        changed = scene.model_copy(update=update)
    else:
        scene, shot = _shot(scenes, edit.shot)
        changed_shot = shot.model_copy(update=update)
        changed = scene.model_copy(update={"shots": tuple(changed_shot if s is shot else s for s in scene.shots)})
    return tuple(changed if one is scene else one for one in scenes)


def described(scenes: Scenes, edit: SceneEdit) -> str:
    """What the edit does, for a person."""
    names = " and ".join(sorted(name.replace("_", " ") for name in edit.set.given()))
    if isinstance(edit, EditScene):
        return f"the pictures of “{_scene(scenes, edit.scene).title}”: {names} changed"
    scene, shot = _shot(scenes, edit.shot)
    return f"“{scene.title}”, picture {scene.shots.index(shot) + 1}: {names} changed"


def _scene(scenes: Scenes, id_: str) -> SceneDescription:
    for scene in scenes:
        if scene.id == id_:
            return scene
    raise Refused("edit-no-target", "The scene that it is about is not in the chapter as it stands now.")


def _shot(scenes: Scenes, id_: str) -> tuple[SceneDescription, Shot]:
    for scene in scenes:
        for shot in scene.shots:
            if shot.id == id_:
                return scene, shot
    raise Refused("edit-no-target", "The picture that it is about is not in the chapter as it stands now.")
