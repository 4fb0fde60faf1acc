"""Blocking calls made of coroutines can be made anywhere, also beside a running event loop."""

from __future__ import annotations

import asyncio

from litink.aside import finished


async def answer() -> int:
    await asyncio.sleep(0)
    return 42


def test_from_a_plain_thread_and_from_one_that_runs_a_loop() -> None:
    async def from_a_loop() -> int:
        return finished(answer())

    assert finished(answer()) == asyncio.run(from_a_loop()) == 42
