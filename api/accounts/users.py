"""Routes of everybody's accounts, for operators."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.accounts.schemas import AccountView, ReceiptView, RoleChange, TierChange
from api.backend import AnyBackend, Operator
from api.pagination import Cursor, Limit, Page, cut
from api.problems import documented
from litink.accounts.model import Account

router = APIRouter(prefix="/admin/users", tags=["admin"], responses=documented(401, 403))


@router.get("", operation_id="admin-users", summary="List people", responses=documented(422))
def users(
    backend: AnyBackend,
    _: Operator,
    cursor: Cursor,
    limit: Limit = 50,
    search: Annotated[str, Query(max_length=254, description="letters of their address")] = "",
) -> Page[AccountView]:
    found = backend.people.list(after=cursor, limit=limit + 1, search=search)
    page, following = cut(found, limit, lambda account: account.id)
    return Page(items=[_view(account) for account in page], next=following)


@router.get("/{user_id}", operation_id="admin-user", summary="Get a person", responses=documented(404))
def user(backend: AnyBackend, _: Operator, user_id: UUID) -> AccountView:
    return _view(backend.people.get(user_id))


@router.put(
    "/{user_id}/role", operation_id="admin-set-role", summary="Say what a person may do", responses=documented(404, 409)
)
def set_role(backend: AnyBackend, _: Operator, user_id: UUID, wanted: RoleChange) -> AccountView:
    """`author`: may publish books; `superadmin`: runs the installation. Holds from the person's next request on."""
    return _view(backend.people.set_role(user_id, wanted.role))


@router.put(
    "/{user_id}/tier",
    operation_id="admin-set-tier",
    summary="Give a person a subscription",
    responses=documented(404, 422),
)
def set_tier(backend: AnyBackend, _: Operator, user_id: UUID, wanted: TierChange) -> AccountView:
    return _view(backend.people.set_tier(user_id, wanted.tier))


@router.post(
    "/{user_id}/suspend",
    operation_id="admin-suspend",
    summary="Shut a person out",
    responses=documented(404, 409),
)
def suspend(backend: AnyBackend, _: Operator, user_id: UUID) -> AccountView:
    """At once, everywhere. Their books stay."""
    return _view(backend.people.suspend(user_id))


@router.post(
    "/{user_id}/restore", operation_id="admin-restore", summary="Let a person in again", responses=documented(404)
)
def restore(backend: AnyBackend, _: Operator, user_id: UUID) -> AccountView:
    return _view(backend.people.restore(user_id))


@router.delete(
    "/{user_id}", operation_id="admin-delete-user", summary="Delete a person", responses=documented(404, 409, 422)
)
def delete(backend: AnyBackend, _: Operator, user_id: UUID) -> ReceiptView:
    """With everything of theirs, as if they had asked for it themselves. It cannot be undone."""
    return ReceiptView.of(backend.leaving.leave(user_id))


def _view(account: Account) -> AccountView:
    return AccountView(**asdict(account))
