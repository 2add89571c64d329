"""Mail addresses that can be written to, and URLs that can be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.addresses import is_this_machine, mailbox_problem, masked, shown_database


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org",
        "Ada <ada@example.org>",
        '"Ada, L." <a.d+x@mail.example.org>',
        "m@localhost",
    ],
)
def test_mailboxes(text: str) -> None:
    """An address, with or without a name."""
    assert mailbox_problem(text) is None


@pytest.mark.parametrize(
    "text",
    ["", "ada", "@example.org", "ada@", "ada@.org", "ada smith@example.org", "Ada <ada>", "a@b@c",
     "a@b..c", "a..b@example.org", "a@[", "a@b.c.",
     "a@example.org\r\nBcc: b@example.org", "a@example.org\x00", "Ada\n <ada@example.org>"],
)  # fmt: skip
def test_what_is_no_mailbox(text: str) -> None:
    """Parts that are missing, blanks, and everything that could split a header."""
    assert mailbox_problem(text)


@given(st.text(alphabet='a@.<>[]()\\",:; é\0', max_size=20))
def test_any_text_is_a_mailbox_or_told_why_not(text: str) -> None:
    """However broken an address is, the answer is a sentence."""
    problem = mailbox_problem(text)
    assert problem is None or problem


@given(st.text(max_size=40))
def test_no_text_splits_a_header(text: str) -> None:
    """Whatever passes is on one line."""
    if mailbox_problem(text) is None:
        assert len(text.splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:secret@h:5432/db", "postgresql://u:***@h:5432/db"),
        ("postgresql://u:se/cr@et@h/db", "postgresql://u:***@h/db"),
        ("postgresql://:secret@h/db", "postgresql://:***@h/db"),
        ("postgresql://u@h/db", "postgresql://u@h/db"),
        ("https://h:8443/@user/feed", "https://h:8443/@user/feed"),
        ("https://h/@user:x/feed", "https://h/@user:x/feed"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("sqlite:///monitor.db", "sqlite:///monitor.db"),
        ("no URL at all: x@y", "no URL at all: x@y"),
        ("https://h/rss?lang=en&api_key=abc&n=1", "https://h/rss?lang=en&api_key=***&n=1"),
        ("https://h/rss?Token=abc#top", "https://h/rss?Token=***#top"),
        ("https://h/?X-Amz-Signature=a%2Fb;sig=c", "https://h/?X-Amz-Signature=***;sig=***"),
        ('url = "https://h/?auth=abc" # mine', 'url = "https://h/?auth=***" # mine'),
        ("https://h/?author=ada&tokens=3&design=2", "https://h/?author=ada&tokens=3&design=2"),
        ("https://h/key=abc", "https://h/key=abc"),
    ],
)
def test_secrets_are_masked(url: str, shown: str) -> None:
    """Names stay, passwords, keys and tokens go; ports and paths with an @ are left alone."""
    assert masked(url) == shown


@pytest.mark.parametrize(
    ("host", "here"),
    [
        *[("localhost", True), ("LocalHost.", True), ("127.0.0.9", True), ("::1", True)],
        *[("mail.example.org", False), ("10.0.0.1", False), ("localhost.example", False)],
    ],
)
def test_this_machine_is_known_by_its_names(host: str, here: bool) -> None:
    """Loopback addresses and localhost; nothing is looked up."""
    assert is_this_machine(host) is here


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://bob:s3cr3t@h:1/x?bogus=s3cr3t", "postgresql://bob@h:1/x"),
        ("postgresql://bob:s3cr3t PW@h:1/x", "postgresql://***"),
        ("postgresql://bob:s3cr3t@PW@h:1/x", "postgresql://***"),
        ("postgresql://:s3cr3t@/x?host=/tmp&sslmode=require&sslpassword=s3cr3t",
         "postgresql:///x?host=/tmp&sslmode=require"),
        ("postgresql://[::1]:5432", "postgresql://[::1]:5432"),
        ("sqlite:///monitor.db", "sqlite:///monitor.db"),
    ],
)  # fmt: skip
def test_of_a_database_only_its_place_is_shown(url: str, shown: str) -> None:
    """User, host, port and name are built from what was understood; all else is left out."""
    assert shown_database(url) == shown
