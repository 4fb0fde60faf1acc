"""Web sites on real sockets for tests of what fetches them: fixed answers, also such as no proper server would give."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

# Writes an answer to the connection; the event is set when the site closes.
Answer = bytes | Callable[[socket.socket, threading.Event], None]


def answer(
    body: bytes | str = b"", content_type: str = "text/html; charset=utf-8", status: str = "200 OK", **headers: str
) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(data)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + data


def redirect(to: str, status: str = "302 Found") -> bytes:
    return answer(status=status, Location=to)


def gzipped(body: bytes) -> bytes:
    return answer(gzip.compress(body), Content_Encoding="gzip")


@dataclass
class Site:
    """``asked`` holds the requests as they came: first line and headers."""

    port: int
    pages: Mapping[str, Answer]
    asked: list[str] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def site(pages: Mapping[str, Answer], tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve until the block ends. Paths that are not among the pages answer 404."""
    closing = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        served = Site(listening.getsockname()[1], pages)
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threads.append(threading.Thread(target=_serve, args=(connection, served, closing, tls), daemon=True))
                threads[-1].start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield served
        finally:
            closing.set()
            listening.shutdown(socket.SHUT_RDWR)
            for thread in (accepting, *threads):
                thread.join(10)


def _serve(connection: socket.socket, served: Site, closing: threading.Event, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError), connection:
        if tls:
            connection = tls.wrap_socket(connection, server_side=True)
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                return
            request += piece
        served.asked.append(request.decode("latin-1"))
        path = request.split(b" ")[1].decode("latin-1").partition("?")[0]
        found = served.pages.get(path, answer("nothing", status="404 Not Found"))
        if callable(found):
            found(connection, closing)
        else:
            connection.sendall(found)
