"""The families made of words: chapters, passages, characters, plot overview, scripts, scenes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from litink.books.identity import carry_keys
from litink.books.model import Book, Section
from litink.books.sandbox import read_book
from litink.generation import results
from litink.generation.keys import content_hash
from litink.generation.model import Edits, Made, Purpose, StandIn, Task
from litink.library import corrections, reading
from litink.production.context import Production, scenes_json, text_hash
from litink.production.credits import Credits, stood_in
from litink.production.engines import Engines, Recipe, WritersTask
from litink.production.parts import Part, whole
from litink.production.preferences import here
from litink.story.cross_references import recalled
from litink.story.edits.patch import figures
from litink.story.entities import place_named
from litink.story.model import Cast, Character, CrossReference, Line, Passage, Quotation, Script, Statement
from litink.story.passages import passages
from litink.story.styles import STEERED, WORDS_A_MINUTE, cited
from litink.story.writer import LocalWriter

JSON = "application/json"
PASSAGES = "passages"
PASSAGES_VERSION = 1
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=512)
def section_hash(section: Section) -> str:
    """What a chapter says, wherever it stands: its text and the meaning of its blocks."""
    return content_hash([section.text, [asdict(block) for block in section.blocks]])


def _writer_recipe(task: WritersTask) -> Callable[[Engines, str], Recipe]:
    return lambda engines, tier: engines.writer_recipe(task, tier)


def _written(task: WritersTask, data: bytes, meta: Mapping[str, Any], credits: Credits, words: int) -> Made:
    calls = credits.calls("local", f"rules {LocalWriter.VERSIONS[task]}", {"words": words})
    return Made(data, JSON, {**meta, **credits.meta("written")}, calls)


def _written_by(production: Production, work: WritersTask, draw: Callable[[Engines], Task]) -> Task:
    """The task as ``draw`` draws it up for whoever writes. Where a model does and the book's options allow it, the
    local writer's stands in."""
    task = draw(production.engines)
    if not production.options.local_fallback or not production.engines.ladder(production.tier, work):
        return task
    return replace(task, stand_in=StandIn(lambda: draw(here(production.engines)), stood_in))


# -- chapters ----------------------------------------------------------------------------------------------------


def chapters_recipe(_: Engines, __: str) -> Recipe:
    return dict(reading.recipe())


def chapters_tasks(production: Production) -> list[Task]:
    """Two items: the book as the file gives it, with the keys that its sections had; and the same as corrected."""
    record, objects = production.record, production.objects
    last = next((item for item in production.items(reading.CHAPTERS) if item.key == reading.READING_KEY), None)
    previous = reading.previous_reading(last, record.source_sha, record.filename)
    with production.engine.begin() as connection:
        in_force = corrections.in_force(connection, record.id)

    @_once
    def read() -> Book:
        with production.engine.begin() as connection:
            known = results.artefacts_for(connection, [first.cache_key]).get(first.cache_key)
        if known and objects.has(known.blob_sha):
            return reading.stored(objects, known.blob_sha)
        with objects.as_file(record.source_sha) as path:
            book = read_book(path, filename=record.filename).book
        return carry_keys(book, reading.stored(objects, previous)) if previous else book

    first = reading.reading_task(record.source_sha, record.filename, previous, read)
    return [first, reading.book_task(first, in_force, read)]


def _once(read: Callable[[], Book]) -> Callable[[], Book]:
    """The book, read for whichever item asks first: the two are made side by side."""
    lock, found = Lock(), list[Book]()

    def asked() -> Book:
        with lock:
            if not found:
                found.append(read())
            return found[0]

    return asked


# -- passages ----------------------------------------------------------------------------------------------------


def passages_recipe(engines: Engines, tier: str) -> Recipe:
    return {"passages": PASSAGES_VERSION, "embedder": engines.embedder_recipe(tier)}


def passages_tasks(production: Production) -> list[Task]:
    """An item a chapter: its passages and their vectors, as one compressed array file."""

    recipe = passages_recipe(production.engines, production.tier)

    def task(section: Section) -> Task:
        def make(purpose: Purpose) -> Made:
            credits = Credits()
            found = passages(section)
            vectors = production.engines.embedder_for(purpose, credits).embed([passage.text for passage in found])
            return Made(
                data=pack_passages(found, vectors),
                media_type="application/x-npz",
                meta={"passages": len(found), **credits.meta("indexed")},
                calls=credits.calls("local", "all-MiniLM-L6-v2", {"passages": len(found)}),
            )

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
    return content_hash([book.language, book.title, [[c.key, section_hash(c)] for c in book.chapters]])


characters_recipe = _writer_recipe("cast")
plot_recipe = _writer_recipe("plot")
scripts_recipe = _writer_recipe("script")
scenes_recipe = _writer_recipe("scenes")


