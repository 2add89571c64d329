"""Mail servers that misbehave: nothing in clear, nothing twice unless nobody can know, no hurry."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import TransportError
from monitor.model import Delivery, FrozenEdition, Rendered
from monitor.publish.leaving import PLACE
from monitor.publish.outbox import message_id
from monitor.publish.transports import (
    Hold,
    LaterError,
    LoginRefusedError,
    LostClaimError,
    RefusedError,
)
from monitor.publish.transports.email import SmtpTransport

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
HANG_UP, SILENCE = object(), object()
Reply = bytes | object
GREETING = b"250-office\r\n250-SIZE 10000000\r\n250-AUTH PLAIN LOGIN CRAM-MD5\r\n250 8BITMIME"
USUAL: dict[str, Reply] = {
    "CONNECT": b"220 office",
    "EHLO": GREETING,
    "MAIL": b"250 ok",
    "RCPT": b"250 ok",
    "RSET": b"250 ok",
    "DATA": b"354 go on",
    ".": b"250 taken",
    "QUIT": b"221 bye",
    "STARTTLS": b"220 go on",
}


class Office:
    """A mail server that answers each command as told, and keeps every byte it was sent.

    An answer may be a list, of which each attempt takes the next; the last stays.
    """

    def __init__(self, context: ssl.SSLContext | None = None, **answers: Any) -> None:
        self.answers = {**USUAL, **answers}
        self.received = b""
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self._context = context
        self._done = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening, and let go of whoever waits."""
        self._done.set()
        self._listener.close()

    def count(self, word: str) -> int:
        """How often a command came."""
        return self.commands.count(word)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _answer(self, word: str) -> Reply:
        answer = self.answers.get(word, b"502 what?")
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return answer

    def _converse(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            word = "CONNECT"
            while self._say(connection, word):
                if word == "STARTTLS" and self._context is not None:
                    connection = self._context.wrap_socket(connection, server_side=True)
                word = self._heard(connection, word)
        connection.close()

    def _say(self, connection: socket.socket, word: str) -> bool:
        self.commands.append(word)
        answer = self._answer(word)
        if answer is SILENCE:
            self._done.wait(10)
        if not isinstance(answer, bytes):
            return False
        connection.sendall(answer + b"\r\n")
        return True

    def _heard(self, connection: socket.socket, before: str) -> str:
        is_message = before == "DATA" and self.commands[-1] == "DATA"
        end = b"\r\n.\r\n" if is_message and self.answers["DATA"] == b"354 go on" else b"\r\n"
        heard = b""
        while not heard.endswith(end):
            some = connection.recv(65_536)
            if not some:
                raise OSError("gone")
            heard += some
            self.received += some
        if len(end) > 2:
            self.messages.append(heard.removesuffix(b".\r\n"))
            return "."
        return heard.split()[0].decode().upper()


@pytest.fixture
def office() -> Iterator[Callable[..., Office]]:
    """Opens offices, and closes them after the test."""
    made: list[Office] = []

    def opened(*arguments: Any, **answers: Any) -> Office:
        made.append(Office(*arguments, **answers))
        return made[-1]

    yield opened
    for each in made:
        each.close()


def mail_to(subscriber: str = "aigul@example.org", text: str = "The SECRET-BODY.\n") -> Delivery:
    """A delivery by mail."""
    edition = FrozenEdition(1, "daily", NOW, NOW, Rendered("Kulma", text, f"<p>{text}</p>"), 1)
    name = message_id("key", subscriber, "news.example")
    return Delivery(1, edition, subscriber, "email", name, 1, 1, 0, NOW)


def transport(office: Office, **options: Any) -> SmtpTransport:
    """A transport to the office, impatient."""
    given = {"security": "none", "timeout": 0.5, "sender": "Monitor <m@news.example>", **options}
    return SmtpTransport(given.pop("host", "127.0.0.1"), office.port, **given)


def failure(transport: SmtpTransport, delivery: Delivery, hold: Hold | None = None) -> Any:
    """The error with which sending ends."""
    with pytest.raises(TransportError) as caught:
        transport.send(delivery, hold or Hold())
    return caught.value


# --- one connection ------------------------------------------------------------------------------


def test_one_connection_carries_many_messages(office: Any) -> None:
    """One greeting, one login, five messages to one recipient each; leaving closes it."""
    server = office(AUTH=b"235 welcome")
    sender = transport(server, username="monitor", password="right")
    for number in range(5):
        sender.send(mail_to(f"r{number}@example.org"))
    sender.close()

    assert (server.count("CONNECT"), server.count("AUTH"), len(server.messages)) == (1, 1, 5)
    assert server.count("RCPT") == 5 and server.commands[-1] == "QUIT"
    for number, raw in enumerate(server.messages):  # D3: nobody's address in another's mail
        assert raw.count(b"@example.org") == 1 and f"r{number}@".encode() in raw


def test_a_connection_that_was_closed_meanwhile_is_made_anew(office: Any) -> None:
    """A server that hangs up between two messages costs nothing."""
    server = office(RSET=HANG_UP)
    sender = transport(server)
    for number in range(3):
        sender.send(mail_to(f"r{number}@example.org"))

    assert (server.count("CONNECT"), len(server.messages)) == (3, 3)


def test_a_refusal_keeps_the_connection(office: Any) -> None:
    """D2: one unknown recipient among three; the others get theirs over the same connection."""
    server = office(RCPT=[b"250 ok", b"550 5.1.1 no such user", b"250 ok"])
    sender = transport(server)
    sender.send(mail_to("a@example.org"))
    error = failure(sender, mail_to("b@example.org"))
    sender.send(mail_to("c@example.org"))

    assert isinstance(error, RefusedError) and not error.retry
    assert (server.count("CONNECT"), len(server.messages)) == (1, 2)


# --- what nobody can know ------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [SILENCE, HANG_UP, b"junk", b"999 what", b"354 go on", b""])
def test_after_the_dot_everything_but_an_answer_is_unknown(office: Any, answer: Any) -> None:
    """D4: silence, a lost connection and nonsense; the next try has the same Message-ID."""
    server = office(**{".": [answer, b"250 taken"]})
    sender = transport(server)
    error = failure(sender, mail_to())
    sender.send(mail_to())

    assert error.unknown and error.retry
    assert server.messages[0] == server.messages[1]
    assert server.count("CONNECT") == 2, "the connection of before is not used again"


@pytest.mark.parametrize("word", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", [SILENCE, HANG_UP, b"junk"])
def test_before_the_dot_nothing_is_in_doubt(office: Any, word: str, answer: Any) -> None:
    """D5: whatever breaks earlier, the message was not taken, and is tried again."""
    server = office(**{word: answer})
    error = failure(transport(server), mail_to())

    assert error.retry and not error.unknown
    assert server.messages == []


def test_whoever_lost_the_claim_sends_no_dot(office: Any) -> None:
    """C7: the claim is asked for when all but the dot is out; without it the server has nothing."""

    class Lost(Hold):
        def renew(self) -> None:
            raise LostClaimError

    server = office()
    error = failure(transport(server), mail_to(), Lost())

    assert isinstance(error, LostClaimError)
    assert server.messages == [] and server.count(".") == 0


# --- secrets -------------------------------------------------------------------------------------


def _certificate(folder: Path) -> ssl.SSLContext:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed, which makes the certificate of this test")
    key, signed = folder / "key.pem", folder / "signed.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", str(key), "-out", str(signed), "-days", "2", "-subj", "/CN=elsewhere.example"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    return context


def test_a_wrong_certificate_is_a_sentence(office: Any, tmp_path: Path) -> None:
    """D6: after STARTTLS under a certificate of somebody else, neither login nor body is sent."""
    server = office(_certificate(tmp_path), EHLO=b"250-office\r\n250 STARTTLS", AUTH=b"235 welcome")
    sender = transport(
        server, security="starttls", username="monitor", password="CANARY", host="127.0.0.1"
    )
    error = failure(sender, mail_to())

    assert f"the certificate of 127.0.0.1:{server.port} is not valid" in str(error)
    assert isinstance(error, LaterError) and error.whole
    assert b"SECRET" not in server.received and b"AUTH" not in server.received
    assert server.messages == []


def test_without_starttls_nothing_leaves(office: Any) -> None:
    """D6: a far server that was made to hide STARTTLS hears a greeting, and no more."""
    server = office(AUTH=b"235 welcome")
    # This address reaches the machine itself but is not one of its loopback names.
    sender = transport(server, host="0.0.0.0", security="starttls", username="m", password="CANARY")
    error = failure(sender, mail_to())

    assert "offers no encryption" in str(error)
    assert {line.split(b" ")[0] for line in server.received.split(b"\r\n")} <= {b"ehlo", b""}


def test_a_wrong_password_is_tried_once_an_hour(office: Any) -> None:
    """D7: at most three AUTH commands, whatever the number of mails and methods."""
    server = office(AUTH=b"535 5.7.8 no")
    sender = transport(server, username="monitor", password="CANARY")
    for number in range(20):
        error = failure(sender, mail_to(f"r{number}@example.org"))
        assert isinstance(error, LoginRefusedError) and error.whole

    assert 1 <= server.count("AUTH") <= 3
    assert "CANARY" not in f"{error!r}{error.__cause__!r}"


@pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".example", "\u2024.example"])
def test_an_odd_host_name_is_a_sentence(office: Any, host: str) -> None:
    """A name that cannot be looked up is told, and waits with all the others."""
    error = failure(transport(office(), host=host, security="tls"), mail_to())

    assert isinstance(error, LaterError) and error.whole


