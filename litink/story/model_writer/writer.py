"""The model writer: the tasks of :class:`litink.story.writer.Writer`, each in its own room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litink.books.model import Book, Section
from litink.providers.base import Chat
from litink.story.model import Cast, CrossReference, Plot, SceneDescription, Script, ScriptStyle
from litink.story.model_writer.people import describe_people
from litink.story.model_writer.plot import tell_plot
from litink.story.model_writer.scenes import describe_settings
from litink.story.model_writer.speakers import name_speakers
from litink.story.model_writer.staging import stage_script
from litink.story.model_writer.things import describe_things
from litink.story.writer import LocalWriter

PARALLEL = 4  # questions of one task that may be under way at once


class ModelWriter:
    """A :class:`Writer`. Questions go to ``chat``; what it answers is checked against the text before it counts."""

    # Raised with every change of a task's questions, or of what is made of the answers.
    VERSIONS: Mapping[str, int] = {"cast": 2, "plot": 3, "script": 2, "scenes": 1}

    def __init__(self, chat: Chat, rules: LocalWriter, parallel: int = PARALLEL) -> None:
        self._chat = chat
        self._rules = rules
        self._parallel = parallel

    def recipe(self, task: str) -> Mapping[str, Any]:
        return {
            "writer": "model",
            "task": task,
            "version": self.VERSIONS[task],
            "rules": self._rules.VERSIONS[task],
            **self._chat.recipe(task),
        }

    def cast(self, book: Book) -> Cast:
        cast = name_speakers(self._chat, book, self._rules.cast(book), self._parallel)
        cast = describe_people(self._chat, book, cast, self._parallel)
        return describe_things(self._chat, book, cast, self._parallel)

    def plot(self, book: Book, cast: Cast, directive: str = "", references: Sequence[CrossReference] = ()) -> Plot:
        return tell_plot(self._chat, book, cast, directive, self._parallel, references)

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
        script = self._rules.script(section, cast, plot, style=style, words=words)
        return stage_script(self._chat, section, script, cast, plot, earlier)

    def scenes(self, section: Section, script: Script, cast: Cast) -> list[SceneDescription]:
        return describe_settings(self._chat, section, script, cast, self._rules.scenes(section, script, cast))
