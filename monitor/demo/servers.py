"""Two loopback servers: one answers as the recorded outlets did, one takes mail."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_TYPES = {".json": "application/feed+json", ".html": "text/html; charset=utf-8"}
_SELF = re.compile(
    rb"<(?:\w+:)?link\b(?=[^<>]{0,2000}\brel=[\"']self[\"'])[^<>]{0,2000}\bhref=[\"']([^\"'<>]+)",
    re.I,
)
_SITE = re.compile(rb"<link>\s*(https?://[^<\s]+)\s*</link>", re.I)


@dataclass(frozen=True, slots=True)
class Document:
    """What a feed answers at the moment."""

    body: bytes
    suffix: str


class FeedServer:
    """Answers ``/<name>`` with the current document of each feed, conditional requests included."""

    def __init__(self) -> None:
        self.documents: Mapping[str, Document] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._answering())
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def url(self, name: str) -> str:
        """Where the feed ``name`` is served."""
        return f"http://{self.address}/{quote(name)}"

    @contextmanager
    def serving(self) -> Iterator[FeedServer]:
        """Serve while the block runs."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def _answering(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                document = server.documents.get(unquote(self.path.removeprefix("/")))
                if document is None:
                    self._send(404, b"", {})
                    return
                etag = f'"{hashlib.sha256(document.body).hexdigest()[:16]}"'
                if self.headers.get("If-None-Match") == etag:
                    self._send(304, b"", {"ETag": etag})
                    return
                self._send(200, document.body, {"ETag": etag, **_headers(document)})

            def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: the demo prints what matters."""

        return Answering


def _headers(document: Document) -> dict[str, str]:
    """The type, and the address the document had originally, as the base of its links."""
    headers = {"Content-Type": _TYPES.get(document.suffix, "application/xml")}
    if origin := _SELF.search(document.body) or _SITE.search(document.body):
        headers["Content-Location"] = quote(
            origin[1].decode("utf-8", "replace"), safe=":/?#&=%;,+~@!$'()*[]"
        )
    return headers


class MailSink:
    """A real SMTP server that keeps what it is sent."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        self.port = _free_port()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd, which chose the name."""
        content = envelope.content or b""
        self.messages.append(content if isinstance(content, bytes) else content.encode())
        return "250 kept"

    @contextmanager
    def serving(self) -> Iterator[MailSink]:
        """Take mail while the block runs."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
