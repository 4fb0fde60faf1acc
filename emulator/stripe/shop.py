"""Stripe's memory in the hands of one call: objects by kind and id, the time on their clock, the events they make."""

from __future__ import annotations

import copy
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.core.calls import Refusal
from emulator.core.hub import Hub
from emulator.stripe.dialect import VERSION

PREFIXES: Mapping[str, str] = {
    "customer": "cus",
    "product": "prod",
    "price": "price",
    "payment_method": "pm",
    "payment_intent": "pi",
    "charge": "ch",
    "refund": "re",
    "dispute": "du",
    "invoice": "in",
    "invoiceitem": "ii",
    "line_item": "il",
    "invoice_payment": "inpay",
    "subscription": "sub",
    "subscription_item": "si",
    "subscription_schedule": "sub_sched",
    "checkout.session": "cs_test",
    "billing_portal.session": "bps",
    "billing_portal.configuration": "bpc",
    "event": "evt",
    "webhook_endpoint": "we",
    "test_helpers.test_clock": "clock",
}
_BY_LENGTH = sorted(PREFIXES.items(), key=lambda pair: -len(pair[1]))
_LETTERS = string.ascii_letters + string.digits
CLOCK = "test_helpers.test_clock"
Object = dict[str, Any]


def new_id(kind: str) -> str:
    return f"{PREFIXES[kind]}_{''.join(secrets.choice(_LETTERS) for _ in range(24))}"


def kind_of(name: str) -> str | None:
    """What kind of object an id names, by its prefix."""
    if name.startswith("card_"):
        return "payment_method"
    return next((kind for kind, prefix in _BY_LENGTH if name.startswith(f"{prefix}_")), None)


def shown(thing: Object) -> Object:
    """``thing`` as callers see it: a copy without what begins with an underscore, which is ours."""
    return copy.deepcopy({name: value for name, value in thing.items() if not name.startswith("_")})


def no_such(kind: str, name: str, param: str | None = None) -> Refusal:
    """404 for what stands in the address, 400 for what a parameter names."""
    word = kind.rpartition(".")[2].replace("_", " ") if "." in kind else kind.replace("_", " ")
    return Refusal(400 if param else 404, "resource_missing", f"No such {word}: '{name}'", param=param or "id")


@dataclass(frozen=True)
class Caller:
    """Whose call it is, as events tell it; ``base`` is the emulator's address as the caller sees it."""

    base: str = ""
    request_id: str | None = None
    idempotency_key: str | None = None


class Shop:
    """Everything runs on one timeline: a test clock's, once an object of one was looked up, or the emulator's own.

    An object is one dictionary however often it is looked up, so that no part of a call works on an old copy."""

    def __init__(self, hub: Hub, caller: Caller | None = None) -> None:
        self.hub, self.caller = hub, caller or Caller()
        self.clock: str | None = None
        self._met: dict[tuple[str, str], Object] = {}
        self.moment: int | None = None  # the emulator's own time while something that was due earlier happens

    @property
    def now(self) -> int:
        """Seconds since 1970 on the timeline of this call."""
        if self.clock is not None:
            return int(self.get(CLOCK, self.clock)["frozen_time"])
        return int(self.hub.state.now()) if self.moment is None else self.moment

    @property
    def base(self) -> str:
        """The emulator's address, for links to its pages; that of the latest caller where nobody called."""
        kept = self.hub.state.get("stripe/address", "base") or {"url": ""}
        if self.caller.base and kept["url"] != self.caller.base:
            self.hub.state.put("stripe/address", "base", {"url": self.caller.base})
        return self.caller.base or str(kept["url"])

    # --- objects ---

    def new(self, kind: str, body: Object, *, name: str | None = None) -> Object:
        """Keep a new object; it has an id, its kind, when it was made, and the timeline that it lives on."""
        thing = {
            "id": name or new_id(kind),
            "object": kind,
            "created": self.now,
            "livemode": False,
            **body,
            "_clock": self.clock,
        }
        self.put(thing)
        return thing

    def put(self, thing: Object) -> None:
        self._met[thing["object"], thing["id"]] = thing
        self.hub.state.put(f"stripe/{thing['object']}", thing["id"], thing)

    def find(self, kind: str, name: str) -> Object | None:
        thing = self._met.get((kind, name)) or self.hub.state.get(f"stripe/{kind}", name)
        if thing is None:
            return None
        if thing.get("_clock"):
            self.clock = thing["_clock"]
        return self._met.setdefault((kind, name), thing)

    def get(self, kind: str, name: str, param: str | None = None) -> Object:
        """The object; Refusal when there is none. ``param``: the parameter that names it."""
        thing = self.find(kind, name)
        if thing is None or thing.get("deleted"):
            raise no_such(kind, name, param)
        return thing

    def all(self, kind: str, **fields: Any) -> list[Object]:
        """Every object of a kind whose fields are these, the oldest first."""
        kept = self.hub.state.all(f"stripe/{kind}")
        things = [self._met.setdefault((kind, one["id"]), one) for one in kept]
        return [one for one in things if all(one.get(name) == value for name, value in fields.items())]

    def drop(self, thing: Object) -> None:
        self._met.pop((thing["object"], thing["id"]), None)
        self.hub.state.drop(f"stripe/{thing['object']}", thing["id"])

    def change(self, thing: Object, event: str | None = None, **changes: Any) -> None:
        """Change fields and keep it; ``event`` is told when a caller would see a difference."""
        before = shown(thing)
        thing.update(changes)
        self.put(thing)
        if event is not None and shown(thing) != before:
            self.emit(event, thing, before)

    # --- events ---

    def emit(self, name: str, thing: Object, before: Object | None = None) -> None:
        """Keep an event, and plan its posting to every endpoint that wants it."""
        data: Object = {"object": shown(thing)}
        if before is not None:
            data["previous_attributes"] = _previous(before, data["object"])
        wanted = [one for one in self.all("webhook_endpoint", status="enabled") if _wants(one, name)]
        event = self.new(
            "event",
            {
                "api_version": VERSION,
                "data": data,
                "pending_webhooks": len(wanted),
                "request": {"id": self.caller.request_id, "idempotency_key": self.caller.idempotency_key},
                "type": name,
            },
        )
        for endpoint in wanted:
            self.hub.state.put(
                "stripe/delivery",
                key := secrets.token_hex(8),
                {"id": key, "event": event["id"], "endpoint": endpoint["id"], "due": self.hub.state.now(), "tries": 0},
            )
        self.hub.stir()


def _wants(endpoint: Object, event: str) -> bool:
    return "*" in endpoint["enabled_events"] or event in endpoint["enabled_events"]


def _previous(before: Object, after: Object) -> Object:
    """The fields that were different, with the values they had."""
    found: Object = {}
    for name, value in before.items():
        now = after.get(name)
        if value == now:
            continue
        found[name] = _previous(value, now) if isinstance(value, dict) and isinstance(now, dict) else value
    return found | {name: None for name in after if name not in before}


Handler = Callable[..., Object]
