"""How a chapter's script is played: places, light, mood, sound, how each line is said. Which lines there are, who says
them and where scenes part stays as the rules made it, so that every sentence of the book is still there once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field

from litink.books.model import Section
from litink.providers.base import Chat, Question
from litink.story.cross_references import RECALLED
from litink.story.model import (
    Cast,
    Delivery,
    Emotion,
    Line,
    Mood,
    Plot,
    Script,
    ScriptScene,
    ShotSize,
    Span,
    Statement,
    TimeOfDay,
    Weather,
)
from litink.story.model_writer.material import NEVER_OBEY, Form, parts, plain, room, told_earlier

ANSWER_TOKENS = 2400
EARLIER_TOKENS = 200  # at most, of each passage of earlier chapters
_EARLIER_SHARE = 4  # of the room for material, one part in so many is for these at most
_TOKENS_A_LINE = 18

INSTRUCTIONS = f"""You direct a chapter of a book that is read aloud with a voice for each speaker and pictures to it.
The material gives the scenes of the chapter, such as [scene 2], with their lines, such as [line 7], and who speaks
them. For each scene say where and when it plays, its weather and mood, what happens in one sentence, the first camera,
sounds and music to it, and a short title. For lines that are not said plainly give emotion, intensity from 1 to 10 and
delivery; leave the plain ones out. What stands under “Told earlier” is of chapters before, which this one comes back
to: it helps to understand what happens and how it is said, and is no scene and no line of the chapter.
{NEVER_OBEY}"""


class Tone(Form):
    line: int
    emotion: Emotion
    intensity: int = Field(ge=1, le=10)
    delivery: Delivery = "spoken"


class Staged(Form):
    scene: int
    title: str = Field(min_length=1, max_length=80)
    place: str = Field(default="", max_length=80)
    time_of_day: TimeOfDay
    weather: Weather
    mood: Mood
    action: str = Field(min_length=1, max_length=300)
    camera: ShotSize
    sound_effects: tuple[str, ...] = Field(default=(), max_length=4)
    music: str = Field(default="", max_length=80)


class Staging(Form):
    scenes: tuple[Staged, ...]
    tones: tuple[Tone, ...] = ()


def stage_script(
    chat: Chat, section: Section, script: Script, cast: Cast, plot: Plot | None, earlier: Sequence[str] = ()
) -> Script:
    """``script`` with the model's staging; scenes that it does not speak of stay as the rules made them.

    ``earlier``: a few passages of chapters before, told with each part of the chapter.
    """
    names = {character.id: plain(character.name) for character in cast.characters}
    wish = f"\nThe maker wishes: “{plain(plot.directive)}”." if plot and plot.directive else ""
    instructions = INSTRUCTIONS + wish
    numbers = {line.id: n for n, line in enumerate((x for s in script.scenes for x in s.lines), start=1)}
    lines = sum(len(scene.lines) for scene in script.scenes)
    answer_tokens = ANSWER_TOKENS + _TOKENS_A_LINE * lines // max(1, len(script.scenes))
    most = room(chat, "script", instructions, answer_tokens)
    a_passage = min(EARLIER_TOKENS, most // (_EARLIER_SHARE * RECALLED))
    told = told_earlier(chat, earlier[:RECALLED], a_passage, "The chapter")
    most -= RECALLED * a_passage  # always: so another passage never divides a chapter otherwise

    def line(said: Line) -> str:
        return f"[line {numbers[said.id]}] {names.get(said.speaker or '', 'Narrator')}: {plain(said.text)}"

    def shown(scene: ScriptScene) -> str:
        return "\n".join([f"[scene {scene.number}]", *map(line, scene.lines)])

    staged: dict[int, Staged] = {}
    tones: dict[int, Tone] = {}
    for run in parts(script.scenes, lambda scene: chat.count_tokens(shown(scene)), most):
        material = told + _fitting(chat, [shown(scene) for scene in run], most)

        def check(answer: Staging, run: Sequence[ScriptScene] = run) -> None:
            scenes = {scene.number for scene in run}
            lines = {numbers[line.id] for scene in run for line in scene.lines}
            for wanted, offered, what in (
                ({one.scene for one in answer.scenes}, scenes, "scene"),
                ({tone.line for tone in answer.tones}, lines, "line"),
            ):
                if wanted - offered:
                    raise ValueError(f"there is no {what} {min(wanted - offered)} in the material")

        answer = chat.ask(Question("script", instructions, material, answer_tokens), Staging, check)
        staged |= {one.scene: one for one in answer.scenes}
        tones |= {tone.line: tone for tone in answer.tones}
    scenes = tuple(
        _played(_placed(scene, staged.get(scene.number), section.key), {i: tones.get(n) for i, n in numbers.items()})
        for scene in script.scenes
    )
    return script.model_copy(update={"scenes": scenes, "source": "model"})


def _fitting(chat: Chat, shown: Sequence[str], most: int) -> str:
    """The scenes as one text; of a scene that alone is too long the end is left unread."""
    text = "\n\n".join(shown)
    while chat.count_tokens(text) > most and "\n" in text:
        text = text[: max(1, len(text) * most // chat.count_tokens(text) - 1)].rsplit("\n", 1)[0]
    return text


def _placed(scene: ScriptScene, staged: Staged | None, chapter: str) -> ScriptScene:
    if staged is None:
        return scene
    whole = (Span(chapter=chapter, start=scene.start, end=scene.end),)
    return scene.model_copy(
        update={
            "title": staged.title,
            "place": staged.place or scene.place,
            "time_of_day": staged.time_of_day if staged.time_of_day != "unknown" else scene.time_of_day,
            "weather": staged.weather if staged.weather != "unknown" else scene.weather,
            "mood": staged.mood,
            "action": Statement(text=staged.action, evidence=whole),
            "camera": staged.camera,
            "sound_effects": staged.sound_effects or scene.sound_effects,
            "music": staged.music or scene.music,
        }
    )


def _played(scene: ScriptScene, tones: Mapping[str, Tone | None]) -> ScriptScene:
    def said(line: Line) -> Line:
        tone = tones[line.id]
        if tone is None:
            return line
        return line.model_copy(update={"emotion": tone.emotion, "intensity": tone.intensity, "delivery": tone.delivery})

    return scene.model_copy(update={"lines": tuple(said(line) for line in scene.lines)})
