"""Messages are well formed whatever is in them, and SMTP failures are told apart."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import InputError, TransportError
from monitor.model import Delivery, Edition, FrozenEdition, Rendered
from monitor.publish.layout import fitted
from monitor.publish.outbox import message_id
from monitor.publish.transports import LoginRefusedError
from monitor.publish.transports.email import SmtpTransport, build_message, sender_domain

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
SENDER = "China–Central Asia Daily <monitor@news.example>"
LEAVE = "https://news.example/unsubscribe/abc"
PLAIN = Rendered("Kulma opens · 1 story", "Kulma opens.\n.\nEnd.\n", "<p>Kulma opens.</p>")


def delivery_of(rendered: Rendered = PLAIN, subscriber: str = "aigul@example.org") -> Delivery:
    """A delivery of a frozen edition that says ``rendered``."""
    frozen = FrozenEdition(1, "daily", NOW, NOW, rendered, 1)
    name = message_id("daily/2026-11-24", subscriber, "news.example")
    return Delivery(1, frozen, subscriber, "email", name)


def written(message: EmailMessage) -> EmailMessage:
    """The message as a receiver reads it from the wire."""
    read = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


# --- the message ---------------------------------------------------------------------------------


def test_headers(busy: Edition) -> None:
    """Each header that receivers require is there, once, and no other."""
    _, rendered = fitted(busy, unsubscribe=None, archive_hint="")
    message = written(
        build_message(delivery_of(rendered), SENDER, unsubscribe=[LEAVE, "mailto:m@news.example"])
    )

    assert sorted(message.keys()) == [
        "Auto-Submitted",
        "Content-Type",
        "Date",
        "From",
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "MIME-Version",
        "Message-ID",
        "Precedence",
        "Subject",
        "To",
        "X-Auto-Response-Suppress",
    ]
    assert message["Subject"] == rendered.subject
    assert message["From"] == SENDER
    assert message["To"] == "aigul@example.org"
    assert message["Date"].datetime == NOW
    assert message["List-Id"] == "<daily.news.example>"
    assert message["List-Unsubscribe"] == f"<{LEAVE}>, <mailto:m@news.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"


def test_both_parts_arrive_whole(busy: Edition) -> None:
    """Text first, then HTML, equal to what was rendered; lines are short and seven-bit."""
    _, rendered = fitted(busy, unsubscribe=None, archive_hint="")
    message = build_message(delivery_of(rendered), SENDER)
    text, html = written(message).iter_parts()

    assert message.get_content_type() == "multipart/alternative"
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == rendered.text
    assert html.get_content().replace("\r\n", "\n").rstrip() == rendered.html.rstrip()
    lines = message.as_bytes().split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert message.as_bytes().isascii() and b"\n" not in b"".join(lines)


def test_message_never_changes() -> None:
    """A second attempt sends the same bytes."""
    once = build_message(delivery_of(), SENDER).as_bytes()

    assert once == build_message(delivery_of(), SENDER).as_bytes()


@pytest.mark.parametrize(
    "address",
    ["", "aigul", "a@b@c", "aigul@example.org\r\nBcc: x@example.org", "a b@example.org", "<>"],
)
def test_bad_address_is_permanent(address: str) -> None:
    """An address that is none is refused for good, in words."""
    with pytest.raises(TransportError, match="is no e-mail address") as caught:
        build_message(delivery_of(subscriber=address), SENDER)

    assert not caught.value.retry


def test_domain_of_the_sender() -> None:
    """Domains come in ASCII, also those that are written otherwise."""
    assert sender_domain(SENDER) == "news.example"
    assert sender_domain("monitor@қазақ.example") == "xn--80aau21bd.example"


# A busy machine is no fault of a mail.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ANY_WORDS = st.text(st.characters(exclude_categories=()), max_size=4096)


def mail(words: str) -> None:
    """Mail ``words`` as subject, both parts and a link; it must read as it was meant."""
    rendered = Rendered(words, words, words)
    message = build_message(
        delivery_of(rendered), SENDER, unsubscribe=[f"https://x.example/{words}"]
    )
    read = written(message)

    assert sorted(read.keys()) == sorted(message.keys())
    assert len(read.keys()) == 13
    assert max(map(len, message.as_bytes().split(b"\r\n"))) <= 998
    assert not read.defects


@settings(UNHURRIED, max_examples=80)
@given(words=ANY_WORDS)
def test_no_words_make_a_header(words: str) -> None:
    """Controls, line ends, bidi, surrogates, 4 kB: the message is valid, no header is added."""
    mail(words)


@pytest.mark.slow
@settings(UNHURRIED, max_examples=1000)
@given(words=ANY_WORDS)
def test_no_words_of_a_thousand_make_a_header(words: str) -> None:
    """The same for a thousand random mails."""
    mail(words)


@pytest.mark.parametrize(
    "subject",
    ["=?utf-8?q?=0ABcc:_x@example.org?=", "a\r\nBcc: x@example.org", "x\u2028Bcc: y", "\ud800", ""],
)
def test_hostile_subject_is_delivered(subject: str) -> None:
    """What would break on every retry for ever is disarmed instead."""
    read = written(build_message(delivery_of(replace(PLAIN, subject=subject)), SENDER))

    assert "Bcc" not in read
    assert "\n" not in read["Subject"]


# --- the server ----------------------------------------------------------------------------------


class Sink:
    """Takes messages; answers to each step as told."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.messages: list[Envelope] = []
        self.logins = 0

    async def handle_MAIL(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        answer = self.answers.get("rcpt", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Answer the final dot."""
        self.messages.append(envelope)
        return self.answers.get("data", "250 OK")

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
    ) -> AuthResult:
        """Let in who knows the password."""
        self.logins += 1
        assert isinstance(login, LoginPassword)
        return AuthResult(success=login.password == b"right", handled=False)


@contextmanager
def serving(sink: Sink, **options: Any) -> Iterator[int]:
    """A real SMTP server on a free loopback port."""
    controller = Controller(sink, hostname="127.0.0.1", port=0, **options)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def scripted(*lines: bytes, hang: bool = False) -> Iterator[int]:
    """A server that sends each line in turn after one command, then hangs up or falls silent."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as commands:
            for line in lines:
                connection.sendall(line + b"\r\n")
                reads_message = line.startswith(b"354")
                while commands.readline() not in (b"", b".\r\n") and reads_message:
                    pass
            if hang:
                done.wait(10)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        done.set()
        thread.join()
        listener.close()


def transport(port: int, **options: Any) -> SmtpTransport:
    """A transport to the loopback server, impatient."""
    options = {"security": "none", "timeout": 0.5, **options}
    return SmtpTransport("127.0.0.1", port, sender=SENDER, **options)


def failure(port: int, **options: Any) -> TransportError:
    """The error with which sending ends."""
    with pytest.raises(TransportError) as caught:
        transport(port, **options).send(delivery_of())
    return caught.value


def test_message_arrives() -> None:
    """One message to one recipient, byte for byte, lone dots included."""
    sink = Sink()
    with serving(sink) as port:
        transport(port).send(delivery_of())
        transport(port, security="starttls").send(delivery_of(subscriber="bolat@example.org"))

    assert [envelope.rcpt_tos for envelope in sink.messages] == [
        ["aigul@example.org"],
        ["bolat@example.org"],
    ]
    assert sink.messages[0].content == build_message(delivery_of(), SENDER).as_bytes()
    assert b"bolat" not in (sink.messages[0].content or b"")


@pytest.mark.parametrize(
    ("step", "answer", "retry"),
    [
        ("rcpt", "450 try later", True),
        ("rcpt", "550 no such user", False),
        ("mail", "550 not you", True),
        ("mail", "552 too large", False),
        ("mail", "421 too many", True),
        ("data", "452 disk full", True),
        ("data", "554 spam", False),
    ],
)
def test_answers_decide(step: str, answer: str, retry: bool) -> None:
    """4xx is tried again, 5xx is not, and the server's words are kept."""
    with serving(Sink(**{step: answer})) as port:
        error = failure(port)

    assert (error.retry, error.unknown) == (retry, False)
    assert answer in str(error)


def test_silence_after_the_dot_is_unknown() -> None:
    """The whole message is out and nobody answers: it may have arrived."""
    replies = (b"220 x", b"250 x", b"250 x", b"250 x", b"354 go")
    with scripted(*replies, hang=True) as port:
        error = failure(port)

    assert error.unknown and error.retry


@pytest.mark.parametrize("replies", [(), (b"220 x",), (b"220 x", b"250 x", b"250 x")])
def test_hang_up_before_the_message_is_tried_again(replies: tuple[bytes, ...]) -> None:
    """A connection lost before the message is a plain failure."""
    with scripted(*replies) as port:
        error = failure(port)

    assert error.retry and not error.unknown


@pytest.mark.parametrize("replies", [(b"220 x",), (b"220 x", b"250 x")])
def test_silence_before_the_message_ends(replies: tuple[bytes, ...]) -> None:
    """A server that hangs is left after the timeout."""
    with scripted(*replies, hang=True) as port:
        error = failure(port)

    assert error.retry and not error.unknown


def test_nobody_listens() -> None:
    """A closed port is named, and tried again."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    error = failure(port)

    assert error.retry and f"127.0.0.1:{port}" in str(error)


def test_wrong_password_is_a_slow_failure() -> None:
    """The sentence names user and server, never the password; one login is all it tries."""
    sink = Sink()
    options = {"authenticator": sink.authenticate, "auth_require_tls": False}
    with serving(sink, **options) as port:
        sender = transport(port, username="monitor", password="wr0ng-secret", timeout=5)
        for _ in range(3):
            with pytest.raises(
                LoginRefusedError, match='refused user name or password of "mon'
            ) as e:
                sender.send(delivery_of())
        transport(port, username="monitor", password="right").send(delivery_of())

    assert "wr0ng-secret" not in "".join((str(e.value), repr(e.value), repr(vars(e.value))))
    assert len(sink.messages) == 1
    # Every method that the server offers is tried once: three in all, right one included.
    assert sink.logins <= 3


def test_after_most_of_an_hour_the_login_is_tried_again() -> None:
    """An account that was unlocked meanwhile works again without a restart."""
    sink, seconds = Sink(), [0.0]
    with serving(sink, authenticator=sink.authenticate, auth_require_tls=False) as port:
        sender = transport(port, username="u", password="wrong", ticking=lambda: seconds[0])
        for at in (0.0, 2900.0, 3100.0):
            seconds[0] = at
            with pytest.raises(LoginRefusedError):
                sender.send(delivery_of())

    assert sink.logins == 4  # two methods at the first try and two at the last


def test_a_password_outside_ascii_is_a_sentence() -> None:
    """The protocol's library cannot send it; the user is told, and it is never shown."""
    sink = Sink()
    with serving(sink, authenticator=sink.authenticate, auth_require_tls=False) as port:
        error = failure(port, username="monitor", password="пароль", timeout=5)

    assert "ASCII" in str(error) and "пароль" not in str(error)
    assert error.retry and sink.messages == []


def test_server_that_speaks_no_tls() -> None:
    """Nothing is sent where TLS was asked for and is not spoken."""
    sink = Sink()
    with serving(sink) as port:
        error = failure(port, security="tls")

    assert error.retry and sink.messages == []


def test_nothing_goes_in_clear() -> None:
    """A far server without STARTTLS gets neither login nor message."""
    sink = Sink()
    with serving(sink, authenticator=sink.authenticate, auth_require_tls=False) as port:
        # This address reaches the machine itself but is not one of its loopback names.
        far = SmtpTransport("0.0.0.0", port, sender=SENDER, username="u", password="right")
        with pytest.raises(TransportError, match="offers no encryption") as caught:
            far.send(delivery_of())

    assert caught.value.retry
    assert (sink.logins, sink.messages) == (0, [])


def test_plain_text_only_to_this_machine() -> None:
    """Security "none" is refused for any other host, before anything is sent."""
    with pytest.raises(InputError, match="only for a server on this machine"):
        SmtpTransport("mail.example.org", 25, "none", sender=SENDER)

    for host in ("localhost", "127.0.0.1", "::1"):
        SmtpTransport(host, 25, "none", sender=SENDER)