def characters_tasks(production: Production) -> list[Task]:
    """One item: the cast is found in the whole book, whichever chapters are to be filmed."""
    book, inputs = production.book, {"book": _whole_text(production)}
    edits = production.edits_of("characters", "cast")

    def task(engines: Engines) -> Task:
        def make(purpose: Purpose) -> Made:
            credits = Credits()
            cast = engines.writer_for("cast", purpose, credits).cast(book)
            data = cast.model_dump_json().encode()
            return _written("cast", data, figures("characters", cast), credits, book.word_count)

        recipe = characters_recipe(engines, production.tier)
        return Task("characters", "cast", "cast and quotations", recipe, inputs, make, edits)

    return [_written_by(production, "cast", task)]


def plot_tasks(production: Production) -> list[Task]:
    book, directive = production.book, production.options.directive
    edits = production.edits_of("plot_overview", "plot")

    def task(engines: Engines) -> Task:
        asks = bool(engines.ladder(production.tier, "plot"))
        cast = leading(production.cast) if asks else people_of(production.cast)
        references = production.cross_references if asks else ()  # the rules make nothing of them

        def make(purpose: Purpose) -> Made:
            credits = Credits()
            plot = engines.writer_for("plot", purpose, credits).plot(book, cast, directive, references)
            data = plot.model_dump_json().encode()
            return _written("plot", data, figures("plot_overview", plot), credits, book.word_count)

        inputs = {
            "book": _whole_text(production),
            "author": text_hash(book.author),
            "characters": content_hash(cast),
            "directive": text_hash(directive),
        }
        if references:
            inputs["cross_references"] = content_hash(references)
        recipe = plot_recipe(engines, production.tier)
        return Task("plot_overview", "plot", "plot overview", recipe, inputs, make, edits)

    return [_written_by(production, "plot", task)]


def people_of(cast: Cast) -> Cast:
    """The cast without places and things, which no plot is made from."""
    return cast.model_copy(update={"entities": ()})


def leading(cast: Cast) -> Cast:
    """What a model is told of the cast to sum a plot up: the names of those who matter. The rules read all of it."""
    known = (character for character in cast.characters if character.importance != "minor")
    return Cast(
        characters=tuple(Character(id=c.id, name=c.name, importance=c.importance) for c in known), quotations=()
    )


# -- scripts and scenes --------------------------------------------------------------------------------------------


def cast_of(section: Section, cast: Cast) -> Cast:
    """What a chapter's script may depend on: its own quotations, and the names of those who are named or speak in it,
    without how sure the speakers are, which the rest of the book has a part in.

    Keeps a change elsewhere in the book from making this chapter's script stale.
    """
    quotations = _quotations_of(section.key, cast)
    speakers = {q.speaker for q in quotations}
    text = section.text.lower()
    here = tuple(
        Character(id=c.id, name=c.name, aliases=tuple(alias for alias in c.aliases if _stands_in(alias, text)))
        for c in cast.characters
        if c.id in speakers or any(_stands_in(name, text) for name in (c.name, *c.aliases))
    )
    return Cast(characters=here, quotations=quotations)


@lru_cache(maxsize=20_000)
def _stands_in(name: str, text: str) -> bool:
    """Whether the words of a name follow one another in a text in small letters, whatever stands between them."""
    words = _WORD.findall(name.lower())
    if not words or not all(word in text for word in words):
        return False
    return len(words) == 1 or re.search(r"\W+".join(map(re.escape, words)), text) is not None


def _quotations_of(chapter: str, cast: Cast) -> tuple[Quotation, ...]:
    return tuple(
        q.model_copy(update={"method": "unknown", "confidence": 0.0}) for q in cast.quotations if q.chapter == chapter
    )


_STEP = 25  # words to which a chapter's share is rounded, so that a word more elsewhere does not change it


def words_for(section: Section, production: Production) -> int | None:
    """A chapter's share of the words that can be said in the minutes wished for; None where no length is."""
    minutes = production.options.minutes
    if minutes is None:
        return None
    total = sum(chapter.word_count for chapter in production.chapters)
    share = minutes * WORDS_A_MINUTE * section.word_count / max(1, total)
    return max(_STEP, _STEP * round(share / _STEP))


EARLIER_LENGTH = 400  # code points of an earlier passage that a chapter's script is told


def recalled_by_chapter(production: Production) -> dict[str, tuple[str, ...]]:
    """What is told of earlier chapters to whom a chapter's script is asked of, by the chapter's key: the beginnings of
    the few passages that it comes back to. Nothing else of these chapters makes the script stale."""
    texts = {section.key: section.text for section in production.book.chapters}
    order = {key: number for number, key in enumerate(texts)}
    of: dict[str, list[CrossReference]] = {}
    for reference in production.cross_references:
        of.setdefault(reference.passage.chapter, []).append(reference)
    return {
        chapter: tuple(_beginning(texts[span.chapter][span.start : span.end]) for span in recalled(references, order))
        for chapter, references in of.items()
    }


def _beginning(text: str) -> str:
    return text if len(text) <= EARLIER_LENGTH else text[:EARLIER_LENGTH].rsplit(maxsplit=1)[0]


def scripts_tasks(production: Production) -> list[Task]:
    return whole(scripts_parts(production))


