"""Edits of the plot overview."""

from __future__ import annotations

from litink.story.edits.kinds import EditPlot
from litink.story.edits.statements import stated, stated_all
from litink.story.model import Plot

_STATEMENTS = ("logline", "setting", "thesis")
_LISTS = ("themes", "acts")


def apply(plot: Plot, edit: EditPlot) -> Plot:
    update = edit.set.given()
    for name in update.keys() & set(_STATEMENTS):
        update[name] = stated(getattr(plot, name), update[name])
    for name in update.keys() & set(_LISTS):
        update[name] = stated_all(getattr(plot, name), update[name])
    return plot.model_copy(update=update)


def described(edit: EditPlot) -> str:
    """What the edit does, for a person."""
    names = " and ".join(sorted(name.replace("_", " ") for name in edit.set.given()))
    return f"the plot's {names} changed"
