"""Routes of coming in and going out. None of them tells whether somebody has an account."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.accounts import cookies
from api.accounts.cookies import REFRESH_COOKIE
from api.accounts.schemas import Accepted, Address, Credentials, Login, NewPassword, Proof, RefreshToken, Tokens
from api.backend import AnyBackend, SignedIn
from api.problems import documented
from litink.accounts.errors import not_signed_in
from litink.accounts.lockout import network_of
from litink.accounts.model import Client

router = APIRouter(prefix="/auth", tags=["auth"], responses=documented(404, 422))

_MAILED = "If this address can be used, a mail is on its way to it."


@router.post("/register", operation_id="auth-register", summary="Open an account", status_code=202)
def register(backend: AnyBackend, asked: Credentials) -> Accepted:
    """Answers alike for an address that has an account: its owner is told by mail."""
    backend.entrance.register(asked.email, asked.password.get_secret_value())
    return Accepted(detail=_MAILED)


@router.post("/verify", operation_id="auth-verify", summary="Confirm an address by what was mailed to it")
def verify(backend: AnyBackend, proof: Proof) -> Accepted:
    """Once; for a new account and for a new address of one."""
    backend.entrance.confirm(proof.token.get_secret_value())
    return Accepted(detail="The address is confirmed.")


@router.post(
    "/verify/again", operation_id="auth-verify-again", summary="Have the confirmation mailed again", status_code=202
)
def verify_again(backend: AnyBackend, asked: Address) -> Accepted:
    backend.entrance.send_proof_again(asked.email)
    return Accepted(detail=_MAILED)


@router.post("/login", operation_id="auth-login", summary="Log in", responses=documented(401, 403, 429))
def login(request: Request, response: Response, backend: AnyBackend, asked: Login) -> Tokens:
    """After tries that failed there are waits (`Retry-After`), which grow."""
    client = Client(network_of(request.client.host if request.client else ""), request.headers.get("user-agent", ""))
    admitted = backend.entrance.login(asked.email, asked.password.get_secret_value(), client)
    if asked.cookies:
        cookies.put(request, response, backend.settings, admitted)
    return Tokens.of(admitted, cookies=asked.cookies)


@router.post("/refresh", operation_id="auth-refresh", summary="The next pair of tokens", responses=documented(401))
def refresh(request: Request, response: Response, backend: AnyBackend, asked: RefreshToken | None = None) -> Tokens:
    """A refresh token is taken once. One that comes again has been stolen, or its answer was lost: the session ends."""
    token, from_cookie = _refresh_token(request, asked)
    admitted = backend.entrance.refresh(token)
    if from_cookie:
        cookies.put(request, response, backend.settings, admitted)
    return Tokens.of(admitted, cookies=from_cookie)


@router.post(
    "/logout",
    operation_id="auth-logout",
    summary="End a session",
    status_code=204,
    response_class=Response,
    responses=documented(401),
)
def logout(request: Request, backend: AnyBackend, asked: RefreshToken | None = None) -> Response:
    """Answers alike for a token that is unknown."""
    backend.entrance.logout(_refresh_token(request, asked)[0])
    return _gone(request, backend)


@router.post(
    "/logout-everywhere",
    operation_id="auth-logout-everywhere",
    summary="End all sessions",
    status_code=204,
    response_class=Response,
    responses=documented(401, 403),
)
def logout_everywhere(request: Request, backend: AnyBackend, me: SignedIn) -> Response:
    backend.account(me).end_all_sessions()
    return _gone(request, backend)


@router.post("/password/forgot", operation_id="auth-forgot-password", summary="Have a reset mailed", status_code=202)
def forgot(backend: AnyBackend, asked: Address) -> Accepted:
    backend.entrance.forgot(asked.email)
    return Accepted(detail=_MAILED)


@router.post("/password/reset", operation_id="auth-reset-password", summary="Set a new password by a mailed proof")
def reset(backend: AnyBackend, asked: NewPassword) -> Accepted:
    """Ends all sessions and API tokens."""
    backend.entrance.reset(asked.token.get_secret_value(), asked.password.get_secret_value())
    return Accepted(detail="The password is set; log in with it.")


def _refresh_token(request: Request, asked: RefreshToken | None) -> tuple[str, bool]:
    """The token, and whether a cookie carried it. Raises Denied("not-signed-in")."""
    if asked is not None and asked.refresh_token is not None:
        return asked.refresh_token.get_secret_value(), False
    cookie = request.cookies.get(REFRESH_COOKIE)
    if not cookie:
        raise not_signed_in()
    return cookie, True


def _gone(request: Request, backend: AnyBackend) -> Response:
    response = Response(status_code=204)
    cookies.clear(request, response, backend.settings)
    return response
