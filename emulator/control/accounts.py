"""Sums over the bill."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from emulator.core.hub import Hub


def bill(hub: Hub) -> dict[str, Any]:
    """Every row, the newest last, with sums; ``billed_more_than_once`` are fingerprints with several charges."""
    rows = hub.state.rows("SELECT * FROM bill ORDER BY id")
    for row in rows:
        row["units"] = json.loads(row["units"])
        row["delivered"] = bool(row["delivered"])
    charged = [row for row in rows if Decimal(row["amount_usd"]) > 0]
    twice: dict[str, list[int]] = defaultdict(list)
    for row in charged:
        twice[row["fingerprint"]].append(row["id"])
    return {
        "total_usd": str(_sum(charged)),
        "charges": len(charged),
        "undelivered": [row["id"] for row in charged if not row["delivered"]],
        "by_provider": _by(charged, "provider"),
        "by_operation": _by(charged, "operation"),
        "by_model": _by(charged, "model"),
        "by_fingerprint": _by(charged, "fingerprint"),
        "billed_more_than_once": {mark: ids for mark, ids in twice.items() if len(ids) > 1},
        "rows": rows,
    }


def _by(rows: Iterable[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row[name]].append(row)
    return {value: {"charges": len(group), "usd": str(_sum(group))} for value, group in sorted(groups.items())}


def _sum(rows: Iterable[dict[str, Any]]) -> Decimal:
    return sum((Decimal(row["amount_usd"]) for row in rows), Decimal(0))
