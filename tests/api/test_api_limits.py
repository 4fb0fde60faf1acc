"""Bursts of requests: told in headers, refused for a while, filled again evenly."""

from __future__ import annotations

import httpx
import pytest

from api.app import create_app
from api.limits import Bursts
from litink.settings import Settings
from tests.served import serving


def test_who_asks_too_often_is_told_to_wait(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"accounts": "single"}))
    app.add_middleware(Bursts, per_minute=5, now=lambda: 1_000.0)
    with serving(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        for left in range(4, -1, -1):
            told = client.get("/api/v1/terms").headers
            assert (told["RateLimit-Policy"], told["RateLimit"]) == ('"burst";q=5;w=60', f'"burst";r={left};t=12')
        answer = client.get("/api/v1/terms")
        assert (answer.status_code, answer.json()["code"]) == (429, "burst-limit")
        assert answer.headers["Retry-After"] == "12"
        assert client.get("/healthz/live").status_code == 200


def test_a_burst_fills_again_evenly() -> None:
    now = 0.0

    async def app(*_: object) -> None:
        """Never asked."""

    bursts = Bursts(app, per_minute=60, now=lambda: now)
    assert [bursts._take("a")[0] > 0 for _ in range(61)] == [False] * 60 + [True]
    assert bursts._take("b") == (0.0, 59)
    now = 1.0
    assert bursts._take("a") == (0.0, 0)
    assert bursts._take("a")[0] == pytest.approx(1.0)
    now = 600.0
    assert bursts._take("a") == (0.0, 59)
