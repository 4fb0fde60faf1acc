"""A plan's content: what is out of date, chosen by what was asked for, with prices, times and what may follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from litink.books.model import Section
from litink.errors import Refused
from litink.generation import ledger, results
from litink.generation.keys import content_hash
from litink.library.options import MakeOptions
from litink.production.context import Production
from litink.production.costs.pricing import left_out
from litink.production.graph import FAMILIES
from litink.production.names import chapter_of
from litink.production.plan.follows import Name, followers
from litink.production.plan.model import AssetSum, Draft, Following, PlanItem, PlanOptions, Reason
from litink.production.plan.present import Present
from litink.production.plan.prices import FREE, WRITTEN, Prices, Usd
from litink.production.plan.recipes import bought_from
from litink.production.plan.staleness import Finding, survey
from litink.providers.catalogue import Task as Work

_HEADROOM = Decimal("0.1")  # of what is there: what is made anew may have more parts than before
_KNOWN = Reason(kind="missing", text="known already: it is taken from the cache")
_PARTS: Mapping[str, tuple[Work, ...]] = {
    "scenes": ("scenes",),
    "character_images": ("portrait",),
    "scene_images": ("scene_image",),
    "motion": ("motion",),
    "music": ("music",),
    "audio": ("speech",),
    "lipsync": ("lipsync",),
}


def drawn_up(production: Present, options: PlanOptions) -> Draft:
    """The plan for a book as it is now. Raises Refused for a choice that the book does not have."""
    return _Drafting(production, options).draft()


@dataclass(frozen=True)
class _Priced:
    """A finding, or a follower, with what it costs."""

    found: Finding
    usd: Usd
    bought_from: tuple[str, str] | None

    @property
    def name(self) -> Name:
        return self.found.asset, self.found.key


@dataclass(frozen=True)
class _Choice:
    """What a plan has: items, and what may come into being behind them."""

    items: Sequence[_Priced]
    following: Sequence[Following]

    @property
    def usd_most(self) -> Decimal:
        return sum((one.usd[1] for one in self.items), Decimal(0)) + sum(
            (f.usd_most for f in self.following), Decimal(0)
        )


class _Drafting:
    def __init__(self, production: Present, options: PlanOptions) -> None:
        self.production, self.options = production, options
        self.survey = survey(production)
        self.scope = _Scope.of(production, options)
        with production.engine.begin() as connection:
            keys = [found.cache_key for found in self.survey.findings if found.cache_key]
            self.known = results.known_of(connection, keys) if keys else set()
            bought = ledger.recipes_bought(connection, production.record.id, WRITTEN)
        self.prices = Prices(production, bought)

    @cached_property
    def tempo(self) -> Mapping[tuple[str, str | None], float]:
        """Seconds that an item takes, by asset and model."""
        with self.production.engine.begin() as connection:
            return ledger.tempo(connection, self.production.record.id)

    def draft(self) -> Draft:
        priced = self._priced(self.survey.findings)
        free = [one for one in priced if one.bought_from is None]
        paid = [one for one in priced if one.bought_from is not None]
        wanted = sorted((one for one in paid if self.scope.has(*one.name)), key=self._place)
        chosen = self._affordable(free, wanted)
        names = {one.name for one in chosen.items}
        return self._summed(chosen, [one for one in paid if one.name not in names])

    # -- items and prices ------------------------------------------------------------------------------------------

    def _priced(self, findings: Iterable[Finding]) -> list[_Priced]:
        """With prices; what is the same as another item, or known already, costs nothing."""
        met, found = set[tuple[str, str]](), list[_Priced]()
        for one in findings:
            seller = bought_from(one.task.recipe) if one.task and not one.patch else None
            if seller is None or one.task is None or one.cache_key in self.known:
                found.append(_Priced(one, FREE, None))
                continue
            usd = FREE if (one.asset, one.cache_key) in met else self.prices.of(one.task, one.item)
            if one.cache_key:  # what may follow has none yet: two that are the same now may part
                met.add((one.asset, one.cache_key))
            found.append(_Priced(one, usd, seller))
        return found

    def _place(self, one: _Priced) -> tuple[int, int]:
        """The order of the film: what the whole book rests on, then chapter by chapter, each in the graph's order."""
        chapter = chapter_of(*one.name)
        return self._order.get(chapter or "", -1), self._families[one.found.asset]

    @cached_property
    def _order(self) -> dict[str, int]:
        return {section.key: number for number, section in enumerate(self.production.chapters)}

    @cached_property
    def _families(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(FAMILIES)}

    # -- the choice ------------------------------------------------------------------------------------------------

    def _affordable(self, free: Sequence[_Priced], wanted: Sequence[_Priced]) -> _Choice:
        """As many of what is wanted, from the first on, as the budget allows with all that may follow."""
        budget = self.options.budget_usd
        whole = self._choice(free, wanted)
        if budget is None or whole.usd_most <= budget:
            return whole
        fits, too_many = 0, len(wanted)
        while too_many - fits > 1:
            tried = (fits + too_many) // 2
            if self._choice(free, wanted[:tried]).usd_most <= budget:
                fits = tried
            else:
                too_many = tried
        least = self._choice(free, wanted[:fits])
        return least if least.usd_most <= budget else _Choice(free, ())

    def _choice(self, free: Sequence[_Priced], paid: Sequence[_Priced]) -> _Choice:
        redone = [one.name for one in (*free, *paid) if one.found.state != "surplus"]
        behind = followers(self.survey.manifest, redone, self.survey.drawing.links)
        fresh = [(name, before) for name, before in behind.items() if name not in self._out_of_date]
        follow = self._priced(self._follower(name, before) for name, before in fresh)
        follow = [one for one in follow if one.bought_from is None or self.scope.has(*one.name)]
        follow = [_Priced(one.found, (Decimal(0), one.usd[1]), one.bought_from) for one in follow]
        items = [*(self._unsettled(one) if one.name in behind else one for one in (*free, *paid)), *follow]
        return _Choice(items, self._following({one.name for one in items if one.found.state != "surplus"}, items))

    def _unsettled(self, one: _Priced) -> _Priced:
        """What is out of date behind something that is made anew: it may then be what is known, or what is not."""
        task = one.found.task
        seller = bought_from(task.recipe) if task else None
        if task is None or seller is None or not (one.bought_from or self.scope.has(*one.name)):
            return one
        return _Priced(one.found, (Decimal(0), self.prices.of(task, one.found.item)[1]), seller)

    def _follower(self, name: Name, before: Sequence[str]) -> Finding:
        task = self.survey.tasks[name]
        why = Reason(kind="upstream", text=f"{' and '.join(_words(before))} may change")
        return Finding(*name, task.label, "may_follow", (why,), task, None)

    @cached_property
    def _out_of_date(self) -> frozenset[Name]:
        return frozenset((one.asset, one.key) for one in self.survey.findings)

    def _following(self, touched: Collection[Name], items: Sequence[_Priced]) -> list[Following]:
        """What may come into being in chapters whose script or scenes are made anew. None where items were named."""
        if self.options.items:
            return []
        listed: defaultdict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
        for one in items:
            listed[one.found.asset, chapter_of(*one.name)] += one.usd[1]
        found, retold = list[Following](), list[Section]()
        for section in self.production.chapters:
            rewritten, retaken = ("scripts", section.key) in touched, ("scenes", section.key) in touched
            if rewritten or retaken:
                retold.append(section)
            for asset in ("scenes", "scene_images", "motion", "audio", "lipsync"):
                if rewritten or (retaken and asset in ("scene_images", "motion", "lipsync")):
                    new = asset != "scenes" or section.key not in self.production.scenes
                    found += self._may_come(asset, section.key, [section], listed) if new else []
        if retold:
            found += self._may_come("character_images", None, retold, listed)
            found += self._may_come("music", None, retold, listed)
        for asset in self.survey.untold:
            found += self._may_come(asset, None, self.production.chapters, listed)
        return found

    def _may_come(
        self,
        asset: str,
        chapter: str | None,
        sections: Sequence[Section],
        listed: Mapping[tuple[str, str | None], Decimal],
    ) -> list[Following]:
        works = _PARTS.get(asset, FAMILIES[asset].done_by)
        unwanted = left_out(self.production.options)
        if not self.scope.of_asset(asset, chapter) or unwanted.issuperset(works):
            return []
        reckoned = self.prices.reckoned(sections, works).get(asset, FREE)[1]
        if not reckoned:
            return []
        there = listed[asset, chapter] if (asset, chapter) in listed else Decimal(0)
        return [Following(asset=asset, chapter=chapter, usd_most=max(reckoned - there, there * _HEADROOM))]

    # -- the sum ---------------------------------------------------------------------------------------------------

    def _summed(self, chosen: _Choice, left_out: Sequence[_Priced]) -> Draft:
        order = {name: number for number, name in enumerate(self.survey.manifest)}
        items = sorted(
            (self._item(one) for one in chosen.items),
            key=lambda item: (self._families[item.asset], order.get((item.asset, item.key), len(order))),
        )
        sums = [self._sum(asset, items, chosen.following, left_out) for asset in FAMILIES]
        draft = Draft(
            items=tuple(items),
            following=tuple(chosen.following),
            assets=tuple(sums),
            usd_least=sum((one.usd_least for one in sums), Decimal(0)),
            usd_most=sum((one.usd_most for one in sums), Decimal(0)),
            seconds=round(sum(one.seconds for one in sums), 1),
            fingerprint="",
        )
        return draft.model_copy(update={"fingerprint": self._fingerprint(draft)})

    def _item(self, one: _Priced) -> PlanItem:
        found = one.found
        model = one.bought_from[1] if one.bought_from else None
        why = found.why
        known = found.cache_key in self.known and not one.usd[1]
        if known and found.task and bought_from(found.task.recipe):
            why = (*why, _KNOWN)
        seconds = 0.0
        if found.state != "surplus" and not found.patch and not known:
            seconds = self.tempo.get((found.asset, model), 0.0)
        return PlanItem.model_construct(
            asset=found.asset,
            key=found.key,
            label=found.label,
            chapter=chapter_of(found.asset, found.key),
            state=found.state,
            reasons=why,
            model=model,
            cache_key=found.cache_key,
            usd_least=one.usd[0],
            usd_most=one.usd[1],
            seconds=round(seconds, 3),
        )

    def _sum(
        self, asset: str, items: Sequence[PlanItem], following: Sequence[Following], left_out: Sequence[_Priced]
    ) -> AssetSum:
        mine = [item for item in items if item.asset == asset]
        states = [item.state for item in mine]
        coming = sum((one.usd_most for one in following if one.asset == asset), Decimal(0))
        production = self.production
        width = (
            production.engines.width(production.tier, *FAMILIES[asset].done_by) or production.engines.settings.workers
        )
        following_fresh = sum(1 for item in mine if item.state == "may_follow")
        return AssetSum(
            asset=asset,
            fresh=self.survey.fresh.get(asset, 0) - following_fresh,
            stale=states.count("stale"),
            missing=states.count("missing"),
            may_follow=states.count("may_follow"),
            surplus=states.count("surplus"),
            left_out=sum(1 for one in left_out if one.found.asset == asset),
            usd_least=sum((item.usd_least for item in mine), Decimal(0)),
            usd_most=sum((item.usd_most for item in mine), Decimal(0)) + coming,
            seconds=round(sum(item.seconds for item in mine) / width, 1),
        )

    def _fingerprint(self, draft: Draft) -> str:
        return content_hash(
            {
                "manifest": [[*name, key] for name, key in self.survey.manifest.items()],
                "items": [[item.asset, item.key, item.state, str(item.usd_most)] for item in draft.items],
                "following": [one.model_dump(mode="json") for one in draft.following],
                "book": self.production.options,
                "asked": self.options,
            }
        )


