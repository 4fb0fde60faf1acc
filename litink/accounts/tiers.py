"""What a subscription has to say about accounts."""

from __future__ import annotations

from litink.accounts.model import Role
from litink.providers.catalogue import catalogue


def may_have_tokens(tier: str, role: Role) -> bool:
    """Whether API tokens are made, and taken; one that was made stops when the subscription falls."""
    known = catalogue().tiers.get(tier)
    return role == "superadmin" or (known is not None and known.api_tokens)


def known_tiers() -> tuple[str, ...]:
    return tuple(catalogue().tiers)
