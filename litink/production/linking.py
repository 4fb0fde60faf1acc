"""The family of cross-references: which passages of a book come back to which earlier ones. Made here, at no cost."""

from __future__ import annotations

import numpy as np
from pydantic import TypeAdapter

from litink.errors import PermanentFailure
from litink.generation.keys import content_hash
from litink.generation.model import Made, Purpose, Task
from litink.production.context import CROSS_REFERENCES, Production
from litink.production.credits import Credits
from litink.production.engines import Engines, Recipe
from litink.production.text import JSON, PASSAGES, section_hash, unpack_passages
from litink.story.cross_references import cross_references
from litink.story.model import CrossReference, Passage

VERSION = 1
KEY = "book"
_LIST = TypeAdapter(list[CrossReference])


def cross_references_recipe(_: Engines, __: str) -> Recipe:
    return {"cross_references": VERSION}


def cross_references_tasks(production: Production) -> list[Task]:
    """One item: the references between the chapters whose passages are there.

    Raises PermanentFailure("upstream-missing") while there are none at all.
    """
    items = production.done(PASSAGES)
    chapters = [section for section in production.chapters if section.key in items]
    if not chapters:
        raise PermanentFailure("upstream-missing", f"“{PASSAGES}” has not been made for this book; make it first.")

    def make(_: Purpose) -> Made:
        credits = Credits()
        found: list[Passage] = []
        vectors = []
        for section in chapters:
            spans, embedded = unpack_passages(production.objects.get(items[section.key].blob_sha or ""))
            vectors.append(embedded)
            found += [
                Passage(chapter=section.key, ordinal=n, start=start, end=end, text=section.text[start:end])
                for n, (start, end) in enumerate(spans.tolist())
            ]
        references = cross_references(found, np.concatenate(vectors)) if found else []
        return Made(
            _LIST.dump_json(references),
            JSON,
            {"references": len(references), **credits.meta("indexed")},
            credits.calls("local", f"rules {VERSION}", {"passages": len(found)}),
        )

    inputs = {
        "book": content_hash([[section.key, section_hash(section)] for section in chapters]),
        "passages": content_hash([items[section.key].blob_sha for section in chapters]),
    }
    recipe = cross_references_recipe(production.engines, production.tier)
    return [Task(CROSS_REFERENCES, KEY, "cross-references", recipe, inputs, make)]
