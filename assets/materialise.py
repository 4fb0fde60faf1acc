"""What every asset does: call the studio, report its figures as metadata, raise its checks. Nothing about one asset."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import dagster as dg

from litink.errors import LitinkError, TransientFailure
from litink.generation.model import Outcome
from litink.production.checks import Check
from litink.production.context import Production
from litink.production.engines import Engines
from litink.production.graph import ASKED_FOR, FAMILIES
from litink.production.studio import Studio
from litink.settings import get_settings
from partitions import books

Extras = Callable[[Production], Mapping[str, Any]]
Checks = Callable[[Production], Sequence[Check]]

_engines = Engines(get_settings())  # for recipes only: nothing is loaded

EVERY_ITEM = "every_item_was_made"
_REASONS, _SHOWN = 30, 5  # in a table of what is out of date
REVISION_TAG = "litink/revision"  # which revision of the book a run was launched for


def book_asset(
    *,
    name: str,
    group: str,
    kinds: set[str],
    extras: Extras,
    checks: Checks | None = None,
    blocking: Sequence[str] = (),
) -> Callable[[Callable[..., None]], dg.AssetsDefinition]:
    """An asset partitioned by book; the decorated function's docstring is its description.

    ``extras`` adds metadata and previews, ``checks`` returns the content checks named in ``blocking``.
    """
    family = {**FAMILIES, **ASKED_FOR}[name]

    def decorate(described: Callable[..., None]) -> dg.AssetsDefinition:
        @dg.asset(
            name=name,
            description=(described.__doc__ or "").strip(),
            group_name=group,
            kinds=kinds,
            deps=[dg.AssetKey(upstream) for upstream in family.upstream],
            partitions_def=books,
            code_version=family.code_version(_engines),
            metadata={"stage": family.stage, "recipe": dg.MetadataValue.json(dict(family.recipes(_engines)))},
            check_specs=[
                dg.AssetCheckSpec(EVERY_ITEM, asset=name, description="No item failed; failed ones can be made again."),
                *(dg.AssetCheckSpec(check, asset=name, blocking=True) for check in blocking),
            ],
        )
        def asset(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> dg.MaterializeResult:  # type: ignore[type-arg]
            return _materialise(context, studio, name, extras, checks)

        return asset

    return decorate


def _materialise(
    context: dg.AssetExecutionContext, studio: Studio, name: str, extras: Extras, checks: Checks | None
) -> dg.MaterializeResult[None]:
    tag = context.run.tags.get(REVISION_TAG)  # none when a person materialises the asset in the Dagster UI
    revision = int(tag) if tag else None
    try:
        production, outcome = studio.materialise(UUID(context.partition_key), name, context.run_id, revision=revision)
    except LitinkError as error:
        raise dg.Failure(
            description=error.message,
            metadata={"code": error.code},
            allow_retries=isinstance(error, TransientFailure),
        ) from None
    try:
        found = list(checks(production)) if checks else []
        metadata = {**_figures(outcome), **_to_buy(outcome, context.partition_key), **extras(production)}
        if outcome.items_waiting:
            metadata["out_of_date"] = _out_of_date(studio.out_of_date(production, name))
        broken = next((check for check in found if not check.passed), None)
        if broken:
            code = f"check-{broken.name.replace('_', '-')}"
            studio.fail(production, name, LitinkError(code, broken.message), context.run_id)
        else:
            studio.settle(production, name)
    except Exception as error:
        studio.fail(production, name, error, context.run_id)
        raise
    return dg.MaterializeResult(
        data_version=dg.DataVersion(outcome.data_version),
        metadata=metadata,
        check_results=[_every_item(outcome), *(_result(check) for check in found)],
    )


def _figures(outcome: Outcome) -> dict[str, Any]:
    return {
        "cost_usd": float(outcome.cost_usd),
        "calls": outcome.calls,
        "cache_hits": outcome.cache_hits,
        "items_done": outcome.items_done,
        "items_failed": outcome.items_failed,
        "items_waiting": outcome.items_waiting,
        "items_stood_in": outcome.items_stood_in,
        "seconds": round(outcome.seconds, 3),
        "engine_seconds": round(outcome.engine_seconds, 3),
    }


def _to_buy(outcome: Outcome, book: str) -> dict[str, Any]:
    """Where something waits: how it is bought. A run that a person starts here has no leave to."""
    if not outcome.items_waiting:
        return {}
    command = f"litink plan {book} --asset {outcome.asset}"
    told = f"{_told_waiting(outcome)}: `{command}` tells the price, `--apply` accepts it."
    return {"to_buy": dg.MetadataValue.md(told)}


def _out_of_date(found: Mapping[str, Sequence[str]]) -> dg.MetadataValue:
    rows = [
        f"| {why} | {len(labels)} | {', '.join(labels[:_SHOWN])}{', …' if len(labels) > _SHOWN else ''} |"
        for why, labels in list(found.items())[:_REASONS]
    ]
    return dg.MetadataValue.md("\n".join(["| why | items | which |", "| --- | --- | --- |", *rows]))


def _every_item(outcome: Outcome) -> dg.AssetCheckResult:
    rows = "\n".join(f"| {failure.label} | {failure.message} |" for failure in outcome.failures[:50])
    return dg.AssetCheckResult(
        check_name=EVERY_ITEM,
        passed=not outcome.failures,
        severity=dg.AssetCheckSeverity.WARN,
        description=_told(outcome) or None,
        metadata={"failed": dg.MetadataValue.md(f"| item | why |\n| --- | --- |\n{rows}")} if rows else {},
    )


def _told(outcome: Outcome) -> str:
    failed = [f"{outcome.items_failed} of {outcome.items_total} failed"] if outcome.failures else []
    stood_in = [f"{outcome.items_stood_in} made here, since no model could"] if outcome.items_stood_in else []
    return "; ".join([*failed, *stood_in, *([_told_waiting(outcome)] if outcome.items_waiting else [])])


def _told_waiting(outcome: Outcome) -> str:
    return f"{outcome.items_waiting} {'waits' if outcome.items_waiting == 1 else 'wait'} for an accepted plan"


def _result(check: Check) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=check.name,
        passed=check.passed,
        severity=dg.AssetCheckSeverity.ERROR,
        description=check.message,
        metadata=dict(check.figures),
    )
