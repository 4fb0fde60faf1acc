"""Clients of an HTTP service, in a process of their own: one that asks as fast as it is answered, one that listens.

    python benchmarks/_load.py ask HOST:PORT PATH CONNECTIONS SECONDS     (headers of the request on standard input)
    python benchmarks/_load.py listen HOST:PORT PATH[,PATH] LISTENERS

``ask`` ends with a JSON object. ``listen`` prints a line when all streams are open, and, after a line on its standard
input, how many of them told an event within a minute and after how many seconds the last of them did.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from contextlib import suppress
from statistics import median

import uvloop


async def ask(host: str, port: int, path: str, connections: int, seconds: float) -> None:
    request = _request(host, port, path)
    took, statuses, ends = list[float](), Counter[int](), time.perf_counter() + seconds

    async def client() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        while (began := time.perf_counter()) < ends:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r")[0])
            await reader.readexactly(length)
            took.append(time.perf_counter() - began)
            statuses[int(head[9:12])] += 1
        writer.close()

    began, worked = time.perf_counter(), time.process_time()
    await asyncio.gather(*(client() for _ in range(connections)))
    wall = time.perf_counter() - began
    took.sort()
    answer = {
        "a_second": len(took) / wall,
        "median": median(took),
        "p99": took[int(0.99 * len(took))],
        "busy": (time.process_time() - worked) / wall,  # of a processor: near 1, the client is what was measured
        "statuses": statuses,
    }
    print(json.dumps(answer))


async def listen(host: str, port: int, paths: list[str], listeners: int) -> None:
    opened, told = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def client(path: str) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(_request(host, port, path))
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head, head
        opened.release()
        async for line in reader:
            if line.startswith(b"event:"):
                break
        told.release()
        await reader.read()  # stays until everybody goes

    clients = [asyncio.create_task(client(paths[n % len(paths)])) for n in range(listeners)]
    assert await _counted(opened, listeners) == listeners
    print("listening", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    began = time.perf_counter()
    print(await _counted(told, listeners), time.perf_counter() - began, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for one in clients:
        one.cancel()


async def _counted(count: asyncio.Semaphore, listeners: int) -> int:
    """How often it was released within a minute, at most as often as there are listeners."""
    got = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(60):
            while got < listeners:
                await count.acquire()
                got += 1
    return got


def _request(host: str, port: int, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n{HEADERS}\r\n".encode()


if __name__ == "__main__":
    what, place, asked, *numbers = sys.argv[1:]
    name, _, number = place.partition(":")
    HEADERS = "".join(f"{line.strip()}\r\n" for line in iter(sys.stdin.readline, "\n"))
    if what == "ask":
        uvloop.run(ask(name, int(number), asked, int(numbers[0]), float(numbers[1])))
    else:
        uvloop.run(listen(name, int(number), asked.split(","), int(numbers[0])))
