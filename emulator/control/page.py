"""The page at `/_emulator`: bill, active faults and recent requests, for a person to look at."""

from __future__ import annotations

import time
from collections.abc import Iterable
from html import escape
from importlib import resources
from string import Template
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from emulator.control.accounts import bill
from emulator.core.hub import Hub

_RECENT = 60


def routes(hub: Hub) -> list[BaseRoute]:
    template = Template(resources.files("emulator.control").joinpath("page.html").read_text("utf-8"))

    async def page(request: Request) -> Response:
        return HTMLResponse(template.substitute(_values(hub)), headers={"Cache-Control": "no-store"})

    return [Route("/_emulator", page, methods=["GET"])]


def _values(hub: Hub) -> dict[str, str]:
    accounts = bill(hub)
    sums = [
        (group, name, one["charges"], f"{float(one['usd']):.4f}")
        for group in ("provider", "operation", "model")
        for name, one in accounts[f"by_{group}"].items()
    ]
    twice = [
        (mark[:12], ", ".join(map(str, ids)), accounts["by_fingerprint"][mark]["usd"])
        for mark, ids in accounts["billed_more_than_once"].items()
    ]
    rules = [
        (rule["id"], rule["kind"], _short(rule.get("match", {})), rule["matched"], rule["fired"])
        for rule in hub.faults.listed()
    ]
    recent = [
        (
            time.strftime("%H:%M:%S", time.localtime(row["at"])),
            row["provider"],
            row["operation"],
            row["model"],
            "cut" if row["status"] is None else row["status"],
            f"{row['seconds']:.2f}",
            row["fault"] or "",
            row["amount_usd"] or "",
            row["fingerprint"][:12],
        )
        for row in hub.state.rows(
            "SELECT requests.*, bill.amount_usd FROM requests LEFT JOIN bill ON bill.id = requests.bill_id "
            "ORDER BY requests.id DESC LIMIT ?",
            _RECENT,
        )
    ]
    return {
        "total": f"{float(accounts['total_usd']):.4f}",
        "charges": str(accounts["charges"]),
        "undelivered": str(len(accounts["undelivered"])),
        "sums": _rows(sums),
        "twice": _rows(twice) or '<tr><td colspan="3">none</td></tr>',
        "rules": _rows(rules) or '<tr><td colspan="5">none</td></tr>',
        "requests": _rows(recent) or '<tr><td colspan="9">none yet</td></tr>',
    }


def _rows(rows: Iterable[tuple[Any, ...]]) -> str:
    return "\n".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)


def _short(match: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in match.items()) or "every call"
