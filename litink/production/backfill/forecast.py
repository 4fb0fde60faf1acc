"""What a backfill would redo and about what that costs, by the recorded recipes alone: no book is opened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection

from litink.errors import LitinkError, Refused
from litink.generation import ledger
from litink.production.backfill import records
from litink.production.backfill.model import BackfillOptions, Forecast, ForecastPart
from litink.production.engines import Engines
from litink.production.graph import FAMILIES
from litink.production.plan.changes import DEFAULT, models_for
from litink.production.plan.recipes import bought_from
from litink.production.plan.recorded import Outdated, outdated
from litink.production.preferences import check_models, preferring
from litink.providers.catalogue import Model, Task

_SPREAD = (Decimal("0.8"), Decimal("1.25"))  # items differ from those that were billed so far
_PORTRAITS: Task = "portrait"  # who draws them stands in where a scene has no people
Usd = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Found:
    """A forecast with the groups of items that it rests on."""

    forecast: Forecast
    groups: Sequence[Outdated]


def forecast(connection: Connection, engines: Engines, options: BackfillOptions) -> Found:
    """Raises Refused "no-such-asset", "no-such-tier", "bad-change", and what ``check_models`` raises where no
    subscription may have the models."""
    family = FAMILIES.get(options.asset)
    if family is None or not family.done_by:
        bought = ", ".join(name for name, one in FAMILIES.items() if one.done_by)
        raise Refused("no-such-asset", f"“{options.asset}” is no asset that is paid for. There are {bought}.")
    models = models_for(family.done_by, options.changes, engines)
    tiers = _tiers(engines, options.tier, models)
    stale = outdated(connection, engines, options.asset, tier=options.tier, models=models)
    groups = [group for group in stale if group.tier in tiers]
    units = ledger.units_an_item(connection, options.asset)
    parts: defaultdict[tuple[str, str | None], list[Outdated]] = defaultdict(list)
    for group in groups:
        made_by = bought_from(group.recipe)
        parts[group.tier, made_by[1] if made_by else None].append(group)
    priced = [_part(tier, by, some, engines, models, units) for (tier, by), some in sorted(parts.items(), key=str)]
    known = [(one.usd_least, one.usd_most) for one in priced if one.usd_least is not None and one.usd_most is not None]
    whole = len(known) == len(priced)
    return Found(
        Forecast(
            asset=options.asset,
            models=models,
            tier=options.tier,
            items=sum(group.items for group in groups),
            books=records.count_books(connection, options.asset, groups) if groups else 0,
            parts=tuple(priced),
            usd_least=sum((least for least, _ in known), Decimal(0)) if whole else None,
            usd_most=sum((most for _, most in known), Decimal(0)) if whole else None,
        ),
        groups,
    )


def _tiers(engines: Engines, wanted: str | None, models: Mapping[Task, str]) -> list[str]:
    """The subscriptions that may have the models."""
    if wanted is not None and wanted not in engines.tiers:
        raise Refused("no-such-tier", f"There is no subscription “{wanted}”. There are {', '.join(engines.tiers)}.")
    named = {task: model for task, model in models.items() if model != DEFAULT}
    may, problem = list[str](), None
    for tier in [wanted] if wanted is not None else engines.tiers:
        try:
            check_models(engines, tier, named)
            may.append(tier)
        except LitinkError as error:
            problem = error
    if not may and problem is not None:
        raise problem
    return may


def _part(
    tier: str,
    made_by: str | None,
    groups: Sequence[Outdated],
    engines: Engines,
    models: Mapping[Task, str],
    units: Mapping[str, float],
) -> ForecastPart:
    prices = [(group.items, _price({**group.models, **models}, engines, group, units)) for group in groups]
    known = [(items, usd) for items, usd in prices if usd is not None]
    whole = len(known) == len(prices)
    return ForecastPart(
        tier=tier,
        made_by=made_by,
        items=sum(group.items for group in groups),
        cost_usd=sum((group.cost_usd for group in groups), Decimal(0)),
        usd_least=sum((items * usd[0] for items, usd in known), Decimal(0)) if whole else None,
        usd_most=sum((items * usd[1] for items, usd in known), Decimal(0)) if whole else None,
    )


def _price(models: Mapping[Task, str], engines: Engines, group: Outdated, units: Mapping[str, float]) -> Usd | None:
    """USD an item: by the first model, and by the dearest that may have to stand in."""
    wanted = preferring(engines, models)
    works = FAMILIES[group.asset].done_by
    ladders = [ladder for work in works if (ladder := wanted.ladder(group.tier, work))]
    stand_ins = wanted.ladder(group.tier, _PORTRAITS) if group.asset == "scene_images" else ()
    if not ladders:
        return Decimal(0), Decimal(0)  # made here by now
    each = [(model, _units(model, units)) for ladder in (*ladders, stand_ins) for model in ladder]
    if any(not billed for _, billed in each):
        return None
    least = min(ladder[0].price.of(_units(ladder[0], units)) for ladder in ladders)
    most = max(model.at_most(billed) for model, billed in each)
    if "pictures" in each[0][1]:
        return least, most  # one is one
    return least * _SPREAD[0], most * _SPREAD[1]


def _units(model: Model, units: Mapping[str, float]) -> Mapping[str, float]:
    """What an item is billed by with a model; empty where nothing like it is known."""
    match model.operation:
        case "text-to-image" | "image-to-image":
            return {"pictures": 1}
        case "image-to-video":
            return {"seconds": min(max(units.get("seconds", 0), model.durations[0]), model.durations[-1])}
        case "speech":
            wanted: tuple[str, ...] = ("characters",)
        case _:
            wanted = ("tokens_in", "tokens_out")
    return {name: units[name] for name in wanted if units.get(name)}
