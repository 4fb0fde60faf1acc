"""Lists: newest first, in pages that begin after, or end before, an object that the caller names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emulator.stripe.dialect import invalid
from emulator.stripe.params import Dated, Page, Range
from emulator.stripe.shop import Object, shown


def listed(things: Sequence[Object], url: str, *, more: bool = False) -> Object:
    return {"object": "list", "data": [shown(one) for one in things], "has_more": more, "url": url}


def page(things: Sequence[Object], asked: Page, url: str) -> Object:
    """One page of ``things``, which come the oldest first."""
    newest = [one for one in reversed(things) if not one.get("deleted")]
    if isinstance(asked, Dated):
        newest = [one for one in newest if _dated(one["created"], asked.created)]
    names = [one["id"] for one in newest]
    if asked.ending_before is not None:
        end = _place(names, asked.ending_before, "ending_before")
        start = max(0, end - asked.limit)
        return listed(newest[start:end], url, more=start > 0)
    start = 0 if asked.starting_after is None else _place(names, asked.starting_after, "starting_after") + 1
    part = newest[start : start + asked.limit]
    return listed(part, url, more=len(newest) > start + len(part))


def _place(names: Sequence[str], name: str, param: str) -> int:
    if name not in names:
        raise invalid(f"No such object in this list: '{name}'", param, "resource_missing")
    return names.index(name)


def _dated(created: int, asked: Range | int | None) -> bool:
    if asked is None:
        return True
    if isinstance(asked, int):
        return created == asked
    return (
        (asked.gt is None or created > asked.gt)
        and (asked.gte is None or created >= asked.gte)
        and (asked.lt is None or created < asked.lt)
        and (asked.lte is None or created <= asked.lte)
    )


def matching(things: Sequence[Object], **wanted: Any) -> list[Object]:
    """Those whose fields are as wanted; a wanted None says nothing."""
    asked = {name: value for name, value in wanted.items() if value is not None}
    return [one for one in things if all(one.get(name) == value for name, value in asked.items())]
