"""The families that are watched and listened to as a whole: clips, the film with its captions, the audiobook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from litink.errors import PermanentFailure
from litink.generation.keys import content_hash
from litink.generation.model import Call, Made, Purpose, Task
from litink.media.audiobook import AUDIOBOOK_VERSION, write_audiobook
from litink.media.captions import captions, to_srt, to_vtt
from litink.media.film import join_film
from litink.media.karaoke import to_ass
from litink.media.overlay import OVERLAY_VERSION
from litink.media.pieces import Piece, render_piece
from litink.media.probe import check_audio, check_clip, check_film
from litink.media.profile import Profile, profile_for
from litink.media.timeline import Clip
from litink.production.context import Production, text_hash
from litink.production.credits import MADE_LOCALLY, credits_of
from litink.production.engines import Engines, Recipe
from litink.production.exports.limits import mark_of
from litink.production.files import blob, require, scratch
from litink.production.names import COVER
from litink.production.timeline import profile_of, timeline_of

FILM, VTT, SRT, ASS = "film.mp4", "captions.vtt", "captions.srt", "captions.ass"
AUDIOBOOK = "audiobook.m4b"
FILM_VERSION = 1  # raised when joining, captions or chapters come out differently


# ISO 639-1 to 639-2/T, for the languages that books are most often in; MP4 knows only the latter.
_LANGUAGES = {
    "ar": "ara", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa", "fi": "fin", "fr": "fra",
    "he": "heb", "hi": "hin", "hu": "hun", "it": "ita", "ja": "jpn", "ko": "kor", "nl": "nld", "no": "nor", "pl": "pol",
    "pt": "por", "ro": "ron", "ru": "rus", "sv": "swe", "tr": "tur", "uk": "ukr", "zh": "zho",
}  # fmt: skip


def iso_639_2(language: str) -> str:
    """The three-letter code of a BCP 47 tag's language; "und" where it is not known here."""
    return _LANGUAGES.get(language.lower().split("-")[0], "und")


# -- clips ---------------------------------------------------------------------------------------------------------


def clips_recipe(engines: Engines, tier: str) -> Recipe:
    return clip_recipe_of(profile_for("16:9"), mark_of(engines, tier))


def clip_recipe(production: Production) -> Recipe:
    """How this book's clips are made."""
    return clip_recipe_of(profile_of(production), mark_of(production.engines, production.tier))


def clip_recipe_of(profile: Profile, mark: str) -> Recipe:
    """How clips of a profile are made, with a mark in the corner or with "" for none."""
    marked = {"mark": [mark, OVERLAY_VERSION]} if mark else {}
    return {"profile": profile.recipe(), **marked}


def clips_tasks(production: Production) -> list[Task]:
    """An item a scene or card, in the order of the film."""
    profile, mark = profile_of(production), mark_of(production.engines, production.tier)
    audio = production.done("audio")
    recipe = clip_recipe(production)

    def task(clip: Clip) -> Task:
        lines = [line.id for line in clip.lines if not line.missing]

        def make(_: Purpose) -> Made:
            with scratch(production, "clip.mp4") as out:
                render_piece(
                    Piece.whole(clip, mark=mark),
                    production.objects.get,
                    lambda key: production.objects.get(blob(audio, key)),
                    out,
                    profile,
                )
                require(check_clip(out, clip, profile), f"The clip “{clip.title}”")
            seconds = clip.frames / profile.fps
            return Made(
                out,
                "video/mp4",
                {"seconds": round(seconds, 4), "title": clip.title, "kind": clip.kind},
                (Call("local", "ffmpeg", {"seconds": round(seconds, 3)}),),
            )

        inputs = {
            "timeline": content_hash(clip.recipe()),
            "pictures": content_hash(clip.pictures()),
            "audio": content_hash([blob(audio, key) for key in lines]),
        }
        return Task("clips", clip.key, clip.title, recipe, inputs, make)

    timeline = timeline_of(production)
    if not any(clip.kind == "scene" for clip in timeline.clips):
        raise PermanentFailure("nothing-to-film", "None of the chosen chapters has a scene; choose others.")
    return [task(clip) for clip in timeline.clips]


# -- film and audiobook ----------------------------------------------------------------------------------------------


@contextmanager
def bridge(production: Production, piece: Piece, profile: Profile) -> Iterator[Path]:
    """In place of a piece that could not be made: a card that says so, silent, as long as the piece would be.

    A failed clip never fails the film; it is listed, and replaced by making that item alone.
    """
    with scratch(production, "bridge.mp4") as out:
        render_piece(piece.model_copy(update={"clip": piece.clip.bare()}), _nothing, _nothing, out, profile)
        yield out
    out.unlink(missing_ok=True)


def _nothing(key: str) -> bytes:
    raise PermanentFailure("media-not-whole", f"A bridge needs no {key}.")


