"""Getting one page or file from the web for a person, with no way into a private network and no end of bytes or time.

Every address that a host name resolves to must be public (hosts.py); the connection goes to the address that was
checked, so that a name cannot lead elsewhere a moment later; each redirect is checked in the same way. Proxies, cookies
and credentials of the environment play no part.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import Message
from functools import partial
from typing import BinaryIO

import httpx

from litink import __version__
from litink.aside import finished
from litink.errors import Refused
from litink.library.hosts import Address, Network, is_allowed, is_public, parsed
from litink.library.intake import plain_name
from litink.settings import Settings

MAX_REDIRECTS = 5
MAX_ADDRESS = 2000  # characters
SECONDS = 60.0  # for everything: names, redirects, the last byte
PORTS = frozenset({80, 443})
TRIES = 3  # addresses of one host
_PIECE = 1 << 20
_HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_SCHEME = re.compile(r"\s*[a-z][a-z0-9+.-]+://", re.I)
_TEXT_TYPES = ("text/", "application/xhtml+xml", "application/xml")

_NO_TEXT_TYPES = ("image/", "audio/", "video/", "font/")
_HEADERS = {
    "User-Agent": f"LitinkAI/{__version__} (reads this page once because a person asked for it)",
    "Accept": "text/html, application/xhtml+xml, application/epub+zip, application/pdf, text/plain, */*;q=0.5",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}


@dataclass(frozen=True)
class Fetcher:
    """``allow``: networks that may be reached although they are not public, on any port."""

    max_bytes: int
    allow: tuple[Network, ...] = ()
    seconds: float = SECONDS
    tls: ssl.SSLContext | None = None  # whose certificates to trust; the usual authorities without it

    @classmethod
    def from_settings(cls, settings: Settings) -> Fetcher:
        return cls(settings.max_upload_bytes, settings.fetch_allow)

    def fetch(self, address: str, into: BinaryIO) -> str:
        """Write what is at ``address`` into a file; returns the name to read it under.

        That is the name which the site gives the file, else the address where it was found in the end, without its
        query, which may hold a secret. Text comes as UTF-8 where only the site's answer told its encoding.
        Raises Refused with a code that begins with "url-".
        """
        return finished(self._in_time(address, into))

    async def _in_time(self, address: str, into: BinaryIO) -> str:
        try:
            async with asyncio.timeout(self.seconds):
                return await self._follow(web_address(address), into)
        except (TimeoutError, httpx.TimeoutException):
            raise Refused(
                "url-timeout", "The site took too long to answer; please try again, or save the page and upload it."
            ) from None
        except httpx.TransportError:
            raise _unreachable() from None

    async def _follow(self, url: httpx.URL, into: BinaryIO) -> str:
        tls = self.tls or httpx.create_ssl_context(trust_env=False)
        for _ in range(MAX_REDIRECTS + 1):
            async with self._asked(url, tls) as answer:
                if answer.has_redirect_location:
                    url = _joined(url, answer.headers["location"])
                    continue
                _check_status(answer.status_code)
                await self._save(answer, into)
                return _name(answer, url)
        raise Refused("url-redirects", "The address leads from one page to the next without end; please check it.")

    # -- one request -------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _asked(self, url: httpx.URL, tls: ssl.SSLContext) -> AsyncIterator[httpx.Response]:
        """The answer to a request, from the first of the host's addresses that takes the connection."""
        addresses = await self._addresses(url)
        async with httpx.AsyncHTTPTransport(verify=tls, trust_env=False) as transport:
            for number, address in enumerate(addresses[:TRIES], start=1):
                try:
                    answer = await transport.handle_async_request(self._request(url, address))
                    break
                except httpx.ConnectError:
                    if number == min(TRIES, len(addresses)):
                        raise
            try:
                yield answer
            finally:
                await answer.aclose()

    def _request(self, url: httpx.URL, address: Address) -> httpx.Request:
        return httpx.Request(
            "GET",
            url.copy_with(host=str(address), fragment=None),
            headers={"Host": url.netloc.decode("ascii"), **_HEADERS},
            extensions={
                "sni_hostname": url.raw_host.decode("ascii"),
                "timeout": httpx.Timeout(self.seconds).as_dict(),
            },
        )

    async def _addresses(self, url: httpx.URL) -> list[Address]:
        """All addresses of the host. Raises Refused unless every one of them may be reached."""
        port = url.port or (443 if url.scheme == "https" else 80)
        found = list(dict.fromkeys(await _resolved(url.raw_host.decode("ascii"), port)))
        if not found:
            raise _unreachable()
        for address in found:
            if is_allowed(address, self.allow):
                continue
            if not is_public(address):
                raise Refused(
                    "url-private",
                    "The address does not lead to the public internet; please use a public address or upload the file.",
                )
            if port not in PORTS:
                raise Refused("url-port", "Only the usual ports of web sites (80 and 443) are used; please check it.")
        return found

    # -- the answer's bytes ------------------------------------------------------------------------------------------

    async def _save(self, answer: httpx.Response, into: BinaryIO) -> None:
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type.startswith(_NO_TEXT_TYPES):
            raise Refused("url-not-text", "There is a picture, sound or film at this address and nothing to read.")
        declared = answer.headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared) > self.max_bytes:
            raise self._too_large()
        unpack = _unpacker(answer.headers.get("content-encoding", ""))
        size = raw = 0
        try:
            async for chunk in answer.aiter_raw():
                raw += len(chunk)
                for piece in unpack(chunk):
                    size += len(piece)
                    if max(size, raw) > self.max_bytes:
                        raise self._too_large()
                    into.write(piece)
        except zlib.error:
            raise _unreachable() from None
        if media_type.startswith(_TEXT_TYPES) and answer.charset_encoding:
            _to_utf8(into, answer.charset_encoding)
        into.flush()

    def _too_large(self) -> Refused:
        return Refused(
            "url-too-large", f"There is more than {self.max_bytes >> 20:,} MB at this address; it is not read."
        )


