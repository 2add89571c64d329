"""A GET or a POST through the door: strict URL, checked address, total deadline, capped body."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType

import httpcore
import httpx

from monitor.errors import FetchError, UnansweredError
from monitor.http.addresses import Resolver, pair, resolve
from monitor.http.connecting import Connections, Deadline
from monitor.http.decoding import ACCEPTED, decoded, too_large
from monitor.http.pacing import Pacer

_REDIRECTS = {300, 301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
# A request that must not be sent twice has a connection of its own, which ends with it.
_ONCE = {"Connection": "close", "Accept-Encoding": "identity"}
_ANSWER_BYTES = 65_536
# Refusals that a page explains, and what reading it may cost.
_EXPLAINED = {403, 503}
_EXPLANATION_BYTES, _EXPLANATION_SECONDS = 300_000, 2.0
# Headers that stand once: of several the first counts, where others would be joined to a list.
_SINGLE = frozenset(
    (
        *(b"age", b"content-location", b"content-type", b"date", b"etag", b"expires"),
        *(b"last-modified", b"location", b"retry-after"),
    )
)
_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
_BYTES_SHOWN = re.compile(r"bytearray\(b(.*?)\)")


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
    and empty unless the status is a success, or 403 or 503: then it is the page that explains why,
    as far as it came soon.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """A GET under way: where it goes next, and what it has used of its limits.

    ``seconds`` were spent with servers, not with waiting for a turn; ``permanent`` holds while
    every redirect so far was a permanent one.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    redirects: int = 0
    moved_to: str | None = None
    permanent: bool = True

    @property
    def host(self) -> str:
        """Whose turn it takes; empty when the address cannot be read, which needs no turn."""
        try:
            return strict(self.url).host.rstrip(".")
        except FetchError:
            return ""

    def redirected(self, reply: Reply, seconds: float) -> Errand:
        """The errand to where ``reply`` points, ``seconds`` later."""
        url = str(_joined(httpx.URL(reply.url), reply.headers["location"]))
        permanent = self.permanent and reply.status in _PERMANENT
        return replace(
            self,
            url=url,
            seconds=self.seconds + seconds,
            redirects=self.redirects + 1,
            moved_to=url if permanent else self.moved_to,
            permanent=permanent,
        )


