"""The family of lips that move with the voices: of pictures drawn here their drawn mouths, of painted ones what a
provider makes of them, where the book's options ask for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from litink.generation.model import Made, Purpose, Task
from litink.media.clips import encode_clip, stills_of
from litink.media.frames import draw
from litink.media.loudness import Samples
from litink.media.mix import mix_clip
from litink.media.mouths import MOUTHS_VERSION, Shape, mouths_of
from litink.media.probe import probe
from litink.media.talking import Face, MouthPlan, PictureMouths, shapes_text, shows
from litink.media.timeline import FPS
from litink.production.context import Production
from litink.production.credits import Credits
from litink.production.engines import Engines, Recipe
from litink.production.files import blob, scratch
from litink.production.pictures import as_drawn
from litink.production.speaking import Seen, Speaking, speaking
from litink.production.timeline import profile_of, still_timeline_of
from litink.providers.local.painter.painter import MOUTHS_DRAWING_VERSION

Track = Sequence[tuple[int, Shape]]


def lipsync_recipe(engines: Engines, tier: str) -> Recipe:
    bought = engines.lipsync_recipe(tier)
    return {"drawn": drawn_recipe(), "bought": bought} if bought else drawn_recipe()


def drawn_recipe() -> Recipe:
    return {"engine": "local-mouths", "mouths": MOUTHS_VERSION, "drawing": MOUTHS_DRAWING_VERSION}


def lipsync_tasks(production: Production) -> list[Task]:
    """An item a scene in which somebody is seen to speak near by: the plan of its mouths where its pictures were drawn
    here, a video of one shot where a provider is asked."""
    bought = production.engines.lipsync_recipe(production.tier)

    def task(one: Speaking) -> Task:
        def make(purpose: Purpose) -> Made:
            return _synced(production, one, purpose) if one.video else _moved(production, one)

        recipe = bought if one.video and bought else drawn_recipe()
        return Task("lipsync", one.scene.id, f"{one.scene.title} · lips", recipe, one.inputs, make)

    return [task(one) for one in speaking(production, still_timeline_of(production))]


# -- drawn mouths ------------------------------------------------------------------------------------------------------


def _moved(production: Production, one: Speaking) -> Made:
    """The plan of the scene's mouths (JSON); empty where nobody in it is drawn large enough."""
    credits = Credits()
    tracks = _tracks(production, one)
    shots = {seen.timed.picture: seen for seen in one.shots}
    found = {key: _mouths(production, one, seen, tracks) for key, seen in shots.items()}
    plan = MouthPlan(pictures={key: mouths for key, mouths in found.items() if mouths.faces})
    faces = sum(len(mouths.faces) for mouths in plan.pictures.values())
    meta = {"mouths": faces, **credits.meta("lip-synced")}
    data = plan.model_dump_json().encode()
    return Made(data, "application/json", meta, credits.calls("local", "mouths", {"faces": faces}))


def _tracks(production: Production, one: Speaking) -> Mapping[str, Track]:
    """What the mouth of each who speaks does in the clip, by Character.id."""
    audio = production.done("audio")
    found: dict[str, dict[int, Shape]] = {}
    for spoken in (line for seen in one.shots for line in seen.lines):
        line, track = spoken.line, found.setdefault(spoken.who, {})
        for span in mouths_of(line.seconds, line.words, audio[line.id].meta.get("sounds")):
            track[line.start_frame + round(span.start * FPS)] = span.shape
    return {who: sorted(track.items()) for who, track in found.items()}


def _mouths(production: Production, one: Speaking, seen: Seen, tracks: Mapping[str, Track]) -> PictureMouths:
    """The mouths in a picture of those who speak, where it is the picture that is drawn of the shot today."""
    drawing = as_drawn(production, one.scene, seen.shot)
    picture = production.objects.get(seen.timed.picture)
    item = production.done("scene_images")[seen.shot.id]
    faces = [
        Face(box=mouth.box, shapes=shapes_text(mouth.shapes), track=tuple(tracks[mouth.character]))
        for mouth in production.engines.local_painter.mouths(*drawing, production.options.ratio)
        if mouth.character in tracks and shows(picture, mouth.box, mouth.seen)
    ]
    return PictureMouths(width=int(item.meta["width"]), height=int(item.meta["height"]), faces=tuple(faces))


# -- a provider's video ------------------------------------------------------------------------------------------------


def _synced(production: Production, one: Speaking, purpose: Purpose) -> Made:
    """A video of the scene's one shot, of which a provider moved the lips to the voice."""
    (seen,) = one.shots
    credits = Credits()
    with scratch(production, "lips.mp4") as path:
        sound = _voice(production, one, seen)
        _film(production, seen, sound, path)
        video = path.read_bytes()
        path.unlink()
    synced = production.engines.lip_syncer_for(purpose, credits).sync(video, sound, profile_of(production).sample_rate)
    meta = {"seconds": round(probe(synced).seconds, 3), **credits.meta("lip-synced")}
    return Made(synced, "video/mp4", meta)


def _film(production: Production, seen: Seen, sound: Samples, path: Path) -> None:
    """The shot as the camera shows it, from its first visible frame to its last, with nothing over it."""
    profile, get = profile_of(production), production.objects.get
    alone = seen.timed.model_copy(update={"start_frame": 0, "frames": seen.span[1] - seen.span[0]})
    frames = draw([alone], stills_of(get, profile), get, width=profile.width, height=profile.height, fades=(0, 0))
    encode_clip(frames, sound, path, profile)


def _voice(production: Production, one: Speaking, seen: Seen) -> Samples:
    """What the one who is seen says meanwhile, at its time; silence elsewhere."""
    audio, profile = production.done("audio"), profile_of(production)
    mine = one.clip.model_copy(update={"lines": tuple(spoken.line for spoken in seen.lines), "bed": None})
    get = production.objects.get
    mixed = mix_clip(mine, lambda key: get(blob(audio, key)), get, profile.sample_rate)
    first, last = (frame * profile.samples_per_frame for frame in seen.span)
    return np.ascontiguousarray(mixed[first:last])
