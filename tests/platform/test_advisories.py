"""The audit of dependencies: against an index of advisories on a real socket, and without any."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def audit(url: str, *options: str, timeout: float = 200) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts/audit.py"), "-s", "osv", "--osv-url", url, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout)


@pytest.fixture
def index() -> Iterator[Callable[[str], str]]:
    """Serves an index (as osv.dev answers) that knows one package to be vulnerable; gives its address."""
    servers = []

    def serve(vulnerable: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                name = asked["package"]["name"]
                events = [{"introduced": "0"}, {"fixed": "9999"}]
                affected = {"package": asked["package"], "ranges": [{"type": "ECOSYSTEM", "events": events}]}
                told = {"id": "TEST-1", "modified": "2026-01-01T00:00:00Z", "details": "Bad.", "affected": [affected]}
                body = json.dumps({"vulns": [told]} if name == vulnerable else {}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/v1/query"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_vulnerable_package_fails_it_unless_it_is_let_pass(index: Callable[[str], str]) -> None:
    url = index("fastapi")
    found = audit(url)
    assert found.returncode == 1, found.stdout + found.stderr
    assert "audit: fastapi " in found.stdout
    assert "TEST-1, mended in 9999" in found.stdout
    assert "1 advisories" in found.stdout
    passed = audit(url, "--ignore-vuln", "TEST-1")
    assert passed.returncode == 0, passed.stdout
    assert "0 advisories" in passed.stdout


def test_packages_of_the_tests_are_looked_up_too(index: Callable[[str], str]) -> None:
    found = audit(index("pytest"))
    assert found.returncode == 1
    assert "audit: pytest " in found.stdout


def test_without_an_index_it_says_so_soon_and_goes_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never answers
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1/query"
        start = time.monotonic()
        done = audit(url, timeout=60)
    assert (done.returncode, done.stdout) == (0, "audit: skipped: no index of advisories can be reached\n")
    assert time.monotonic() - start < 30  # 15 on a machine that has nothing else to do


def test_what_it_does_not_understand_is_no_missing_index() -> None:
    done = audit("http://127.0.0.1:9/", "--no-such-option")
    assert done.returncode == 1
    assert "audit: failed" in done.stdout
