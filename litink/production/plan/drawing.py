"""The tasks of all families of a book, drawn up from what is in force; kept while nothing that decides them changes:
all of them, and those of each part of a book, since whoever changes one thing plans what to do about it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from litink.errors import PermanentFailure
from litink.generation.keys import content_hash
from litink.generation.model import Made, Purpose, Task
from litink.production.context import Production
from litink.production.graph import FAMILIES, STAGES, Family
from litink.production.music import beds_of
from litink.production.names import lines_of
from litink.production.parts import Part
from litink.production.plan.follows import Links, links_of
from litink.production.plan.present import BOOKS, Present
from litink.providers.catalogue import Catalogue
from litink.story.model import Line

LAST = list(STAGES)[-1]
_NOT_YET = {"upstream-missing", "nothing-to-film"}  # what it is made from is not there

_Tasks = Sequence[tuple[Task, str]]  # with their cache keys


@dataclass(frozen=True)
class Drawing:
    """A book's tasks, and what of its story decides who depends on whom."""

    tasks: Mapping[str, _Tasks | None]  # by asset; None: it cannot be told
    links: Links
    lines: Mapping[str, Line]  # by the keys of the items that speak them


_kept: OrderedDict[str, tuple[Catalogue, Drawing]] = OrderedDict()  # the catalogue, so that its id is nobody else's
_parts: OrderedDict[tuple[Hashable, ...], _Tasks] = OrderedDict()
_PARTS = 250  # of a long book, drawn up for one set of options
_lock = Lock()


def drawn(production: Present) -> Drawing:
    """The tasks of every family before the last stage, and of those in it that the book pays for. They cannot be made:
    they are to be looked at."""
    mark = _mark(production)
    with _lock:
        if mark in _kept:
            _kept.move_to_end(mark)
            return _kept[mark][1]
    tasks = {name: _tasks(production, name) for name, family in FAMILIES.items() if _to_be_drawn(production, family)}
    lines = {key: line for key, _, line in lines_of(production.scripts)}
    follows_portraits = production.engines.follows_portraits(production.tier)
    beds = {scene: bed.key for scene, bed in beds_of(production).items()}
    links = links_of(production.scripts, production.scenes, beds, follows_portraits=follows_portraits)
    found = Drawing(tasks, links, lines)
    with _lock:
        _kept[mark] = (production.engines.catalogue, found)
        while len(_kept) > 2 * BOOKS:
            _kept.popitem(last=False)
        while len(_parts) > 2 * BOOKS * _PARTS:
            _parts.popitem(last=False)
    return found


def _to_be_drawn(production: Present, family: Family) -> bool:
    return family.stage != LAST or (family.bought is not None and family.bought(production))


def _tasks(production: Present, asset: str) -> _Tasks | None:
    family = FAMILIES[asset]
    try:
        if family.parts is None:
            return _looked_at(family.tasks(_whole(production) if family.stage == LAST else production))
        settled = (asset, _settled(production))
        return [one for part in family.parts(production) for one in _part(settled, part)]
    except PermanentFailure as error:
        if error.code not in _NOT_YET:
            raise
        return None


def _whole(production: Present) -> Production:
    """The book with all that is known of its items: when and how long lines are heard, which a plan has no need of."""
    return Production(
        production.engine, production.objects, production.engines, production.record.id, production.options
    )


def _part(settled: tuple[Hashable, ...], part: Part) -> _Tasks:
    mark = (*settled, *part.rests_on)
    with _lock:
        if mark in _parts:
            _parts.move_to_end(mark)
            return _parts[mark]
    found = _looked_at(part.draw())
    with _lock:
        _parts[mark] = found
    return found


def _looked_at(tasks: Sequence[Task]) -> _Tasks:
    return [(replace(task, make=never, stand_in=None), task.cache_key) for task in tasks]


def never(_: Purpose) -> Made:
    raise AssertionError("what is only looked at is not made")


def _mark(production: Present) -> str:
    """Of all that tasks are drawn up from: the book, its options, items and edits, and who would do the work."""
    book = production.record
    changing = [book.revision, book.source_sha, book.filename, production.mark]
    return content_hash([_settled(production), changing, [[edit.number, edit.state] for edit in production.edited]])


def _settled(production: Present) -> str:
    """Of what a part of a book takes for granted, see :class:`Part`."""
    book = production.record
    return content_hash(
        [
            [str(book.id), book.title, book.author, book.language, book.tier, production.options],
            [production.engines.settings.model_dump_json(), id(production.engines.catalogue)],
            [voice.id for voice in production.own_voices],
        ]
    )