class Door:
    """The one way out. Threads may share it; each GET is bounded by ``limits``.

    ``get`` waits for each host's turn at ``pacer``; ``step`` leaves turns to whoever calls it.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_private: Iterable[str] = (),
        limits: Limits = Limits(),
        pacer: Pacer | None = None,
        resolver: Resolver = resolve,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.pacer = pacer or Pacer(0)
        self._limits = limits
        self._deadline = Deadline()
        allowed = frozenset(map(pair, allow_private))
        # Not httpx.Client: it keeps cookies, and reads where a redirect leads before we can.
        self._connections = Connections(allowed, resolver, self._deadline, ssl_context)
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
        self._connections.close()

    def get(self, url: str, headers: Mapping[str, str] = {}) -> Reply:
        """GET ``url``, following redirects; raises ``FetchError`` when nothing usable came back.

        Any final status is a reply, 304 and 404 included: what it means is the caller's to say.
        """
        answer: Reply | Errand = Errand(url, headers)
        while isinstance(answer, Errand):
            with self.pacer.turn(answer.host):
                answer = self.step(answer)
        return answer

    def step(self, errand: Errand) -> Reply | Errand:
        """One request of an errand whose host's turn the caller has taken.

        Its reply, or the errand to the address that it was redirected to, for which the turn of
        that address's host has to be taken. Raises ``FetchError`` as ``get`` does.
        """
        self._deadline.start(self._limits.seconds - errand.seconds)
        began = self._deadline.left()
        reply = self._asked(strict(errand.url), errand.headers)
        if reply.status not in _REDIRECTS or not reply.headers.get("location"):
            return replace(reply, moved_to=errand.moved_to)
        if errand.redirects == self._limits.redirects:
            raise FetchError(f"more than {self._limits.redirects} redirects", retry=True)
        return errand.redirected(reply, began - self._deadline.left())

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str] = {},
        answer_bytes: int = _ANSWER_BYTES,
    ) -> Reply:
        """POST ``body`` to ``url``, once: no redirect is followed and nothing is sent again.

        Any status is a reply, its body too where the server refuses; what is behind about so many
        bytes is left unread. Raises ``FetchError`` when nothing was sent, ``UnansweredError`` when
        it was and no answer came.
        """
        target = strict(url)
        stated = {**_ONCE, **headers, "Content-Length": str(len(body))}
        with self.pacer.turn(target.host.rstrip(".")):
            self._deadline.start(self._limits.seconds)
            try:
                with self._connections.answer(self._request(target, stated, body)) as response:
                    return self._answered(response, str(target), answer_bytes)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                raise FetchError(_sentence(error)) from error
            except httpcore.LocalProtocolError as error:
                raise FetchError(_sentence(error), retry=False) from error
            except httpcore.TimeoutException as error:
                raise UnansweredError(f"no answer within {self._limits.seconds:g} s") from error
            except (httpcore.NetworkError, httpcore.ProtocolError) as error:
                raise UnansweredError(_sentence(error)) from error

    def _answered(self, response: httpcore.Response, url: str, most: int) -> Reply:
        """The reply to a POST, of whose body the beginning is enough."""
        headers = _stated(response.headers)
        body = b""
        for chunk in self._body(response):
            body += chunk
            if len(body) >= most:
                break
        return Reply(response.status, url, headers, body)

    def _asked(self, target: httpx.URL, headers: Mapping[str, str]) -> Reply:
        try:
            with self._connections.answer(self._request(target, headers)) as response:
                return self._read(response, str(target))
        except httpcore.TimeoutException as error:
            raise FetchError(f"no answer within {self._limits.seconds:g} s") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchError(_sentence(error)) from error

    def _request(
        self, target: httpx.URL, headers: Mapping[str, str], body: bytes | None = None
    ) -> httpcore.Request:
        stated = [(b"Host", target.netloc)] + [
            (name.encode("ascii"), value.encode("latin-1", "replace"))
            for name, value in (self._headers | dict(headers)).items()
        ]
        address = httpcore.URL(
            scheme=target.raw_scheme,
            host=target.raw_host,
            port=target.port,
            target=target.raw_path,
        )
        method = "GET" if body is None else "POST"
        return httpcore.Request(method, address, headers=stated, content=body)

    def _read(self, response: httpcore.Response, url: str) -> Reply:
        headers = _stated(response.headers)
        is_read = 200 <= response.status < 300 or response.status == httpx.codes.NOT_MODIFIED
        coding = headers.get("content-encoding", "")
        if response.status in _EXPLAINED:
            return Reply(response.status, url, headers, self._explanation(response, coding))
        body = decoded(self._body(response), coding, self._limits.decoded_bytes) if is_read else b""
        return Reply(response.status, url, headers, body)

    def _explanation(self, response: httpcore.Response, coding: str) -> bytes:
        """The page of a refusal; the refusal stands whatever becomes of it."""
        self._deadline.start(min(self._deadline.left(), _EXPLANATION_SECONDS))
        try:
            return decoded(self._body(response), coding, _EXPLANATION_BYTES)
        except (FetchError, httpcore.TimeoutException, httpcore.NetworkError,
                httpcore.ProtocolError):  # fmt: skip
            return b""

    def _body(self, response: httpcore.Response) -> Iterator[bytes]:
        """The body as it arrives, still packed."""
        arrived = 0
        for chunk in response.iter_stream():
            arrived += len(chunk)
            if arrived > self._limits.raw_bytes:
                raise too_large(self._limits.raw_bytes)
            self._deadline.remaining()
            yield chunk


def _stated(raw: Iterable[tuple[bytes, bytes]]) -> httpx.Headers:
    """Headers with values in Latin-1."""
    first: set[bytes] = set()
    kept = []
    for name, value in raw:
        key = name.lower()
        if key not in first:
            kept.append((key, value))
        if key in _SINGLE:
            first.add(key)
    return httpx.Headers(kept, encoding="latin-1")


def strict(url: str) -> httpx.URL:
    """``url`` as httpx reads it; ``FetchError`` on what two readers might read differently."""
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise FetchError(f"{url!r} is no web address", retry=False)
    try:
        parsed = httpx.URL(url)
        is_web = parsed.scheme in ("http", "https") and bool(parsed.host)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(f"{url!r} is no web address ({error})", retry=False) from error
    if not is_web or not (parsed.port is None or 0 < parsed.port < 65536):
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


def _sentence(error: Exception) -> str:
    """What a network error means, for a footer."""
    told = _ERRNO.sub("", str(error).strip()) or type(error).__name__
    text = _BYTES_SHOWN.sub(r"\1", told)
    if isinstance(error, httpcore.ConnectError):
        return f"no connection ({text})"
    if isinstance(error, httpcore.RemoteProtocolError):
        return f"the server broke off or spoke no HTTP ({text})"
    return f"the request failed ({text})"
