"""What making one item costs at least and at most, from the catalogue and what was bought for it before. No SQL.

At least and at most as in :mod:`litink.production.costs.estimate`, whose reckoning of tokens from words is used here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from litink.books.model import Section
from litink.generation.keys import content_hash
from litink.generation.model import Task
from litink.generation.records import ItemRecord
from litink.production.context import Production
from litink.production.costs.estimate import estimate, shape_of_words
from litink.production.credits import was_made_by
from litink.production.names import COVER, lines_of
from litink.production.paid.music import MUSIC_SECONDS
from litink.production.plan.recipes import bought_from, purchase_of
from litink.production.speaking import LONGEST_VIDEO, priced_seconds
from litink.providers.catalogue import Model
from litink.providers.catalogue import Task as Work
from litink.story.model import Line

Usd = tuple[Decimal, Decimal]  # at least, at most
FREE: Usd = (Decimal(0), Decimal(0))

_WORK: Mapping[str, Work] = {
    "passages": "embedding",
    "characters": "cast",
    "plot_overview": "plot",
    "scripts": "script",
    "scenes": "scenes",
    "character_images": "portrait",
    "scene_images": "scene_image",
    "motion": "motion",
    "lipsync": "lipsync",
    "music": "music",
    "audio": "speech",
}
WRITTEN = ("passages", "characters", "plot_overview", "scripts", "scenes")  # asked for in parts, or not in all they are
_CHARACTERS = (0.9, 1.05)  # of a line's text, as billed


class Prices:
    """Prices of one book's items, with the models that would be asked now."""

    def __init__(
        self,
        production: Production,
        bought: Mapping[tuple[str, str], Collection[Mapping[str, Any] | None]] | None = None,
    ) -> None:
        """``bought``: all recipes by which items of ``WRITTEN`` were ever paid for, by asset and key (None: not known
        any more); the least that they cost rests on it."""
        self._production, self._bought = production, bought or {}
        self._ladders: dict[Work, tuple[Model, ...]] = {}
        self._scenes: dict[bool, Usd] = {}
        self._sections = {section.key: section for section in production.chapters}

    @cached_property
    def _lines(self) -> Mapping[str, Line]:
        """By the keys of the items that speak them; read when the first line is priced."""
        return {key: line for key, _, line in lines_of(self._production.scripts)}

    def ladder(self, work: Work) -> tuple[Model, ...]:
        if work not in self._ladders:
            self._ladders[work] = self._production.engines.ladder(self._production.tier, work)
        return self._ladders[work]

    def of(self, task: Task, item: ItemRecord | None) -> Usd:
        """USD for making an item; nothing where nobody is paid for it."""
        if bought_from(task.recipe) is None:
            return FREE
        least, most = self._of(task)
        if item is not None and item.cost_usd and bought_from(item.recipe) == bought_from(task.recipe):
            least, most = min(least, item.cost_usd), max(most, item.cost_usd)
        return (Decimal(0) if self._may_be_known(task, item) else least), most

    def _may_be_known(self, task: Task, item: ItemRecord | None) -> bool:
        """Whether all that a provider would be asked may have been asked before: equal requests are bought once.

        A cache key that is known tells so for sure, and more exactly; this is about items that have more in their key
        than a provider is told.
        """
        if task.asset in WRITTEN:
            before = self._bought.get((task.asset, task.key), ())
            return any(recipe is None or purchase_of(recipe) == purchase_of(task.recipe) for recipe in before)
        if task.asset == "music" or (task.asset, task.key) == ("scene_images", COVER):
            return True  # any book with such a mood, or that begins in such a place, asks for the same
        if item is None:
            return False
        if item.state != "done":  # it may have been paid for before it failed, or before its run was killed
            return bool(item.cost_usd) or (item.state != "failed" and item.attempts > 0)
        if item.meta.get("fallback") or _finished_only(task, item):
            return True
        first = bought_from(task.recipe)  # a shot without people passes over models that follow portraits
        return first is not None and first != bought_from(item.recipe) and was_made_by(item.meta, first[1])

    def _of(self, task: Task) -> Usd:
        match task.asset:
            case "character_images":
                return _pictures([self.ladder("portrait")])
            case "scene_images" if task.key == COVER:
                return _pictures([self.ladder("cover")])
            case "scene_images":
                return self._scene("portraits" in task.inputs)
            case "motion":
                return self._motion(task)
            case "music":
                return self._music()
            case "audio":
                return self._line(task.key)
            case "lipsync":
                return self._lips(task)
            case _:
                return self._written(task)

    def _scene(self, followed: bool) -> Usd:
        """Models that follow portraits are passed over where there are none; those who draw portraits stand in."""
        if followed not in self._scenes:
            ladder = self.ladder("scene_image")
            bare = tuple(model for model in ladder if not model.references) or self.ladder("portrait")
            self._scenes[followed] = _pictures([ladder, bare] if not followed else [ladder])
        return self._scenes[followed]

    def _motion(self, task: Task) -> Usd:
        first, *others = self.ladder("motion")
        wanted = task.inputs.get("seconds")
        lengths = [length for length in first.durations if content_hash(float(length)) == wanted] or first.durations
        least = first.price.of({"seconds": lengths[0]})
        mosts = [model.at_most({"seconds": model.durations[-1]}) for model in others]
        return least, max(least, first.at_most({"seconds": lengths[-1]}), *mosts)

    def _lips(self, task: Task) -> Usd:
        ladder, wanted = self.ladder("lipsync"), task.inputs.get("seconds")
        longest = range(1, priced_seconds(LONGEST_VIDEO) + 1)
        seconds = next((length for length in longest if content_hash(length) == wanted), longest[-1])
        least = ladder[0].price.of({"seconds": seconds - 1})
        return least, max(least, *(model.at_most({"seconds": seconds + 1}) for model in ladder))

    def _music(self) -> Usd:
        ladder, units = self.ladder("music"), {"seconds": MUSIC_SECONDS}
        return ladder[0].price.of(units), max(model.at_most(units) for model in ladder)

    def _line(self, key: str) -> Usd:
        line = self._lines.get(key)
        if line is None or not any(character.isalnum() for character in line.text):
            return FREE  # a pause
        ladder, length = self.ladder("speech"), len(line.text)
        least = ladder[0].price.of({"characters": int(length * _CHARACTERS[0])})
        return least, max(least, *(model.at_most({"characters": length * _CHARACTERS[1]}) for model in ladder))

    def _written(self, task: Task) -> Usd:
        book = self._production.book
        section = self._sections.get(task.key)
        return self.reckoned([section] if section else book.chapters, (_WORK[task.asset],)).get(task.asset, FREE)

    def reckoned(self, chapters: Sequence[Section], works: Sequence[Work]) -> dict[str, Usd]:
        """What whole chapters cost by asset, reckoned from their words."""
        ladders = {work: ladder for work in works if (ladder := self.ladder(work))}
        found = estimate(shape_of_words(self._production.book.chapters, chapters), ladders)
        return {one.asset: one.usd for one in found}


def _finished_only(task: Task, item: ItemRecord) -> bool:
    """Whether the item is only finished differently: what was bought for it is not bought again."""
    return dict(item.inputs) == dict(task.inputs) and purchase_of(item.recipe) == purchase_of(task.recipe)


def _pictures(ladders: Sequence[Sequence[Model]]) -> Usd:
    """One picture by any of the ladders."""
    some = [ladder for ladder in ladders if ladder]
    if not some:
        return FREE
    least = min(ladder[0].price.of({"pictures": 1}) for ladder in some)
    return least, max(model.at_most({"pictures": 1}) for ladder in some for model in ladder)
