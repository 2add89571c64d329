"""The page where subscribers leave: a click does it, a look does not, strangers learn nothing."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config import Configuration, WebSettings
from monitor.errors import InputError, StoreError
from monitor.model import Delivery, FrozenEdition, Rendered, Standing
from monitor.pipeline.receivers import leaving_addresses
from monitor.pipeline.setup import Setup, prepare
from monitor.pipeline.subscribers import unsubscribe
from monitor.publish.leaving import token
from monitor.store import Store, open_store
from monitor.web.unsubscribe import Request, answer, host_names, serving

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
HOSTS = frozenset({"news.example", "127.0.0.1:8080"})
PATH = f"/unsubscribe/{'a' * 43}"
CONFIG = """
[monitor]
beat = "BEAT"
beat_feeds = false

[[digests]]
name = "daily"
schedule = "daily 07:30"
to = ["a@example.org", "b@example.org"]
"""


class Book:
    """Remembers the tokens that came."""

    def __init__(self, *, known: bool = True) -> None:
        self.left: list[str] = []
        self.known = known

    def __call__(self, token: str) -> bool:
        """Keep it."""
        self.left.append(token)
        return self.known


@pytest.fixture
def setup(configured: Callable[[str], Configuration]) -> Setup:
    """A digest with two subscribers."""
    return prepare(configured(CONFIG))


@pytest.fixture
def store(setup: Setup) -> Iterator[Store]:
    """Their archive."""
    with open_store(setup.configuration.database) as opened:
        yield opened


def asked(
    address: str, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, str]:
    """Status, headers and page of a real request."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, sent)
    response = connection.getresponse()
    page = response.read().decode()
    connection.close()
    return response.status, response.headers, page


def test_a_click_leaves_and_a_look_does_not(setup: Setup, store: Store) -> None:
    """D12: scanners GET as they like; one POST does it, and ten are like one."""
    link = token(store.editions.installation(), "daily", "a@example.org", "email")
    web = WebSettings(port=0)
    with serving(web, lambda each: unsubscribe(store, setup, each, NOW)) as address:
        for method in ("GET", "HEAD", "GET"):
            assert asked(address, method, f"/unsubscribe/{link}")[0] == 200
        before = store.subscriptions.known()
        body = b"List-Unsubscribe=One-Click"
        pages = {asked(address, "POST", f"/unsubscribe/{link}", body)[::2] for _ in range(10)}
        unknown = asked(address, "POST", f"/unsubscribe/{'x' * 43}", body)[0]
    known = store.subscriptions.known()

    assert before == {}
    assert len(pages) == 1 and next(iter(pages))[0] == 200
    assert unknown == 404
    assert {key: each.standing for key, each in known.items()} == {
        ("daily", "a@example.org", "email"): Standing.UNSUBSCRIBED
    }


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize(
    "path", [PATH, "/", "/unsubscribe/<script>evil</script>", "/%00", "//evil", "//[evil"]
)
def test_every_answer_is_strict_and_repeats_nothing(method: str, path: str) -> None:
    """X7, X8: the policy on every page, errors too, no script, no style, no word of the request."""
    with serving(WebSettings(port=0), Book(known=False)) as address:
        status, headers, page = asked(address, method, path, X_Evil="evil")

    assert status in (200, 404, 501)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store" and headers["Set-Cookie"] is None
    assert "Python" not in (headers["Server"] or "")
    assert not re.search(r"evil|script|style|aaaa|BREW|https?:", page)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("news.example", 200),
        ("NEWS.example", 200),
        ("127.0.0.1:8080", 200),
        ("evil.test", 403),
        ("127.0.0.1:9", 403),
        ("news.example.evil.test", 403),
        ("", 403),
    ],
)
def test_names_the_page_does_not_go_by(host: str, status: int) -> None:
    """X11: a name that somebody else points here is refused, before anything is done."""
    book = Book()

    assert answer(Request("POST", PATH, {"host": host}), HOSTS, book).status == status
    assert len(book.left) == (status == 200)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("https://news.example", 200),
        ("http://127.0.0.1:8080", 200),
        ("https://evil.test", 403),
        ("null", 403),
        ("https://news.example.evil.test", 403),
    ],
)
def test_forms_of_other_sites(origin: str | None, status: int) -> None:
    """X11: a mailbox names no origin; a form that does has to be ours."""
    headers = {"host": "news.example"} | ({"origin": origin} if origin else {})
    book = Book()

    assert answer(Request("POST", PATH, headers), HOSTS, book).status == status
    assert len(book.left) == (status == 200)


@pytest.mark.parametrize(
    "path",
    ["/unsubscribe/", "/unsubscribe/short", PATH + "a", PATH + "/..", "/x" + PATH, "unsubscribe"],
)
def test_paths_that_are_none(path: str) -> None:
    """Only whole tokens are looked at."""
    book = Book()

    assert answer(Request("POST", path, {"host": "news.example"}), HOSTS, book).status == 404
    assert book.left == []


