"""Edits of a chapter's script: lines worded anew, given to others, taken out and put in; its scenes described anew.

A line is known by its id and by how it reads: ids are counted and may come to mean another line when the chapter is
divided anew. Words of a person's own are marked (``Line.by_person``), and what is taken out is stated as a cut, so that
it can still be counted that the script holds every sentence of the chapter once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from litink.errors import Refused
from litink.story.edits.kinds import AddLine, EditLine, EditScriptScene, RemoveLine, ScriptEdit
from litink.story.edits.statements import stated
from litink.story.edits.words import short
from litink.story.model import Cut, Line, Script, ScriptScene

REMOVED = "Taken out by hand."


def apply(script: Script, edit: ScriptEdit) -> Script:
    """Raises Refused("edit-no-target") when what the edit is about is not in this script, or reads otherwise."""
    if isinstance(edit, EditScriptScene):
        scene = _scene(script, edit.scene, edit.was)
        update = edit.set.given()
        if "action" in update:
            update["action"] = stated(scene.action, update["action"])
        return _with_scene(script, scene, scene.model_copy(update=update))
    if isinstance(edit, EditLine):
        scene, at = _line(script, edit.line, edit.was)
        line = scene.lines[at]
        update = edit.set.given()
        if update.get("text", line.text) != line.text:
            update["by_person"] = True
        return _with_lines(script, scene, scene.lines[:at], [line.model_copy(update=update)], scene.lines[at + 1 :])
    if isinstance(edit, RemoveLine):
        return _without(script, *_line(script, edit.line, edit.was))
    scene, at = _line(script, edit.after, edit.was)
    before = scene.lines[at]
    if any(line.id == edit.line for scene_ in script.scenes for line in scene_.lines):
        raise Refused("edit-no-target", "The line that it adds is in the script already.")
    added = Line(
        id=edit.line,
        speaker=edit.speaker,
        text=edit.text,
        start=before.end,
        end=before.end,
        emotion=edit.emotion,
        intensity=edit.intensity,
        delivery=edit.delivery,
        paragraph_end=before.paragraph_end,
        by_person=True,
    )
    return _with_lines(script, scene, scene.lines[: at + 1], [added], scene.lines[at + 1 :])


def anchored(script: Script, edit: ScriptEdit) -> ScriptEdit:
    """The edit with what it takes to find its place again. Raises Refused as ``apply`` does."""
    if isinstance(edit, EditScriptScene):
        scene = _scene(script, edit.scene, edit.was)
        return edit.model_copy(update={"was": scene.lines[0].text if scene.lines else ""})
    if isinstance(edit, AddLine):
        scene, at = _line(script, edit.after, edit.was)
        taken = {line.id for scene in script.scenes for line in scene.lines}
        update = {"was": scene.lines[at].text, "after": scene.lines[at].id, "line": _free_id(edit, taken)}
        return edit.model_copy(update=update)
    scene, at = _line(script, edit.line, edit.was)
    return edit.model_copy(update={"was": scene.lines[at].text, "line": scene.lines[at].id})


def described(script: Script, edit: ScriptEdit) -> str:
    """What the edit does, for a person."""
    where = f"“{script.title}”"
    if isinstance(edit, EditScriptScene):
        names = " and ".join(sorted(name.replace("_", " ") for name in edit.set.given()))
        return f"{where}, scene “{_scene(script, edit.scene, edit.was).title}”: {names} changed"
    if isinstance(edit, AddLine):
        return f"{where}: “{short(edit.text)}” added"
    scene, at = _line(script, edit.line, edit.was)
    said = f"“{short(scene.lines[at].text)}”"
    if isinstance(edit, RemoveLine):
        return f"{where}: {said} taken out"
    fields = edit.set.given()
    if "text" in fields:
        return f"{where}: {said} reads “{short(fields['text'])}”"
    return f"{where}: {said}, {' and '.join(sorted(fields))} changed"


def _line(script: Script, id_: str, was: str) -> tuple[ScriptScene, int]:
    """Where a line stands: the one of this id if it reads so, else the only one that does."""
    places = [(scene, at, line) for scene in script.scenes for at, line in enumerate(scene.lines)]
    named = [(scene, at) for scene, at, line in places if line.id == id_ and was in ("", line.text)]
    if named:
        return named[0]
    alike = [(scene, at) for scene, at, line in places if was and line.text == was]
    if len(alike) == 1:
        return alike[0]
    if any(line.id == id_ for _, _, line in places):
        raise Refused("edit-no-target", "The line that it is about reads otherwise now.")
    raise Refused("edit-no-target", "The line that it is about is not in the script as it stands now.")


def _scene(script: Script, id_: str, was: str) -> ScriptScene:
    """A scene by its id and how its first line reads."""

    def begins(scene: ScriptScene) -> bool:
        return bool(scene.lines) and scene.lines[0].text == was

    fitting = [scene for scene in script.scenes if scene.id == id_ and (not was or begins(scene))]
    fitting = fitting or [scene for scene in script.scenes if was and begins(scene)]
    if len(fitting) != 1:
        raise Refused("edit-no-target", "The scene that it is about is not in the script as it stands now.")
    return fitting[0]


def _with_scene(script: Script, before: ScriptScene, after: ScriptScene) -> Script:
    return script.model_copy(update={"scenes": tuple(after if scene is before else scene for scene in script.scenes)})


def _with_lines(script: Script, scene: ScriptScene, *runs: Sequence[Line]) -> Script:
    lines = tuple(line for run in runs for line in run)
    return _with_scene(script, scene, scene.model_copy(update={"lines": lines}))


def _without(script: Script, scene: ScriptScene, at: int) -> Script:
    """The script without a line, and without its scene when that was the last one in it."""
    line = scene.lines[at]
    if sum(len(scene.lines) for scene in script.scenes) == 1:
        raise Refused("edit-no-target", "It is the only line of the script; choose other chapters instead.")
    left = list(scene.lines[:at] + scene.lines[at + 1 :])
    if line.paragraph_end and at and left[at - 1].end <= line.start:
        left[at - 1] = left[at - 1].model_copy(update={"paragraph_end": True})
    script = _with_lines(script, scene, left)
    cuts = script.cuts
    if line.start < line.end:
        cuts = tuple(sorted((*cuts, Cut(start=line.start, end=line.end, reason=REMOVED)), key=lambda cut: cut.start))
    return script.model_copy(update={"scenes": tuple(s for s in script.scenes if s.lines), "cuts": cuts})


def _free_id(edit: AddLine, taken: set[str]) -> str:
    number = 0
    while True:
        words = f"{edit.after}\n{edit.text}\n{number}"
        id_ = "p" + hashlib.sha256(words.encode()).hexdigest()[:10]
        if id_ not in taken:
            return id_
        number += 1
