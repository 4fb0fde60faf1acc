"""Fetching from real sockets: what is got, and everything that must not be."""

from __future__ import annotations

import io
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from ipaddress import ip_network
from pathlib import Path

import pytest

from litink.errors import Refused
from litink.library.fetching import MAX_REDIRECTS, Fetcher
from litink.settings import Settings
from tests.websites import answer, gzipped, redirect, site

LOCAL = (ip_network("127.0.0.0/8"),)
LIMIT = 1 << 20


def fetch(url: str, fetcher: Fetcher | None = None) -> tuple[bytes, str]:
    file = io.BytesIO()
    name = (fetcher or Fetcher(LIMIT, LOCAL, seconds=20)).fetch(url, file)
    return file.getvalue(), name


def refusal(url: str, fetcher: Fetcher | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        fetch(url, fetcher)
    assert "127.0.0.1" not in caught.value.message
    return caught.value


# -- what is got -------------------------------------------------------------------------------------------------------


def test_a_page_comes_as_it_is_under_its_address_without_the_query() -> None:
    with site({"/a/lamp": answer("<p>Lamp</p>")}) as served:
        assert fetch(served.url("/a/lamp?token=secret#part")) == (b"<p>Lamp</p>", served.url("/a/lamp"))
        [asked] = served.asked
    assert asked.startswith("GET /a/lamp?token=secret HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{served.port}\r\n" in asked.lower()
    assert "User-Agent: LitinkAI/" in asked


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="The Lamp.txt"', "The Lamp.txt"),
        ("attachment; filename*=UTF-8''L%C3%A4mpchen.pdf", "Lämpchen.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
    ],
)
def test_a_file_keeps_the_name_that_its_site_gives_it(header: str, name: str) -> None:
    with site({"/get": answer("words", "text/plain", Content_Disposition=header)}) as served:
        assert fetch(served.url("/get?id=7"))[1] == name


def test_redirects_are_followed_and_the_last_address_is_told() -> None:
    pages = {"/1": redirect("/2"), "/2": redirect("?x", "301 Moved"), "/3": answer("end")}
    with site(pages) as served:
        pages["/2"] = redirect(served.url("/3"), "308 Permanent Redirect")
        assert fetch(served.url("/1")) == (b"end", served.url("/3"))


def test_a_packed_page_is_unpacked() -> None:
    with site({"/": gzipped(b"lamp " * 10_000)}) as served:
        assert fetch(served.url("/"))[0] == b"lamp " * 10_000


@pytest.mark.parametrize(
    ("charset", "encoding"), [("windows-1251", "cp1251"), ("Shift_JIS", "shift_jis"), ("utf-8", "utf-8")]
)
def test_text_whose_encoding_only_the_site_tells_comes_as_utf8(charset: str, encoding: str) -> None:
    text = {"cp1251": "Маяк горел всю ночь.", "shift_jis": "灯台の光"}.get(encoding, "lamp “lit”")
    with site({"/": answer(text.encode(encoding), f"text/html; charset={charset}")}) as served:
        assert fetch(served.url("/"))[0].decode() == text


def test_what_is_no_text_is_never_changed() -> None:
    data = bytes(range(256)) * 8
    with site({"/b.pdf": answer(data, "application/pdf; charset=windows-1252")}) as served:
        assert fetch(served.url("/b.pdf"))[0] == data


# -- where nobody may go -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.1", "0x7f.1", "0.0.0.0", "0",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
        "10.0.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "[fe80::1]", "[fd00::1]",
    ],
)  # fmt: skip
def test_no_spelling_of_a_private_address_is_reached(host: str) -> None:
    with site({"/": answer("secret")}) as served:
        assert refusal(served.url("/", host), Fetcher(LIMIT, seconds=20)).code == "url-private"
        assert served.asked == []


def test_a_redirect_into_the_private_network_is_refused() -> None:
    with site({"/": answer("secret")}) as inner, site({"/": redirect(inner.url("/", "127.0.0.2"))}) as outer:
        found = refusal(outer.url("/"), Fetcher(LIMIT, (ip_network("127.0.0.1/32"),), seconds=20))
        assert found.code == "url-private"
        assert inner.asked == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.org/book.txt", "url-scheme"), ("file:///etc/passwd", "url-scheme"),
        ("gopher://127.0.0.1:70/", "url-scheme"), ("javascript:alert(1)", "url-scheme"), ("example.org", "url-scheme"),
        ("http://user:pw@example.org/", "url-credentials"), ("http://127.0.0.1@example.org/", "url-credentials"),
        ("http://", "url-invalid"), ("https:///path", "url-invalid"), ("http://exa mple.org/", "url-invalid"),
        ("http://example.org:99999/", "url-invalid"), ("http://[::1/", "url-invalid"),
        ("http://0177.0.0.1/", "url-invalid"), ("http://１２７.0.0.1/", "url-invalid"),
        ("http://x%2f.org/", "url-invalid"), ("http://example.org/\r\nHost: evil", "url-invalid"),
        ("http://example.org/" + "a" * 3000, "url-invalid"),
        ("http://8.8.8.8:22/", "url-port"), ("http://8.8.8.8:8080/", "url-port"), ("https://1.1.1.1:5432/", "url-port"),
        ("http://no-such-site.invalid/", "url-unreachable"),
    ],
)  # fmt: skip
def test_what_is_no_proper_address_is_refused(url: str, code: str) -> None:
    assert refusal(url, Fetcher(LIMIT, seconds=20)).code == code


