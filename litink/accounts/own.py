"""One's own account: password, address, sessions, API tokens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine

from litink.accounts import api_tokens, audit, people, proofs, secrets, sessions
from litink.accounts.api_tokens import ApiToken
from litink.accounts.audit import Entry
from litink.accounts.emails import normalised
from litink.accounts.errors import Denied
from litink.accounts.links import proof_link
from litink.accounts.lockout import Lockout
from litink.accounts.mail import outbox
from litink.accounts.model import Account, Identity, Scope
from litink.accounts.sessions import Session
from litink.accounts.tiers import may_have_tokens
from litink.settings import Settings


class OwnAccount:
    def __init__(self, engine: Engine, settings: Settings, identity: Identity) -> None:
        self._engine = engine
        self._settings = settings
        self._me = identity

    def show(self) -> Account:
        with self._engine.begin() as connection:
            found = people.account(connection, self._me.id)
        assert found is not None  # whoever comes here was found a moment ago
        return found

    def change_password(self, old: str, new: str) -> None:
        """Ends every other session. Raises Denied("wrong-password"), Refused("weak-password"), TooManyTries."""
        email = self.prove(old)
        secrets.check_new(new, email or "")
        hashed = secrets.hashed(new)
        with self._engine.begin() as connection:
            people.set_password(connection, self._me.id, hashed)
            sessions.end_all(connection, self._me.id, "password", but=self._me.session_id)
            proofs.void(connection, self._me.id)
            audit.write(connection, "password.change", self._me.id)
            if email:
                outbox.put(connection, self._me.id, email, "changed", {"what": "Your account has a new password."})

    def change_email(self, password: str, email: str) -> None:
        """Mail a proof to the new address; it holds when that is taken. An address that is somebody's is told alike.

        Raises Denied("wrong-password"), Refused("bad-email"), TooManyTries.
        """
        email = normalised(email)
        self.prove(password)
        with self._engine.begin() as connection:
            if people.by_email(connection, email) is None:
                token = proofs.make(connection, self._me.id, "change", email)
                link = proof_link(self._settings, "change", token)
                outbox.put(connection, self._me.id, email, "change", link=link)

    def prove(self, password: str) -> str | None:
        """A session alone may have been left open on a desk: whoever changes how one comes in knows the password."""
        lockout = Lockout(self._settings.secret_key.get_secret_value() if self._settings.secret_key else "")
        person, here = str(self._me.id), str(self._me.session_id)
        with self._engine.begin() as connection:
            lockout.begin(connection, person, here, known=False)
            email, password_hash = people.password_of(connection, self._me.id)
        if not secrets.fits(password, password_hash):
            raise Denied("wrong-password", "This is not your password.")
        with self._engine.begin() as connection:
            lockout.succeeded(connection, person, here)
        return email

    def sessions(self) -> list[Session]:
        with self._engine.begin() as connection:
            return sessions.open_of(connection, self._me.id)

    def end_session(self, session: UUID) -> bool:
        with self._engine.begin() as connection:
            return sessions.end(connection, self._me.id, session, "revoked")

    def end_all_sessions(self) -> None:
        with self._engine.begin() as connection:
            sessions.end_all(connection, self._me.id, "logout")

    def tokens(self) -> list[ApiToken]:
        with self._engine.begin() as connection:
            return api_tokens.all_of(connection, self._me.id)

    def make_token(self, name: str, scopes: Iterable[Scope], days: int | None) -> tuple[ApiToken, str]:
        """A token and its secret, which is shown this once. Raises Denied("tier-without-tokens")."""
        if not may_have_tokens(self._me.tier, self._me.role):
            raise Denied("tier-without-tokens", "API tokens come with the subscriptions premium and professional.")
        with self._engine.begin() as connection:
            lives = None if days is None else timedelta(days=days)
            token, secret = api_tokens.make(connection, self._me.id, name, scopes, lives)
            audit.write(connection, "token.make", self._me.id, {"token": str(token.id), "may": " ".join(token.scopes)})
            return token, secret

    def remove_token(self, token: UUID) -> bool:
        with self._engine.begin() as connection:
            removed = api_tokens.remove(connection, self._me.id, token)
            if removed:
                audit.write(connection, "token.delete", self._me.id, {"token": str(token)})
            return removed

    def activity(self, *, before: UUID | None, limit: int) -> list[Entry]:
        """What I did and what was done to me, the newest first."""
        with self._engine.begin() as connection:
            return audit.concerning(connection, self._me.id, before=before, limit=limit)
