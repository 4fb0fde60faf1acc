"""How one mail leaves: by SMTP or through Mailgun. Each says for certain where a failed mail did not go out."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.utils import formataddr, make_msgid, parseaddr
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import unquote, urlsplit

import httpx

from litink.accounts.mail.outbox import Mail
from litink.errors import LitinkError, PermanentFailure, TransientFailure
from litink.settings import Settings

SECONDS = 20.0


class Unknown(LitinkError):
    """The mail may have gone out: it must not be sent again."""


class Sender(Protocol):
    def send(self, mail: Mail) -> None:
        """Raises TransientFailure and PermanentFailure when it surely did not go out, Unknown when it may have."""


def sender_of(settings: Settings) -> Sender | None:
    """None where mail stays on this machine."""
    if settings.mailgun_api_key is not None and settings.mailgun_url is not None:
        return Mailgun(settings.mailgun_url, settings.mailgun_api_key.get_secret_value(), settings.mail_from)
    if settings.smtp_url is not None:
        return Smtp(settings.smtp_url.get_secret_value(), settings.mail_from)
    return None


class Smtp:
    """RFC 5321 with STARTTLS (RFC 3207); no password, and no mail, goes over a network in the clear."""

    def __init__(self, url: str, sender: str, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise PermanentFailure("bad-smtp-url", "LITINK_SMTP_URL looks like smtp://user:password@host:587.")
        self._host, self._implicit = parts.hostname, parts.scheme == "smtps"
        self._port = parts.port or (465 if self._implicit else 587)
        self._login = (unquote(parts.username or ""), unquote(parts.password or ""))
        self._sender = sender
        self._context = context or ssl.create_default_context()

    def send(self, mail: Mail) -> None:
        message = _message(mail, self._sender)
        with contextlib.ExitStack() as stack:
            try:
                server = stack.enter_context(self._connected())
                for code, reply in (server.mail(parseaddr(self._sender)[1]), server.rcpt(mail.recipient)):
                    if code >= 400:
                        raise smtplib.SMTPResponseException(code, reply)
            except smtplib.SMTPResponseException as error:
                raise _refused(error.smtp_code) from None
            except smtplib.SMTPNotSupportedError:
                raise PermanentFailure("mail-insecure", "The mail server offers no encryption.") from None
            except (OSError, smtplib.SMTPException):
                raise TransientFailure("mail-unreachable", "The mail server cannot be reached.") from None
            try:
                code, _ = server.data(message.as_bytes(policy=policy.SMTP))
            except smtplib.SMTPDataError as error:  # refused before the text went out
                raise _refused(error.smtp_code) from None
            except (OSError, smtplib.SMTPException):
                raise Unknown("mail-unknown", "The connection broke after the mail was on the wire.") from None
            if code >= 400:
                raise _refused(code)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server: smtplib.SMTP
        if self._implicit:
            server = smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=self._context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
        try:
            server.ehlo()
            if not self._implicit and (server.has_extn("starttls") or not _loopback(self._host)):
                server.starttls(context=self._context)
                server.ehlo()
            if self._login[0]:
                server.login(*self._login)
            yield server
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()


class Mailgun:
    """Mailgun's messages API: POST {url}/messages as a form, Basic authentication as “api”."""

    def __init__(self, url: str, key: str, sender: str) -> None:
        self._url, self._key, self._sender = f"{url}/messages", key, sender

    def send(self, mail: Mail) -> None:
        form = {
            "from": self._sender,
            "to": mail.recipient,
            "subject": mail.subject,
            "text": mail.text,
            "html": mail.html,
            "h:Message-Id": _message_id(mail, self._sender),
            "o:tracking": "no",
        }
        try:
            answer = httpx.post(self._url, data=form, auth=("api", self._key), timeout=SECONDS)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise TransientFailure("mail-unreachable", "Mailgun cannot be reached.") from None
        except httpx.HTTPError:
            raise Unknown("mail-unknown", "Mailgun did not answer after the mail was on the wire.") from None
        if answer.status_code == 429 or answer.status_code >= 500:
            raise TransientFailure("mail-busy", f"Mailgun answered {answer.status_code}.")
        if not answer.is_success:
            raise PermanentFailure("mail-refused", f"Mailgun answered {answer.status_code}.")


def _refused(code: int) -> LitinkError:
    """RFC 5321, 4.2.1: 4yz may be tried again, 5yz not."""
    kind = TransientFailure if code < 500 else PermanentFailure
    return kind("mail-busy" if code < 500 else "mail-refused", f"The mail server answered {code}.")


def _message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage()
    name, address = parseaddr(sender)
    message["From"] = formataddr((name, address))
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = mail.created_at
    message["Message-ID"] = _message_id(mail, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice is to answer it
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _message_id(mail: Mail, sender: str) -> str:
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    made: str = make_msgid(f"litink-{mail.id}", domain=domain)
    return made


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