@pytest.fixture(scope="module")
def lookups() -> list[str]:
    """The names this process looks up from now on, as Python tells them to audit hooks."""
    names: list[str] = []

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event == "socket.getaddrinfo":
            name = arguments[0]
            names.append(name.decode() if isinstance(name, bytes) else str(name))

    sys.addaudithook(note)
    return names


def test_a_name_is_looked_up_once_so_that_it_cannot_lead_elsewhere_after_the_check(lookups: list[str]) -> None:
    with site({"/": answer("page")}) as served:
        lookups.clear()
        fetch(served.url("/", "localhost"), Fetcher(LIMIT, (*LOCAL, ip_network("::1/128")), seconds=20))
    assert lookups.count("localhost") == 1


def test_redirects_end_somewhere() -> None:
    with site({"/": redirect("/")}) as served:
        assert refusal(served.url("/")).code == "url-redirects"
        assert len(served.asked) == MAX_REDIRECTS + 1
    with site({"/": redirect("ftp://example.org/")}) as served:
        assert refusal(served.url("/")).code == "url-scheme"


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with site({"/": answer("page")}) as served, site({}) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        assert fetch(served.url("/"))[0] == b"page"
        assert proxy.asked == []


# -- no end of bytes or time -------------------------------------------------------------------------------------------


def test_more_than_the_limit_is_refused_before_during_and_after_unpacking() -> None:
    def lies(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * (LIMIT + 1))

    pages = {"/told": answer(b"x" * (LIMIT + 1)), "/untold": lies, "/bomb": gzipped(b"x" * (LIMIT + 1))}
    with site(pages) as served:
        for path in pages:
            assert refusal(served.url(path)).code == "url-too-large"


def test_a_bomb_is_never_unpacked_whole() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()
    with site({"/": answer(bomb, Content_Encoding="gzip")}) as served:
        tracemalloc.start()
        assert refusal(served.url("/")).code == "url-too-large"
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 16 << 20


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\nbegun"])
def test_a_site_that_drips_is_given_up(head: bytes) -> None:
    def drip(connection: socket.socket, closing: threading.Event) -> None:
        connection.sendall(head)
        while not closing.wait(0.05):
            connection.sendall(b"X-a: b\r\n" if not head.endswith(b"begun") else b"x")

    with site({"/": drip}) as served:
        started = time.monotonic()
        assert refusal(served.url("/"), Fetcher(LIMIT, LOCAL, seconds=0.5)).code in ("url-timeout", "url-unreachable")
        assert time.monotonic() - started < 5


def test_a_site_that_never_answers_is_given_up() -> None:
    with site({"/": lambda _, closing: closing.wait() and None}) as served:
        assert refusal(served.url("/"), Fetcher(LIMIT, LOCAL, seconds=0.5)).code == "url-timeout"


# -- what a site may answer --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (answer("gone", status="404 Not Found"), "url-status"), (answer("no", status="403 Forbidden"), "url-status"),
        (answer("later", status="503 Busy"), "url-status"), (answer("", status="302 Found"), "url-status"),
        (answer(b"\x89PNG", "image/png"), "url-not-text"), (answer(b"ID3", "audio/mpeg"), "url-not-text"),
        (answer(b"x", Content_Encoding="br"), "url-encoding"),
        (answer(b"no gzip", Content_Encoding="gzip"), "url-unreachable"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "url-unreachable"), (b"", "url-unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "url-unreachable"),
    ],
)  # fmt: skip
def test_what_is_no_page_is_refused_with_a_code(page: bytes, code: str) -> None:
    with site({"/": page}) as served:
        assert refusal(served.url("/")).code == code


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}/").code == "url-unreachable"


# -- secured connections -----------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    files = tmp_path / "site.pem", tmp_path / "site.key"
    names = "subjectAltName=DNS:localhost"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    command += ["-subj", "/CN=localhost", "-addext", names, "-out", str(files[0]), "-keyout", str(files[1])]
    subprocess.run(command, check=True, capture_output=True)
    return files


def secured(served_name: list[str | None], files: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    context.sni_callback = lambda _socket, name, _context: served_name.append(name)
    return context


def test_the_certificate_is_checked_against_the_name_though_the_address_is_pinned(
    certificate: tuple[Path, Path],
) -> None:
    names: list[str | None] = []
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    with site({"/": answer("page")}, secured(names, certificate)) as served:
        allow = (*LOCAL, ip_network("::1/128"))
        fetcher = Fetcher(LIMIT, allow, seconds=20, tls=trusting)
        assert fetch(served.url("/", "localhost", "https"), fetcher)[0] == b"page"
        assert names == ["localhost"]
        assert f"host: localhost:{served.port}" in served.asked[0].lower()
        # The same site under a name that its certificate does not hold, and with nobody's certificate.
        assert refusal(served.url("/", "127.0.0.1", "https"), fetcher).code == "url-unreachable"
        assert (
            refusal(served.url("/", "localhost", "https"), Fetcher(LIMIT, allow, seconds=20)).code == "url-unreachable"
        )


def test_networks_are_allowed_by_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    def fetcher() -> Fetcher:
        return Fetcher.from_settings(Settings())

    with site({"/": answer("page")}) as served:
        monkeypatch.delenv("LITINK_FETCH_ALLOW", raising=False)
        assert refusal(served.url("/"), fetcher()).code == "url-private"
        monkeypatch.setenv("LITINK_FETCH_ALLOW", "10.0.0.0/8, 127.0.0.1/32")
        assert fetch(served.url("/"), fetcher())[0] == b"page"
