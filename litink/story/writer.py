"""What a writer is asked, task by task, and the local one that answers by rule. How is for the other rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from litink.books.model import Book, Section
from litink.story.cast import read_cast
from litink.story.model import Cast, CrossReference, Plot, SceneDescription, Script, ScriptStyle
from litink.story.plot import read_plot
from litink.story.scenes import describe_scenes
from litink.story.scripts import make_script


class Writer(Protocol):
    """Understands a book. Every task is a function of its arguments; a writer keeps nothing between calls."""

    def recipe(self, task: str) -> Mapping[str, Any]:
        """Everything that decides a task's result besides its arguments: writer, version, parameters."""
        ...

    def cast(self, book: Book) -> Cast:
        """Characters, quotations, places and things of the whole book."""
        ...

    def plot(self, book: Book, cast: Cast, directive: str = "", references: Sequence[CrossReference] = ()) -> Plot:
        """The overview of the whole book; ``directive`` is what its maker wants kept in mind, ``references`` what its
        passages come back to."""
        ...

    def script(
        self,
        section: Section,
        cast: Cast,
        plot: Plot | None,
        *,
        style: ScriptStyle = "dialogue",
        words: int | None = None,
        earlier: Sequence[str] = (),
    ) -> Script:
        """A chapter's script. ``cast`` may hold only what concerns the chapter. ``words``: how many a style that leaves
        something out may keep. ``earlier``: passages of chapters before that it comes back to, to understand it by; no
        line is ever taken from them."""
        ...

    def scenes(self, section: Section, script: Script, cast: Cast) -> list[SceneDescription]:
        """One description per scene of the script, for a picture-maker."""
        ...


class LocalWriter:
    """By rule: no keys, no network, the same answer every time. English; other languages get a narrator alone
    wherever the rules find no speaker."""

    # Raised with every change of the rules that changes results, task by task, so that only they are redone.
    VERSIONS: Mapping[str, int] = {"cast": 6, "plot": 1, "script": 2, "scenes": 3}

    def recipe(self, task: str) -> Mapping[str, Any]:
        return {"writer": "local", "task": task, "version": self.VERSIONS[task]}

    def cast(self, book: Book) -> Cast:
        return read_cast(book)

    def plot(self, book: Book, cast: Cast, directive: str = "", references: Sequence[CrossReference] = ()) -> Plot:
        return read_plot(book, cast).model_copy(update={"directive": directive})

    def script(
        self,
        section: Section,
        cast: Cast,
        plot: Plot | None,
        *,
        style: ScriptStyle = "dialogue",
        words: int | None = None,
        earlier: Sequence[str] = (),
    ) -> Script:
        return make_script(section, cast, plot, style=style, words=words)

    def scenes(self, section: Section, script: Script, cast: Cast) -> list[SceneDescription]:
        return describe_scenes(section, script, cast)
