"""Why an item is out of date, in sentences that a person understands. Compares what is recorded with what is; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from litink.generation.model import Task
from litink.generation.records import ItemRecord
from litink.library.edits import EditRecord
from litink.media.spoken.respelling import occurrences
from litink.production.names import chapter_of
from litink.production.plan.model import Reason
from litink.production.plan.recipes import bought_from, differences
from litink.story.edits.kinds import PICTURES, PRONUNCIATIONS
from litink.story.model import Line

_NAMED = 3  # edits, in one reason
_INPUTS: Mapping[str, str] = {
    "source": "the book's file",
    "filename": "the name of the book's file",
    "previous": "the reading before it",
    "corrections": "the corrections of the chapters",
    "book": "the text of the book",
    "chapter": "the text of the chapter",
    "key": "the chapter",
    "title": "the title",
    "titles": "titles",
    "author": "the author's name",
    "path": "the part that the chapter stands in",
    "characters": "the people in it",
    "directive": "the directive",
    "length": "the length wished for",
    "plot": "what the plot rests on",
    "passages": "its passages, or what they mean",
    "cross_references": "what its passages come back to",
    "earlier": "what it comes back to in earlier chapters",
    "script": "the script of the chapter",
    "character": "how the person looks",
    "scene": "the scene",
    "shot": "the shot",
    "ratio": "the film's shape",
    "portraits": "a portrait that it follows",
    "setting": "the first scene",
    "picture": "the picture that is set in motion",
    "camera": "how the camera moves",
    "prompt": "what is asked for",
    "seconds": "how long it is seen",
    "layers": "what it is made of",
    "utterance": "what is said, by whom or how",
    "timeline": "what is seen and heard when",
    "pictures": "its pictures",
    "audio": "its voices",
    "clips": "its clips",
    "words": "what is said and when",
    "cover": "the cover",
    "made_by": "who made what it is made of",
    "wish": "what a person asks of the picture",
}


class Recipes:
    """What differs between recipes. Many items have the same one, as one object: each pair is compared once."""

    def __init__(self) -> None:
        self._compared: dict[tuple[int, int], tuple[Mapping[str, Any], Mapping[str, Any], tuple[Reason, ...]]] = {}

    def differing(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Reason, ...]:
        pair = id(old), id(new)
        if pair not in self._compared:  # they are kept with what was found, so that their ids stay theirs
            found = tuple(Reason(kind="recipe", text=text) for text in differences(old, new))
            self._compared[pair] = old, new, found
        return self._compared[pair][2]


def stale(
    task: Task, item: ItemRecord, recipes: Recipes, edits: Sequence[EditRecord] = (), line: Line | None = None
) -> tuple[Reason, ...]:
    """Why the item is another one than it would be made today.

    ``edits`` are all that were ever made of the book; those newer than the item are named. ``line``: what an item of
    sound is to say.
    """
    if task.inputs and not item.inputs:  # it was to be made anew before, and was not
        return (Reason(kind="input", text="what it is made from changed"),)
    if "stood_in" in item.meta and bought_from(task.recipe) is not None:  # of the stand-in's inputs nobody asked
        who = "ambience" if task.asset == "music" else "the local writer"
        return (Reason(kind="recipe", text=f"{who} stood in: {item.meta['stood_in']}"),)
    differing = [n for n in dict.fromkeys([*item.inputs, *task.inputs]) if item.inputs.get(n) != task.inputs.get(n)]
    inputs = [
        Reason(kind="input", text=text + _by(_edits_behind(name, task, item, edits, line)))
        for name in differing
        for text in _input(name, item, line)
    ]
    return (*recipes.differing(item.recipe, task.recipe), *inputs)


def _edits_behind(name: str, task: Task, item: ItemRecord, edits: Sequence[EditRecord], line: Line | None) -> list[int]:
    """Numbers of the edits since the item was made that an input may have changed by."""
    if not edits:
        return []
    chapter = chapter_of(task.asset, task.key) or ""
    cast, script, scenes = ("characters", "cast"), ("scripts", chapter), ("scenes", chapter)
    sources: Mapping[str, tuple[tuple[str, str], ...]] = {
        "characters": (cast,),
        "character": (cast,),
        "directive": (("plot_overview", "plot"),),
        "plot": (("plot_overview", "plot"),),
        "script": (script,),
        "utterance": (script, *_read_otherwise(edits, line)),
        "scene": (scenes,),
        "shot": (scenes,),
        "setting": (scenes,),
        "prompt": (cast,) if task.asset == "character_images" else (scenes,),
        "seconds": (script, scenes),
        "wish": ((PICTURES, f"{task.asset}/{task.key}"),),
    }
    named = sources.get(name, ())
    return [edit.number for edit in edits if (edit.asset, edit.key) in named and edit.created_at > item.updated_at]


def _read_otherwise(edits: Sequence[EditRecord], line: Line | None) -> list[tuple[str, str]]:
    """The words of a line that there are pronunciations for."""
    words = {edit.key for edit in edits if edit.asset == PRONUNCIATIONS}
    return [(PRONUNCIATIONS, found.word) for found in occurrences(line.text, words)] if line else []


def _by(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    shown = ", ".join(map(str, numbers[-_NAMED:]))
    return f" (edit{'s' if len(numbers) > 1 else ''} {shown}{' and more' if len(numbers) > _NAMED else ''})"


def called(name: str) -> str:
    """What an input is, as a person would say it."""
    return _INPUTS.get(name, name.replace("_", " "))


def _input(name: str, item: ItemRecord, line: Line | None) -> Iterable[str]:
    if name == "utterance" and line is not None and "text" in item.meta:
        said, speaker = item.meta["text"], item.meta.get("speaker")
        if said != line.text:
            yield f"the line changed: {_short(said)} → {_short(line.text)}"
        if speaker != line.speaker:
            yield f"the speaker changed: {speaker or 'narrator'} → {line.speaker or 'narrator'}"
        if said == line.text and speaker == line.speaker:
            yield "how it is said changed, or what is said around it"
        return
    yield f"{called(name)} changed"


def missing(item: ItemRecord | None) -> tuple[Reason, ...]:
    """Why an item that would be made as it is recorded is not there."""
    if item is None:
        return (Reason(kind="missing", text="not made yet"),)
    if item.state == "failed":
        told = (item.error or {}).get("message", "")
        return (Reason(kind="failed", text=f"it failed: {told}" if told else "it failed"),)
    return (Reason(kind="missing", text="not finished yet"),)


def _short(text: str) -> str:
    return f"“{text}”" if len(text) <= 60 else f"“{text[:57]}…”"
