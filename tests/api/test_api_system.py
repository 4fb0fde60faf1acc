"""Health, metrics, documentation: for those who watch the service and those who program against it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.openapi import COMMITTED, written
from litink.settings import Settings
from tests.served import serving


def test_ready_with_database_and_schema(client: httpx.Client) -> None:
    answer = client.get("/healthz/ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert all(check["ok"] for check in answer.json()["checks"].values())


@contextmanager
def dagster(healthy: bool) -> Iterator[str]:
    """Answers the one question as Dagster's web server does."""
    statuses = [
        {"daemonType": "SENSOR", "required": True, "healthy": healthy},
        {"daemonType": "BACKFILL", "required": False, "healthy": None},
    ]
    body = json.dumps({"data": {"instance": {"daemonHealth": {"allDaemonStatuses": statuses}}}}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("healthy", "status"), [(True, 200), (False, 503)])
def test_ready_asks_for_the_daemons_heartbeat(settings: Settings, engine: Engine, healthy: bool, status: int) -> None:
    with dagster(healthy) as where:
        app = create_app(settings.model_copy(update={"dagster_address": where}))
        with serving(app) as address:
            answer = httpx.get(f"{address}/healthz/ready")
    assert answer.status_code == status
    assert answer.json()["checks"]["orchestrator"]["ok"] is healthy


def test_a_dagster_that_is_gone_is_told(settings: Settings, engine: Engine) -> None:
    app = create_app(settings.model_copy(update={"dagster_address": "http://127.0.0.1:9"}))
    with serving(app) as address:
        answer = httpx.get(f"{address}/healthz/ready")
    assert answer.status_code == 503
    assert "Dagster" in answer.json()["checks"]["orchestrator"]["detail"]


def test_metrics_count_requests_by_operation(client: httpx.Client) -> None:
    client.get("/api/v1/books")
    client.get("/api/v1/books/01a20376-0d2c-708b-93e2-3b2413f78fd0")
    text = client.get("/metrics").text
    assert 'litink_http_requests_total{method="GET",operation="books-list",status="200"}' in text
    assert 'litink_http_requests_total{method="GET",operation="books-get",status="404"}' in text
    assert "01a20376" not in text  # no address of a book becomes a label
    assert "litink_event_watchers" in text


class TestDocumentation:
    def test_the_page_needs_nothing_from_elsewhere(self, client: httpx.Client) -> None:
        for page in ("/", "/docs"):
            answer = client.get(page)
            assert answer.status_code == 200
            assert "//" not in answer.text.replace("<!doctype", "").replace("http://www.w3.org/2000/svg", "")
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "unsafe-eval" not in answer.headers["content-security-policy"]
        assert client.get("/docs/swagger/swagger-ui-bundle.js").status_code == 200

    def test_the_committed_document_is_what_the_code_says(self, client: httpx.Client) -> None:
        now = written(client.get("/openapi.json").json())
        assert COMMITTED.read_text(encoding="utf-8") == now, "renew it: python -m api.openapi --write"

    def test_every_operation_is_named_tagged_and_says_how_it_fails(self, client: httpx.Client) -> None:
        document = client.get("/openapi.json").json()
        known = {tag["name"] for tag in document["tags"]}
        for path, operations in document["paths"].items():
            for operation in operations.values():
                area, _, verb = operation["operationId"].partition("-")
                assert {area} == set(operation["tags"]) & known, path
                assert verb, path
                assert operation["summary"], path
                assert "application/problem+json" in operation["responses"]["default"]["content"], path
        assert "HTTPValidationError" not in json.dumps(document)