def scripts_parts(production: Production) -> list[Part]:
    """By chapter."""
    plot, style = production.plot, production.options.style
    understood = production.sha("characters", "cast"), production.sha("plot_overview", "plot")
    told = recalled_by_chapter(production) if production.engines.ladder(production.tier, "script") else {}

    def task(engines: Engines, section: Section, words: int | None, edits: Edits) -> Task:
        cast = cast_of(section, production.cast)
        asks = bool(engines.ladder(production.tier, "script"))
        earlier = told.get(section.key, ()) if asks else ()  # the rules make nothing of it

        def make(purpose: Purpose) -> Made:
            credits = Credits()
            writer = engines.writer_for("script", purpose, credits)
            script = writer.script(section, cast, plot, style=style, words=words, earlier=earlier)
            data = script.model_dump_json().encode()
            return _written("script", data, figures("scripts", script), credits, section.word_count)

        inputs = {
            "key": section.key,  # which the ids of its scenes begin with
            "chapter": section_hash(section),
            "title": text_hash(section.title),
            "characters": content_hash(cast),
            "directive": text_hash(plot.directive),
        }
        if words is not None:
            inputs["length"] = text_hash(str(words))
        if earlier:
            inputs["earlier"] = content_hash(earlier)
        if style in STEERED or words is not None:
            inputs["plot"] = content_hash(sorted(set(cited(section, plot))))
        recipe = {**scripts_recipe(engines, production.tier), "style": style}
        return Task("scripts", section.key, section.title, recipe, inputs, make, edits)

    def part(section: Section) -> Part:
        words, edits = words_for(section, production), production.edits_of("scripts", section.key)
        earlier = told.get(section.key, ())
        return Part(
            (section.key, section.title, section_hash(section), *understood, words, earlier, edits.hash),
            lambda: [_written_by(production, "script", lambda engines: task(engines, section, words, edits))],
        )

    return [part(section) for section in production.chapters]


def as_seen(script: Script, section: Section) -> Script:
    """What a chapter's scenes may depend on: how the chapter is called, in which style it is told, how a person words
    what is said, and what is only heard is no part of it. Lines that a person added have no other words than theirs."""

    def seen(line: Line) -> Line:
        unseen = (
            {"delivery": "spoken"} if line.speaker else {"delivery": "spoken", "emotion": "neutral", "intensity": 3}
        )
        line = line.model_copy(update=unseen)
        if not line.by_person or line.start == line.end:
            return line
        return line.model_copy(update={"text": section.text[line.start : line.end], "by_person": False})

    unseen = {"action": Statement(text=""), "camera": "wide", "sound_effects": (), "music": ""}
    scenes = (scene.model_copy(update={**unseen, "lines": tuple(map(seen, scene.lines))}) for scene in script.scenes)
    return script.model_copy(update={"title": "", "style": "dialogue", "scenes": tuple(scenes), "cuts": ()})


def company(script: Script, cast: Cast, *, looks: bool) -> Cast:
    """What a chapter's scenes may depend on of the cast: those who are there or speak, where something is said, and
    which of the book's places the scenes play at, by what these call them: another name for one changes nothing.

    ``looks``: whether the words for a picture describe people. A model is told their names alone; how they look is
    for who draws them.
    """
    there = {who for scene in script.scenes for who in (*scene.present, *(line.speaker for line in scene.lines))}
    people = (character for character in cast.characters if character.id in there)
    return Cast(
        characters=tuple(
            Character(id=c.id, name=c.name, gender=c.gender, age=c.age, look=c.look)
            if looks
            else Character(id=c.id, name=c.name)
            for c in people
        ),
        quotations=_quotations_of(script.chapter, cast),
        entities=tuple(
            Character(id=id_, name=place, kind="location")
            for place in dict.fromkeys(scene.place for scene in script.scenes)
            if (id_ := place_named(place, cast.entities))
        ),
    )


def scenes_tasks(production: Production) -> list[Task]:
    return whole(scenes_parts(production))


def scenes_parts(production: Production) -> list[Part]:
    """By chapter."""

    def task(engines: Engines, section: Section, edits: Edits) -> Task:
        script = as_seen(production.scripts[section.key], section)
        cast = company(script, production.cast, looks=not engines.ladder(production.tier, "scenes"))

        def make(purpose: Purpose) -> Made:
            credits = Credits()
            found = engines.writer_for("scenes", purpose, credits).scenes(section, script, cast)
            return _written("scenes", scenes_json(found), figures("scenes", found), credits, section.word_count)

        inputs = {"script": content_hash(script), "characters": content_hash(cast)}
        recipe = scenes_recipe(engines, production.tier)
        return Task("scenes", section.key, section.title, recipe, inputs, make, edits)

    def part(section: Section) -> Part:
        edits = production.edits_of("scenes", section.key)
        script, cast = production.sha("scripts", section.key), production.sha("characters", "cast")
        return Part(
            (section.key, section.title, section_hash(section), script, cast, edits.hash),
            lambda: [_written_by(production, "scenes", lambda engines: task(engines, section, edits))],
        )

    return [part(section) for section in production.chapters if section.key in production.scripts]
