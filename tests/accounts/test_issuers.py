"""Tokens of a trusted outside issuer: whose are taken, and what becomes of the person."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from sqlalchemy import Engine, update

from api.app import create_app
from litink.db.schema import users
from litink.settings import Settings
from tests.accounts.conftest import SECRET
from tests.accounts.visitors import Visitor
from tests.api.test_api_books import problem
from tests.served import serving

ISSUER, AUDIENCE = "https://issuer.example", "litink"


@dataclass
class Outside:
    """An issuer: its keys on a real socket, and how often they were asked for."""

    keys: dict[str, Any] = field(default_factory=dict)
    fetched: int = 0
    url: str = ""

    def jwks(self) -> bytes:
        public = []
        for kid, key in self.keys.items():
            algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
            public.append({**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"})
        return json.dumps({"keys": public}).encode()

    def token(self, kid: str = "one", algorithm: str = "RS256", key: Any = None, **changed: Any) -> str:
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": uuid4().hex, "exp": now + 300, "email_verified": True}
        claims = {name: value for name, value in (claims | changed).items() if value is not None}
        return jwt.encode(claims, key or self.keys[kid], algorithm=algorithm, headers={"kid": kid})


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    known = Outside({"one": rsa.generate_private_key(65537, 2048), "two": ec.generate_private_key(ec.SECP256R1())})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.fetched += 1
            body = known.jwks()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    known.url = f"http://127.0.0.1:{server.server_port}/jwks"
    yield known
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def trusting(settings: Settings, engine: Engine, outside: Outside) -> Iterator[str]:
    own = Settings(
        _env_file=None,
        home=settings.home,
        postgres_port=settings.postgres_port,
        accounts="multi",
        development=True,
        secret_key=SECRET,
        oidc_issuer=ISSUER,
        oidc_jwks_url=outside.url,
        oidc_audience=AUDIENCE,
    )
    with serving(create_app(own)) as address:
        yield address


@pytest.fixture
def call(trusting: str) -> Callable[[str], httpx.Response]:
    return lambda token: httpx.get(f"{trusting}/api/v1/account", headers={"Authorization": f"Bearer {token}"})


def test_a_person_is_made_at_first_sight_and_known_after(
    outside: Outside, call: Callable[[str], httpx.Response]
) -> None:
    email = f"{uuid4().hex}@example.org"
    first = call(outside.token(sub="s-1", email=email)).json()
    again = call(outside.token("two", "ES256", sub="s-1", email=email)).json()
    assert first["id"] == again["id"]
    assert (first["email"], first["tier"], first["via"], first["has_password"]) == (email, "free", "issuer", False)
    assert call(outside.token(sub="s-2")).json()["id"] != first["id"]


def test_keys_are_remembered(outside: Outside, call: Callable[[str], httpx.Response]) -> None:
    call(outside.token())
    before = outside.fetched
    for _ in range(5):
        assert call(outside.token()).status_code == 200
        problem(call(outside.token("nobodys", key=outside.keys["one"])), 401, "not-signed-in")
    assert outside.fetched <= before + 1  # unknown keys do not make us ask each time


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "somebody-else"},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"sub": None},
        {"kid": "two", "key": "one", "algorithm": "RS256"},
        {"algorithm": "HS256", "key": "public"},
        {"algorithm": "none", "key": "none"},
    ],
    ids=str,
)
def test_any_other_token_is_refused(
    outside: Outside, call: Callable[[str], httpx.Response], changed: dict[str, Any]
) -> None:
    changed = dict(changed)
    match changed.pop("key", None):
        case "one":
            changed["key"] = outside.keys["one"]
        case "public":  # what is known to all, taken for a shared secret
            changed["key"] = outside.keys["one"].public_key().public_numbers().n.to_bytes(256, "big")
        case "none":
            changed["algorithm"] = "none"
    if changed.get("algorithm") == "none":
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "x", "exp": int(time.time()) + 99}
        token = jwt.encode(claims, None, algorithm="none", headers={"kid": "one"})
    else:
        token = outside.token(**changed)
    problem(call(token), 401, "not-signed-in")


def test_an_account_here_is_not_opened_by_the_issuers_word(
    outside: Outside, trusting: str, call: Callable[[str], httpx.Response]
) -> None:
    mara = Visitor(trusting).signed_up()
    stranger = call(outside.token(email=mara.email)).json()
    assert stranger["id"] != str(mara.id)
    assert stranger["email"] is None


def test_somebody_whose_address_the_issuer_doubts_writes_nothing(outside: Outside, trusting: str) -> None:
    headers = {"Authorization": f"Bearer {outside.token(email_verified=False)}"}
    body = {"title": "A", "text": "# One\n\nWords."}
    problem(httpx.post(f"{trusting}/api/v1/books/text", json=body, headers=headers), 403, "unverified")


def test_who_is_suspended_here_is_out(outside: Outside, call: Callable[[str], httpx.Response], engine: Engine) -> None:
    person = call(outside.token(sub="s-9")).json()["id"]
    with engine.begin() as connection:
        connection.execute(update(users).where(users.c.id == person).values(state="suspended"))
    problem(call(outside.token(sub="s-9")), 401, "not-signed-in")


def test_where_none_is_trusted_none_is_asked(house: str, outside: Outside) -> None:
    before = outside.fetched
    headers = {"Authorization": f"Bearer {outside.token()}"}
    problem(httpx.get(f"{house}/api/v1/account", headers=headers), 401, "not-signed-in")
    assert outside.fetched == before
