"""A GET through the door: strict URL, checked address, total deadline, capped body."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

import httpcore
import httpx

from monitor.errors import FetchError
from monitor.http.addresses import Allowed, Resolver, checked, pair, resolve
from monitor.http.decoding import ACCEPTED, decode, too_large
from monitor.http.pacing import Pacer

_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost: bytes as sent and unpacked, hops, seconds over all hops."""

    raw_bytes: int = 10_000_000
    decoded_bytes: int = 10_000_000
    redirects: int = 5
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; ``url`` is where, ``moved_to`` is set by permanent redirects.

    Header values are Latin-1, so that they can be sent back byte for byte. ``body`` is unpacked,
    and empty unless the status is a success.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    moved_to: str | None = None


class _Deadline(threading.local):
    """When the request of this thread has to be over."""

    at: float = float("inf")


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every read and write ends by the deadline, however slowly bytes drip."""

    def __init__(self, stream: httpcore.NetworkStream, remaining: Callable[[], float]) -> None:
        self._stream = stream
        self._remaining = remaining

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._remaining())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._remaining())
        return _TimedStream(secured, self._remaining)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to the address that was checked, so that a second look-up cannot change it."""

    def __init__(
        self, allowed: Allowed, resolver: Resolver, remaining: Callable[[], float]
    ) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._remaining = remaining
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in checked(host, port, self._allowed, self._resolver):
            try:
                stream = self._backend.connect_tcp(
                    address, port, self._remaining(), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._remaining)
        raise failure or httpcore.ConnectError(f"no address of {host} answers")


class _GuardedTransport(httpx.HTTPTransport):
    """httpx's transport on a guarded pool; httpx offers no public way to hand one in."""

    def __init__(
        self, backend: httpcore.NetworkBackend, connections: int, ssl_context: ssl.SSLContext
    ) -> None:
        super().__init__(verify=ssl_context, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=connections,
            max_keepalive_connections=connections,
            network_backend=backend,
        )


class Door:
    """The one way out. Threads may share it; each request is bounded by ``limits``."""

    def __init__(
        self,
        *,
        user_agent: str,
        allow_private: Iterable[str] = (),
        limits: Limits = Limits(),
        pacer: Pacer | None = None,
        resolver: Resolver = resolve,
        connections: int = 8,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._pacer = pacer or Pacer(0)
        self._deadline = _Deadline()
        backend = _GuardedBackend(frozenset(map(pair, allow_private)), resolver, self._remaining)
        # Not httpx.Client: it keeps cookies, and reads where a redirect leads before we can.
        self._transport = _GuardedTransport(
            backend, connections, ssl_context or httpx.create_ssl_context(trust_env=False)
        )
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "*/*",
            "Accept-Encoding": ACCEPTED,
            "Connection": "keep-alive",
        }

    def __enter__(self) -> Door:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def get(self, url: str, headers: Mapping[str, str] = {}) -> Reply:
        """GET ``url``, following redirects; raises ``FetchError`` when nothing usable came back.

        Any final status is a reply, 304 and 404 included: what it means is the caller's to say.
        """
        moved_to, permanent = None, True
        left = self._limits.seconds
        for _ in range(self._limits.redirects + 1):
            target = strict(url)
            reply, left = self._hop(target, headers, left)
            location = reply.headers.get("location")
            if reply.status not in _REDIRECTS or not location:
                return replace(reply, moved_to=moved_to)
            url = str(_joined(target, location))
            permanent = permanent and reply.status in _PERMANENT
            moved_to = url if permanent else moved_to
        raise FetchError(f"more than {self._limits.redirects} redirects", retry=True)

    def _remaining(self) -> float:
        """Seconds left; 0 would mean "do not block" to a socket, so a spent deadline raises."""
        left = self._deadline.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left

    def _hop(
        self, target: httpx.URL, headers: Mapping[str, str], seconds: float
    ) -> tuple[Reply, float]:
        """One request, and the seconds left after it; waiting for one's turn does not count."""
        request = self._request(target, headers)
        with self._pacer.turn(target.host):
            self._deadline.at = time.monotonic() + seconds
            try:
                with closing(self._transport.handle_request(request)) as response:
                    reply = self._read(response, str(target))
            except (httpx.TimeoutException, httpcore.TimeoutException) as error:
                raise FetchError(f"no answer within {self._limits.seconds:g} s") from error
            except httpx.HTTPError as error:
                raise FetchError(_sentence(error)) from error
            return reply, self._deadline.at - time.monotonic()

    def _request(self, target: httpx.URL, headers: Mapping[str, str]) -> httpx.Request:
        sent = [
            (name.encode("ascii"), value.encode("latin-1", "replace"))
            for name, value in (self._headers | dict(headers)).items()
        ]
        seconds = dict.fromkeys(("connect", "read", "write", "pool"), self._limits.seconds)
        return httpx.Request("GET", target, headers=sent, extensions={"timeout": seconds})

    def _read(self, response: httpx.Response, url: str) -> Reply:
        response.headers.encoding = "latin-1"
        is_read = response.is_success or response.status_code == httpx.codes.NOT_MODIFIED
        body = self._body(response) if is_read else b""
        return Reply(response.status_code, url, response.headers, body)

    def _body(self, response: httpx.Response) -> bytes:
        raw = bytearray()
        for chunk in response.iter_raw():
            raw += chunk
            if len(raw) > self._limits.raw_bytes:
                raise too_large(self._limits.raw_bytes)
            self._remaining()
        coding = response.headers.get("content-encoding", "")
        return decode(bytes(raw), coding, self._limits.decoded_bytes) if raw else b""


def strict(url: str) -> httpx.URL:
    """``url`` as httpx reads it; ``FetchError`` on what two readers might read differently."""
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise FetchError(f"{url!r} is no web address", retry=False)
    try:
        parsed = httpx.URL(url)
        is_web = parsed.scheme in ("http", "https") and bool(parsed.host)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"{url!r} is no web address ({error})", retry=False) from error
    if not is_web or not 0 < (parsed.port or 80) < 65536:
        raise FetchError(f"{url!r} is no http or https address", retry=False)
    if parsed.userinfo:
        raise FetchError("an address with a user name in it is not fetched", retry=False)
    return parsed


def _joined(base: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads; servers write letters outside ASCII as bare UTF-8."""
    stated = location.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        return base.join(stated.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f'a redirect leads to "{location}", which is no address') from error


def _sentence(error: httpx.HTTPError) -> str:
    """What a network error means, for a footer."""
    text = str(error).strip() or type(error).__name__
    if isinstance(error, httpx.ConnectError):
        return f"no connection ({text})"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"the server broke off or spoke no HTTP ({text})"
    return f"the request failed ({text})"
