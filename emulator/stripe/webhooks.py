"""Posting events to endpoints: signed, tried again until they are taken; doubled, lost or late where a rule says."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import random
import secrets
import time
from collections.abc import Sequence
from typing import Any, Literal

import httpx

from emulator.core.hub import Hub
from emulator.stripe.dialect import PROVIDER
from emulator.stripe.serving import dumped
from emulator.stripe.shop import Object, Shop, shown

_log = logging.getLogger(__name__)
_TIMEOUT = 10.0
_LONGEST_NAP = 60.0  # seconds; whoever moves the clock wakes us
_AGAIN = (60, 600, 3_600, 10_800, 21_600, 43_200, 86_400)  # seconds until each next try; then it is given up
OPERATION = "webhook"  # what rules call it

Order = Literal["as_made", "reversed", "shuffled"]


def signature(secret: str, body: str, at: int) -> str:
    """The header `Stripe-Signature`: HMAC-SHA256 of `{t}.{body}`."""
    made = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={made}"


class Postman:
    """One post at a time to each endpoint, in the order in which events were made."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._rounds = asyncio.Lock()  # so that nothing is posted by two rounds

    async def deliver_forever(self) -> None:
        hub = self._hub
        async with httpx.AsyncClient(timeout=_TIMEOUT) as client:
            while True:
                hub.posted.clear()
                if not hub.settings.hold_events:
                    async with self._rounds:
                        await self._round(client)
                waiting = [] if hub.settings.hold_events else hub.state.all("stripe/delivery")
                coming = min((one["due"] for one in waiting), default=None)
                nap = None if coming is None else min(max(coming - hub.state.now(), 0.01), _LONGEST_NAP)
                try:
                    await asyncio.wait_for(hub.posted.wait(), nap)
                except TimeoutError:
                    continue

    async def _round(self, client: httpx.AsyncClient) -> None:
        now = self._hub.state.now()
        due = [one for one in self._hub.state.all("stripe/delivery") if one["due"] <= now]
        endpoints = dict.fromkeys(one["endpoint"] for one in due)
        own = [[one for one in due if one["endpoint"] == name] for name in endpoints]
        await asyncio.gather(*(self._each(client, deliveries) for deliveries in own))

    async def _each(self, client: httpx.AsyncClient, deliveries: Sequence[Object]) -> list[Object]:
        return [attempt for one in deliveries for attempt in await self._deliver(client, one)]

    async def deliver(self, order: Order, seed: int) -> list[Object]:
        """Post everything that waits, also what is held or not due yet, one after another; gives the attempts."""
        async with self._rounds, httpx.AsyncClient(timeout=_TIMEOUT) as client:
            waiting = self._hub.state.all("stripe/delivery")
            return await self._each(client, _ordered(waiting, order, seed))

    async def redeliver(self, names: Sequence[str] | None, order: Order, seed: int) -> list[Object]:
        """Post events again (all that there are, without ``names``) to every endpoint that is on; no rule meets them.

        KeyError for an event that is not there.
        """
        shop = Shop(self._hub)
        events = {one["id"]: one for one in shop.all("event")}
        wanted = [events[name] for name in (events if names is None else names)]
        again = [
            {"id": "", "event": event["id"], "endpoint": endpoint["id"], "tries": 0, "met": True}
            for event in wanted
            for endpoint in shop.all("webhook_endpoint", status="enabled")
            if {"*", event["type"]} & set(endpoint["enabled_events"])
        ]
        async with self._rounds, httpx.AsyncClient(timeout=_TIMEOUT) as client:
            return await self._each(client, _ordered(again, order, seed))

    async def _deliver(self, client: httpx.AsyncClient, delivery: Object) -> list[Object]:
        """One delivery as the rules have it; what was tried."""
        state, epoch = self._hub.state, self._hub.epoch
        event = state.get("stripe/event", delivery["event"])
        endpoint = state.get("stripe/webhook_endpoint", delivery["endpoint"])
        if event is None or endpoint is None or endpoint["status"] != "enabled":
            state.drop("stripe/delivery", delivery["id"])
            return []
        kinds: set[str] = set()
        if not delivery.get("met"):
            kinds, late = self._meet(event)
            delivery["met"] = True
            if late:
                state.put("stripe/delivery", delivery["id"], {**delivery, "due": state.now() + late})
                return []
        attempts = []
        if "webhook_forge" in kinds:
            forged = {**event, "data": {"object": {**event["data"]["object"], "id": "forged"}}}
            attempts.append(await self._post(client, endpoint, forged, secret="whsec_forged", forged=True))  # noqa: S106
        if "webhook_drop" in kinds:
            state.drop("stripe/delivery", delivery["id"])
            return attempts
        for _ in range(2 if "webhook_double" in kinds else 1):
            attempts.append(await self._post(client, endpoint, event, secret=endpoint["_secret"]))
        if epoch == self._hub.epoch and delivery["id"]:
            self._settle(delivery, taken=200 <= (attempts[-1]["status"] or 0) < 300)
        return attempts

    def _meet(self, event: Object) -> tuple[set[str], float]:
        met = self._hub.faults.meet(
            provider=PROVIDER,
            operation=OPERATION,
            model=event["type"],
            text=dumped(shown(event)),
            fingerprint=event["type"],
        )
        rules = [fault.rule for fault in met.webhooks]
        late = sum(rule.seconds or 0.0 for rule in rules if rule.kind == "webhook_delay")
        return {str(rule.kind) for rule in rules}, late

    def _settle(self, delivery: Object, *, taken: bool) -> None:
        state = self._hub.state
        tries = delivery["tries"]
        if not taken and tries < len(_AGAIN):
            state.put(
                "stripe/delivery", delivery["id"], {**delivery, "tries": tries + 1, "due": state.now() + _AGAIN[tries]}
            )
            return
        state.drop("stripe/delivery", delivery["id"])
        event = state.get("stripe/event", delivery["event"])
        if event is not None and taken:
            event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
            state.put("stripe/event", event["id"], event)

    async def _post(
        self, client: httpx.AsyncClient, endpoint: Object, event: Object, *, secret: str, forged: bool = False
    ) -> Object:
        body = dumped(shown(event))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            # the receiver's clock is the real one, whatever the emulator's says
            "Stripe-Signature": signature(secret, body, int(time.time())),
        }
        status: int | None = None
        epoch = self._hub.epoch
        try:
            status = (await client.post(endpoint["url"], content=body.encode(), headers=headers)).status_code
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            _log.info("event %s was not taken: %s", event["id"], type(error).__name__)
        names = {"event": event["id"], "type": event["type"], "endpoint": endpoint["id"]}
        attempt: dict[str, Any] = {"at": self._hub.state.now(), **names, "status": status, "forged": forged}
        if epoch == self._hub.epoch:
            self._hub.state.put("stripe/attempt", secrets.token_hex(8), attempt)
        return attempt


def _ordered(deliveries: Sequence[Object], order: Order, seed: int) -> list[Object]:
    found = list(deliveries)
    if order == "reversed":
        found.reverse()
    if order == "shuffled":
        random.Random(seed).shuffle(found)  # noqa: S311
    return found