def web_address(text: str) -> httpx.URL:
    """An address that a person gave, as a URL with scheme and host. Raises Refused."""
    text = text.strip()
    try:
        url = httpx.URL(text) if len(text) <= MAX_ADDRESS else None
    except (httpx.InvalidURL, UnicodeError):
        url = None
    if url is None:
        raise Refused("url-invalid", "This is no web address; please copy it from the browser's address line.")
    if url.scheme not in ("http", "https"):
        raise Refused("url-scheme", "Only web addresses can be read; please give one that begins with https://.")
    if not _HOST.fullmatch(url.raw_host) or not 0 < (url.port or 80) < 1 << 16:
        raise Refused("url-invalid", "The address names no site; please copy it from the browser's address line.")
    if url.userinfo:
        raise Refused("url-credentials", "The address holds a name or password; please give it without.")
    return url


def is_web_address(text: str) -> bool:
    """Whether a person who writes this means a web address and not a file."""
    return bool(_SCHEME.match(text))


def _joined(url: httpx.URL, location: str) -> httpx.URL:
    try:
        joined = str(url.join(location))
    except (httpx.InvalidURL, UnicodeError):
        joined = ""
    return web_address(joined)


async def _resolved(host: str, port: int) -> list[Address]:
    """What the system makes of a host: a name, or an address in any spelling (decimal, octal, shortened)."""
    pool = ThreadPoolExecutor(1)  # of its own: nobody waits for a lookup that was given up
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = await asyncio.get_running_loop().run_in_executor(pool, ask)
    except (OSError, UnicodeError):
        raise _unreachable() from None
    finally:
        pool.shutdown(wait=False)
    return [parsed(str(entry[4][0])) for entry in found]


def _unreachable() -> Refused:
    return Refused("url-unreachable", "The site could not be reached; please check the address or try again later.")


def _check_status(status: int) -> None:
    if status == 200:
        return
    if status in (404, 410):
        raise Refused("url-status", f"There is no page at this address (the site answered {status}); please check it.")
    if status in (401, 402, 403, 451):
        raise Refused(
            "url-status",
            f"The site does not give this page to everybody (it answered {status}); please save it in your browser "
            "and upload the file.",
        )
    raise Refused("url-status", f"The site answered {status} instead of the page; please try again later.")


def _unpacker(encoding: str) -> Callable[[bytes], Iterator[bytes]]:
    """Takes what is received, gives what it stands for in pieces of bounded size. Raises Refused, zlib.error."""
    if encoding.strip().lower() in ("", "identity"):
        return lambda chunk: iter((chunk,))
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        raise Refused("url-encoding", "The site packs its page in an unusual way; please save the page and upload it.")
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    def unpack(chunk: bytes) -> Iterator[bytes]:
        while chunk and not stream.eof:
            yield stream.decompress(chunk, _PIECE)
            chunk = stream.unconsumed_tail

    return unpack


def _to_utf8(file: BinaryIO, charset: str) -> None:
    """Write text anew as UTF-8 when it is in another encoding: a file has no header that would tell it later."""
    file.seek(0)
    data = file.read()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = data.decode(charset, "replace")
        except (LookupError, UnicodeError):
            return
        file.seek(0)
        file.truncate()
        file.write(text.encode("utf-8", "replace"))


def _name(answer: httpx.Response, url: httpx.URL) -> str:
    header = Message()
    header["Content-Disposition"] = answer.headers.get("content-disposition", "")
    given = header.get_filename()
    return plain_name(given) if given else str(url.copy_with(query=None, fragment=None))
