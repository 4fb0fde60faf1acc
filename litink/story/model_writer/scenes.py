"""What is to be seen in each shot, in words for a painter. Which shots there are, which lines they stand for and who is
in them stays as the rules made it."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from litink.books.model import Section
from litink.providers.base import Chat, Question
from litink.story.model import Cast, SceneDescription, Script, Shot
from litink.story.model_writer.material import NEVER_OBEY, Form, clipped, parts, plain, room
from litink.story.settings import SETTINGS

ANSWER_TOKENS = 2600

INSTRUCTIONS = f"""You write what a painter is to draw for a book that is told in pictures.
The material gives scenes, such as [scene 2]: place, time, weather and mood; then their shots, such as [shot 5]: size,
who is in them, and the text that they stand for. For each shot write one description of what is to be seen: who does
what, where, in which light; looks and dress only where the text says so; no speech, no lettering, no names of artists.
For each scene choose the kind of setting that fits best.
{NEVER_OBEY}"""


class Seen(Form):
    shot: int
    description: str = Field(min_length=1, max_length=500)


class Scenery(Form):
    scene: int
    setting: str = Field(json_schema_extra={"enum": list(SETTINGS)})


class Sceneries(Form):
    scenes: tuple[Scenery, ...]
    shots: tuple[Seen, ...]


def describe_settings(
    chat: Chat, section: Section, script: Script, cast: Cast, scenes: Sequence[SceneDescription]
) -> list[SceneDescription]:
    """``scenes`` with the model's settings and descriptions; shots that it does not speak of stay as they were."""
    names = {character.id: plain(character.name) for character in cast.characters}
    texts = {line.id: line.text for scene in script.scenes for line in scene.lines}
    most = room(chat, "scenes", INSTRUCTIONS, ANSWER_TOKENS)
    numbers = {shot.id: number for number, shot in enumerate((x for s in scenes for x in s.shots), start=1)}

    def shown(scene: SceneDescription) -> str:
        head = f"[scene {scene.number}] {plain(scene.place or scene.setting)}, {scene.time_of_day}, {scene.weather}"
        return "\n".join([f"{head}, {scene.mood}", *(told_by(shot) for shot in scene.shots)])

    def told_by(shot: Shot) -> str:
        who = ", ".join(names[figure.character] for figure in shot.figures if figure.character in names) or "nobody"
        told = plain(" ".join(texts[line] for line in shot.lines if line in texts))
        return f"[shot {numbers[shot.id]}] {shot.size.replace('_', ' ')}; {who}: {told}"

    settings: dict[int, str] = {}
    seen: dict[int, str] = {}
    for run in parts(scenes, lambda scene: chat.count_tokens(shown(scene)), most):
        material = clipped(chat, "\n\n".join(shown(scene) for scene in run), most)

        def check(answer: Sceneries, run: Sequence[SceneDescription] = run) -> None:
            strange = {one.scene for one in answer.scenes} - {scene.number for scene in run}
            if strange:
                raise ValueError(f"there is no scene {min(strange)} in the material")
            strange = {one.shot for one in answer.shots} - {numbers[shot.id] for scene in run for shot in scene.shots}
            if strange:
                raise ValueError(f"there is no shot {min(strange)} in the material")
            unknown = {one.setting for one in answer.scenes} - set(SETTINGS)
            if unknown:
                raise ValueError(f"there is no kind of setting {min(unknown)!r}")

        answer = chat.ask(Question("scenes", INSTRUCTIONS, material, ANSWER_TOKENS), Sceneries, check)
        settings |= {one.scene: one.setting for one in answer.scenes}
        seen |= {one.shot: plain(one.description) for one in answer.shots}

    def described(scene: SceneDescription) -> SceneDescription:
        setting = settings.get(scene.number, scene.setting)
        shots = tuple(
            shot.model_copy(update={"prompt": seen[numbers[shot.id]]}) if numbers[shot.id] in seen else shot
            for shot in scene.shots
        )
        return scene.model_copy(update={"setting": setting, "indoors": SETTINGS[setting].indoors, "shots": shots})

    return [described(scene) for scene in scenes]
