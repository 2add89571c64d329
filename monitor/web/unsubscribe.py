"""The page on which a subscriber leaves, by one click (RFC 8058) or with a button.

A GET only shows the page, since scanners open every link of a mail; a POST does it, and twice is
like once. The page says the same whoever asks, in the language that the link names, and runs and
loads nothing.
"""

from __future__ import annotations

import logging
import re
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from monitor.config import WebSettings
from monitor.errors import InputError, MonitorError
from monitor.publish.frame import LANGS, frame_of
from monitor.publish.leaving import LANG, PATH
from monitor.text.addresses import is_this_machine

_log = logging.getLogger(__name__)
_TOKEN = re.compile(rf"{PATH}([\w-]{{43}})", re.ASCII)
_BODY_BYTES = 4_096
_SECONDS = 10
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    # A form that hides where it comes from would look like that of another site.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Connection": "close",
}
_PAGE = """\
<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<h1>{title}</h1>
<p>{words}</p>
{form}</html>
"""
_FORM = '<form method="post"><button>{}</button></form>\n'

Leave = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a page."""

    status: HTTPStatus
    body: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What matters of a GET, HEAD or POST; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(request: Request, hosts: frozenset[str], leave: Leave) -> Answer:
    """What a request gets. ``hosts`` are the names the page goes by, with their ports.

    ``leave`` does what a token says, and is asked by a POST only.
    """
    lang = lang_of(request.path)
    if request.headers.get("host", "").lower() not in hosts:
        return _said(HTTPStatus.FORBIDDEN, lang)
    found = _TOKEN.fullmatch(_parts(request.path).path)
    if found is None:
        return _said(HTTPStatus.NOT_FOUND, lang)
    if request.method in ("GET", "HEAD"):
        return _page(HTTPStatus.OK, lang, "title", "question", "button")
    if not _is_own(request.headers.get("origin"), hosts):
        return _said(HTTPStatus.FORBIDDEN, lang)
    if not leave(found[1]):
        return _said(HTTPStatus.NOT_FOUND, lang)
    return _page(HTTPStatus.OK, lang, "done", "left")


def lang_of(path: str) -> str:
    """The language of a frame that a link names; English where it names none."""
    named = parse_qs(_parts(path).query).get(LANG, [""])[0]
    return named if named in LANGS else LANGS[0]


def _parts(path: str) -> SplitResult:
    """A path and its query; both empty where it is none."""
    try:
        return urlsplit(path)
    except ValueError:
        return urlsplit("")


def _is_own(origin: str | None, hosts: frozenset[str]) -> bool:
    """Whether a form was on this page; mailboxes, which click by themselves, say nothing."""
    return origin is None or urlsplit(origin).netloc.lower() in hosts


def _said(status: HTTPStatus, lang: str = LANGS[0]) -> Answer:
    """A page that names nothing of what was asked."""
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return _page(status, lang, "later", "try_later")
    return _page(status, lang, "nothing", "nothing_here")


def _page(status: HTTPStatus, lang: str, title: str, words: str, button: str = "") -> Answer:
    """The page with these words of the frame, and a button where it has one."""
    said = frame_of(lang).table["leaving"]
    form = _FORM.format(said[button]) if button else ""
    page = _PAGE.format(lang=lang, title=said[title], words=said[words], form=form)
    return Answer(status, page.encode())


def host_names(web: WebSettings, port: int) -> frozenset[str]:
    """The names that the page may be asked by: of ``[web] public_url``, and of this machine."""
    public = {urlsplit(web.public_url).netloc.lower()} if web.public_url else set()
    return frozenset(public | {f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")})


@contextmanager
def serving(web: WebSettings, leave: Leave) -> Iterator[str]:
    """Serve the page while the block runs; the address it is at.

    Raises ``InputError`` where it cannot listen, or would be open to others under no name.
    """
    if not is_this_machine(web.host) and not web.public_url:
        raise InputError(
            f"[web] host {web.host} is open to other machines; set public_url to the https address "
            "at which they come, or leave host out"
        )
    server = _listening(web, leave)
    thread = threading.Thread(target=server.serve_forever, args=(0.2,), name="web", daemon=True)
    thread.start()
    try:
        yield f"http://{_shown(web.host)}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listening(web: WebSettings, leave: Leave) -> ThreadingHTTPServer:
    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
        daemon_threads = True

    class Answering(_Answering):
        def answer(self, request: Request) -> Answer:
            return answer(request, host_names(web, self.server.server_address[1]), leave)

    try:
        return Server((web.host, web.port), Answering)
    except (OSError, UnicodeError, OverflowError) as error:
        raise InputError(f"[web] cannot listen on {web.host}:{web.port}: {error}") from error


class _Answering(BaseHTTPRequestHandler, ABC):
    """Reads a request and writes an answer; whatever is wrong with it, the page is ours."""

    timeout = _SECONDS
    server_version = "monitor"
    sys_version = ""
    server: Any

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """What a request gets."""

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not self._read_body(headers.get("content-length", "0")):
            self._write(_said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            return
        try:
            self._write(self.answer(Request(self.command, self.path, headers)))
        except MonitorError as error:
            _log.error("unsubscribing failed: %s", error)
            self._write(_said(HTTPStatus.SERVICE_UNAVAILABLE, lang_of(self.path)))

    do_HEAD = do_POST = do_GET  # noqa: N815  the library's names

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The library's pages repeat what was asked; this one does not."""
        self._write(_said(HTTPStatus(code)))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: addresses of the page are secrets of subscribers."""

    def _read_body(self, length: str) -> bool:
        """Take what was sent, which is not looked at; False when it is too much."""
        if not length.isdecimal() or int(length) > _BODY_BYTES:
            return False
        self.rfile.read(int(length))
        return True

    def _write(self, written: Answer) -> None:
        self.close_connection = True
        self.send_response(written.status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(written.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(written.body)
