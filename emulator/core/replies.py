"""Answers as values, and sending them, whole or damaged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from emulator.core.faults import Rule
from emulator.core.protocol import cut

HTML = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
    b"<body><h1>Checking your browser before you go on</h1></body></html>"
)


@dataclass(frozen=True)
class Reply:
    """``chunks`` more than one: a stream, sent over ``seconds``, its first chunk at once."""

    chunks: Sequence[bytes]
    media_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    streamed: bool = False
    seconds: float = 0.0

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    def with_headers(self, headers: Mapping[str, str]) -> Reply:
        return replace(self, headers={**self.headers, **headers})


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Reply((body,), "application/json", status, headers or {})


def damaged(reply: Reply, rule: Rule | None) -> Reply:
    """``reply`` as it is after a fault that changes what is said, not how the connection ends."""
    match rule.kind if rule else None:
        case "html_200":
            return Reply((HTML,), "text/html; charset=utf-8", 200)
        case "bad_json":
            body = reply.body if "json" in reply.media_type else b'{"data": ["emulated"]}'
            return replace(reply, chunks=(body[: max(1, len(body) * 2 // 3)],), media_type="application/json")
        case "cut_stream" if reply.streamed:
            return replace(reply, chunks=reply.chunks[: max(1, len(reply.chunks) // 2)])
        case _:
            return reply


class Sent:
    """An ASGI response that sends a reply and knows afterwards whether it arrived: ``delivered``."""

    def __init__(self, request: Request, reply: Reply, rule: Rule | None) -> None:
        self._request, self._reply, self._rule = request, reply, rule
        self._gone = asyncio.Event()
        self.delivered = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        watching = asyncio.create_task(self._watch(receive))
        try:
            await self._send(send)
        finally:
            watching.cancel()

    async def _send(self, send: Send) -> None:
        kind = self._rule.kind if self._rule else None
        if kind == "hang":
            assert self._rule is not None
            await self._wait(self._rule.seconds if self._rule.seconds is not None else 86_400.0)
        if kind in {"hang", "cut"}:
            await self._cut()
            return
        reply = damaged(self._reply, self._rule)
        whole = kind not in {"truncate", "html_200", "bad_json"} and not (kind == "cut_stream" and reply.streamed)
        if kind == "truncate" or (kind == "cut_stream" and not reply.streamed):
            await self._start(send, reply)
            await send(_part(reply.body[: len(reply.body) // 2], more=True))
            await self._cut()
            return
        await self._start(send, reply)
        for number, chunk in enumerate(reply.chunks):
            if number:
                await self._wait(reply.seconds / (len(reply.chunks) - 1))
            await send(_part(chunk, more=True))
        await asyncio.sleep(0)  # lets a connection that is gone say so
        self.delivered = whole and not self._gone.is_set()
        await send(_part(b"", more=False))

    async def _start(self, send: Send, reply: Reply) -> None:
        headers = {"content-type": reply.media_type, **reply.headers}
        if not reply.streamed:
            headers["content-length"] = str(len(reply.body))
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})

    async def _wait(self, seconds: float) -> None:
        """Wait, but not longer than the caller does."""
        try:
            await asyncio.wait_for(self._gone.wait(), seconds)
        except TimeoutError:
            return

    async def _cut(self) -> None:
        """Close the connection, and stay until the server has seen that it is closed."""
        cut(self._request)
        await self._wait(5.0)

    async def _watch(self, receive: Receive) -> None:
        message: Message = await receive()
        while message["type"] != "http.disconnect":
            message = await receive()
        self._gone.set()


def _part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}
