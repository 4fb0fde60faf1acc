"""The least time that a book's paid calls can take: the asset graph, the providers' limits and latencies, no overhead.

Local work costs nothing here, and a call begins the moment it may. Two bounds:

- of the **asset graph**: an asset begins when all assets before it are whole, as Dagster has it. The assets that ask
  one provider for the same kind of thing stand in one chain, so nothing competes for a limit between assets, and the
  longest way through the graph is not only a lower bound but the optimum.
- of the **items**: a call begins when the items that it needs are there, whatever else of their asset is missing. For
  each limit: the earliest moment at which any of its calls can begin, and then its calls in rows of the limit's size.
  The largest of these is a lower bound (nobody can do better; whether it can be met is another matter).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """What calls of one kind take and how many may be under way."""

    seconds: Mapping[str, float]  # by kind of call
    limits: Mapping[str, int]

    def rows(self, kind: str, calls: int) -> float:
        """Seconds of so many calls that could all begin now: full rows, one after the other."""
        return math.ceil(calls / self.limits[kind]) * self.seconds[kind]


@dataclass(frozen=True)
class Phase:
    """Calls that could all begin at once, by kind, as soon as the phase before is over."""

    calls: Mapping[str, int]


@dataclass(frozen=True)
class Paid:
    """An asset's calls: phases that need each other in order, and the assets that it is made from."""

    asset: str
    upstream: Collection[str]
    phases: Sequence[Phase]

    @property
    def calls(self) -> int:
        return sum(sum(phase.calls.values()) for phase in self.phases)

    def seconds(self, provider: Provider) -> float:
        """Kinds of one phase have limits of their own and go side by side."""
        return sum(
            max((provider.rows(kind, count) for kind, count in phase.calls.items()), default=0.0)
            for phase in self.phases
        )


def bound_of_assets(assets: Sequence[Paid], provider: Provider) -> dict[str, float]:
    """The earliest end of each asset, in seconds from the start. ``assets`` in an order in which each can be made."""
    ends: dict[str, float] = {}
    for asset in assets:
        begin = max((ends[name] for name in asset.upstream if name in ends), default=0.0)
        ends[asset.asset] = begin + asset.seconds(provider)
    return ends


@dataclass(frozen=True)
class Call:
    """A call by name, its kind, and the names of the calls whose answers it needs."""

    name: str
    kind: str
    needs: Collection[str] = ()


def bound_of_items(calls: Sequence[Call], provider: Provider) -> float:
    """``calls`` in an order in which each can be made. Zero for none."""
    ends: dict[str, float] = {}
    first: dict[str, float] = {}
    for call in calls:
        begin = max((ends[name] for name in call.needs), default=0.0)
        ends[call.name] = begin + provider.seconds[call.kind]
        first[call.kind] = min(begin, first.get(call.kind, begin))
    counts = Counter(call.kind for call in calls)
    rows = [first[kind] + provider.rows(kind, count) for kind, count in counts.items()]
    return max([*ends.values(), *rows], default=0.0)
