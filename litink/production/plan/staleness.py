"""What of a book is out of date: its items as they are recorded, held against what would be made of it now.

Nothing is made, stored or asked; bytes that no cache key needs are not read. That stored bytes are there is taken for
granted: whoever makes the items looks at it. What is free in the last stage is not drawn up: its items are out of date
when they are not there or would be made in another way, and follow what is before them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from litink.generation.model import Task
from litink.generation.records import ItemRecord
from litink.library.edits import EditRecord
from litink.production.context import Production
from litink.production.film import clip_recipe
from litink.production.graph import FAMILIES, STAGES
from litink.production.plan import reasons
from litink.production.plan.drawing import LAST, Drawing, drawn, never
from litink.production.plan.follows import Name
from litink.production.plan.model import Reason, State
from litink.production.plan.present import Present


@dataclass(frozen=True)
class Finding:
    """An item that is not as it would be made now. ``task`` is None where it goes away."""

    asset: str
    key: str
    label: str
    state: State
    why: tuple[Reason, ...]
    task: Task | None
    item: ItemRecord | None
    cache_key: str = ""
    patch: bool = False  # only the edits on top differ: nothing is made


@dataclass
class Survey:
    """All of a book, compared. ``manifest`` has every item that there is to be, in the order of the graph, with its
    cache key; ``untold`` are the assets of which nothing can be said yet."""

    drawing: Drawing
    findings: list[Finding] = field(default_factory=list)
    fresh: dict[str, int] = field(default_factory=dict)
    tasks: dict[Name, Task] = field(default_factory=dict)
    manifest: dict[Name, str] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)
    edits: Sequence[EditRecord] = ()


def survey(production: Present) -> Survey:
    """Compare every item of the book, in the order of the graph."""
    drawing = drawn(production)
    found = Survey(drawing, edits=production.edited)
    for name, tasks in drawing.tasks.items():
        if tasks is None:
            found.untold.append(name)
            continue
        items = {item.key: item for item in production.items(name)}
        found.fresh[name] = 0
        for task, key in tasks:
            found.tasks[name, task.key] = task
            _compare(found, task, key, items.pop(task.key, None))
        gone = (Reason(kind="gone", text="the book has it no more"),)
        found.findings += [Finding(name, item.key, item.label, "surplus", gone, None, item) for item in items.values()]
    for name in (name for name in STAGES[LAST] if name not in drawing.tasks):
        _compare_recorded(found, production, name)
    _explain(found, production)
    return found


def _explain(found: Survey, production: Present) -> None:
    """Look up how the items that differ were made, and say what is another thing now."""
    differing = [(one.asset, one.key) for one in found.findings if one.item and one.task]
    told = production.how_made(differing) if differing else {}
    recipes = reasons.Recipes()
    for number, one in enumerate(found.findings):
        item = told.get((one.asset, one.key))
        if item is None or one.task is None:
            continue
        why = one.why
        if not why:
            line = found.drawing.lines.get(one.key) if one.asset == "audio" else None
            why = reasons.stale(one.task, item, recipes, found.edits, line)
        found.findings[number] = replace(one, item=item, why=why)


def _compare_recorded(found: Survey, production: Production, asset: str) -> None:
    found.fresh[asset] = 0
    now = _recipe_now(production, asset)
    for item in production.items(asset):
        found.manifest[asset, item.key] = item.cache_key
        recipe = {**now, "file": item.key} if asset == "film" else now
        task = Task(asset, item.key, item.label, recipe, item.inputs, never)
        found.tasks[asset, item.key] = task
        if item.state != "done":
            finding = Finding(asset, item.key, item.label, "missing", reasons.missing(item), task, item)
        elif item.recipe != task.recipe:
            finding = Finding(asset, item.key, item.label, "stale", (), task, item)
        else:
            found.fresh[asset] += 1
            continue
        found.findings.append(finding)


def _recipe_now(production: Production, asset: str) -> Mapping[str, Any]:
    """How items of the last stage would be made: as their families say it in their tasks."""
    if asset == "clips":
        return clip_recipe(production)
    return FAMILIES[asset].recipe(production.engines, production.tier)


def _compare(found: Survey, task: Task, key: str, item: ItemRecord | None) -> None:
    found.manifest[task.asset, task.key] = key
    if item is None or (item.cache_key == key and item.state != "done"):
        state: State = "missing"
        why = reasons.missing(item)
        found.findings.append(Finding(task.asset, task.key, task.label, state, why, task, item, key))
    elif item.cache_key != key:
        found.findings.append(Finding(task.asset, task.key, task.label, "stale", (), task, item, key))
    elif item.edits != task.edits_hash:
        why = (Reason(kind="edit", text="what was edited on top of it changed"),)
        found.findings.append(Finding(task.asset, task.key, task.label, "stale", why, task, item, key, patch=True))
    else:
        found.fresh[task.asset] += 1
