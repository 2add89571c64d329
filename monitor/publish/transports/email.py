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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from typing import Literal
from urllib.parse import quote

from monitor.errors import InputError, TransportError
from monitor.model import Delivery
from monitor.publish.leaving import for_subscriber
from monitor.publish.transports import (
    ALONE,
    Hold,
    LaterError,
    LoginRefusedError,
    RefusedError,
    Transport,
)
from monitor.publish.typography import clean, cut
from monitor.text.addresses import is_this_machine

Security = Literal["starttls", "tls", "none"]

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
_SUBJECT_LENGTH = 200
_LINK_LENGTH = 900  # a line of a mail has 998 at most
_IN_ADDRESSES = ":/?#&=%;+~@!$'()*[]"
_TLS_PORT = 465
_GOODBYE_SECONDS = 2.0
_GO_AHEAD, _CLOSING, _TOO_LARGE = 354, 421, 552
# What most servers allow before they hang up.
_PER_CONNECTION = 100
# Recipients put off in a row until it is plain that the server means us, and the pause it gets.
_PATIENCE = 3
_BREATH = timedelta(minutes=1)
# Shorter than the hour after which a delivery that was refused comes again.
_REFUSAL_SECONDS = 50 * 60.0


class _Policy(EmailPolicy):
    """The library's policy, with subjects folded by its older code.

    The newer code doubles a space where it folds between plain and encoded words, and leaves the
    first line empty where an address is long, which not every mailbox reads.
    """

    def fold(self, name: str, value: str) -> str:
        """``name: value`` in lines of at most 78 characters, seven-bit."""
        if name == "List-Unsubscribe":
            lines = str(value).replace(", ", f",{self.linesep} ")
            return f"{name}: {lines}{self.linesep}"
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
    unsubscribe: Sequence[str] = (),
    with_html: bool = True,
) -> EmailMessage:
    """The message for ``delivery``, the same bytes at every attempt.

    ``sender`` is ``name <address>`` or an address. ``unsubscribe`` are addresses (``https:`` ones
    take a one-click POST, RFC 8058); the first takes the place that the edition has for it. Raises
    ``TransportError`` for an address that is none.
    """
    edition = delivery.edition
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(sender)
    message["To"] = _address(delivery.subscriber)
    message["Subject"] = _header(edition.rendered.subject)
    message["Date"] = format_datetime(edition.frozen_at)
    message["Message-ID"] = delivery.message_id
    # Whoever answers by themselves should not answer this (RFC 3834, 3.1.1 and 2; MS-OXCMAIL).
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "bulk"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message["List-Id"] = _list_id(edition.digest, sender)
    links = [quote(_header(address), safe=_IN_ADDRESSES)[:_LINK_LENGTH] for address in unsubscribe]
    if links:
        message["List-Unsubscribe"] = ", ".join(f"<{link}>" for link in links)
        if any(link.startswith("https:") for link in links):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    rendered = for_subscriber(edition.rendered, links[0] if links else "")
    message.set_content(_encodable(rendered.text))
    if with_html:
        message.add_alternative(_encodable(rendered.html), subtype="html")
        # The library's boundary is random; a retried message must not differ from the first.
        message.set_boundary(f"={sha256(delivery.message_id.encode()).hexdigest()[:40]}=")
    return message


def sender_domain(sender: str) -> str:
    """The domain of ``sender``, in ASCII, as Message-ID and List-Id want it."""
    return _address(sender).domain


