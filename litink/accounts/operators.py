"""What operators do with people: list, role, subscription, suspension; and the first operator of all."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, Engine

from litink.accounts import audit, people, proofs, secrets, sessions
from litink.accounts.audit import Action
from litink.accounts.emails import normalised
from litink.accounts.model import Account, Role
from litink.accounts.tiers import known_tiers
from litink.errors import LitinkError, Refused

OPERATORS_TIER = "professional"


class People:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(self, *, after: UUID | None, limit: int, search: str = "") -> list[Account]:
        with self._engine.begin() as connection:
            return people.accounts(connection, after=after, limit=limit, search=search)

    def get(self, person: UUID) -> Account:
        """Raises LitinkError("no-such-user")."""
        with self._engine.begin() as connection:
            return _found(people.account(connection, person))

    def find(self, who: str) -> Account:
        """Somebody by address or id. Raises LitinkError("no-such-user")."""
        try:
            return self.get(UUID(who))
        except ValueError:
            with self._engine.begin() as connection:
                known = people.by_email(connection, normalised(who))
            return self.get(known.id if known else UUID(int=0))

    def set_role(self, person: UUID, role: Role) -> Account:
        """Raises LitinkError("no-such-user", "last-operator")."""
        with self._engine.begin() as connection:
            if role != "superadmin":
                people.leave_an_operator(connection, without=person)
            return _change(connection, "user.role", person, "role", role)

    def set_tier(self, person: UUID, tier: str) -> Account:
        """Raises LitinkError("no-such-user"), Refused("no-such-tier")."""
        if tier not in known_tiers():
            raise Refused("no-such-tier", f"There is no subscription “{tier}”; there are {', '.join(known_tiers())}.")
        with self._engine.begin() as connection:
            return _change(connection, "user.tier", person, "tier", tier)

    def suspend(self, person: UUID) -> Account:
        """Close every way in at once. Raises LitinkError("no-such-user", "last-operator")."""
        with self._engine.begin() as connection:
            people.leave_an_operator(connection, without=person)
            account = _change(connection, "user.suspend", person, "state", "suspended")
            sessions.end_all(connection, person, "suspended")
            proofs.void(connection, person)
            return account

    def restore(self, person: UUID) -> Account:
        """Raises LitinkError("no-such-user")."""
        with self._engine.begin() as connection:
            return _change(connection, "user.restore", person, "state", "active")

    def create_operator(self, email: str, password: str) -> Account:
        """A superadmin; somebody who has an account becomes one, with this password.

        Raises Refused("bad-email", "weak-password").
        """
        email = normalised(email)
        secrets.check_new(password, email)
        hashed = secrets.hashed(password)
        with self._engine.begin() as connection:
            known = people.by_email(connection, email, lock=True)
            person = known.id if known else people.add(connection, name=email, email=email, tier=OPERATORS_TIER)
            if person is None:
                raise LitinkError("name-taken", "Somebody else goes by this address.")
            people.set_password(connection, person, hashed)
            people.set_verified(connection, person)
            if known:
                sessions.end_all(connection, person, "password")
            audit.write(connection, "admin.create", person, {"known_before": known is not None})
            return _found(people.change(connection, person, {"role": "superadmin", "state": "active"}))


def _change(connection: Connection, action: Action, person: UUID, what: str, now: str) -> Account:
    """A change that changes nothing leaves no entry. Raises LitinkError("no-such-user")."""
    was = str(getattr(_found(people.account(connection, person, lock=True)), what))
    if was != now:
        audit.write(connection, action, person, {"was": was, "now": now})
    return _found(people.change(connection, person, {what: now}))


def _found(account: Account | None) -> Account:
    if account is None:
        raise LitinkError("no-such-user", "There is no such person.")
    return account
