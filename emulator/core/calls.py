"""The course of every call: understand → limit → faults → bill → work → answer. Providers give the parts.

A call is billed before it is worked on, together with what it leaves behind (a job, a generation, a line of history).
So "billed, answer lost" exists here as it does at the provider.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from emulator.core.faults import Met, Rule
from emulator.core.fingerprint import fingerprint, without_key
from emulator.core.hub import Hub
from emulator.core.money import Charge
from emulator.core.replies import Reply, Sent, json_reply

MAX_BODY = 32 * 1024 * 1024
_BODY_SHOWN = 64_000  # characters
_BREAK_OFF = frozenset({"truncate", "cut_stream"})  # an answer ends in its middle
_ELSEWHERE = frozenset({408, 429, 500, 502, 503, 524, 529})  # with these the next model may be tried


class Refusal(Exception):
    """The call is turned away, for nothing. ``code`` is the provider's own word for why."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        param: str | None = None,
        retry_after: float | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.param, self.retry_after, self.extra = param, retry_after, extra or {}


class Dialect(Protocol):
    """How one provider says that something is wrong."""

    @property
    def provider(self) -> str: ...

    def error(self, refusal: Refusal) -> Reply: ...

    def busy(self, operation: str, limit: int) -> Refusal:
        """Too many calls at once."""
        ...

    def fault(self, rule: Rule) -> Refusal:
        """What a rule of kind ``status`` says."""
        ...


@dataclass(frozen=True)
class Order:
    """A call that was understood. ``commit`` writes what it leaves behind, in the transaction of the bill,
    and returns the charge where the fault changes it. ``work`` makes the answer, told the kind of fault that it meets,
    if any: some concern the content."""

    model: str
    fingerprint: str
    work: Callable[[str | None], Awaitable[Reply]]
    charge: Charge | None = None
    commit: Callable[[Met], Charge | None] = field(default=lambda met: None)
    reference: str = ""
    track: str = ""
    seconds: float | None = None  # how long it takes; the operation's latency without it
    settled: Callable[[], None] = field(default=lambda: None)  # called when the work is over, however it ended
    streamed: bool = False  # the answer comes piece by piece, and may break off before it is billed
    fallback: Order | None = None  # what to do instead when a fault of the provider's side turns this away


@dataclass(frozen=True)
class Endpoint:
    """One operation of one provider. ``read`` raises Refusal. ``paid``: refusals are lines of the bill, too.
    ``busy``: how many calls count towards the limit, where that is not those under way."""

    operation: str
    read: Callable[[Hub, Request, bytes], Awaitable[Order]]
    paid: bool = False
    busy: Callable[[Hub], int] | None = None


class Served:
    """An ASGI application for one endpoint."""

    def __init__(self, hub: Hub, dialect: Dialect, endpoint: Endpoint) -> None:
        self._hub, self._dialect, self._endpoint = hub, dialect, endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        call = _Call(self._hub, self._dialect, self._endpoint, request, await _body(request))
        sent: Sent | None = None
        try:
            sent = await call.answered()
            await sent(scope, receive, send)
        finally:
            call.over(delivered=sent is not None and sent.delivered)


