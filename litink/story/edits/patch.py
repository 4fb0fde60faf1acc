"""Putting edits on top of a content: which asset holds what, and what is told of edits that fit no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from litink.errors import LitinkError, Refused
from litink.story.edits import cast, plot, scenes, script
from litink.story.edits.cast import Applied
from litink.story.edits.kinds import CastEdit, EditPlot, Patch, SceneEdit, ScriptEdit, UseVersion
from litink.story.model import Cast, Plot, SceneDescription, Script

Spans = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Conflict:
    """An edit that found no place, or not for all of it; why, as a sentence for a person."""

    number: int
    reason: str


@dataclass(frozen=True)
class PatchedContent:
    """``figures``: what is counted of the content, as it stands in an item's metadata."""

    data: bytes
    figures: Mapping[str, Any]
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True)
class _Form:
    """What an asset's items hold, and which edits they take."""

    type: TypeAdapter[Any]
    takes: Any
    apply: Callable[[Any, Any], Applied]
    anchored: Callable[[Any, Any, Spans], Any]
    described: Callable[[Any, Any], str]
    figures: Callable[[Any], Mapping[str, Any]]


_FORMS: Mapping[str, _Form] = {
    "characters": _Form(
        TypeAdapter(Cast),
        CastEdit,
        cast.apply,
        cast.anchored,
        cast.described,
        lambda value: {
            "characters": len(value.characters),
            "quotations": len(value.quotations),
            "locations": sum(entity.kind == "location" for entity in value.entities),
            "objects": sum(entity.kind == "object" for entity in value.entities),
        },
    ),
    "plot_overview": _Form(
        TypeAdapter(Plot),
        EditPlot,
        lambda value, edit: Applied(plot.apply(value, edit)),
        lambda value, edit, _: edit,
        lambda value, edit: plot.described(edit),
        lambda value: {"fiction": value.fiction},
    ),
    "scripts": _Form(
        TypeAdapter(Script),
        ScriptEdit,
        lambda value, edit: Applied(script.apply(value, edit)),
        lambda value, edit, _: script.anchored(value, edit),
        script.described,
        lambda value: {"scenes": len(value.scenes), "lines": sum(len(scene.lines) for scene in value.scenes)},
    ),
    "scenes": _Form(
        TypeAdapter(tuple[SceneDescription, ...]),
        SceneEdit,
        lambda value, edit: Applied(scenes.apply(value, edit)),
        lambda value, edit, _: edit,
        scenes.described,
        lambda value: {"scenes": len(value), "shots": sum(len(scene.shots) for scene in value)},
    ),
}
PATCHABLE = frozenset(_FORMS)


def figures(asset: str, value: Any) -> Mapping[str, Any]:
    """What is counted of a content, for its item's metadata."""
    return _FORMS[asset].figures(value)


def patched(
    asset: str, data: bytes, edits: Sequence[tuple[int, Patch]], restored: Callable[[str], bytes]
) -> PatchedContent:
    """The content with numbered edits on top, one after another; never raises for one that fits no more.

    ``restored`` gives the content of a hash, for edits that put a version in its place. Where the edits come to nothing
    the bytes are the same as before.
    """
    form = _FORMS[asset]
    conflicts: list[Conflict] = []
    value = before = form.type.validate_json(data)
    for number, edit in edits:
        try:
            if isinstance(edit, UseVersion):
                whole = restored(edit.sha)
                value = before = form.type.validate_json(whole)
                data = whole
                continue
            applied = form.apply(value, edit)
        except ValueError:
            conflicts.append(Conflict(number, "The version that it names is of a form that is no longer known."))
        except LitinkError as refused:
            conflicts.append(Conflict(number, refused.message))
        else:
            value = applied.value
            if applied.told:
                conflicts.append(Conflict(number, applied.told))
    if value != before:
        data = form.type.dump_json(value)
    return PatchedContent(data, form.figures(value), tuple(conflicts))


@dataclass(frozen=True)
class Prepared:
    """An edit as it is to be kept, what it does in words, and what comes of it."""

    edit: Patch
    summary: str
    data: bytes
    changes: bool


def prepared(asset: str, data: bytes, edit: Patch, scenes_of_script: Spans) -> Prepared:
    """An edit made of a content as it stands: with what it takes to find its place again.

    ``scenes_of_script``: the spans of the scenes of the script of the edit's chapter, where it names one. Raises
    Refused("edit-no-target") when the content has no place for it, ("edit-wrong-item") when it is of another kind.
    """
    form = _FORMS[asset]
    if not isinstance(edit, form.takes):
        raise Refused("edit-wrong-item", "The edit does not belong to this item.")
    value = form.type.validate_json(data)
    whole = form.anchored(value, edit, scenes_of_script)
    applied = form.apply(value, whole)
    return Prepared(whole, form.described(value, whole), form.type.dump_json(applied.value), applied.value != value)


def people(edit: Patch) -> frozenset[str]:
    """The characters that an edit of something else than the cast names: they have to be in it."""
    given = {**dict(edit), **(edit.set.given() if hasattr(edit, "set") else {})}
    named = {given.get("speaker"), *given.get("present", ())}
    return frozenset() if isinstance(edit, CastEdit) else frozenset(id_ for id_ in named if id_)
