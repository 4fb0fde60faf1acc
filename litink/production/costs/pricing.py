"""The price of a book on the shelf, for whoever wants to know before it is spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litink.library.options import MakeOptions
from litink.production.context import Production
from litink.production.costs.estimate import AssetEstimate, Shape, estimate, shape_of_scenes, shape_of_words
from litink.production.engines import Engines
from litink.providers.catalogue import TASKS, Model, Task


def paid_tasks(engines: Engines, tier: str, options: MakeOptions) -> Mapping[Task, tuple[Model, ...]]:
    """What providers are paid for when a book is made with these options, and their models; empty where nothing is."""
    ladders = {task: engines.ladder(tier, task) for task in TASKS if task not in left_out(options)}
    return {task: ladder for task, ladder in ladders.items() if ladder}


def left_out(options: MakeOptions) -> frozenset[Task]:
    """Tasks that nobody is asked for when a book is made with these options, whoever could do them."""
    tasks: set[Task] = {"question"}
    if options.motion == "stills":
        tasks.add("motion")
    if not options.lipsync:
        tasks.add("lipsync")
    if options.music != "composed":
        tasks.add("music")
    return frozenset(tasks)


@dataclass(frozen=True)
class Quote:
    """What making chapters of a book costs, by asset; empty where local engines do everything."""

    shape: Shape
    assets: list[AssetEstimate]


def quote(production: Production, chapters: str | None = None) -> Quote:
    """For the chapters that were asked for, or for others: "all", "3", "1-3", "2,5-7".

    Raises Refused("no-such-chapter"), pydantic's ValidationError for a selection that is none.
    """
    options = production.options
    if chapters is not None:
        options = type(options).model_validate({**options.model_dump(), "chapters": chapters})
    book = production.book
    chosen = options.select(book)
    keys = {chapter.key for chapter in chosen}
    written = production.done("scripts").keys() & production.done("scenes").keys()
    if keys <= written and chapters is None:
        scenes = [scene for key in keys for scene in production.scenes[key]]
        shape = shape_of_scenes(book.chapters, chosen, [production.scripts[key] for key in keys], scenes)
    else:
        shape = shape_of_words(book.chapters, chosen)
    return Quote(shape, estimate(shape, paid_tasks(production.engines, production.tier, options)))
