"""Secrets: passwords, random tokens, and what is kept of each. Knows no table."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from litink.errors import Refused

LEAST, MOST = 10, 256  # characters of a password
_BYTES = 32  # of a random token: 256 bits, which no hash need be slow for

# Argon2id as RFC 9106, 4 has it for where memory is short: 64 MiB, three passes, four lanes.
_HASH = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=64 * 1024, parallelism=4),))
# So many at once: each takes its 64 MiB, and more than there are cores makes none of them faster.
_AT_ONCE = threading.BoundedSemaphore(max(2, os.cpu_count() or 1))


def new_token(prefix: str) -> str:
    """A secret of 256 bits that tells by its beginning what it is for."""
    return f"{prefix}_{secrets.token_urlsafe(_BYTES)}"


def kept(token: str) -> str:
    """What the database keeps of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_new(password: str, email: str) -> None:
    """Raises Refused("weak-password") where a password is one of those that are tried first."""
    if not LEAST <= len(password) <= MOST:
        raise Refused("weak-password", f"A password has {LEAST} to {MOST} characters.")
    low, name = password.lower(), email.partition("@")[0]
    if len(set(low)) < 5 or low in _common() or (len(name) > 3 and low.strip("0123456789!.") in (name, email)):
        raise Refused("weak-password", "This password is too easy to guess; take several words, or let a program do.")


def hashed(password: str) -> str:
    with _AT_ONCE:
        return _HASH.hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Whether it is this password. Takes as long where there is none, so that time tells nothing."""
    with _AT_ONCE:
        right = _HASH.verify(password[: MOST + 1], password_hash or _nobodys())
    return right and password_hash is not None


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _HASH.hash(secrets.token_urlsafe(_BYTES))


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """What is left of the usual lists when ten characters are asked for."""
    words = ("password", "passwort", "qwertyuiop", "iloveyou", "welcome", "football", "baseball", "letmein", "dragon")
    ends = ("", "1", "12", "123", "1234", "12345", "123456", "!", "1!", "123!", "2024", "2025", "2026")
    keys = ("1234567890", "0123456789", "0987654321", "12345678910", "123456789a", "1q2w3e4r5t", "qwerty1234")
    return frozenset({word + end for word in words for end in ends} | {*keys, "asdfghjkl;", "zxcvbnm,./", "abcdefghij"})
