"""Routes of one's own account."""

from __future__ import annotations

import itertools
from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from api.accounts.schemas import (
    Accepted,
    ApiTokenView,
    EmailChange,
    Farewell,
    MadeToken,
    Me,
    NewToken,
    PasswordChange,
    ReceiptView,
    SessionView,
)
from api.backend import AnyBackend, Person, SignedIn, Themselves
from api.contents import disposition
from api.problems import documented, not_found
from litink.production.belongings import belongings

router = APIRouter(prefix="/account", tags=["account"], responses=documented(401, 403))


@router.get("", operation_id="account-get", summary="Who you are here")
def me(backend: AnyBackend, person: Person) -> Me:
    known = asdict(backend.account(person).show()) | {"role": person.role}  # without accounts everybody runs the place
    return Me(**known, via=person.via, scopes=sorted(person.scopes))


@router.get(
    "/export",
    operation_id="account-export",
    summary="Everything that is known about you",
    response_class=Response,
    responses={
        200: {
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            "description": "`README.txt` in it says what is where.",
        }
    },
)
def export(backend: AnyBackend, me: Themselves) -> Response:
    """One ZIP: each book with what was made of it and where it comes from, and every row about you. Written while it is
    sent."""
    headers = {"Content-Disposition": disposition("litink.zip", inline=False), "Cache-Control": "no-store"}
    pieces = belongings(backend.operators_engine, backend.objects, backend.engines, me.id)
    first = next(pieces)
    return StreamingResponse(itertools.chain([first], pieces), 200, headers, "application/zip")


@router.delete("", operation_id="account-delete", summary="Delete your account", responses=documented(409, 422, 429))
def delete(backend: AnyBackend, me: Themselves, farewell: Farewell) -> ReceiptView:
    """Everything: books and what was made of them, voices of your own at ElevenLabs, the customer at Stripe (what you
    subscribe to ends at once, without a refund), sessions, mail. It cannot be undone; export first. The receipt says
    what is gone and what the accounts of payments keep, and is mailed to you. `finished` is false while somebody
    outside cannot be told; it goes on by itself then."""
    if me.via == "session":
        backend.account(me).prove(farewell.password.get_secret_value() if farewell.password else "")
    return ReceiptView.of(backend.leaving.leave(me.id))


@router.put(
    "/password",
    operation_id="account-change-password",
    summary="Change your password",
    status_code=204,
    response_class=Response,
    responses=documented(422, 429),
)
def change_password(backend: AnyBackend, me: SignedIn, asked: PasswordChange) -> Response:
    """Ends all other sessions."""
    backend.account(me).change_password(asked.password.get_secret_value(), asked.new_password.get_secret_value())
    return Response(status_code=204)


@router.put(
    "/email",
    operation_id="account-change-email",
    summary="Change your e-mail address",
    status_code=202,
    responses=documented(422, 429),
)
def change_email(backend: AnyBackend, me: SignedIn, asked: EmailChange) -> Accepted:
    """It changes when the new one is confirmed; the old one is told."""
    backend.account(me).change_email(asked.password.get_secret_value(), asked.email)
    return Accepted(detail="If this address can be used, a mail is on its way to it.")


@router.get("/sessions", operation_id="account-sessions", summary="Where you are logged in")
def sessions(backend: AnyBackend, me: SignedIn) -> list[SessionView]:
    return [SessionView(**asdict(s), this=s.id == me.session_id) for s in backend.account(me).sessions()]


@router.delete(
    "/sessions/{session_id}",
    operation_id="account-end-session",
    summary="End one of your sessions",
    status_code=204,
    response_class=Response,
    responses=documented(404),
)
def end_session(backend: AnyBackend, me: SignedIn, session_id: UUID) -> Response:
    if not backend.account(me).end_session(session_id):
        raise not_found("You have no such session.", "no-such-session")
    return Response(status_code=204)


@router.get("/tokens", operation_id="account-tokens", summary="Your API tokens")
def tokens(backend: AnyBackend, me: SignedIn) -> list[ApiTokenView]:
    return [ApiTokenView(**asdict(token)) for token in backend.account(me).tokens()]


@router.post(
    "/tokens",
    operation_id="account-make-token",
    summary="Make an API token",
    status_code=201,
    responses=documented(422),
)
def make_token(backend: AnyBackend, me: SignedIn, asked: NewToken) -> MadeToken:
    """For programs, with the subscriptions premium and professional. It cannot change how you come in."""
    token, secret = backend.account(me).make_token(asked.name, asked.scopes, asked.days)
    return MadeToken(**asdict(token), token=secret)


@router.delete(
    "/tokens/{token_id}",
    operation_id="account-delete-token",
    summary="Delete an API token",
    status_code=204,
    response_class=Response,
    responses=documented(404),
)
def delete_token(backend: AnyBackend, me: SignedIn, token_id: UUID) -> Response:
    if not backend.account(me).remove_token(token_id):
        raise not_found("You have no such token.", "no-such-token")
    return Response(status_code=204)
