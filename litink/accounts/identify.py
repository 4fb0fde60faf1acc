"""Who makes a request, by the token that comes with it. Looked up each time: what was taken back holds at once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, Select, bindparam, func, select

from litink.accounts import api_tokens, people, secrets
from litink.accounts.access_tokens import AccessTokens, Claims, Invalid
from litink.accounts.emails import normalised
from litink.accounts.entrance import FIRST_TIER
from litink.accounts.errors import not_signed_in
from litink.accounts.issuers import Issuer, Outsider
from litink.accounts.model import Identity
from litink.accounts.tiers import may_have_tokens
from litink.db.prepared import Prepared
from litink.db.schema import api_tokens as tokens_table
from litink.db.schema import sessions, users
from litink.errors import Refused
from litink.settings import Settings

_PERSON: tuple[Any, ...] = (users.c.id, users.c.role, users.c.tier, users.c.verified_at.is_not(None).label("verified"))

_OF_SESSION = Prepared(
    select(*_PERSON)
    .join(sessions, sessions.c.owner_id == users.c.id)
    .where(
        sessions.c.id == bindparam("session"),
        sessions.c.owner_id == bindparam("person"),
        sessions.c.ended_at.is_(None),
        users.c.state == "active",
    )
)


class Doorman:
    """One a process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tokens = AccessTokens(settings)

    @cached_property
    def _issuer(self) -> Issuer | None:
        s = self._settings
        if s.oidc_issuer and s.oidc_jwks_url and s.oidc_audience:
            return Issuer(s.oidc_issuer, s.oidc_jwks_url, s.oidc_audience)
        return None

    def identify(self, engine: Engine, token: str) -> Identity:
        """Raises Denied("not-signed-in") for whatever is no token, or none any more.

        TransientFailure("issuer-away") where an outside issuer's keys cannot be had.
        """
        if token.startswith(f"{api_tokens.PREFIX}_"):
            return _of_api_token(engine, token)
        try:
            claims = self._tokens.read(token)
        except Invalid:
            if self._issuer is None:
                raise not_signed_in() from None
            try:
                outsider = self._issuer.read(token)
            except Invalid:
                raise not_signed_in() from None
            return _of_outsider(engine, outsider)
        return _of_session(engine, claims)


def _of_session(engine: Engine, claims: Claims) -> Identity:
    rows = _OF_SESSION.rows(engine, session=claims.session, person=claims.person)
    if not rows:
        raise not_signed_in()
    person, role, tier, verified = rows[0]
    return Identity(person, role, tier, "session", verified, session_id=claims.session)


def _of_api_token(engine: Engine, token: str) -> Identity:
    query: Select[Any] = (
        select(*_PERSON, tokens_table.c.id.label("token"), tokens_table.c.scopes)
        .join(tokens_table, tokens_table.c.owner_id == users.c.id)
        .where(
            tokens_table.c.hash == secrets.kept(token),
            (tokens_table.c.expires_at > func.now()) | tokens_table.c.expires_at.is_(None),
            users.c.state == "active",
        )
    )
    with engine.begin() as connection:
        row = connection.execute(query).first()
        if row is None or not may_have_tokens(row.tier, row.role):
            raise not_signed_in()
        api_tokens.touch(connection, row.token)
    return Identity(row.id, row.role, row.tier, "token", row.verified, scopes=frozenset(row.scopes))


def _of_outsider(engine: Engine, outsider: Outsider) -> Identity:
    """The row of somebody whom the issuer vouches for, made at first sight."""
    query: Select[Any] = select(*_PERSON, users.c.state).where(users.c.name == outsider.name)
    with engine.begin() as connection:
        row = connection.execute(query).first()
        if row is None:
            _add(connection, outsider)
            row = connection.execute(query).one()
    if row.state != "active":
        raise not_signed_in()
    return Identity(row.id, row.role, row.tier, "issuer", outsider.verified)


def _add(connection: Connection, outsider: Outsider) -> None:
    """An address that an account has already stays that account's: an issuer's word opens nobody's account here."""
    try:
        email = normalised(outsider.email) if outsider.email else None
    except Refused:
        email = None
    taken = email is not None and people.by_email(connection, email) is not None
    people.add(
        connection,
        name=outsider.name,
        email=None if taken else email,
        tier=FIRST_TIER,
        verified=email is not None and outsider.verified,
    )
    if people.by_name(connection, outsider.name) is None:  # the address was taken in this very moment
        people.add(connection, name=outsider.name, email=None, tier=FIRST_TIER)
