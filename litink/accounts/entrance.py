"""Coming in and going out: sign up, confirm, log in, refresh, log out, a forgotten password.

Whether somebody has an account is told to nobody but the one who reads its mail: answers, and the time that they take,
are the same. All of it runs on the connection of the tables' owner, as nobody is known yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine

from litink.accounts import api_tokens, audit, people, proofs, secrets, sessions
from litink.accounts.access_tokens import AccessTokens, Claims
from litink.accounts.acting import as_person
from litink.accounts.emails import normalised
from litink.accounts.errors import Denied, not_signed_in, wrong_login
from litink.accounts.links import proof_link
from litink.accounts.lockout import Lockout
from litink.accounts.mail import outbox
from litink.accounts.model import Client
from litink.accounts.proofs import Purpose
from litink.errors import Refused
from litink.settings import Settings

FIRST_TIER = "free"


@dataclass(frozen=True)
class Admitted:
    """What a log-in hands out. ``access`` lives for minutes, ``refresh`` is good once for the next pair."""

    person: UUID
    session: UUID
    access: str
    refresh: str


class Entrance:
    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._tokens = AccessTokens(settings)
        self._lockout = Lockout(settings.secret_key.get_secret_value() if settings.secret_key else "")

    # -- an account ----------------------------------------------------------------------------------------------------

    def register(self, email: str, password: str) -> None:
        """Open an account that can read, until its address is confirmed.

        Somebody who has one is told so by mail. An address that is not confirmed yet may be claimed by several: when
        their passwords differ none of them is kept, so that whoever confirms it is not let in beside a stranger.
        Raises Refused ("bad-email", "weak-password", "registration-closed").
        """
        if not self._settings.registration:
            raise Refused("registration-closed", "Nobody can sign up here; ask those who run it for an account.")
        email = normalised(email)
        secrets.check_new(password, email)
        hashed = secrets.hashed(password)
        with self._engine.begin() as connection:
            before = people.by_email(connection, email)
        same = secrets.fits(password, before.password_hash if before else None)
        with self._engine.begin() as connection:
            added = people.add(connection, name=email, email=email, tier=FIRST_TIER, password_hash=hashed)
            if added is not None:
                self._mail_proof(connection, added, "verify", email)
                return
            known = people.by_email(connection, email, lock=True)
            if known is None:  # the address has become somebody's name by another way
                return
            if known.verified:
                outbox.put(connection, known.id, email, "known")
                return
            if not (same and before and before.password_hash == known.password_hash):
                people.set_password(connection, known.id, None)
                sessions.end_all(connection, known.id, "password")
            self._mail_proof(connection, known.id, "verify", email)

    def confirm(self, token: str) -> None:
        """The proof of an address that was mailed to it. Raises Denied("bad-proof")."""
        with self._engine.begin() as connection:
            proof = proofs.take(connection, token, "verify", "change")
            if proof and proof.purpose == "change":
                old, _ = people.password_of(connection, proof.person)
                if not people.set_email(connection, proof.person, proof.email):
                    proof = None
                else:
                    audit.write(connection, "email.change", proof.person, by=as_person(proof.person, "mail"))
                    if old:
                        what = {"what": f"The e-mail address of your account is now {proof.email}."}
                        outbox.put(connection, proof.person, old, "changed", what)
            elif proof:
                email, _ = people.password_of(connection, proof.person)
                if email == proof.email:
                    people.set_verified(connection, proof.person)
        if proof is None:
            raise _bad_proof()

    def send_proof_again(self, email: str) -> None:
        """Another confirmation mail, where one is due. Raises Refused("bad-email")."""
        email = normalised(email)
        with self._engine.begin() as connection:
            known = people.by_email(connection, email)
            if known and known.active and not known.verified:
                self._mail_proof(connection, known.id, "verify", email)

    def forgot(self, email: str) -> None:
        """Mail a link that sets a new password. Raises Refused("bad-email")."""
        email = normalised(email)
        with self._engine.begin() as connection:
            known = people.by_email(connection, email)
            if known and known.active:
                self._mail_proof(connection, known.id, "reset", email)

    def reset(self, token: str, password: str) -> None:
        """Set a new password by a mailed proof, which proves the address too; every other way in is closed.

        Raises Denied("bad-proof"), Refused("weak-password"); after the latter the proof is still good.
        """
        secrets.check_new(password, "")
        hashed = secrets.hashed(password)
        with self._engine.begin() as connection:
            proof = proofs.take(connection, token, "reset")
            email = people.password_of(connection, proof.person)[0] if proof else None
            if proof and email == proof.email:
                people.set_password(connection, proof.person, hashed)
                people.set_verified(connection, proof.person)
                sessions.end_all(connection, proof.person, "password")
                api_tokens.remove_all(connection, proof.person)
                proofs.void(connection, proof.person)
                audit.write(connection, "password.reset", proof.person, by=as_person(proof.person, "mail"))
                outbox.put(connection, proof.person, proof.email, "changed", {"what": "It has a new password."})
                return
        raise _bad_proof()

    def _mail_proof(self, connection: Connection, person: UUID, purpose: Purpose, email: str) -> None:
        token = proofs.make(connection, person, purpose, email)
        outbox.put(connection, person, email, purpose, link=proof_link(self._settings, purpose, token))

    # -- a session -----------------------------------------------------------------------------------------------------

    def login(self, email: str, password: str, client: Client) -> Admitted:
        """Raises Denied("wrong-login", "suspended") and TooManyTries."""
        try:
            email = normalised(email)
        except Refused:
            email = email.strip()[:254]  # nobody's: told like a wrong password
        with self._engine.begin() as connection:
            known_here = sessions.known_from(connection, email, client.network)
            self._lockout.begin(connection, email, client.network, known=known_here)
            known = people.by_email(connection, email)
        if not secrets.fits(password, known.password_hash if known else None) or known is None:
            raise wrong_login()
        with self._engine.begin() as connection:
            self._lockout.succeeded(connection, email, client.network)
            now = people.by_email(connection, email, lock=True)  # a password that was reset meanwhile opens nothing
            if now is None or now.password_hash != known.password_hash:
                raise wrong_login()
            if not now.active:
                raise Denied("suspended", "This account is suspended; ask those who run this installation.")
            session, refresh = sessions.begin(connection, known.id, client)
            if not known_here:
                me = as_person(known.id, "session")
                audit.write(connection, "session.network", known.id, {"session": str(session)}, by=me)
        return self._admitted(known.id, session, refresh)

    def refresh(self, token: str) -> Admitted:
        """The next pair. A token that was taken before ends the session. Raises Denied("not-signed-in")."""
        with self._engine.begin() as connection:
            found = sessions.refresh(connection, token)
            if found.found == "reused" and found.person is not None:
                stranger = as_person(None, "anybody")
                audit.write(connection, "session.reuse", found.person, {"session": str(found.session)}, by=stranger)
        if found.found != "fresh" or found.person is None or found.session is None:
            raise not_signed_in()
        return self._admitted(found.person, found.session, found.token)

    def logout(self, refresh_token: str) -> None:
        """End the session of a refresh token; a token that is unknown or used up ends nothing and is told alike."""
        with self._engine.begin() as connection:
            found = sessions.of_token(connection, refresh_token)
            if found:
                sessions.end(connection, *found, "logout")

    def _admitted(self, person: UUID, session: UUID, refresh: str) -> Admitted:
        return Admitted(person, session, self._tokens.sign(Claims(person, session)), refresh)


def _bad_proof() -> Denied:
    return Denied("bad-proof", "This link was used before, or is too old; ask for a new one.")