# --- limits --------------------------------------------------------------------------------------


def test_a_rate_limit_is_met_with_patience(office: Any) -> None:
    """D8: after three recipients in a row that are put off, all mail rests for a minute."""
    server = office(RCPT=[b"250 ok", b"450 4.7.1 too many", b"450 4.7.1", b"450 4.7.1", b"250 ok"])
    sender = transport(server)
    sender.send(mail_to("a@example.org"))
    errors = [failure(sender, mail_to(f"{number}@example.org")) for number in range(3)]
    sender.send(mail_to("e@example.org"))

    assert [isinstance(error, LaterError) for error in errors] == [False, False, True]
    assert errors[2].whole and errors[2].after == timedelta(minutes=1)
    assert all(error.retry for error in errors)


@pytest.mark.parametrize(
    ("word", "answer"),
    [("MAIL", b"421 come back"), ("RCPT", b"421 come back"), ("MAIL", b"451 busy")],
)
def test_a_server_that_is_busy_is_left_alone(office: Any, word: str, answer: bytes) -> None:
    """What goes for everybody is not tried with everybody."""
    error = failure(transport(office(**{word: answer})), mail_to())

    assert isinstance(error, LaterError) and error.whole


def test_a_small_server_gets_the_text_alone(office: Any) -> None:
    """D9: what is too large for SIZE goes out as text; what is too large for that, not at all."""
    long = mail_to(text="A line of many letters.\n" * 400)
    server = office(EHLO=b"250-office\r\n250 SIZE 14000")
    transport(server).send(long)
    (raw,) = server.messages
    message = message_from_bytes(raw, policy=policy.default)
    tiny = office(EHLO=b"250-office\r\n250 SIZE 5000")
    error = failure(transport(tiny), long)

    assert message.get_content_type() == "text/plain"
    assert message["Message-ID"] == long.message_id and len(raw) < 14_000
    assert not error.retry and "takes 5000 bytes" in str(error)
    assert tiny.messages == []


