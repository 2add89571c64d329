"""Editions as e-mail: one message for each subscriber, over SMTP.

Where the connection breaks decides what is known (RFC 1047): before the final dot the server has
nothing and the message is tried again; after it nobody can tell, and the same Message-ID goes out
again later, so that the receiver can.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import Literal

from monitor.errors import InputError, TransportError
from monitor.model import Delivery
from monitor.publish.transports import LoginRefusedError
from monitor.publish.typography import clean, cut
from monitor.text.addresses import is_this_machine

Security = Literal["starttls", "tls", "none"]

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
_SUBJECT_LENGTH = 200
_TLS_PORT = 465
_GOODBYE_SECONDS = 2.0
# Shorter than the hour after which a delivery that was refused comes again.
_REFUSAL_SECONDS = 50 * 60.0


class _Policy(EmailPolicy):
    """The library's policy, with subjects folded by its older code.

    The newer code doubles a space where it folds between plain and encoded words.
    """

    def fold(self, name: str, value: str) -> str:
        """``name: value`` in lines of at most 78 characters, seven-bit."""
        if name != "Subject":
            return str(super().fold(name, value))
        folded = Header(str(value), header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        """The same as bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


# Seven bits pass every server, whatever it announces.
_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


def build_message(
    delivery: Delivery,
    sender: str,
    *,
    list_id: str | None = None,
    unsubscribe: str | None = None,
) -> EmailMessage:
    """The message for ``delivery``, the same bytes at every attempt.

    ``sender`` is ``name <address>`` or an address. ``unsubscribe`` is an address (``https:`` ones
    take a one-click POST, RFC 8058). Raises ``TransportError`` for an address that is none.
    """
    edition = delivery.edition
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(sender)
    message["To"] = _address(delivery.subscriber)
    message["Subject"] = _header(edition.rendered.subject)
    message["Date"] = format_datetime(edition.frozen_at)
    message["Message-ID"] = delivery.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["List-Id"] = list_id or _list_id(edition.digest, sender)
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{_header(unsubscribe).replace(' ', '%20')}>"
        if unsubscribe.startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_encodable(edition.rendered.text))
    message.add_alternative(_encodable(edition.rendered.html), subtype="html")
    # The library's boundary is random; a retried message must not differ from the first.
    message.set_boundary(f"={sha256(delivery.message_id.encode()).hexdigest()[:40]}=")
    return message


def sender_domain(sender: str) -> str:
    """The domain of ``sender``, in ASCII, as Message-ID and List-Id want it."""
    return _address(sender).domain


