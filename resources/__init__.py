"""Dagster resources: thin wrappers that hand a configured litink object to an asset. No logic."""

from __future__ import annotations

from collections.abc import Generator

import dagster as dg

from litink.production.studio import Studio
from litink.settings import get_settings


@dg.resource(description="The studio of this process, opened when a run first needs it and closed with the run.")
def studio_resource(_: dg.InitResourceContext) -> Generator[Studio, None, None]:
    with Studio.opened(get_settings()) as studio:
        yield studio
