"""A server on a real socket that answers as it is told, also in ways that no web framework would let it."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 20.0  # seconds that a hanging answer hangs at most, so that a broken client fails its test and not the run


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Reply = Callable[[socket.socket, threading.Event], None]


def raw(data: bytes) -> Reply:
    return lambda connection, _: connection.sendall(data)


def answer(
    body: bytes | str | dict[str, Any] | list[Any],
    status: int = 200,
    headers: dict[str, str] | None = None,
    *,
    kind: str = "application/json",
) -> Reply:
    return raw(_head(data := _bytes(body), status, headers, kind, len(data)) + data)


def html(status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return answer("<!doctype html><title>Just a moment…</title>", status, headers, kind="text/html")


def truncated(body: bytes | dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """Announces a whole body and closes in the middle of it."""
    data = _bytes(body)
    return raw(_head(data, status, headers, "application/json", len(data)) + data[: len(data) // 2])


def cut() -> Reply:
    """Closes without a word."""
    return lambda connection, _: None


def hang() -> Reply:
    return lambda _, over: over.wait(PATIENCE) and None


def drip(body: bytes | dict[str, Any], headers: dict[str, str] | None = None) -> Reply:
    """A byte now and then: no single read ever times out."""
    data = _bytes(body)

    def reply(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(_head(data, 200, headers, "application/json", len(data)))
        for byte in data:
            connection.sendall(bytes([byte]))
            if over.wait(0.1):
                return

    return reply


def _bytes(body: bytes | str | dict[str, Any] | list[Any]) -> bytes:
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _head(data: bytes, status: int, headers: dict[str, str] | None, kind: str, length: int) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {kind}", f"Content-Length: {length}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass
class OddServer:
    """``replies`` are given in turn, the last one for ever after; ``seen`` are the requests that came."""

    url: str
    replies: list[Reply] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@contextlib.contextmanager
def serving() -> Iterator[OddServer]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            seen = _read(self.request)
            if seen is not None:
                odd.seen.append(seen)
                with contextlib.suppress(OSError):  # the client went away
                    odd.next()(self.request, odd.over)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        odd = OddServer(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield odd
        finally:
            odd.over.set()
            server.shutdown()
            thread.join()


def _read(connection: socket.socket) -> Seen | None:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, path, _ = first.split(" ")
    return Seen(method, path, headers, body)
