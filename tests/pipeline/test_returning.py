"""D17: what comes back to the sender is answered by nobody, and a bounce is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from monitor.cli.app import app
from monitor.config import Configuration
from monitor.demo.servers import MailSink
from monitor.model import Coverage, Edition, Rendered, Standing, Window
from monitor.pipeline.deliver import deliver, transports
from monitor.pipeline.setup import Setup, prepare
from monitor.publish.outbox import message_id
from monitor.publish.returned import read_report
from monitor.store import open_store

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
WHO = ("a@example.org", "b@example.org")
CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false

[[digests]]
name = "daily"
schedule = "daily 07:30"
to = ["a@example.org", "b@example.org"]

[smtp]
host = "127.0.0.1"
port = PORT
security = "none"
sender = "monitor@example.org"
"""
REPORT = """\
From: MAILER-DAEMON@mx.example.org
To: monitor@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system. I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {to}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: {kind}

Message-ID: {name}
To: {to}

--b--
"""


@pytest.fixture
def sink() -> Iterator[MailSink]:
    """A mail server that takes everything."""
    with MailSink().serving() as serving:
        yield serving


@pytest.fixture
def setup(configured: Callable[[str], Configuration], sink: MailSink) -> Setup:
    """Two subscribers behind that server."""
    return prepare(configured(CONFIG.replace("PORT", str(sink.port))))


def send(setup: Setup, day: int) -> None:
    """Freeze and send one edition."""
    at = NOW + timedelta(days=day)
    edition = Edition("daily", "Daily", Window(at, None, at), "UTC", (), Coverage((), 0, 0))
    addressed = [(who, "email", message_id(f"key{day}", who, "example.org")) for who in WHO]
    with open_store(setup.configuration.database) as store:
        store.editions.freeze(edition, Rendered("s", "t", "<p>h</p>"), addressed, at)
        deliver(store, transports(setup), at)


def mails(sink: MailSink) -> list[Any]:
    """All that arrived, as a recipient's program reads it."""
    return [message_from_bytes(raw, policy=policy.default) for raw in sink.messages]


def report(mail: Any, action: str = "failed", kind: str = "message/rfc822") -> bytes:
    """What a mail server says that could not deliver ``mail``."""
    name = mail["Message-ID"]
    return REPORT.format(to=mail["To"], name=name, action=action, kind=kind).encode()


def vacation(mail: Any) -> bytes:
    """What somebody's program answers for them."""
    reply = EmailMessage()
    reply["From"], reply["To"] = mail["To"], "monitor@example.org"
    reply["Subject"], reply["Auto-Submitted"] = f"Auto: {mail['Subject']}", "auto-replied"
    reply["In-Reply-To"] = mail["Message-ID"]
    reply.set_content("I am on holiday.")
    return reply.as_bytes()


def would_answer(mail: Any) -> bool:
    """Whether an autoresponder answers a mail (RFC 3834, 2; vacation(1); Exchange)."""
    return (
        mail.get("Auto-Submitted", "no") == "no"
        and mail.get("Precedence", "") not in ("bulk", "list", "junk")
        and not any(name.startswith("List-") for name in mail)
        and "OOF" not in mail.get("X-Auto-Response-Suppress", "")
    )


def take(setup: Setup, content: bytes, file: str = "-") -> str:
    """`monitor subscribers bounced`, as the alias of a mail server calls it."""
    words = ["--config", str(setup.configuration.path), "subscribers", "bounced", file]
    done = CliRunner().invoke(app, words, input=content)
    assert done.exit_code == 0, done.output
    return done.output


def standings(setup: Setup) -> list[Standing]:
    """How both subscribers stand."""
    with open_store(setup.configuration.database) as store:
        return [store.subscriptions.of("daily", who, "email").standing for who in WHO]


def test_nobody_answers_by_themselves(setup: Setup, sink: MailSink) -> None:
    """Each of the three signs alone keeps a program of the recipient's quiet."""
    send(setup, 0)
    for sign in ("Auto-Submitted", "Precedence", "List-Id"):
        for mail in mails(sink):
            others = {"Auto-Submitted", "Precedence", "X-Auto-Response-Suppress"} - {sign}
            for name in (*others, *(n for n in mail if n.startswith("List-") and n != sign)):
                del mail[name]
            assert mail[sign] and not would_answer(mail), sign


