"""Mail addresses that can be written to, and URLs that can be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.addresses import mailbox_problem, masked


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
     "a@example.org\r\nBcc: b@example.org", "a@example.org\x00", "Ada\n <ada@example.org>"],
)  # fmt: skip
def test_what_is_no_mailbox(text: str) -> None:
    """Parts that are missing, blanks, and everything that could split a header."""
    assert mailbox_problem(text)


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
    ],
)
def test_passwords_are_masked(url: str, shown: str) -> None:
    """The name stays, the password goes; ports and paths with an @ are left alone."""
    assert masked(url) == shown
