"""Keeping house: what nobody needs any more is removed."""

import dagster as dg

from litink.library.sweeper import WHAT, Sweeper
from litink.production.studio import Studio
from litink.settings import get_settings


@dg.asset(group_name="upkeep", kinds={"postgres"})
def swept_store(studio: dg.ResourceParam[Studio]) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Removes stored bytes and known results that nothing has referred to for a while; never what something does."""
    swept = Sweeper.from_settings(studio.engine, studio.objects, get_settings()).sweep()
    table = "\n".join(f"| {told} | {swept.counts[kind]} | {swept.bytes[kind]} |" for kind, told in WHAT.items())
    return dg.MaterializeResult(
        metadata={
            "removed": sum(swept.counts.values()),
            "bytes": swept.total_bytes,
            "table": dg.MetadataValue.md(f"| what | how many | bytes |\n| --- | --- | --- |\n{table}"),
        }
    )
