"""What routes of accounts take and answer."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from litink.accounts.access_tokens import LIVES
from litink.accounts.entrance import Admitted
from litink.accounts.model import Role, Scope
from litink.accounts.secrets import LEAST, MOST
from litink.production.leaving import Receipt

# Without limits of its own: what is wrong with an address or a password is said in sentences.
Email = Annotated[str, Field(max_length=320, examples=["reader@example.org"])]
Password = Annotated[SecretStr, Field(max_length=MOST, description=f"{LEAST} to {MOST} characters when it is new")]
Token = Annotated[SecretStr, Field(max_length=512)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Credentials(_Asked):
    email: Email
    password: Password


class Login(Credentials):
    cookies: bool = Field(default=False, description="for browsers: the tokens come as HttpOnly cookies, not as text")


class Address(_Asked):
    email: Email


class Proof(_Asked):
    token: Token = Field(description="from the mail, behind the #")


class NewPassword(Proof):
    password: Password


class RefreshToken(_Asked):
    refresh_token: Token | None = Field(default=None, description="null: the one in the cookie")


class PasswordChange(_Asked):
    password: Password = Field(description="the one that you have")
    new_password: Password


class Farewell(_Asked):
    password: Password | None = Field(default=None, description="yours; none where an issuer lets you in")


class ReceiptView(BaseModel):
    person: UUID
    at: datetime
    finished: bool
    deleted: dict[str, int] = Field(description="how many of what")
    kept: dict[str, int] = Field(description="rows of the accounts of payments, under an id that is nobody's")
    waits_for: str | None
    detail: str = Field(description="the same in a sentence")

    @classmethod
    def of(cls, receipt: Receipt) -> ReceiptView:
        return cls(**asdict(receipt), detail=receipt.told)


class EmailChange(_Asked):
    password: Password = Field(description="the one that you have")
    email: Email


class Tokens(BaseModel):
    """``access_token`` goes into ``Authorization: Bearer``; ``refresh_token`` is good once, for the next pair."""

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  (RFC 6749, 7.1)
    expires_in: int = Field(default=int(LIVES.total_seconds()), description="seconds that the access token lives")
    access_token: str | None = Field(description="null: it is in a cookie")
    refresh_token: str | None = Field(description="null: it is in a cookie")

    @classmethod
    def of(cls, admitted: Admitted, *, cookies: bool) -> Tokens:
        if cookies:
            return cls(access_token=None, refresh_token=None)
        return cls(access_token=admitted.access, refresh_token=admitted.refresh)


class Accepted(BaseModel):
    """The same whether or not somebody has this address."""

    detail: str


class AccountView(BaseModel):
    id: UUID
    email: str | None = Field(description="null: none is known, as of the local user")
    role: Role
    tier: str
    state: Literal["active", "suspended"]
    verified_at: datetime | None = Field(description="null: nothing can be written before the address is confirmed")
    has_password: bool
    created_at: datetime


class Me(AccountView):
    via: Literal["local", "session", "token", "issuer"] = Field(description="how this request came in")
    scopes: list[Scope] = Field(description="what it may do")


class SessionView(BaseModel):
    id: UUID
    agent: str
    network: str
    created_at: datetime
    used_at: datetime = Field(description="the last refresh")
    expires_at: datetime
    this: bool = Field(description="the one that asks")


class ApiTokenView(BaseModel):
    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    used_at: datetime | None = Field(description="to the minute")
    expires_at: datetime | None


class NewToken(_Asked):
    name: str = Field(min_length=1, max_length=80, pattern=r"\S", examples=["nightly export"])
    scopes: list[Scope] = Field(min_length=1, max_length=3, description="`spend`: what may cost money; also `write`")
    days: int | None = Field(default=90, ge=1, le=3650, description="that it lives; null: until it is deleted")


class MadeToken(ApiTokenView):
    token: str = Field(description="shown this once")


class RoleChange(_Asked):
    role: Role


class TierChange(_Asked):
    tier: str = Field(max_length=20)
