"""``litink doctor``: what this installation would use, whether the providers answer, and what a call would cost."""

from __future__ import annotations

import sys
from dataclasses import asdict

from rich.markup import escape
from rich.table import Table

from litink.billing.services import stands, trouble
from litink.cli.output import print_json, results
from litink.errors import Refused
from litink.library.repository import LOCAL_TIER
from litink.production.engines import Engines
from litink.providers.catalogue import TASKS, Task
from litink.providers.probing import probes
from litink.settings import get_settings

# What nobody does without a provider.
_ALONE: dict[Task, str] = {
    "motion": "none: the camera moves",
    "lipsync": "drawn mouths move",
    "music": "none: ambience",
}


def examine(*, tier: str | None, as_json: bool) -> None:
    """Exit code 1 when a provider whose key is set does not answer as it should, or subscriptions cannot be paid."""
    settings = get_settings()
    engines = Engines(settings)
    tier = tier or LOCAL_TIER
    if tier not in engines.tiers:
        raise Refused("no-such-tier", f"There is no tier “{tier}”; there are {', '.join(engines.tiers)}.")
    found = probes(settings, engines.catalogue)
    who = {task: [model.id for model in engines.ladder(tier, task)] or [_ALONE.get(task, "local")] for task in TASKS}
    ailment = trouble(settings)
    ill = [probe for probe in found if probe.has_key and probe.problem]
    if as_json:
        billing = {"enabled": settings.bills, "detail": stands(settings), "problem": ailment}
        providers = [asdict(probe) for probe in found]
        ok = not ill and ailment is None
        print_json({"ok": ok, "providers": providers, "tier": tier, "tasks": who, "billing": billing})
    else:
        table = Table("provider", "cheapest call", "would cost", "answers", box=None, header_style="dim")
        for probe in found:
            colour = "green" if probe.problem is None else "red" if probe.has_key else "dim"
            told = f"[{colour}]{escape(probe.problem or probe.left or 'yes')}[/{colour}]"
            table.add_row(probe.provider, escape(probe.cheapest), f"${probe.cheapest_usd:f}", told)
        results.print(table)
        results.print(f"\nWho does what in the tier “{tier}”, first choice first:", style="dim", markup=False)
        for task, models in who.items():
            results.print(f"  {task:<12} {' → '.join(models)}", markup=False)
        results.print(f"\n{stands(settings)}", markup=False)
        if ailment:
            results.print(ailment, style="red", markup=False)
    if ill or ailment:
        sys.exit(1)
