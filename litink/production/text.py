"""The families made of words: chapters, passages, characters, plot overview, scripts, scenes."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from litink.books.model import Section
from litink.books.sandbox import read_book
from litink.generation.keys import content_hash
from litink.generation.model import Call, Made, Task
from litink.library import reading
from litink.production.context import Production, scenes_json, text_hash
from litink.production.engines import Engines
from litink.story.model import Cast, Character, Passage
from litink.story.passages import passages

JSON = "application/json"
PASSAGES_VERSION = 1


def section_hash(section: Section) -> str:
    """What a chapter says, wherever it stands: its text and the meaning of its blocks."""
    return content_hash([section.text, [block.model_dump(mode="json") for block in section.blocks]])


def _writer_recipe(task: str) -> Callable[[Engines], dict[str, object]]:
    return lambda engines: dict(engines.writer.recipe(task))


def _call(production: Production, task: str, words: int) -> tuple[Call, ...]:
    recipe = production.engines.writer.recipe(task)
    return (Call(str(recipe["writer"]), f"rules {recipe['version']}", {"words": words}),)


# -- chapters ----------------------------------------------------------------------------------------------------


def chapters_recipe(_: Engines) -> dict[str, object]:
    return dict(reading.recipe())


def chapters_tasks(production: Production) -> list[Task]:
    record = production.record

    def read() -> object:
        with production.objects.as_file(record.source_sha) as path:
            return read_book(path, filename=record.filename)

    return [reading.chapters_task(record.source_sha, record.filename, read)]  # type: ignore[arg-type]


# -- passages ----------------------------------------------------------------------------------------------------


def passages_recipe(engines: Engines) -> dict[str, object]:
    return {"passages": PASSAGES_VERSION, "embedder": dict(engines.embedder_recipe())}


def passages_tasks(production: Production) -> list[Task]:
    """An item a chapter: its passages and their vectors, as one compressed array file."""

    def task(section: Section) -> Task:
        def make() -> Made:
            found = passages(section)
            vectors = production.engines.embedder.embed([passage.text for passage in found])
            return Made(
                data=pack_passages(found, vectors),
                media_type="application/x-npz",
                meta={"passages": len(found)},
                calls=(Call("local", "all-MiniLM-L6-v2", {"passages": len(found)}),),
            )

        recipe = passages_recipe(production.engines)
        return Task("passages", section.key, section.title, recipe, {"chapter": section_hash(section)}, make)

    return [task(section) for section in production.chapters]


def pack_passages(found: list[Passage], vectors: npt.NDArray[np.float32]) -> bytes:
    """Spans and vectors as .npz: ``spans`` int32 (n, 2), ``vectors`` float32 (n, 384). The texts are the chapter's."""
    buffer = io.BytesIO()
    spans = np.array([(p.start, p.end) for p in found], dtype=np.int32).reshape(len(found), 2)
    np.savez(buffer, spans=spans, vectors=vectors.astype(np.float32))
    return buffer.getvalue()


def unpack_passages(data: bytes) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return arrays["spans"], arrays["vectors"]


# -- characters and plot -----------------------------------------------------------------------------------------


def _whole_text(production: Production) -> str:
    book = production.book
    return content_hash([book.language, book.title, [section_hash(section) for section in book.chapters]])


characters_recipe = _writer_recipe("cast")
plot_recipe = _writer_recipe("plot")
scripts_recipe = _writer_recipe("script")
scenes_recipe = _writer_recipe("scenes")


def characters_tasks(production: Production) -> list[Task]:
    """One item: the cast is found in the whole book, whichever chapters are to be filmed."""
    book, writer = production.book, production.engines.writer

    def make() -> Made:
        cast = writer.cast(book)
        return Made(
            cast.model_dump_json().encode(),
            JSON,
            {"characters": len(cast.characters), "quotations": len(cast.quotations)},
            _call(production, "cast", book.word_count),
        )

    recipe = characters_recipe(production.engines)
    return [Task("characters", "cast", "cast and quotations", recipe, {"book": _whole_text(production)}, make)]


def plot_tasks(production: Production) -> list[Task]:
    book, cast, writer = production.book, production.cast, production.engines.writer
    directive = production.options.directive

    def make() -> Made:
        plot = writer.plot(book, cast).model_copy(update={"directive": directive})
        return Made(
            plot.model_dump_json().encode(), JSON, {"fiction": plot.fiction}, _call(production, "plot", book.word_count)
        )

    inputs = {"book": _whole_text(production), "characters": content_hash(cast), "directive": text_hash(directive)}
    return [Task("plot_overview", "plot", "plot overview", plot_recipe(production.engines), inputs, make)]


# -- scripts and scenes --------------------------------------------------------------------------------------------


def cast_of(section: Section, cast: Cast) -> Cast:
    """What a chapter's script may depend on: its own quotations, and who is named or speaks in it, without counts.

    Keeps a change elsewhere in the book from making this chapter's script stale.
    """
    quotations = tuple(q for q in cast.quotations if q.chapter == section.key)
    speakers = {q.speaker for q in quotations}
    here = tuple(
        _bare(character)
        for character in cast.characters
        if character.id in speakers or any(name in section.text for name in (character.name, *character.aliases))
    )
    return Cast(characters=here, quotations=quotations)


def _bare(character: Character) -> Character:
    return Character(
        id=character.id,
        name=character.name,
        kind=character.kind,
        aliases=character.aliases,
        importance=character.importance,
        gender=character.gender,
        age=character.age,
        look=character.look,
    )


def scripts_tasks(production: Production) -> list[Task]:
    plot, writer, style = production.plot, production.engines.writer, production.options.style
    recipe = {**scripts_recipe(production.engines), "style": style}

    def task(section: Section) -> Task:
        cast = cast_of(section, production.cast)

        def make() -> Made:
            script = writer.script(section, cast, plot, style=style)
            lines = sum(len(scene.lines) for scene in script.scenes)
            return Made(
                script.model_dump_json().encode(),
                JSON,
                {"scenes": len(script.scenes), "lines": lines},
                _call(production, "script", section.word_count),
            )

        inputs = {
            "chapter": section_hash(section),
            "title": text_hash(section.title),
            "characters": content_hash(cast),
            "directive": text_hash(plot.directive),
            "fiction": content_hash(plot.fiction),
        }
        return Task("scripts", section.key, section.title, recipe, inputs, make)

    return [task(section) for section in production.chapters]


def scenes_tasks(production: Production) -> list[Task]:
    writer = production.engines.writer
    recipe = scenes_recipe(production.engines)

    def task(section: Section) -> Task:
        script, cast = production.scripts[section.key], cast_of(section, production.cast)

        def make() -> Made:
            found = writer.scenes(section, script, cast)
            return Made(
                scenes_json(found),
                JSON,
                {"scenes": len(found), "shots": sum(len(scene.shots) for scene in found)},
                _call(production, "scenes", section.word_count),
            )

        inputs = {"script": content_hash(script), "characters": content_hash(cast)}
        return Task("scenes", section.key, section.title, recipe, inputs, make)

    return [task(section) for section in production.chapters if section.key in production.scripts]
