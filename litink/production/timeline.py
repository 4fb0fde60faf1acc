"""The film's timeline from the items that have been made: what is seen and heard when. Nothing is made here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from litink.generation.records import ItemRecord
from litink.media.levels import level_of
from litink.media.profile import Profile, profile_for
from litink.media.timeline import (
    ChapterPart,
    Clip,
    LinePart,
    Motion,
    ScenePart,
    ShotPart,
    Timeline,
    WordPart,
    build_timeline,
)
from litink.production.context import Production
from litink.production.motion import moving_shot
from litink.production.music import beds_of
from litink.production.names import TITLE, card_key, line_key
from litink.production.speaking import Speaking, speaking
from litink.story.model import SceneDescription, Script, Shot


def profile_of(production: Production) -> Profile:
    return profile_for(production.options.ratio)


def _words(spoken: ItemRecord | None, text: str) -> tuple[WordPart, ...]:
    """When the words of a line are heard; none where what was spoken is not this text (it waits to be spoken anew)."""
    if spoken is None or spoken.meta["text"] != text:
        return ()
    return tuple(WordPart.model_validate(word) for word in spoken.meta["words"])


def timeline_of(production: Production) -> Timeline:
    """The film's timeline from what has been drawn, spoken and set in motion so far; what is missing is bridged and
    listed in it."""
    timeline = still_timeline_of(production)
    lips = production.done("lipsync")
    if not lips:
        return timeline
    moving = {
        one.clip.key: _with_lips(one, item)
        for one in speaking(production, timeline)
        if (item := lips.get(one.scene.id)) and item.inputs == one.inputs  # else they would follow another sound
    }
    return timeline.model_copy(update={"clips": tuple(moving.get(clip.key, clip) for clip in timeline.clips)})


def _with_lips(one: Speaking, item: ItemRecord) -> Clip:
    """The clip with lips that move: by a plan, or as a video in place of a shot."""
    key = item.blob_sha or ""
    changes: dict[str, Any] = {"mouths": key}
    if one.video:
        changes = {"motion": Motion(video=key, seconds=float(item.meta["seconds"]), synced=True)}
    places = {seen.timed.start_frame for seen in one.shots}
    shots = (shot.model_copy(update=changes) if shot.start_frame in places else shot for shot in one.clip.shots)
    return one.clip.model_copy(update={"shots": tuple(shots)})


def still_timeline_of(production: Production) -> Timeline:
    """The timeline without lips that move, by which their movement is made.

    Pictures go by their content's hash and not by their items' names, so that a clip is the same clip wherever its
    scene stands.
    """
    pictures, audio, motion = (production.done(asset) for asset in ("scene_images", "audio", "motion"))
    beds, music = beds_of(production), production.done("music")
    names = {id_: character.name for id_, character in production.characters.items()}

    def line_parts(script: Script, scene_id: str) -> Iterator[LinePart]:
        scene = next(scene for scene in script.scenes if scene.id == scene_id)
        for line in scene.lines:
            key = line_key(script.chapter, line.id)
            spoken = audio.get(key)
            yield LinePart(
                id=key,
                text=line.text,
                seconds=float(spoken.meta["seconds"]) if spoken else None,
                words=_words(spoken, line.text),
                paragraph_end=line.paragraph_end,
                speaker=names.get(line.speaker) if line.speaker else None,
                level=level_of(line.emotion, line.intensity, line.delivery),
            )

    def motion_of(scene: SceneDescription, shot: Shot, picture: str | None) -> Motion | None:
        """The shot's video, if there is one that was made from its present picture."""
        video = motion.get(scene.id)
        if video is None or shot.id != moving_shot(scene).id or video.inputs.get("picture") != picture:
            return None
        return Motion(video=video.blob_sha or "", seconds=float(video.meta["seconds"]))

    def shot_part(script: Script, scene: SceneDescription, shot: Shot) -> ShotPart:
        picture = pictures[shot.id].blob_sha if shot.id in pictures else None
        return ShotPart(
            picture=picture,
            size=shot.size,
            lines=tuple(line_key(script.chapter, line) for line in shot.lines),
            motion=motion_of(scene, shot, picture),
        )

    def scene_part(script: Script, scene: SceneDescription) -> ScenePart:
        shots = tuple(shot_part(script, scene, shot) for shot in scene.shots)
        bed = music.get(beds[scene.id].key) if scene.id in beds else None
        return ScenePart(
            id=scene.id,
            title=scene.title,
            shots=shots,
            lines=tuple(line_parts(script, scene.id)),
            bed=bed.blob_sha if bed else None,
        )

    chapters = [
        ChapterPart(
            key=chapter.key,
            title=chapter.title,
            card=pictures[card_key(chapter.key)].blob_sha if card_key(chapter.key) in pictures else None,
            scenes=tuple(
                scene_part(production.scripts[chapter.key], scene) for scene in production.scenes[chapter.key]
            ),
        )
        for chapter in production.chapters
        if chapter.key in production.scenes and chapter.key in production.scripts
    ]
    return build_timeline(
        chapters,
        ratio=production.options.ratio,
        title=production.record.title,
        title_card=pictures[TITLE].blob_sha if TITLE in pictures else None,
    )