def made_by_of(production: Production) -> str:
    """Who made what the film is made of, in a sentence."""
    shots = {shot.id for scenes in production.scenes.values() for scene in scenes for shot in scene.shots}
    pictures = [item.meta for key, item in production.done("scene_images").items() if key in shots]
    written, animated, composed, spoken, synced = (
        [item.meta for item in production.done(asset).values()]
        for asset in ("scripts", "motion", "music", "audio", "lipsync")
    )
    deeds = {
        "Written": written,
        "Drawn": pictures,
        "Animated": animated,
        "Composed": composed,
        "Spoken": spoken,
        "Lip-synced": synced,
    }
    return credits_of(deeds)


def film_recipe(_: Engines, __: str) -> Recipe:
    return {"version": FILM_VERSION}


def film_tasks(production: Production) -> list[Task]:
    """The film, and its captions in three formats."""
    timeline = timeline_of(production)
    clips = production.done("clips")
    absent = [clip for clip in timeline.clips if clip.key not in clips]
    unmade = [(asset, item) for asset in ("motion", "music", "lipsync") for item in production.items(asset)]
    lacking = [(asset, item) for asset, item in unmade if item.state == "failed"]
    record = production.record
    cover = production.done("scene_images").get(COVER)
    cues = captions(timeline)
    shown = {  # by what stands in them and nothing else: another voice that takes as long changes no caption
        VTT: ("captions", "text/vtt", to_vtt(cues)),
        SRT: ("captions", "application/x-subrip", to_srt(cues)),
        ASS: ("captions, word by word", "text/x-ssa", to_ass(cues, timeline.ratio)),
    }
    recipe = film_recipe(production.engines, production.tier)
    made_by = made_by_of(production)

    def film(_: Purpose) -> Made:
        with ExitStack() as files, scratch(production, FILM) as out:
            profile = profile_of(production)
            bridges = {clip.key: files.enter_context(bridge(production, Piece.whole(clip), profile)) for clip in absent}
            join_film(
                [
                    bridges.get(clip.key)
                    or files.enter_context(production.objects.as_file(blob(clips, clip.key), ".mp4"))
                    for clip in timeline.clips
                ],
                timeline,
                out,
                title=record.title,
                author=record.author,
                captions=cues,
                language=iso_639_2(record.language),
                cover=production.objects.get(cover.blob_sha) if cover and cover.blob_sha else b"",
                comment=made_by,
            )
            require(check_film(out, timeline), "The film")
        meta = {
            "seconds": round(timeline.seconds, 4),
            "chapters": [marker.model_dump(mode="json") for marker in timeline.markers],
            "missing": [missing.model_dump(mode="json") for missing in timeline.missing]
            + [{"kind": "clip", "scene": clip.key, "item": clip.title} for clip in absent]
            + [{"kind": asset, "scene": item.key, "item": item.label} for asset, item in lacking],
            "made_by": made_by,
        }
        return Made(out, "video/mp4", meta, (Call("local", "ffmpeg", {"seconds": round(timeline.seconds, 3)}),))

    def text(name: str) -> Task:
        label, media_type, content = shown[name]
        made = Made(content.encode(), media_type, {}, (Call("local", "captions", {"files": 1}),))
        return Task("film", name, label, {**recipe, "file": name}, {"words": content_hash(content)}, lambda _: made)

    titles = content_hash([record.title, record.author, record.language, [m.title for m in timeline.markers]])
    inputs = {
        "clips": content_hash([clips[clip.key].blob_sha if clip.key in clips else None for clip in timeline.clips]),
        "words": content_hash(shown[SRT][2]),
        "titles": titles,
        "cover": (cover.blob_sha if cover else None) or "",
    }
    if made_by != MADE_LOCALLY:
        inputs["made_by"] = text_hash(made_by)
    return [Task("film", FILM, "the film", {**recipe, "file": FILM}, inputs, film), text(VTT), text(SRT), text(ASS)]


def audiobook_recipe(_: Engines, __: str) -> Recipe:
    return {"version": AUDIOBOOK_VERSION}


def audiobook_tasks(production: Production) -> list[Task]:
    timeline = timeline_of(production)
    audio = production.done("audio")
    cover = production.done("scene_images").get(COVER)
    record = production.record

    def make(_: Purpose) -> Made:
        with scratch(production, AUDIOBOOK) as out:
            seconds = write_audiobook(
                timeline,
                lambda key: production.objects.get(blob(audio, key)),
                out=out,
                title=record.title,
                author=record.author,
                cover=production.objects.get(cover.blob_sha) if cover and cover.blob_sha else None,
                language=iso_639_2(record.language),
            )
            require(check_audio(out), "The audiobook")
        return Made(out, "audio/mp4", {"seconds": round(seconds, 4)}, (Call("local", "ffmpeg", {"seconds": seconds}),))

    heard = [
        [clip.chapter, line.id, blob(audio, line.id)]
        for clip in timeline.clips
        for line in clip.lines
        if not line.missing
    ]
    inputs = {
        "audio": content_hash(heard),
        "timeline": content_hash([[line.start, line.end, line.line.gain] for line in timeline.spoken()]),
        "titles": content_hash([record.title, record.author, [m.title for m in timeline.markers]]),
        "cover": (cover.blob_sha if cover else None) or "",
    }
    recipe = audiobook_recipe(production.engines, production.tier)
    return [Task("audiobook", AUDIOBOOK, "the audiobook", recipe, inputs, make)]
