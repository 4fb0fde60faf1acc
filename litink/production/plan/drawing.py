"""The tasks of all families of a book, drawn up from what is in force; kept while nothing that decides them changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock

from litink.errors import PermanentFailure
from litink.generation.keys import content_hash
from litink.generation.model import Made, Purpose, Task
from litink.production.graph import FAMILIES, STAGES
from litink.production.plan.present import BOOKS, Present
from litink.providers.catalogue import Catalogue

LAST = list(STAGES)[-1]
_NOT_YET = {"upstream-missing", "nothing-to-film"}  # what it is made from is not there

Drawn = dict[str, Sequence[tuple[Task, str]] | None]  # by asset: tasks with their cache keys; None: it cannot be told

_kept: OrderedDict[str, tuple[Catalogue, Drawn]] = OrderedDict()  # the catalogue, so that its id is nobody else's
_lock = Lock()


def drawn(production: Present) -> Drawn:
    """The tasks of every family before the last stage. They cannot be made: they are to be looked at."""
    mark = _mark(production)
    with _lock:
        if mark in _kept:
            _kept.move_to_end(mark)
            return _kept[mark][1]
    found: Drawn = {name: _tasks(production, name) for name, family in FAMILIES.items() if family.stage != LAST}
    with _lock:
        _kept[mark] = (production.engines.catalogue, found)
        while len(_kept) > 2 * BOOKS:
            _kept.popitem(last=False)
    return found


def _tasks(production: Present, asset: str) -> Sequence[tuple[Task, str]] | None:
    try:
        tasks = FAMILIES[asset].tasks(production)
    except PermanentFailure as error:
        if error.code not in _NOT_YET:
            raise
        return None
    return [(replace(task, make=never), task.cache_key) for task in tasks]


def never(_: Purpose) -> Made:
    raise AssertionError("what is only looked at is not made")


def _mark(production: Present) -> str:
    """Of all that tasks are drawn up from: the book, its options, items and edits, and who would do the work."""
    book = production.record
    return content_hash(
        [
            [str(book.id), book.revision, book.title, book.author, book.language, book.source_sha, book.filename],
            [book.tier, production.options, production.mark],
            [production.engines.settings.model_dump_json(), id(production.engines.catalogue)],
            [[edit.number, edit.state] for edit in production.edited],
        ]
    )
