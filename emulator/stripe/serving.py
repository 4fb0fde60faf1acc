"""From a handler to an endpoint: key, version, parameters, idempotency, expansion; the course of the call is core's."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from emulator.core.calls import Endpoint, Order, Refusal, Served
from emulator.core.faults import Met
from emulator.core.fingerprint import fingerprint
from emulator.core.hub import Hub
from emulator.core.replies import Reply, json_reply
from emulator.stripe.dialect import PROVIDER, Stripe, authenticate, error_body, invalid, version_of
from emulator.stripe.expanding import expanded
from emulator.stripe.forms import decoded
from emulator.stripe.params import Asked, validated
from emulator.stripe.shop import Caller, Handler, Shop

PREFIX = "/stripe"
_KEPT = 86_400  # seconds that an idempotency key is remembered
_FORM = "application/x-www-form-urlencoded"
_LOST = frozenset({"error_200", "finish_error", "failed"})


class Declined(Exception):
    """The call ends in an error, and what it did remains: a payment that was tried and failed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True)
class Action:
    """One call of the API. ``run(shop, asked, *names)`` is told the parameters and the names in the path;
    it runs in one transaction, which is undone when it raises Refusal."""

    method: str
    path: str
    operation: str
    params: type[Asked]
    run: Handler


def route(hub: Hub, action: Action, prefix: str = PREFIX) -> Route:
    served = Served(hub, Stripe(), Endpoint(action.operation, _Reader(action).read))
    return Route(prefix + action.path, served, methods=[action.method])


class _Reader:
    def __init__(self, action: Action) -> None:
        self._action = action

    async def read(self, hub: Hub, request: Request, body: bytes) -> Order:
        authenticate(hub, request)
        version = version_of(request)
        given = _given(request, body)
        asked = validated(self._action.params, given)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key is not None and not 0 < len(key) <= 255:
            raise invalid("Idempotency keys must have 1 to 255 characters.")
        mark = fingerprint(PROVIDER, self._action.operation, given, {"at": f"{request.method} {request.url.path}"})
        request_id = f"req_{secrets.token_hex(7)}"
        caller = Caller(str(request.base_url).rstrip("/"), request_id, key)
        headers = {"Request-Id": request_id, "Stripe-Version": version}
        if key is not None:
            headers |= {"Idempotency-Key": key, "Original-Request": request_id}
        replies: list[Reply] = []

        def commit(met: Met) -> None:
            kept = _kept(hub, key, mark)
            if kept is not None:
                replayed = {**headers, "Original-Request": kept["request"], "Idempotent-Replayed": "true"}
                replies.append(Reply((kept["body"].encode(),), "application/json", kept["status"], replayed))
                return
            reply = self._run(Shop(hub, caller), asked, tuple(request.path_params.values()))
            if key is not None:
                what = {"mark": mark, "status": reply.status, "body": reply.body.decode(), "request": request_id}
                hub.state.put("stripe/idempotency", key, {**what, "at": hub.state.now()})
            replies.append(reply.with_headers(headers))

        async def work(kind: str | None) -> Reply:
            reply = replies[0]
            if kind in _LOST:
                lost = {"error": error_body(Refusal(500, "", "An unknown error occurred."))}
                return json_reply(lost, 200, headers)
            if kind == "wrong_schema":
                return json_reply({"object": "something", "value": [reply.status]}, 200, headers)
            return json_reply({}, 200, headers) if kind == "empty_output" else reply

        return Order(model="", fingerprint=mark, work=work, commit=commit, reference=request_id)

    def _run(self, shop: Shop, asked: Asked, names: tuple[str, ...]) -> Reply:
        try:
            answer = self._action.run(shop, asked, *names)
        except Declined as declined:
            return json_reply({"error": error_body(declined.refusal)}, declined.refusal.status)
        return json_reply(expanded(shop, answer, asked.expand))


def _given(request: Request, body: bytes) -> dict[str, Any]:
    """The parameters: in the body of a POST, in the address of everything else."""
    if request.method != "POST":
        return decoded(request.url.query)
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise invalid(f"Invalid request (check that your POST content type is {_FORM}).")
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError:
        raise invalid(f"The request could not be read as {_FORM}.") from None
    return {**decoded(request.url.query), **decoded(text)}


def _kept(hub: Hub, key: str | None, mark: str) -> dict[str, Any] | None:
    """The answer of an earlier call with this key; Refusal 400 when that call asked for something else."""
    kept = None if key is None else hub.state.get("stripe/idempotency", key)
    if kept is None or kept["at"] + _KEPT < hub.state.now():
        return None
    if kept["mark"] != mark:
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            f"Try using a key other than '{key}' if you meant to execute a different request."
        )
        raise Refusal(400, "", message, extra={"type": "idempotency_error"})
    return kept


def dumped(value: Any) -> str:
    """JSON as it is posted to webhook endpoints."""
    return json.dumps(value, ensure_ascii=False, indent=2)