class _Call:
    def __init__(self, hub: Hub, dialect: Dialect, endpoint: Endpoint, request: Request, body: bytes | None) -> None:
        self._hub, self._dialect, self._endpoint = hub, dialect, endpoint
        self._request, self._body = request, body or b""
        self._too_large = body is None
        self._began = time.monotonic()
        self._epoch = hub.epoch
        self._met = Met()
        self._bill_id: int | None = None
        self._status: int | None = None
        self._order: Order | None = None
        self._counted = False
        self._model, self._fingerprint = "", ""

    async def answered(self) -> Sent:
        try:
            reply = await self._reply()
        except Refusal as refusal:
            reply = self._refused(refusal)
        self._status = reply.status
        return Sent(self._request, reply, self._met.answer.rule if self._met.answer else None)

    async def _reply(self) -> Reply:
        hub, endpoint, provider = self._hub, self._endpoint, self._dialect.provider
        if self._too_large:
            raise Refusal(413, "payload_too_large", f"The request is larger than {MAX_BODY} bytes.")
        order = self._order = await endpoint.read(hub, self._request, self._body)
        self._model, self._fingerprint = order.model, order.fingerprint
        limit = hub.settings.limit(endpoint.operation)
        if limit is not None and order.charge is not None and order.charge.amount_usd > 0:
            busy = endpoint.busy(hub) if endpoint.busy else hub.under_way(provider, endpoint.operation)
            if busy >= limit:
                raise self._dialect.busy(endpoint.operation, limit)
        hub.running[provider, endpoint.operation] += 1
        self._counted = True

        rule = self._meet(order)
        while order.fallback is not None and rule and rule.before_bill and rule.status in _ELSEWHERE:
            order = self._order = order.fallback
            self._model = order.model
            rule = self._meet(order)
        delay = rule.seconds or 0.0 if rule and rule.kind == "delay" else 0.0
        if rule and rule.before_bill:
            if order.streamed and rule.kind in _BREAK_OFF:
                self._bill_id = self._row(Charge({}, Decimal(0), "lost"))
                return await self._passed(order, await order.work(rule.kind))
            if rule.kind != "delay":
                return self._lost_before(rule)
            await asyncio.sleep(delay)
        if self._forgotten:
            return json_reply({})
        self._charge(order)
        if rule and not rule.before_bill:
            await asyncio.sleep(delay)
        if rule and rule.kind == "status":
            await self._passed(order, None)
            return self._dialect.error(self._dialect.fault(rule))
        reply = await order.work(rule.kind if rule else None)
        return await self._passed(order, reply)

    def _meet(self, order: Order) -> Rule | None:
        """The fault that this call's answer meets."""
        self._met = self._hub.faults.meet(
            provider=self._dialect.provider,
            operation=self._endpoint.operation,
            model=order.model,
            text=self._body.decode("utf-8", "replace"),
            fingerprint=order.fingerprint if self._endpoint.paid else self._endpoint.operation,
        )
        return self._met.answer.rule if self._met.answer else None

    def _charge(self, order: Order) -> None:
        with self._hub.state.transaction():
            charge = order.commit(self._met) or order.charge
            if charge is not None:
                self._bill_id = self._row(charge)

    def _lost_before(self, rule: Rule) -> Reply:
        """The fault came first: nothing was done, nothing is billed."""
        refused = rule.kind in {"status", "error_200"}
        if self._endpoint.paid:
            self._bill_id = self._row(Charge({}, Decimal(0), "refused" if refused else "lost"))
        if rule.kind == "status":
            return self._dialect.error(self._dialect.fault(rule))
        if rule.kind == "error_200":
            reply = self._dialect.error(self._dialect.fault(rule))
            return Reply(reply.chunks, reply.media_type, 200)
        return json_reply({})

    async def _passed(self, order: Order, reply: Reply | None) -> Reply:
        """Let the time pass that the work takes; a stream spends it between its chunks."""
        seconds = self._hub.settings.seconds(self._endpoint.operation) if order.seconds is None else order.seconds
        left = max(0.0, seconds - (time.monotonic() - self._began))
        if reply is not None and reply.streamed and len(reply.chunks) > 1:
            return Reply(reply.chunks, reply.media_type, reply.status, reply.headers, True, left)
        await asyncio.sleep(left)
        if not self._forgotten:
            order.settled()
        return reply if reply is not None else json_reply({})

    def _refused(self, refusal: Refusal) -> Reply:
        if not self._fingerprint:
            self._fingerprint = fingerprint(self._dialect.provider, self._endpoint.operation, self._json())
        if self._endpoint.paid:
            self._bill_id = self._row(Charge({}, Decimal(0), "refused"))
        return self._dialect.error(refusal)

    def _row(self, charge: Charge) -> int:
        return self._hub.bill(
            provider=self._dialect.provider,
            operation=self._endpoint.operation,
            model=self._model,
            fingerprint=self._fingerprint,
            charge=charge,
            reference=self._order.reference if self._order else "",
            track=self._order.track if self._order else "",
            fault=self._met.label,
        )

    def over(self, *, delivered: bool) -> None:
        """Close the books on this call, however it ended."""
        if self._forgotten:
            return
        if self._counted:
            self._hub.running[self._dialect.provider, self._endpoint.operation] -= 1
        if self._order is not None:
            self._order.settled()
        if self._bill_id is not None and delivered:
            self._hub.delivered(self._bill_id)
        self._hub.log(
            at=self._hub.state.now(),
            provider=self._dialect.provider,
            operation=self._endpoint.operation,
            model=self._model,
            method=self._request.method,
            path=self._request.url.path,
            status=None if self._cut() else self._status,
            seconds=round(time.monotonic() - self._began, 4),
            fingerprint=self._fingerprint,
            fault=self._met.label,
            bill_id=self._bill_id,
            body=json.dumps(without_key(self._json()), ensure_ascii=False)[:_BODY_SHOWN],
        )

    @property
    def _forgotten(self) -> bool:
        return self._epoch != self._hub.epoch

    def _cut(self) -> bool:
        return self._met.answer is not None and self._met.answer.rule.kind in {"cut", "hang"}

    def _json(self) -> Any:
        try:
            return json.loads(self._body) if self._body else {}
        except ValueError:
            return {"bytes": len(self._body)}


async def _body(request: Request) -> bytes | None:
    """The whole body; None when it is larger than the emulator takes."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= MAX_BODY:
            parts.append(part)
    return b"".join(parts) if size <= MAX_BODY else None
