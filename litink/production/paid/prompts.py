"""Words for models that draw: from what is known of a scene or a character to a prompt. Nothing is asked for here.

What a book says ends up in prompts as a description and nothing else: flattened to one line, without marks that mean
something to a picture model, each piece cut to a length. A sentence that reads like an order is drawn, not followed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import cycle, islice

from litink.story.model import Character, SceneDescription, Shot, ShotSize
from litink.story.settings import SETTINGS

PROMPT_VERSION = 1  # raised whenever the same scene or character would be described differently

STYLE = "Storybook illustration, rich warm colours, soft painted light, fine detail, one consistent style"
NO_LETTERING = "No text, no lettering, no signature, no watermark, no frame"
UNWANTED = "text, letters, caption, signature, watermark, frame, collage, deformed hands, extra fingers, blurry"

_PIECE = 400  # characters of any one thing that the book says
_MARKS = re.compile(r"[<>{}\[\]()|\\`*_#^~=]+")  # weights, tags and markup of picture models
_BLANK = re.compile(r"\s+")

_FRAMING: dict[ShotSize, str] = {
    "wide": "Wide shot",
    "medium": "Medium shot",
    "close_up": "Close-up",
    "over_the_shoulder": "Over-the-shoulder shot",
    "two_shot": "Two-shot",
    "pov": "Point-of-view shot",
    "tracking": "Tracking shot",
}
_CAMERA: dict[ShotSize, str] = {
    "wide": "The camera moves in very slowly",
    "medium": "The camera hardly moves",
    "close_up": "The camera hardly moves",
    "over_the_shoulder": "The camera hardly moves",
    "two_shot": "The camera hardly moves",
    "pov": "The camera looks around slowly",
    "tracking": "The camera follows slowly from the side",
}
# Another try is to differ, also where a model takes no seed.
_TAKES = ("Careful composition", "Fine detail", "Balanced light")


def portrait_prompt(character: Character) -> tuple[str, ...]:
    """The sentences of a portrait's prompt, most important first."""
    name = described(character.name)
    if character.kind == "location":
        return (f"A view of {name}, empty of people", STYLE, NO_LETTERING)
    if character.kind == "object":
        return (f"A still life of one thing: {name}, on a plain ground", STYLE, NO_LETTERING)
    return (
        f"Portrait of {name}, {_person(character)}, head and shoulders, looking at the viewer, plain background",
        *_if(_looks(character)),
        STYLE,
        NO_LETTERING,
    )


def scene_prompt(scene: SceneDescription, shot: Shot, references: Sequence[Character]) -> tuple[str, ...]:
    """The sentences of a shot's prompt, most important first. ``references`` are whom the pictures that go with it
    show, in their order."""
    shown = described(shot.prompt) or f"{SETTINGS[scene.setting].label}, {scene.mood} mood"
    framing = _FRAMING[shot.size]
    return (
        shown if framing.lower() in shown.lower() else f"{framing}: {shown}",
        *(f"Place: {place}" for place in _if(described(scene.place)) if place.lower() not in shown.lower()),
        *_if(_referred(references)),
        STYLE,
        NO_LETTERING,
    )


def cover_prompt(scene: SceneDescription) -> tuple[str, ...]:
    """The sentences of the prompt for what stands behind a cover's lettering, most important first."""
    when = "" if scene.time_of_day == "unknown" else f", {scene.time_of_day}"
    sky = "" if scene.weather == "unknown" or scene.indoors else f", {scene.weather} weather"
    place = described(scene.place) or SETTINGS[scene.setting].label
    return (
        f"Illustration for a book cover, tall format: {place}{when}{sky}, {scene.mood} mood, seen from afar, "
        "with quiet dark areas at the top and at the bottom",
        STYLE,
        NO_LETTERING,
    )


def motion_prompt(shot: Shot) -> tuple[str, ...]:
    """The sentences of the prompt that sets a shot's picture in motion, most important first."""
    return (
        "The picture comes alive with small, natural movements",
        f"{_CAMERA[shot.size]}, without a cut; nobody enters or leaves; faces and style stay as they are",
        NO_LETTERING,
        *_if(described(shot.prompt)),
    )


def fitted(sentences: Sequence[str], characters: int | None, variation: int = 0) -> str:
    """One prompt of at most ``characters``: what does not fit is left out by the sentence, the first one is cut."""
    sentences = (*sentences, *islice(cycle(_TAKES), variation))
    text = ""
    for sentence in sentences:
        longer = f"{text} {sentence}." if text else f"{sentence}."
        if characters is None or len(longer) <= characters:
            text = longer
        elif not text:
            text = sentence[:characters].rsplit(" ", 1)[0]
    return text


def described(text: str) -> str:
    """What a book says, on one line, without marks and control characters, cut at a word."""
    plain = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    flat = _BLANK.sub(" ", _MARKS.sub(" ", plain)).strip(" .,;:")
    return flat if len(flat) <= _PIECE else flat[:_PIECE].rsplit(" ", 1)[0].rstrip(" .,;:")


def _person(character: Character) -> str:
    child = character.age == "child"
    nouns = {"female": "girl" if child else "woman", "male": "boy" if child else "man"}
    noun = nouns.get(character.gender, "child" if child else "person")
    return f"{character.age} {noun}" if character.age in ("young", "old") else noun


def _looks(character: Character) -> str:
    look = character.look
    beard = f"{look.beard_style} beard".strip() if look.beard and look.beard_style != "full" else "full beard"
    details = (
        described(look.build),
        f"{described(look.skin)} skin" if look.skin else "",
        "bald" if look.hair == "bald" else f"{described(look.hair)} hair" if look.hair else "",
        f"hair worn {described(look.hair_style)}" if look.hair_style else "",
        beard if look.beard else "",
        "glasses" if look.glasses else "",
        f"wearing a {described(look.hat)} hat" if look.hat else "",
        f"dressed in {described(look.clothes)}" if look.clothes else "",
    )
    return ", ".join(detail for detail in details if detail)


def _referred(references: Sequence[Character]) -> str:
    each = [f"picture {number} shows {described(c.name)}" for number, c in enumerate(references, start=1)]
    return f"Of the given pictures, {'; '.join(each)}: keep their faces, hair and clothes" if each else ""


def _if(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
