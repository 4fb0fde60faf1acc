"""Settings that are not safe, names that are not ours, other sites, headers, secrets in logs."""

from __future__ import annotations

import logging
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from api.app import create_app
from api.hosts import Hosts
from litink.settings import Settings
from tests.accounts.conftest import SECRET
from tests.accounts.visitors import Visitor
from tests.api.test_api_books import problem
from tests.served import serving


class TestSettings:
    def multi(self, tmp_path: Path, **values: object) -> Settings:
        given = {"accounts": "multi", "development": True, "secret_key": SECRET} | values
        return Settings(_env_file=None, home=tmp_path, **{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "key", [None, "", "short", "change-me-change-me-change-me-change-me", "a" * 64, "your-secret-key-" * 4]
    )
    def test_a_missing_short_or_default_secret_is_refused(self, tmp_path: Path, key: str | None) -> None:
        with pytest.raises(ValidationError, match="LITINK_SECRET_KEY") as refusal:
            self.multi(tmp_path, secret_key=key)
        assert not key or len(key) < 10 or key not in str(refusal.value)

    def test_accounts_need_a_way_for_mail_unless_they_are_only_tried(self, tmp_path: Path) -> None:
        with pytest.raises(ValidationError, match="LITINK_SMTP_URL"):
            self.multi(tmp_path, development=False)
        with pytest.raises(ValidationError, match="LITINK_PUBLIC_URL"):
            self.multi(tmp_path, development=False, smtp_url="smtp://mail.example.org")
        whole = {"smtp_url": "smtp://mail.example.org", "public_url": "https://litink.example"}
        assert self.multi(tmp_path, development=False, **whole).sends_mail

    def test_half_an_issuer_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(ValidationError, match="LITINK_OIDC_AUDIENCE"):
            self.multi(tmp_path, oidc_issuer="https://issuer.example")

    def test_one_person_at_home_needs_nothing(self, tmp_path: Path) -> None:
        assert Settings(_env_file=None, home=tmp_path).accounts == "single"


class TestHosts:
    @pytest.mark.parametrize(
        "host",
        ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]:8000", "192.0.2.7", "litink.localhost:80", "a.example"],
    )
    def test_names_that_are_ours(self, host: str) -> None:
        assert Hosts.of(Settings(_env_file=None, allowed_hosts="a.example, b.example")).take(host)

    @pytest.mark.parametrize(
        "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example", "[x", "a b"]
    )
    def test_names_that_are_not(self, host: str) -> None:
        assert not Hosts.of(Settings(_env_file=None)).take(host)

    def test_a_page_whose_name_was_made_to_lead_here_gets_nothing(self, house: str) -> None:
        answer = httpx.get(f"{house}/api/v1/books", headers={"Host": "evil.example"})
        problem(answer, 421, "unknown-host")
        problem(httpx.get(f"{house}/", headers={"Host": "evil.example"}), 421, "unknown-host")


class TestOtherSites:
    APP = "https://app.example.org"

    def test_one_that_is_named_may_call_with_a_token(self, multi: Settings, engine: Engine) -> None:
        with serving(create_app(multi.model_copy(update={"cors_origins": (self.APP,)}))) as address:
            http = httpx.Client(base_url=f"{address}/api/v1", headers={"Origin": self.APP})
            asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
            preflight = http.options("/books", headers=asked)
            assert preflight.status_code == 200
            assert preflight.headers["access-control-allow-origin"] == self.APP
            assert "access-control-allow-credentials" not in preflight.headers
            answer = http.post("/auth/login", json={"email": "a@example.org", "password": "x"})
            problem(answer, 401, "wrong-login")
            assert answer.headers["access-control-allow-origin"] == self.APP
            other = http.post("/auth/login", json={}, headers={"Origin": "https://evil.example"})
            problem(other, 403, "foreign-origin")
            assert "access-control-allow-origin" not in other.headers

    def test_without_any_named_none_is_answered(self, house: str) -> None:
        answer = httpx.get(f"{house}/healthz/live", headers={"Origin": self.APP})
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/account", "/mail", "/docs", "/api/v1/books", "/api/v1/auth/login", "/nope"])
def test_every_answer_says_how_it_may_be_used(house: str, path: str) -> None:
    headers = httpx.get(f"{house}{path}").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_what_is_sent_as_a_secret_stands_in_no_log_and_no_answer(
    house: str, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mara = Visitor(house, password="planted-secret-in-a-password").signed_up().become(engine, tier="premium")
    token = mara.post("/account/tokens", {"name": "n", "scopes": ["read"]}).json()["token"]
    access = str(mara.http.headers["Authorization"]).removeprefix("Bearer ")
    refresh = mara.refresh_token
    wrong = [
        mara.post("/auth/login", {"email": 7, "password": "planted-secret-in-a-form"}),
        mara.post("/auth/register", {"email": "nobody", "password": "planted-secret-in-a-refusal"}),
        mara.post("/auth/verify", {"token": "lp_planted-secret-in-a-proof"}),
        mara.refresh("lr_planted-secret-in-a-refresh"),
        httpx.get(f"{house}/api/v1/books", headers={"Authorization": "Bearer lk_planted-secret-in-a-token"}),
        mara.refresh(),
        mara.refresh(refresh),
    ]
    for answer in (*wrong[:5], wrong[6]):
        assert answer.is_error
        assert "planted-secret" not in answer.text
    for secret in ("planted-secret", token, access, refresh, SECRET):
        assert secret not in caplog.text
