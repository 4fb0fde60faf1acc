"""Telling callers that a job is done: planned with the job, posted when it is due, also after a restart."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence

import httpx

from emulator.core.faults import Rule
from emulator.core.hub import Hub
from emulator.modelslab import jobs

_log = logging.getLogger(__name__)
_TIMEOUT = 10.0
_LONGEST_NAP = 1.0  # seconds; the clock may be moved while nobody wakes us


def plan(hub: Hub, job: jobs.Job, url: str, rules: Sequence[Rule]) -> None:
    """Plan what will be posted for ``job``; a job that is stuck posts nothing."""
    kinds = {rule.kind for rule in rules}
    late = sum(rule.seconds or 0.0 for rule in rules if rule.kind == "webhook_delay")
    if "webhook_forge" in kinds:
        _put(hub, job, url, job.begun, forged=True)
    silent = job.fate == "stuck" or "webhook_drop" in kinds
    for _ in range(0 if silent else 2 if "webhook_double" in kinds else 1):
        _put(hub, job, url, job.ready + late, forged=False)
    hub.stirred.set()


def _put(hub: Hub, job: jobs.Job, url: str, due: float, *, forged: bool) -> None:
    name = secrets.token_hex(8)
    hub.state.put("delivery", name, {"id": name, "job": job.id, "url": url, "due": due, "forged": forged}, at=due)


async def deliver_forever(hub: Hub) -> None:
    """Post what is due. Each is tried once, as a provider with a short patience does."""
    async with httpx.AsyncClient(timeout=_TIMEOUT) as client, asyncio.TaskGroup() as posting:
        while True:
            hub.stirred.clear()
            now = hub.state.now()
            waiting = hub.state.all("delivery")
            for delivery in [one for one in waiting if one["due"] <= now]:
                hub.state.drop("delivery", delivery["id"])
                posting.create_task(_post(hub, client, delivery["url"], delivery["job"], forged=delivery["forged"]))
            coming = [one["due"] - now for one in waiting if one["due"] > now]
            try:
                await asyncio.wait_for(hub.stirred.wait(), min([*coming, _LONGEST_NAP]) if coming else None)
            except TimeoutError:
                continue


async def _post(hub: Hub, client: httpx.AsyncClient, url: str, number: int, *, forged: bool) -> None:
    job = jobs.find(hub, str(number))
    if job is None:
        return
    status: int | None = None
    try:
        answer = await client.post(url, json=job.forged() if forged else job.webhook())
        status = answer.status_code
    except httpx.HTTPError as error:
        _log.info("webhook of job %s was not taken: %s", number, type(error).__name__)
    told = {"at": hub.state.now(), "job": number, "status": status, "forged": forged}
    hub.state.put("told", secrets.token_hex(8), told)
