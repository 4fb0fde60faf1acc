"""Routes of one's own account."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter, Response

from api.accounts.schemas import (
    Accepted,
    ApiTokenView,
    EmailChange,
    MadeToken,
    Me,
    NewToken,
    PasswordChange,
    SessionView,
)
from api.backend import AnyBackend, Person, SignedIn
from api.problems import documented, not_found

router = APIRouter(prefix="/account", tags=["account"], responses=documented(401, 403))


@router.get("", operation_id="account-get", summary="Who you are here")
def me(backend: AnyBackend, person: Person) -> Me:
    known = asdict(backend.account(person).show()) | {"role": person.role}  # without accounts everybody runs the place
    return Me(**known, via=person.via, scopes=sorted(person.scopes))


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
