"""People who use an installation with accounts, by its API and their letterbox alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from uuid import UUID, uuid4

import httpx
from sqlalchemy import Engine, update

from litink.db.schema import users

PASSWORD = "a lamp on the point"


@dataclass
class Visitor:
    """Speaks to /api/v1; ``http`` carries the access token once there is one."""

    address: str
    email: str = field(default_factory=lambda: f"{uuid4().hex[:12]}@example.org")
    password: str = PASSWORD
    refresh_token: str = ""

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=f"{self.address}/api/v1", timeout=60)

    def post(self, path: str, body: object = None) -> httpx.Response:
        return self.http.post(path, json=body)

    def register(self) -> Visitor:
        answer = self.post("/auth/register", {"email": self.email, "password": self.password})
        assert answer.status_code == 202, answer.text
        return self

    def mails(self) -> list[str]:
        """What came to this address, newest first, as the page shows it."""
        page = httpx.get(f"{self.address}/mail").text
        return [unescape(a) for a in re.findall(r"<article>.*?</article>", page, re.S) if f"To {self.email}," in a]

    def proof(self, kind: str = "confirm") -> str:
        return next(found[1] for mail in self.mails() if (found := re.search(rf"#{kind}=([\w-]+)", mail)))

    def verify(self) -> Visitor:
        answer = self.post("/auth/verify", {"token": self.proof()})
        assert answer.status_code == 200, answer.text
        return self

    def login(self, **more: object) -> httpx.Response:
        answer = self.post("/auth/login", {"email": self.email, "password": self.password, **more})
        if answer.is_success and not more:
            self.take(answer)
        return answer

    def take(self, answer: httpx.Response) -> None:
        self.refresh_token = answer.json()["refresh_token"]
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def refresh(self, token: str | None = None) -> httpx.Response:
        return self.post("/auth/refresh", {"refresh_token": token or self.refresh_token})

    def signed_up(self) -> Visitor:
        assert self.register().verify().login().status_code == 200
        return self

    @property
    def id(self) -> UUID:
        return UUID(self.http.get("/account").json()["id"])

    def become(self, engine: Engine, **values: str) -> Visitor:
        """As an operator would have it."""
        with engine.begin() as connection:
            connection.execute(update(users).where(users.c.email == self.email).values(values))
        return self

    def with_token(self, *scopes: str) -> httpx.Client:
        made = self.post("/account/tokens", {"name": "a program", "scopes": list(scopes)})
        assert made.status_code == 201, made.text
        headers = {"Authorization": f"Bearer {made.json()['token']}"}
        return httpx.Client(base_url=f"{self.address}/api/v1", headers=headers, timeout=60)