@dataclass(frozen=True)
class _Scope:
    """What a plan may be about."""

    assets: frozenset[str]
    chapters: frozenset[str] | None  # None: all, and what belongs to no chapter
    items: frozenset[Name]

    @classmethod
    def of(cls, production: Production, options: PlanOptions) -> _Scope:
        if strange := [asset for asset in options.assets if asset not in FAMILIES]:
            raise Refused("no-such-asset", f"There is no asset “{strange[0]}”. There are {', '.join(FAMILIES)}.")
        named = [item.partition("/") for item in options.items]
        if wrong := next(
            (
                item
                for item, (asset, _, key) in zip(options.items, named, strict=True)
                if asset not in FAMILIES or not key
            ),
            None,
        ):
            raise Refused("no-such-item", f"“{wrong}” names no item; write asset/key, as in scene_images/cover.")
        chapters = None
        if options.chapters != "all":
            chosen = MakeOptions(chapters=options.chapters).select(production.book)
            chapters = frozenset(section.key for section in chosen)
        return cls(frozenset(options.assets), chapters, frozenset((asset, key) for asset, _, key in named))

    def has(self, asset: str, key: str) -> bool:
        if self.items and (asset, key) not in self.items:
            return False
        return self.of_asset(asset, chapter_of(asset, key))

    def of_asset(self, asset: str, chapter: str | None) -> bool:
        return (not self.assets or asset in self.assets) and (self.chapters is None or chapter in self.chapters)


def _words(assets: Iterable[str]) -> list[str]:
    return [asset.replace("_", " ") for asset in assets]
