"""Mail leaves by a real socket, once; what cannot be sent waits, and what may have gone out is not sent again."""

from __future__ import annotations

import base64
import email.policy
import logging
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine, delete, func, select, update

from api.app import create_app
from litink.accounts import people
from litink.accounts.mail import outbox
from litink.accounts.mail.courier import TRIES, Courier
from litink.accounts.mail.senders import Mailgun, Smtp, sender_of
from litink.accounts.mail.templates import WORDINGS, written
from litink.db.schema import mails
from litink.errors import PermanentFailure
from litink.settings import Settings
from tests.accounts.conftest import SECRET
from tests.accounts.visitors import Visitor
from tests.served import serving


class Letterbox:
    """An SMTP server's mind: what it answers to the whole message, and what it has taken."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[Envelope] = []
        self.arrived = threading.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer == "hang up":
            assert server.transport is not None
            self.taken.append(envelope)  # it may have: the client cannot know
            server.transport.abort()
            return "250 nobody hears this"
        if answer.startswith("250"):
            self.taken.append(envelope)
            self.arrived.set()
        return answer


@pytest.fixture
def letterbox(free_tcp_port: int) -> Iterator[tuple[Letterbox, str]]:
    box = Letterbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_tcp_port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{free_tcp_port}"
    controller.stop()


@pytest.fixture
def put(engine: Engine) -> Callable[..., int]:
    """Writes a mail to somebody new; the outbox has nothing else."""
    with engine.begin() as connection:
        connection.execute(delete(mails))

    def write(recipient: str = "mara@example.org") -> int:
        with engine.begin() as connection:
            name = f"{time.monotonic_ns()}@example.org"
            person = people.add(connection, name=name, email=None, tier="free")
            assert person is not None
            outbox.put(connection, person, recipient, "verify", link="https://litink.example/account#confirm=lp_x")
            return int(connection.execute(select(func.max(mails.c.id))).scalar_one())

    return write


def state(engine: Engine, mail: int) -> tuple[str, int, str | None]:
    with engine.connect() as connection:
        row = connection.execute(select(mails).where(mails.c.id == mail)).one()
    return row.state, row.attempts, row.text


def due_now(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(update(mails).values(due_at=func.now()))


class TestSmtp:
    def test_both_forms_arrive_and_the_text_is_kept_no_longer(
        self, engine: Engine, put: Callable[..., int], letterbox: tuple[Letterbox, str]
    ) -> None:
        box, url = letterbox
        mail = put()
        assert Courier(engine, Smtp(url, "LitinkAI <hello@litink.example>")).round() is None
        (taken,) = box.taken
        assert (taken.mail_from, taken.rcpt_tos) == ("hello@litink.example", ["mara@example.org"])
        assert isinstance(taken.content, bytes)
        message = message_from_bytes(taken.content, policy=email.policy.default)
        assert message["Subject"] == "Confirm your e-mail address · LitinkAI"
        for kind in ("plain", "html"):
            part = message.get_body((kind,))
            assert part is not None
            assert "https://litink.example/account#confirm=lp_x" in part.get_content()
        assert message["Auto-Submitted"] == "auto-generated"
        assert state(engine, mail) == ("sent", 1, None)

    def test_a_busy_server_is_tried_again_later(
        self, engine: Engine, put: Callable[..., int], letterbox: tuple[Letterbox, str]
    ) -> None:
        box, url = letterbox
        box.answers = ["451 later", "451 later"]
        mail, courier = put(), Courier(engine, Smtp(url, "a@b.example"))
        first = courier.round()
        assert first is not None
        assert 3 < first <= 5
        assert courier.round() is not None  # it is not due yet
        assert len(box.taken) == 0
        due_now(engine)
        second = courier.round()
        assert second is not None
        assert 15 < second <= 20
        due_now(engine)
        assert courier.round() is None
        assert state(engine, mail)[:2] == ("sent", 3)
        assert len(box.taken) == 1

    def test_what_the_server_refuses_for_good_is_given_up(
        self, engine: Engine, put: Callable[..., int], letterbox: tuple[Letterbox, str]
    ) -> None:
        box, url = letterbox
        box.answers = ["550 no such person"]
        mail = put()
        assert Courier(engine, Smtp(url, "a@b.example")).round() is None
        assert state(engine, mail)[0] == "failed"

    def test_what_may_have_gone_out_is_not_sent_again(
        self, engine: Engine, put: Callable[..., int], letterbox: tuple[Letterbox, str]
    ) -> None:
        box, url = letterbox
        box.answers = ["hang up"]
        mail, courier = put(), Courier(engine, Smtp(url, "a@b.example"))
        assert courier.round() is None
        due_now(engine)
        courier.round()
        assert state(engine, mail)[:2] == ("unknown", 1)
        assert len(box.taken) == 1

    def test_a_server_that_is_not_there_is_tried_a_few_times(self, engine: Engine, put: Callable[..., int]) -> None:
        mail, courier = put(), Courier(engine, Smtp("smtp://127.0.0.1:9", "a@b.example"))
        for _ in range(TRIES):
            due_now(engine)
            courier.round()
        assert state(engine, mail)[:2] == ("failed", TRIES)

    def test_a_password_goes_over_no_line_that_is_open(
        self, engine: Engine, put: Callable[..., int], letterbox: tuple[Letterbox, str]
    ) -> None:
        box, url = letterbox
        mail = put()
        named = url.replace("127.0.0.1", "ip6-localhost-is-no-name-of-this-machine.invalid")
        assert Courier(engine, Smtp(named, "a@b.example")).round()
        assert state(engine, mail)[0] == "waiting"
        assert box.taken == []

    @pytest.mark.parametrize("url", ["http://mail.example.org", "mail.example.org", "smtp://"])
    def test_a_wrong_address_of_the_server_is_told(self, url: str) -> None:
        with pytest.raises(PermanentFailure, match="LITINK_SMTP_URL"):
            Smtp(url, "a@b.example")


class TestManyCouriers:
    def test_each_mail_leaves_once(
        self, engine: Engine, put: Callable[..., int], letterbox: tuple[Letterbox, str]
    ) -> None:
        box, url = letterbox
        sent = {f"reader-{n}@example.org" for n in range(24)}
        for recipient in sent:
            put(recipient)
        couriers = [Courier(engine, Smtp(url, "a@b.example")) for _ in range(4)]
        threads = [threading.Thread(target=courier.round) for courier in couriers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(envelope.rcpt_tos[0] for envelope in box.taken) == sorted(sent)

    def test_what_a_dead_one_had_on_the_wire_is_not_sent_again(self, engine: Engine, put: Callable[..., int]) -> None:
        mail = put()
        with engine.begin() as connection:
            assert outbox.claim(connection) is not None
        with engine.begin() as connection:
            connection.execute(update(mails).values(due_at=func.now() - outbox.ABANDONED - outbox.ABANDONED))
        with engine.begin() as connection:
            assert outbox.give_up_abandoned(connection) == 1
        assert state(engine, mail)[0] == "unknown"


class TestMailgun:
    @pytest.fixture
    def mailgun(self) -> Iterator[tuple[list[int], list[tuple[str, dict[str, list[str]]]], str]]:
        statuses: list[int] = []
        asked: list[tuple[str, dict[str, list[str]]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                asked.append((f"{self.path} {self.headers['authorization']}", parse_qs(body)))
                self.send_response(statuses.pop(0) if statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield statuses, asked, f"http://127.0.0.1:{server.server_port}/v3/mail.example.org"
        server.shutdown()
        server.server_close()

    @pytest.mark.parametrize(
        ("status", "outcome"), [(200, "sent"), (503, "waiting"), (429, "waiting"), (401, "failed"), (400, "failed")]
    )
    def test_what_it_answers_decides(
        self,
        engine: Engine,
        put: Callable[..., int],
        mailgun: tuple[list[int], list[tuple[str, dict[str, list[str]]]], str],
        status: int,
        outcome: str,
    ) -> None:
        statuses, asked, url = mailgun
        statuses.append(status)
        mail = put()
        Courier(engine, Mailgun(url, "key-1", "a@b.example")).round()
        ((head, form),) = asked
        assert head == "/v3/mail.example.org/messages Basic " + base64.b64encode(b"api:key-1").decode()
        assert form["to"] == ["mara@example.org"]
        assert "#confirm=lp_x" in form["text"][0]
        assert state(engine, mail)[0] == outcome


def test_a_confirmation_arrives_within_seconds_of_signing_up(
    settings: Settings, engine: Engine, put: Callable[..., int], letterbox: tuple[Letterbox, str]
) -> None:
    """The API itself carries mail out, woken by the sign-up's commit."""
    box, url = letterbox
    own = Settings(
        _env_file=None,
        home=settings.home,
        postgres_port=settings.postgres_port,
        accounts="multi",
        secret_key=SECRET,
        smtp_url=url,
        public_url="https://litink.example",
    )
    with serving(create_app(own)) as address:
        mara = Visitor(address).register()
        assert box.arrived.wait(10)
        assert httpx.get(f"{address}/mail").status_code == 404  # people's mail is not for all to read
    assert box.taken[0].rcpt_tos == [mara.email]
    assert b"https://litink.example/account#confirm" in (box.taken[0].content or b"")  # whatever the Host header said


def test_addresses_are_masked_in_logs(
    engine: Engine,
    put: Callable[..., int],
    letterbox: tuple[Letterbox, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "litink")
    put("mara.quill@example.org")
    Courier(engine, Smtp(letterbox[1], "a@b.example")).round()
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("litink"))
    assert "m…@e….org" in ours
    assert "mara.quill" not in ours


@pytest.mark.parametrize("template", list(WORDINGS))
def test_what_comes_from_outside_is_text_and_stays_on_its_line(template: str) -> None:
    hostile = "<script>alert(1)</script>\n\nSubject: x"
    mail = written(template, {"what": hostile}, 'https://litink.example/"onclick="')  # type: ignore[arg-type]
    assert "<script>" not in mail.html
    assert '"onclick="' not in mail.html
    assert "\n\nSubject:" not in mail.text
    assert "\n" not in mail.subject


def test_mail_stays_here_where_no_way_out_is_set(tmp_path: Path) -> None:
    assert sender_of(Settings(_env_file=None, home=tmp_path)) is None