class SmtpTransport:
    """Sends messages through one SMTP server, encrypted unless it is on this machine.

    After a refused login it does not log in again for most of an hour; ``ticking`` counts seconds.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: Security = "starttls",
        *,
        sender: str,
        username: str | None = None,
        password: str | None = None,
        timeout: float = 60.0,
        unsubscribe: str | None = None,
        context: ssl.SSLContext | None = None,
        ticking: Callable[[], float] = time.monotonic,
    ) -> None:
        if security == "none" and not is_this_machine(host):
            raise InputError(
                f'smtp security "none" is only for a server on this machine; {host} is not'
            )
        self._host = host
        self._port = port
        self._security = security
        self._sender = sender
        self._username = username
        self._password = password
        self._timeout = timeout
        self._unsubscribe = unsubscribe
        self._context = context or ssl.create_default_context()
        self._ticking = ticking
        self._refusal = ""
        self._refused_until = 0.0

    def send(self, delivery: Delivery) -> None:
        """Hand the message over; see ``Transport.send`` for what is raised."""
        message = build_message(delivery, self._sender, unsubscribe=self._unsubscribe)
        to_address = _address(delivery.subscriber).addr_spec
        if self._refusal and self._ticking() < self._refused_until:
            raise LoginRefusedError(self._refusal)
        try:
            content = message.as_bytes()
        except (MessageError, UnicodeError, ValueError) as error:
            raise TransportError(f"the message cannot be written: {error}", retry=False) from error
        with self._session() as client:
            _expect(client.mail(_address(self._sender).addr_spec), 250, "the sender")
            _expect(client.rcpt(to_address), 250, to_address)
            _hand_over(client, content)

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """A connection, encrypted and logged in; what breaks in it is worth another try."""
        client: smtplib.SMTP | None = None
        try:
            client = self._connect()
            self._encrypt(client)
            self._log_in(client)
            yield client
        except (OSError, smtplib.SMTPException) as error:
            raise TransportError(self._broken(error), retry=True) from error
        finally:
            if client is not None:
                _close(client)

    def _connect(self) -> smtplib.SMTP:
        # The name for EHLO is looked up by the library, which may take seconds without a network.
        name = "localhost" if is_this_machine(self._host) else None
        if self._security == "tls":
            return smtplib.SMTP_SSL(
                self._host, self._port, name, timeout=self._timeout, context=self._context
            )
        return smtplib.SMTP(self._host, self._port, name, timeout=self._timeout)

    def _encrypt(self, client: smtplib.SMTP) -> None:
        """Greet, and turn encryption on where the connection has none yet."""
        client.ehlo_or_helo_if_needed()
        if self._security != "starttls":
            return
        if client.has_extn("starttls"):
            client.starttls(context=self._context)
            client.ehlo()
        elif not is_this_machine(self._host):
            raise TransportError(
                f"{self._where} offers no encryption (STARTTLS), so nothing was sent; "
                f'set smtp security = "tls" if it listens for TLS, usually on port {_TLS_PORT}',
                retry=True,
            )

    def _log_in(self, client: smtplib.SMTP) -> None:
        if not self._username or not self._password:
            return
        try:
            client.login(self._username, self._password)
        except smtplib.SMTPAuthenticationError as error:
            raise self._refused(
                f'{self._where} refused user name or password of "{self._username}" '
                f"({error.smtp_code}); set the right one, the next try is in an hour"
            ) from None
        except smtplib.SMTPNotSupportedError:
            raise self._refused(
                f"{self._where} takes no login; remove smtp username and password"
            ) from None
        except UnicodeEncodeError:
            raise self._refused(
                "smtp user name and password may have ASCII characters only; set others"
            ) from None

    def _refused(self, sentence: str) -> LoginRefusedError:
        self._refusal = sentence
        self._refused_until = self._ticking() + _REFUSAL_SECONDS
        return LoginRefusedError(sentence)

    @property
    def _where(self) -> str:
        return f"{self._host}:{self._port}"

    def _broken(self, error: Exception) -> str:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"the certificate of {self._where} is not valid: {error.verify_message}"
        if isinstance(error, TimeoutError):
            return f"{self._where} did not answer within {self._timeout:g} s"
        if isinstance(error, smtplib.SMTPResponseException):
            return f"{self._where} said: {_reply(error.smtp_code, error.smtp_error)}"
        return f"the connection to {self._where} failed: {clean(str(error), 200)}"


def _hand_over(client: smtplib.SMTP, content: bytes) -> None:
    """Send the message; once its final dot is out, silence means that nobody can know."""
    _expect(client.docmd("DATA"), 354, "the message")
    client.send(re.sub(rb"(?m)^\.", b"..", content))
    client.send(b".\r\n")
    try:
        answer = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise TransportError(
            "the server fell silent after the whole message was sent; it may have it",
            retry=True,
            unknown=True,
        ) from error
    _expect(answer, 250, "the message")


def _expect(answer: tuple[int, bytes], wanted: int, what: str) -> None:
    """Accept ``wanted`` (and 251 for 250); 4xx is worth another try, 5xx is not."""
    code, words = answer
    if code == wanted or (wanted == 250 and code == 251):
        return
    if code < 0:
        raise smtplib.SMTPServerDisconnected("the server hung up")
    raise TransportError(
        f"the server refused {what}: {_reply(code, words)}", retry=not 500 <= code < 600
    )


def _reply(code: int, words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {clean(said, 200)}"


def _close(client: smtplib.SMTP) -> None:
    """Leave politely where possible; a server that has gone is gone."""
    if client.sock is not None:
        client.sock.settimeout(_GOODBYE_SECONDS)
    try:
        client.quit()
    except (OSError, smtplib.SMTPException):
        client.close()


def _address(written: str) -> Address:
    """``name <address>`` or an address, its domain in ASCII; raises ``TransportError``."""
    name, spec = parseaddr(written) if "<" in written else ("", written.strip())
    if not _ADDRESS.fullmatch(spec):
        raise _no_address(written)
    local, _, domain = spec.rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        return Address(_header(name), local, ascii_domain)
    except (ValueError, MessageError):
        raise _no_address(written) from None


def _no_address(written: str) -> TransportError:
    return TransportError(f'"{clean(written, 100)}" is no e-mail address', retry=False)


def _header(words: str) -> str:
    """One line that no mail program takes for an encoded word or for a second header."""
    return cut(clean(words), _SUBJECT_LENGTH).replace("=?", "= ?")


def _encodable(words: str) -> str:
    return words.encode("utf-8", "replace").decode("utf-8")


def _list_id(digest: str, sender: str) -> str:
    """``<daily.example.org>`` (RFC 2919)."""
    label = re.sub(r"[^a-z0-9-]+", "-", digest.lower()).strip("-") or "digest"
    return f"<{label}.{sender_domain(sender)}>"
