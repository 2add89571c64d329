"""X1: whatever way an address comes in, it leads to no machine that nobody allowed."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

Program = Callable[..., subprocess.CompletedProcess[str]]
BEAT = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"
# The first is the host of what is allowed; the door has a test of its own with all spellings.
HOSTS = (
    *("127.0.0.1", "0x7f.1"),
    *(
        pytest.param(host, marks=pytest.mark.slow)
        for host in ("localhost", "127.1", "2130706433", "0177.0.0.1", "0.0.0.0", "[::1]",
                     "[::ffff:127.0.0.1]", "127.0.0.1.", "①②⑦.⓪.⓪.①", "LOCALHOST.")
    ),
)  # fmt: skip


class Canary:
    """A listener that nobody may connect to."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connects = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        with suppress(OSError):
            while True:
                self._listener.accept()[0].close()
                self.connects += 1

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    """One for each test."""
    listening = Canary()
    yield listening
    listening.close()


class Site:
    """An allowed site, every page of which leads to one address."""

    def __init__(self, target: str) -> None:
        items = "".join(
            f"<item><title>Sweden and Lithuania: NordBalt notice {n}</title>"
            f"<link>{target}{n}</link><enclosure url='{target}p' type='image/png'/></item>"
            for n in range(3)
        )
        alternate = f'<link rel="alternate" type="application/rss+xml" href="{target}">'
        self.pages = {
            "/feed": f"<rss><channel><link>{target}</link>{items}</channel></rss>",
            "/home": f"<!doctype html><html><head>{alternate}</head><body></body></html>",
            "/robots.txt": "User-agent: *\nAllow: /",
            "/list": f'<!doctype html><body><ul><li><a href="{target}n/2026/1.html">Sweden and '
            "Lithuania speak of NordBalt</a></li></ul></body>",
        }
        site = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = site.pages.get(self.path)
                self.send_response(200 if page else 302)
                for name in ("Location", "Content-Location"):
                    self.send_header(name, target.encode().decode("latin-1"))
                self.end_headers()
                self.wfile.write((page or "").encode())

            def log_message(self, *words: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def site(canary: Canary, request: pytest.FixtureRequest) -> Iterator[Site]:
    """Leads to the canary, by the host that the test is about."""
    made = Site(f"http://{request.getfixturevalue('host')}:{canary.port}/")
    yield made
    made.server.shutdown()
    made.server.server_close()


# What the settings say, and commands in order; TARGET is the canary, SITE what leads there.
_ENTRANCES: dict[str, tuple[str, list[str]]] = {
    "a feed": ('[[feeds]]\nurl = "TARGET"\n', ["poll"]),
    "a page": ('[[feeds]]\nurl = "TARGET"\npage = {}\n', ["poll"]),
    "a redirect of a feed": ('[[feeds]]\nurl = "SITE/go"\n', ["poll"]),
    "a redirect of a page": ('[[feeds]]\nurl = "SITE/go"\npage = {}\n', ["poll"]),
    "texts of a feed": (
        '[[feeds]]\nurl = "SITE/feed"\nfull_text = true\n',
        ["once"],
    ),
    "texts of a page": (
        '[[feeds]]\nurl = "SITE/list"\npage = { link = "*/n/*" }\nfull_text = true\n',
        ["once"],
    ),
    "feeds check": ("", ["feeds check TARGET", "feeds check SITE/go SITE/home"]),
    "feeds parse": ("", ["feeds parse TARGET", "feeds parse SITE/go"]),
    "feeds add": (
        "",
        ["feeds add TARGET --yes", "feeds add SITE/home --yes", "feeds add SITE/go --yes", "poll"],
    ),
    "feeds import": ("", ["feeds import feeds.opml", "poll", "feeds check"]),
    "a webhook": (
        '[[feeds]]\nurl = "SITE/feed"\n[[digests]]\nname = "all"\nschedule = "daily 07:30"\n'
        '[[digests.subscribers]]\nname = "hook"\ntransport = "webhook"\nto = "TARGET"\n'
        'secret_file = "secret"\n'
        '[[digests.subscribers]]\nname = "moved"\ntransport = "webhook"\nto = "SITE/go"\n'
        'secret_file = "secret"\n',
        ["poll", "digest send all"],
    ),
    "a chat": (
        '[[feeds]]\nurl = "SITE/feed"\n[[digests]]\nname = "all"\nschedule = "daily 07:30"\n'
        '[[digests.subscribers]]\nname = "chat"\ntransport = "slack"\nsecret_file = "secret"\n',
        ["poll", "digest send all"],
    ),
}

# Some spellings are no address to begin with, a name that nobody has, or no secret.
_REFUSALS = (
    *("not a public address", "is no web address", "is no address"),
    *("is not known here", "letters outside ASCII"),
)
# A text that cannot be had is no failure: the entry is kept without it.
_SILENT = {"texts of a feed", "texts of a page"}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("entrance", _ENTRANCES)
def test_nobody_is_reached_who_was_not_allowed(
    entrance: str, host: str, canary: Canary, site: Site, tmp_path: Path, program: Program
) -> None:
    """Typed, imported, redirected to, named by a page or an entry, or a place to deliver to."""
    target = f"http://{host}:{canary.port}/"
    rows, commands = _ENTRANCES[entrance]

    def filled(text: str) -> str:
        return text.replace("TARGET", target).replace("SITE", f"http://{site.address}")

    (tmp_path / "secret").write_text(target)
    (tmp_path / "feeds.opml").write_text(
        f'<opml version="2.0"><body><outline text="A" xmlUrl="{target}"/></body></opml>'
    )
    (tmp_path / "config.toml").write_text(
        f'[monitor]\nbeat = "{BEAT}"\nbeat_feeds = false\n{filled(rows)}[network]\n'
        f'allow_private = ["{site.address}"]\nhost_spacing_seconds = 0\ntimeout_seconds = 2\n'
    )
    done = [program(*filled(command).split(), cwd=tmp_path) for command in commands]
    assert canary.connects == 0
    told = "".join(ran.stdout + ran.stderr for ran in done)
    assert "Traceback" not in told
    if entrance not in _SILENT:
        assert any(words in told for words in _REFUSALS), told