def test_a_silly_size_is_no_limit(office: Any) -> None:
    """SIZE without a number, or 0, means any size (RFC 1870)."""
    for size in (b"SIZE", b"SIZE 0", b"SIZE many"):
        server = office(EHLO=b"250-office\r\n250 " + size)
        transport(server).send(mail_to())
        assert len(server.messages) == 1


# --- leaving -------------------------------------------------------------------------------------


def test_each_mail_has_a_link_of_its_own(office: Any) -> None:
    """The place that the edition keeps for it is filled in text and HTML, and headers have it."""
    server = office()
    sender = transport(
        server,
        unsubscribe=lambda delivery: (
            f"https://news.example/unsubscribe/{delivery.subscriber[0]}&x",
            "mailto:m@news.example?subject=unsubscribe%20daily",
        ),
    )
    rendered = Rendered("s", f"Stop:\n{PLACE}\n", f'<a href="{PLACE}">Stop</a>')
    for subscriber in ("a@example.org", "b@example.org"):
        sent = mail_to(subscriber)
        sender.send(replace(sent, edition=replace(sent.edition, rendered=rendered)))

    for raw, letter in zip(server.messages, "ab", strict=True):
        message = message_from_bytes(raw, policy=policy.default)
        text, html = (part.get_content() for part in message.iter_parts())
        link = f"https://news.example/unsubscribe/{letter}&x"
        assert link in text and link.replace("&", "&amp;") in html
        assert (
            f"<{link}>, <mailto:m@news.example?subject=unsubscribe%20daily>"
            == (message["List-Unsubscribe"])
        )
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert b"leave.invalid" not in raw


def test_by_mail_alone_there_is_no_one_click(office: Any) -> None:
    """Without a public address, no header promises what nobody can do."""
    server = office()
    transport(server, unsubscribe=lambda delivery: ("mailto:m@news.example",)).send(mail_to())
    message = message_from_bytes(server.messages[0], policy=policy.default)

    assert message["List-Unsubscribe"] == "<mailto:m@news.example>"
    assert message["List-Unsubscribe-Post"] is None