class SmtpTransport(Transport):
    """Sends messages through one SMTP server, encrypted unless it is on this machine.

    One connection carries many messages. After a refused login it does not log in again for most
    of an hour; ``ticking`` counts seconds. ``unsubscribe`` tells the addresses at which the
    subscriber of a delivery can leave.
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
        unsubscribe: Callable[[Delivery], Sequence[str]] = lambda delivery: (),
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
        self._context = context
        self._ticking = ticking
        self._refusal = ""
        self._refused_until = 0.0
        self._client: smtplib.SMTP | None = None
        self._carried = 0
        self._put_off = 0

    def send(self, delivery: Delivery, hold: Hold = ALONE) -> None:
        """Hand the message over; see ``Transport.send`` for what is raised."""
        to_address = _address(delivery.subscriber).addr_spec
        content = self._content(delivery)
        if self._refusal and self._ticking() < self._refused_until:
            raise LoginRefusedError(self._refusal)
        with self._session() as client:
            content = self._sized(client, delivery, content)
            self._envelope(client, to_address, len(content))
            _hand_over(client, content, hold)
        self._carried += 1
        self._put_off = 0

    def greet(self) -> None:
        """Connect, encrypt, log in and leave, as if to send; raises as ``send`` does."""
        with self._session():
            self.close()

    def close(self) -> None:
        """Leave the server; the next message makes a new connection."""
        if self._client is not None:
            _close(self._client)
        self._client = None

    def _content(self, delivery: Delivery, *, with_html: bool = True) -> bytes:
        try:
            return build_message(
                delivery,
                self._sender,
                unsubscribe=self._unsubscribe(delivery),
                with_html=with_html,
            ).as_bytes()
        except (MessageError, UnicodeError, ValueError) as error:
            raise TransportError(f"the message cannot be written: {error}", retry=False) from error

    def _sized(self, client: smtplib.SMTP, delivery: Delivery, content: bytes) -> bytes:
        """The message, or its text alone where the server takes no more (RFC 1870)."""
        stated = client.esmtp_features.get("size", "")
        most = int(stated) if stated.isdecimal() else 0
        if not most or len(content) <= most:
            return content
        text_alone = self._content(delivery, with_html=False)
        if len(text_alone) > most:
            words = f"{self._where} takes {most} bytes a message; the edition has {len(content)}"
            raise TransportError(words, retry=False)
        return text_alone

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """A connection, encrypted and logged in; what breaks in it is worth another try.

        It is kept after a success and after a plain refusal: otherwise nobody knows what the
        server thinks.
        """
        try:
            yield self._ready()
        except TransportError as error:
            if type(error) not in (TransportError, RefusedError) or error.unknown:
                self._drop()
            raise
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            self._drop()
            raise LaterError(self._broken(error), whole=True) from error
        except BaseException:  # stopped within a message: nothing more may be said on this line
            self._drop()
            raise

    def _ready(self) -> smtplib.SMTP:
        """The connection of before if it is still good, or a new one."""
        if self._client is not None and (self._carried >= _PER_CONNECTION or not self._is_alive()):
            self.close()
        if self._client is None:
            self._client, self._carried = self._connect(), 0
            self._encrypt(self._client)
            self._log_in(self._client)
        return self._client

    def _is_alive(self) -> bool:
        with suppress(OSError, smtplib.SMTPException):
            return self._client is not None and self._client.rset()[0] == 250
        return False

    def _drop(self) -> None:
        """Hang up without a word: half a message must not be taken for a whole one."""
        if self._client is not None:
            _hang_up(self._client)
        self._client = None

    def _connect(self) -> smtplib.SMTP:
        # The name for EHLO is looked up by the library, which may take seconds without a network.
        name = "localhost" if is_this_machine(self._host) else None
        if self._security == "tls":
            return smtplib.SMTP_SSL(
                self._host, self._port, name, timeout=self._timeout, context=self._trust()
            )
        return smtplib.SMTP(self._host, self._port, name, timeout=self._timeout)

    def _trust(self) -> ssl.SSLContext:
        """Who is trusted; read when the first message is sent, for it takes a while."""
        self._context = self._context or ssl.create_default_context()
        return self._context

    def _encrypt(self, client: smtplib.SMTP) -> None:
        """Greet, and turn encryption on where the connection has none yet."""
        client.ehlo_or_helo_if_needed()
        if self._security != "starttls":
            return
        if client.has_extn("starttls"):
            client.starttls(context=self._trust())
            client.ehlo()
        elif not is_this_machine(self._host):
            raise LaterError(
                f"{self._where} offers no encryption (STARTTLS), so nothing was sent; "
                f'set smtp security = "tls" if it listens for TLS, usually on port {_TLS_PORT}',
                whole=True,
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

    def _envelope(self, client: smtplib.SMTP, to_address: str, size: int) -> None:
        """Say from whom, how large and to whom."""
        options = [f"size={size}"] if client.has_extn("size") else []
        code, words = client.mail(_address(self._sender).addr_spec, options)
        if code == _TOO_LARGE:
            raise TransportError(f"{self._where} refused: {_reply(code, words)}", retry=False)
        if 500 <= code < 600:
            raise self._refused(
                f"{self._where} refused the sender {clean(self._sender, 100)}: "
                f"{_reply(code, words)}; the next try is in an hour"
            )
        self._accepted((code, words), "the sender", whole=True)
        self._accepted(client.rcpt(to_address), to_address)

    def _accepted(self, answer: tuple[int, bytes], what: str, *, whole: bool = False) -> None:
        """Accept 250 and 251; what is put off time and again is too much for the server."""
        code, words = answer
        if code in (250, 251):
            return
        self._put_off += 400 <= code < 500
        if code == _CLOSING or whole or self._put_off >= _PATIENCE:
            self._put_off = 0
            sentence = f"{self._where} takes no more for now: {_reply(code, words)}"
            raise LaterError(sentence, after=_BREATH, whole=True)
        raise _refusal(code, words, what)

    @property
    def _where(self) -> str:
        return f"{self._host}:{self._port}"

    def _broken(self, error: Exception) -> str:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"the certificate of {self._where} is not valid: {error.verify_message}"
        if isinstance(error, UnicodeError):
            return f'smtp host "{clean(self._host, 100)}" is no host name'
        if isinstance(error, TimeoutError):
            return f"{self._where} did not answer within {self._timeout:g} s"
        if isinstance(error, smtplib.SMTPResponseException):
            return f"{self._where} said: {_reply(error.smtp_code, error.smtp_error)}"
        return f"the connection to {self._where} failed: {clean(str(error), 200)}"


def _hand_over(client: smtplib.SMTP, content: bytes, hold: Hold) -> None:
    """Send the message; once its final dot is out, silence means that nobody can know."""
    code, words = client.docmd("DATA")
    if code != _GO_AHEAD:
        raise _refusal(code, words, "the message")
    client.send(re.sub(rb"(?m)^\.", b"..", content))
    hold.renew()
    try:
        client.send(b".\r\n")
        code, words = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise _doubt("fell silent") from error
    if not 400 <= code < 600 and code not in (250, 251):
        raise _doubt("answered nonsense")
    if code not in (250, 251):
        raise _refusal(code, words, "the message")


def _doubt(what: str) -> TransportError:
    return TransportError(
        f"the server {what} after the whole message was sent; it may have it",
        retry=True,
        unknown=True,
    )


def _refusal(code: int, words: bytes, what: str) -> Exception:
    """4xx is worth another try, 5xx is not; anything else is no server for mail."""
    if code < 0:
        return smtplib.SMTPServerDisconnected("the server hung up")
    sentence = f"the server refused {what}: {_reply(code, words)}"
    if 500 <= code < 600:
        return RefusedError(sentence)
    return TransportError(sentence, retry=True)


def _reply(code: int, words: bytes | str) -> str:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {clean(said, 200)}"


def _close(client: smtplib.SMTP) -> None:
    """Leave politely where possible; a server that has gone is gone."""
    with suppress(OSError, smtplib.SMTPException, ValueError):
        if client.sock is not None:
            client.sock.settimeout(_GOODBYE_SECONDS)
        client.quit()
    _hang_up(client)


def _hang_up(client: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException, ValueError):
        client.close()


def _address(written: str) -> Address:
    """``name <address>`` or an address, its domain in ASCII; raises ``TransportError``."""
    name, spec = parseaddr(written) if "<" in written else ("", written.strip())
    if not _ADDRESS.fullmatch(spec):
        raise _no_address(written)
    local, _, domain = spec.rpartition("@")
    if not local.isascii():
        raise _no_address(written)
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