def test_a_query_and_a_body_do_not_matter() -> None:
    """What mailboxes add to a link changes nothing."""
    book = Book()
    request = Request("POST", PATH + "?utm=1", {"host": "news.example"})

    assert answer(request, HOSTS, book).status == 200
    assert book.left == ["a" * 43]


@pytest.mark.parametrize(
    ("query", "lang", "question", "left"),
    [
        ("", "en", "Press the button", "You are unsubscribed"),
        ("?lang=ru", "ru", "Нажмите кнопку", "Вы отписаны"),
        ("?utm=1&lang=zh", "zh", "点击按钮", "您已退订"),
        ("?lang=xx", "en", "Press the button", "You are unsubscribed"),
        ("?lang=%3Cscript%3E", "en", "Press the button", "You are unsubscribed"),
    ],
)
def test_the_page_speaks_the_language_of_the_link(
    query: str, lang: str, question: str, left: str
) -> None:
    """A link names a frame's language; anything else is English, and is not repeated."""
    headers = {"host": "news.example"}
    looked = answer(Request("GET", PATH + query, headers), HOSTS, Book()).body.decode()
    pressed = answer(Request("POST", PATH + query, headers), HOSTS, Book()).body.decode()
    strange = answer(Request("GET", f"/x{query}", headers), HOSTS, Book()).body.decode()

    assert f'<html lang="{lang}">' in looked and question in looked and "<button>" in looked
    assert left in pressed and "<button>" not in pressed
    assert f'<html lang="{lang}">' in strange and "script" not in strange


def test_each_subscriber_gets_a_link_in_their_language(
    configured: Callable[[str], Configuration],
) -> None:
    """It is the language of their frame."""
    rows = """
[[digests.subscribers]]
to = "ru@example.org"
lang = "ru"

[smtp]
host = "127.0.0.1"
security = "none"

[web]
public_url = "https://news.example"
"""
    addresses = leaving_addresses(prepare(configured(CONFIG + rows)), "installation")
    frozen = FrozenEdition(1, "daily", NOW, NOW, Rendered("", "", ""), 0)
    links = [
        addresses(Delivery(1, frozen, who, "email", "<1@x>"))[0]
        for who in ("a@example.org", "ru@example.org")
    ]

    assert re.fullmatch(r"https://news\.example/unsubscribe/[\w-]{43}", links[0])
    assert re.fullmatch(r"https://news\.example/unsubscribe/[\w-]{43}\?lang=ru", links[1])


def test_a_large_body_is_refused() -> None:
    """Nobody fills the memory."""
    book = Book()
    with serving(WebSettings(port=0), book) as address:
        assert asked(address, "POST", PATH, b"x" * 5_000)[0] == 413

    assert book.left == []


def test_a_database_that_is_held_is_said_so() -> None:
    """The mailbox may try again later."""

    def busy(token: str) -> bool:
        raise StoreError("held")

    with serving(WebSettings(port=0), busy) as address:
        assert asked(address, "POST", PATH)[0] == 503


def test_names_of_the_page() -> None:
    """That of the public address, and those of this machine."""
    web = WebSettings(public_url="https://News.example:8443/")

    assert host_names(web, 80) == {
        "news.example:8443", "127.0.0.1:80", "localhost:80", "[::1]:80",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("web", "sentence"),
    [
        (WebSettings(host="0.0.0.0", port=0), "set public_url"),
        (WebSettings(host="no such host", port=0, public_url="https://x.example"), "cannot listen"),
    ],
)
def test_where_it_does_not_listen(web: WebSettings, sentence: str) -> None:
    """X12: not for others without a name, and not where there is nothing to listen on."""
    with pytest.raises(InputError, match=sentence), serving(web, Book()):
        pass


def test_tokens_are_nobody_elses(setup: Setup, store: Store, tmp_path: Path) -> None:
    """Each subscriber, digest, transport and installation has one of its own; it names nobody."""
    key = store.editions.installation()
    with open_store(f"sqlite:///{tmp_path}/other.db") as other:
        keys = (key, other.editions.installation())
    tokens = {
        token(each, digest, who, over)
        for each in keys
        for digest in ("daily", "weekly")
        for who in ("a@example.org", "b@example.org")
        for over in ("email", "slack")
    }

    assert len(tokens) == 16
    assert all(re.fullmatch(r"[\w-]{43}", each, re.ASCII) for each in tokens)
    assert not unsubscribe(store, setup, sorted(tokens)[0][:42], NOW)
    assert not unsubscribe(store, setup, "ы" * 43, NOW)


def test_who_was_taken_out_of_the_settings_may_still_leave(setup: Setup, store: Store) -> None:
    """A link of an old mail works as long as the archive knows who it was sent to."""
    from monitor.model import Coverage, Edition, Window

    edition = Edition("old", "Old", Window(NOW, None, NOW), "UTC", (), Coverage((), 0, 0))
    store.editions.freeze(edition, Rendered("", "", ""), [("z@x.example", "email", "<1@x>")], NOW)
    link = token(store.editions.installation(), "old", "z@x.example", "email")

    assert unsubscribe(store, setup, link, NOW)
    assert store.editions.pending() == 0
