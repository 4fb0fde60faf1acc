"""Who has failed to log in too often: waits that grow, and never lock somebody out for long who is known.

Three counts, each of failures in a row: one address from one network, after five tries 1, 2, 4 … seconds up to a
quarter of an hour; one address from anywhere, after fifty tries half a minute each (a network from which the person has
logged in before is not held up by it, so that a stranger's guessing does not keep them out); one network for any
address. A count that has rested for an hour begins anew. Addresses that nobody has are counted alike.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, Interval, bindparam, case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from litink.accounts.errors import TooManyTries
from litink.db.schema import login_failures

_HOUR = literal("1 hour").cast(Interval)


@dataclass(frozen=True)
class _Rule:
    """After ``free`` failures each further one costs twice the wait of the one before, up to ``longest`` seconds."""

    free: int
    first: int
    longest: int

    def wait(self, failures: int) -> int:
        over = failures - self.free
        return 0 if over <= 0 else int(min(self.longest, self.first * 2.0 ** min(over - 1, 30)))


PAIR, ADDRESS, NETWORK = _Rule(5, 1, 900), _Rule(50, 30, 30), _Rule(100, 1, 60)


@lru_cache(maxsize=10_000)  # asked with every request
def network_of(host: str) -> str:
    """Where somebody comes from: an IPv4 address, or the /64 that an IPv6 customer has to himself."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


class Lockout:
    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def begin(self, connection: Connection, email: str, network: str, *, known: bool) -> None:
        """Count a try before it is made, so that many at once count as many.

        ``known``: the person has logged in from this network before. Raises TooManyTries, and counts nothing then; to
        be called in a transaction of its own.
        """
        for key, rule in self._keys(email, network, known=known):
            self._count(connection, key, rule)

    def succeeded(self, connection: Connection, email: str, network: str) -> None:
        """The try was no failure. What others failed in the same network stays counted."""
        (pair, _), (of_network, _), (address, _) = self._keys(email, network, known=False)
        failures = login_failures.c.failures
        # In the order of begin(), so that no two transactions wait for each other.
        connection.execute(delete(login_failures).where(login_failures.c.key == pair))
        connection.execute(
            update(login_failures).where(login_failures.c.key == of_network, failures > 0).values(failures=failures - 1)
        )
        connection.execute(delete(login_failures).where(login_failures.c.key == address))
        rested = select(login_failures.c.key).where(login_failures.c.until < func.now() - _HOUR)
        connection.execute(
            delete(login_failures).where(login_failures.c.key.in_(rested.limit(100).with_for_update(skip_locked=True)))
        )

    def _keys(self, email: str, network: str, *, known: bool) -> Sequence[tuple[str, _Rule]]:
        keys = [(self._key("pair", email, network), PAIR), (self._key("network", network), NETWORK)]
        return keys if known else [*keys, (self._key("address", email), ADDRESS)]

    def _key(self, *parts: str) -> str:
        return hmac.new(self._secret, "\n".join(("lockout", *parts)).encode(), hashlib.sha256).hexdigest()

    def _count(self, connection: Connection, key: str, rule: _Rule) -> None:
        now, old = func.clock_timestamp(), login_failures.c
        rested = old.until < now - _HOUR
        counted = connection.execute(
            insert(login_failures)
            .values(key=key, failures=1, until=now)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={"failures": case((rested, 1), else_=old.failures + 1), "until": now},
                where=old.until <= now,
            )
            .returning(old.failures)
        ).scalar_one_or_none()
        if counted is None:
            left = select(func.extract("epoch", old.until - now)).where(old.key == key)
            raise TooManyTries(max(1, int(connection.execute(left).scalar() or 0) + 1))
        if wait := rule.wait(counted):
            until = now + func.make_interval(0, 0, 0, 0, 0, 0, bindparam("seconds", wait))
            connection.execute(update(login_failures).where(old.key == key).values(until=until))