def test_what_comes_back_is_answered_by_nobody(setup: Setup, sink: MailSink) -> None:
    """A holiday reply and a report of delay do nothing; nothing is sent for any of them."""
    send(setup, 0)
    first, second = mails(sink)
    told = [take(setup, content) for content in (vacation(first), report(second, "delayed"), b"")]
    with open_store(setup.configuration.database) as store:
        deliver(store, transports(setup), NOW + timedelta(days=2))

    assert len(sink.messages) == 2
    assert all(words.endswith("nothing was done.\n") for words in told)
    assert standings(setup) == [Standing.ACTIVE, Standing.ACTIVE]


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_three_in_a_row_stop_a_subscriber(setup: Setup, sink: MailSink, kind: str) -> None:
    """As if the server had refused them; a report that comes twice is counted once."""
    told = []
    for day in range(3):
        send(setup, day)
        bounced = next(mail for mail in reversed(mails(sink)) if mail["To"] == WHO[0])
        told += [take(setup, report(bounced, kind=kind)) for _ in range(2)]
    with open_store(setup.configuration.database) as store:
        (alert,) = store.subscriptions.alerts(None, datetime.now(UTC) + timedelta(days=1))

    assert "550 5.1.1 no such user); 1 edition in a row" in told[0]
    assert "came back before" in told[1]
    assert "nothing more is sent after 3 editions in a row." in told[4]
    assert "cannot be reached" in alert and "@" not in alert
    assert standings(setup) == [Standing.BOUNCED, Standing.ACTIVE]


def test_who_was_reached_in_between_begins_anew(setup: Setup, sink: MailSink) -> None:
    """Of four editions the second arrived: two in a row are not three."""
    for day in range(4):
        send(setup, day)
        bounced = next(mail for mail in reversed(mails(sink)) if mail["To"] == WHO[0])
        if day != 1:
            last = take(setup, report(bounced))

    assert "2 editions in a row" in last
    assert standings(setup)[0] is Standing.ACTIVE


def test_a_server_that_learns_to_refuse(setup: Setup, sink: MailSink) -> None:
    """One edition that came back and two that are refused are three in a row."""

    async def refuse(server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address == WHO[0]:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    send(setup, 0)
    take(setup, report(next(mail for mail in mails(sink) if mail["To"] == WHO[0])))
    sink.handle_RCPT = refuse  # type: ignore[attr-defined]
    send(setup, 1)
    assert standings(setup) == [Standing.ACTIVE, Standing.ACTIVE]
    send(setup, 2)

    assert standings(setup) == [Standing.BOUNCED, Standing.ACTIVE]


def test_a_report_of_a_strangers_mail(setup: Setup, sink: MailSink, tmp_path: Path) -> None:
    """Nobody can stop others: a name that no mail of ours has tells nothing."""
    send(setup, 0)
    mail = mails(sink)[0]
    mail.replace_header("Message-ID", "<guess@example.org>")
    (tmp_path / "mail").write_bytes(report(mail))

    assert "none of ours" in take(setup, b"", str(tmp_path / "mail"))


def test_a_database_that_is_held_is_tried_again(setup: Setup, sink: MailSink) -> None:
    """The mail server hears EX_TEMPFAIL, and runs the command again later."""
    send(setup, 0)
    content = report(mails(sink)[0])
    Path(setup.configuration.database.removeprefix("sqlite:///")).write_bytes(b"")
    words = ["--config", str(setup.configuration.path), "subscribers", "bounced"]
    done = CliRunner().invoke(app, words, input=content)

    assert done.exit_code == 75
    assert "is empty" in done.output


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        REPORT.replace("Message-ID", "X").encode(),
        REPORT.replace("Action", "X").encode(),
        b"Content-Type: multipart/report\n\nno parts",
        b'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: message/rfc822\n\n--b',
    ],
)
def test_what_is_no_report(content: bytes) -> None:
    """Whatever a stranger sends is read without an error."""
    assert read_report(content) is None


@pytest.mark.parametrize(
    ("action", "encoding", "headers"),
    [
        ("failed (no such user)", "7bit", b"Message-ID: <one@monitor.example>\n"),
        ("Failed", "quoted-printable", b"Message-ID: <one@monitor.ex=\nample>\n"),
        ("failed", "base64", b"TWVzc2FnZS1JRDogPG9uZUBtb25pdG9yLmV4YW1wbGU+Cg==\n"),
    ],
)
def test_reports_as_servers_may_write_them(action: str, encoding: str, headers: bytes) -> None:
    """With a remark behind the action (RFC 3464, 2.1.1), or with the headers encoded."""
    sent = {"Message-ID": "NAME", "To": "a@example.org"}
    told = report(sent, action, f"text/rfc822-headers\nContent-Transfer-Encoding: {encoding}")
    found = read_report(told.replace(b"Message-ID: NAME\nTo: a@example.org\n", headers))

    assert found is not None
    assert (found.message_id, found.final) == ("<one@monitor.example>", True)
