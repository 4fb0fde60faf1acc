"""E-mail addresses: one form for each, and a form for logs. Whether mail arrives is found out by sending some."""

from __future__ import annotations

import re
import unicodedata

from litink.errors import Refused

# The atoms of RFC 5321, 4.1.2; quoted local parts are not taken, nor those that need SMTPUTF8 (RFC 6531).
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_MOST = 254  # characters (RFC 5321, 4.5.3.1.3, less the angle brackets)


def normalised(address: str) -> str:
    """The one form in which an address is kept and compared: NFKC, lower case, its domain in ASCII.

    Case in front of the @ may mean something by the standard and does nowhere in practice; two accounts that differ
    in it alone would be a trap. Raises Refused("bad-email").
    """
    local, at, domain = unicodedata.normalize("NFKC", address.strip()).rpartition("@")
    try:
        domain = domain.lower().encode("idna").decode()
    except UnicodeError:
        domain = ""
    local = local.casefold()
    good = at and len(local.encode()) <= 64 and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    if not good or len(local) + len(domain) + 1 > _MOST:
        raise Refused("bad-email", "This is no e-mail address; it looks like name@example.org.")
    return f"{local}@{domain}"


def masked(address: str) -> str:
    """As it may stand in a log: m…@e….org."""
    local, _, domain = address.rpartition("@")
    name, _, top = domain.rpartition(".")
    return f"{local[:1]}…@{name[:1]}….{top}"
