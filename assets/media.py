"""Assets that are seen and heard: pictures, voices, clips, film, audiobook."""

from __future__ import annotations

from assets import previews
from assets.materialise import book_asset
from litink.production import checks


@book_asset(name="character_images", group="pictures", kinds={"svg"}, extras=previews.portraits)
def character_images() -> None:
    """A portrait of everyone who appears in the scenes."""


@book_asset(name="scene_images", group="pictures", kinds={"svg"}, extras=previews.storyboard)
def scene_images() -> None:
    """The storyboard: a picture a shot, the cards and the cover."""


@book_asset(name="motion", group="pictures", kinds={"ffmpeg"}, extras=previews.motion)
def motion() -> None:
    """A shot of each scene set in motion, where a provider does that; elsewhere the camera moves over the pictures."""


@book_asset(name="music", group="sound", kinds={"numpy"}, extras=previews.music)
def music() -> None:
    """What lies under the voices, where a book asks for it: the sound of each kind of place, or music for its mood."""


@book_asset(
    name="audio",
    group="sound",
    kinds={"onnx"},
    extras=previews.audio,
    checks=checks.audio_not_empty,
    blocking=("no_empty_audio",),
)
def audio() -> None:
    """Every line spoken: the narrator's and a voice for each character, with word timings."""


@book_asset(name="lipsync", group="film", kinds={"ffmpeg"}, extras=previews.lipsync)
def lipsync() -> None:
    """Lips that move with the voices where somebody is seen to speak near by: drawn mouths here, videos from a
    provider."""


@book_asset(
    name="clips",
    group="film",
    kinds={"ffmpeg"},
    extras=previews.clips,
    checks=checks.clips_not_empty,
    blocking=("no_empty_clip",),
)
def clips() -> None:
    """A clip a scene: moving pictures with their voices, encoded once so that joining them is a copy."""


@book_asset(
    name="film",
    group="film",
    kinds={"ffmpeg"},
    extras=previews.film,
    checks=checks.film_not_empty,
    blocking=("film_is_whole",),
)
def film() -> None:
    """The film with chapters, cover and captions."""


@book_asset(
    name="audiobook",
    group="film",
    kinds={"ffmpeg"},
    extras=previews.audiobook,
    checks=checks.audiobook_not_empty,
    blocking=("audiobook_is_whole",),
)
def audiobook() -> None:
    """The audiobook with chapters and cover."""


@book_asset(
    name="read_along",
    group="film",
    kinds={"ffmpeg"},
    extras=previews.read_along,
    checks=checks.read_along_is_whole,
    blocking=("read_along_is_whole",),
)
def read_along() -> None:
    """The book as an EPUB whose text is highlighted as it is read aloud."""


@book_asset(name="export_clips", group="exports", kinds={"ffmpeg"}, extras=previews.export_clips)
def export_clips() -> None:
    """Pieces that exports need and the film's own clips cannot serve for: other sizes, cuts, captions burned in."""


@book_asset(
    name="exports",
    group="exports",
    kinds={"ffmpeg"},
    extras=previews.exports,
    checks=checks.exports_not_empty,
    blocking=("exports_are_whole",),
)
def exports() -> None:
    """What was asked for besides: chapters, trailers, other formats and sizes, films cut by hand, audiobooks as MP3."""
