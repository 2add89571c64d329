"""Web addresses as the names of articles: what of a URL tells one article from another.

The keys are those that the store knows an article by; whoever asks for an article by its address
makes them in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from w3lib.url import canonicalize_url

from monitor.text.fingerprint import short_hash
from monitor.text.tables import table

# A longer link is stored as its hash.
_LONGEST_KEY = 500


@dataclass(frozen=True, slots=True)
class _Rendering:
    """What in a URL names a rendering or a visitor instead of an article."""

    parameters: frozenset[str]
    prefixes: tuple[str, ...]
    host_labels: frozenset[str]
    path_parts: frozenset[str]


@cache
def _rendering() -> _Rendering:
    rows = table("tracking")
    return _Rendering(
        parameters=frozenset(name.lower() for name in rows["parameters"]),
        prefixes=tuple(name[:-1].lower() for name in rows["parameters"] if name.endswith("*")),
        host_labels=frozenset(rows["host_labels"]),
        path_parts=frozenset(rows["path_parts"]),
    )


def canonical(url: str) -> str:
    """The part of ``url`` that names the article: no scheme, tracking or rendering, sorted query.

    ``https://www.News.example:443/amp/kz/rail?utm_source=x`` -> ``news.example/kz/rail``
    """
    rendering = _rendering()
    try:
        parts = urlsplit(canonicalize_url(url.strip(), keep_fragments=True))
        port = parts.port
    except ValueError:
        return url.strip()
    labels = (parts.hostname or "").rstrip(".").split(".")
    if len(labels) > 2 and labels[0] in rendering.host_labels:
        labels = labels[1:]
    host = ".".join(labels) + (f":{port}" if port not in (None, 80, 443) else "")
    segments = [part for part in parts.path.split("/") if part and part not in rendering.path_parts]
    stated = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(name, value) for name, value in stated if not _tracks(name, rendering)])
    # A fragment names a place in the article, but a "hashbang" names the article.
    bang = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return "/".join([host, *segments]) + (f"?{query}" if query else "") + bang


def _tracks(name: str, rendering: _Rendering) -> bool:
    name = name.lower()
    return name in rendering.parameters or name.startswith(rendering.prefixes)


def link_key(link: str) -> str:
    """The identity key of an article at ``link``, which must be canonical."""
    return f"link:{link}" if len(link) < _LONGEST_KEY else f"link:{short_hash(link)}"


def guid_key(feed_id: int, guid: str) -> str:
    """The identity key of an entry that the feed calls ``guid``."""
    return f"guid:{feed_id}:{short_hash(steady(guid))}"


def steady(guid: str) -> str:
    """A guid that is an address, without what may flip: the scheme, ``www`` and tracking."""
    return canonical(guid) if guid.startswith(("http://", "https://")) else guid


def host(url: str) -> str:
    """The host of a URL as canonical ones have it: ``https://www.a.example/b`` -> ``a.example``."""
    return canonical(url).partition("/")[0].partition("?")[0].partition("#")[0]
