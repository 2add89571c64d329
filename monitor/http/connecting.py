"""Connections to the address that was checked, timed by one deadline, and kept for a while."""

from __future__ import annotations

import ipaddress
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any

import httpcore
import httpx

from monitor.http.addresses import Allowed, Resolver, checked
from monitor.http.heads import Heads

# Longer, and a router on the way may have forgotten the connection without telling anyone.
_IDLE_SECONDS = 60.0
# Enough for every host of a large list of feeds, and far from what a process may hold open.
_MOST_IDLE = 256
# How a kept connection ends that the server gave up just as it was used again.
_HUNG_UP = (httpcore.ReadError, httpcore.WriteError, httpcore.RemoteProtocolError)

_Origin = tuple[bytes, bytes, int]


class Deadline(threading.local):
    """When the request of this thread has to be over."""

    at: float = float("inf")

    def start(self, seconds: float) -> None:
        """Count ``seconds`` from now."""
        self.at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, negative when it is past."""
        return self.at - time.monotonic()

    def remaining(self) -> float:
        """Seconds left; 0 would mean "do not block" to a socket, so a spent deadline raises."""
        left = self.left()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every read and write ends by the deadline, however slowly bytes drip.

    The heads of answers are put right on the way.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline
        self._heads = Heads()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._heads.passed(lambda: self._stream.read(max_bytes, self._deadline.remaining()))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._heads.expect()
        self._stream.write(buffer, self._deadline.remaining())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.remaining())
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to the address that was checked, so that a second look-up cannot change it."""

    def __init__(self, allowed: Allowed, resolver: Resolver, deadline: Deadline) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._deadline = deadline
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
        addresses = checked(host, port, self._allowed, self._resolve)
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            # Each has its share of the time, so that a dead address leaves some for the next.
            seconds = self._deadline.remaining() / left
            try:
                stream = self._backend.connect_tcp(
                    address, port, seconds, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure or httpcore.ConnectError(f"no address of {host} answers")

    def _resolve(self, host: str, port: int) -> Sequence[str]:
        """Look ``host`` up, by the deadline.

        The operating system's look-up cannot be broken off. So a thread of its own waits for it
        and is left behind when it takes too long: it ends when the system gives up (half a minute
        at most, usually), and being a daemon it keeps no program from ending.
        """
        if _is_numeric(host):
            return self._resolver(host, port)
        found: Future[Sequence[str]] = Future()
        looking = (found, self._resolver, host, port)
        threading.Thread(target=_look_up, args=looking, name="look up", daemon=True).start()
        if not wait([found], self._deadline.remaining()).done:
            raise httpcore.ConnectTimeout(f"looking up {host}")
        return found.result()


def _is_numeric(host: str) -> bool:
    """Whether ``host`` is an address already, which nobody needs to look up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(found: Future[Sequence[str]], resolver: Resolver, host: str, port: int) -> None:
    try:
        found.set_result(resolver(host, port))
    except BaseException as error:  # noqa: BLE001  it is raised by whoever asked
        found.set_exception(error)


class Connections:
    """Connections to any number of hosts; one that is idle is kept for the next request.

    httpcore's own pool looks at all its connections twice for each request, and asks the system
    about every idle one, which is most of the cost of a request from fifty connections on. Since
    a host is asked once at a time, one idle connection for each is enough.
    """

    def __init__(
        self,
        allowed: Allowed,
        resolver: Resolver,
        deadline: Deadline,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._backend = _GuardedBackend(allowed, resolver, deadline)
        self._given_context = ssl_context
        self._guard = threading.Lock()
        self._idle: OrderedDict[_Origin, httpcore.HTTPConnection] = OrderedDict()
        self._is_closed = False

    @contextmanager
    def answer(self, request: httpcore.Request) -> Iterator[httpcore.Response]:
        """Send ``request``; a connection whose answer was read to its end is kept afterwards.

        Raises httpcore's errors, and those of ``checked`` for the host.
        """
        origin = (request.url.scheme, request.url.host, request.url.origin.port)
        connection, response = self._asked(origin, request)
        try:
            yield response
        finally:
            response.close()
            if connection.is_idle():
                self._keep(origin, connection)

    def close(self) -> None:
        """Close what is idle, and everything else as soon as it becomes so."""
        with self._guard:
            self._is_closed = True
            idle = list(self._idle.values())
            self._idle.clear()
        _close(idle)

    def _asked(
        self, origin: _Origin, request: httpcore.Request
    ) -> tuple[httpcore.HTTPConnection, httpcore.Response]:
        # A kept connection may turn out to be closed, and a POST must not be sent again.
        if request.method != b"POST" and (kept := self._kept(origin)):
            with suppress(*_HUNG_UP):
                return kept, kept.handle_request(request)
        fresh = self._made(request.url.origin)
        return fresh, fresh.handle_request(request)

    def _kept(self, origin: _Origin) -> httpcore.HTTPConnection | None:
        """A connection that is still open; None when there is none."""
        with self._guard:
            connection = self._idle.pop(origin, None)
        if connection is not None and connection.has_expired():
            connection.close()
            return None
        return connection

    def _made(self, origin: httpcore.Origin) -> httpcore.HTTPConnection:
        return httpcore.HTTPConnection(
            origin,
            ssl_context=self._ssl_context if origin.scheme == b"https" else None,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=self._backend,
        )

    @cached_property
    def _ssl_context(self) -> ssl.SSLContext:
        """Who is trusted; read when the first https address is asked, for it takes a while."""
        return self._given_context or httpx.create_ssl_context(trust_env=False)

    def _keep(self, origin: _Origin, connection: httpcore.HTTPConnection) -> None:
        with self._guard:
            surplus = [self._idle.pop(origin)] if origin in self._idle else []
            self._idle[origin] = connection
            while self._idle and (self._is_closed or self._is_too_much()):
                surplus.append(self._idle.popitem(last=False)[1])
        _close(surplus)

    def _is_too_much(self) -> bool:
        longest_idle = next(iter(self._idle.values()))
        return len(self._idle) > _MOST_IDLE or longest_idle.has_expired()


def _close(connections: Iterable[httpcore.HTTPConnection]) -> None:
    for connection in connections:
        connection.close()
