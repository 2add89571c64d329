"""Web addresses as the names of articles: what of a URL tells one article from another.

The keys are those that the store knows an article by; whoever asks for an article by its address
makes them in the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit

from w3lib.url import canonicalize_url

from monitor.text.fingerprint import short_hash
from monitor.text.tables import table

# A longer link is stored as its hash.
_LONGEST_KEY = 500
# Most addresses: in canonical letters, nothing escaped. They need no parser.
_PLAIN = re.compile(
    r"https?://([a-z0-9]+(?:[.-][a-z0-9]+)+(?::(?:[1-9]\d{1,3}|[1-5]\d{4}))?)"
    r"((?:/[A-Za-z0-9_~-][\w~.-]*)*/?)(?:\?([\w~.&=-]*))?",
    re.A,
)
# A visitor's number, which old servers of Java put into the path.
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.I)


@dataclass(frozen=True, slots=True)
class _Rendering:
    """What in a URL names a rendering or a visitor instead of an article.

    ``answers`` are parameters with their value, ``=value`` for any parameter with it.
    """

    parameters: frozenset[str]
    prefixes: tuple[str, ...]
    answers: frozenset[str]
    host_labels: frozenset[str]
    path_parts: frozenset[str]
    ending: str


@cache
def _rendering() -> _Rendering:
    rows = table("tracking")
    return _Rendering(
        parameters=frozenset(name.lower() for name in rows["parameters"]),
        prefixes=tuple(name[:-1].lower() for name in rows["parameters"] if name.endswith("*")),
        answers=frozenset(rows["answers"]),
        host_labels=frozenset(rows["host_labels"]),
        path_parts=frozenset(rows["path_parts"]),
        ending=rows["ending"],
    )


# The keys of an entry, its guid and its publisher all come from the same address or two; so many
# are those of the feeds that are written down together.
@lru_cache(maxsize=2048)
def canonical(url: str) -> str:
    """The part of ``url`` that names the article: no scheme, tracking or rendering, sorted query.

    ``https://www.News.example:443/amp/kz/rail?utm_source=x`` -> ``news.example/kz/rail``
    """
    rendering = _rendering()
    if plain := _PLAIN.fullmatch(url):
        site, path, stated = plain.groups()
        site = site.removesuffix(":80").removesuffix(":443") if ":" in site else site
        named = "/".join([_naming(site, rendering), *_segments(path, rendering)])
        return named + _query(stated, rendering) if stated else named
    try:
        parts = urlsplit(canonicalize_url(url.strip(), keep_fragments=True))
        port = parts.port
    except ValueError:
        return url.strip()
    host = _naming((parts.hostname or "").rstrip("."), rendering)
    host += f":{port}" if port not in (None, 80, 443) else ""
    segments = _segments(_SESSION.sub("", parts.path), rendering)
    # A fragment names a place in the article, but a "hashbang" names the article.
    bang = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    return "/".join([host, *segments]) + _query(parts.query, rendering) + bang


def _naming(host: str, rendering: _Rendering) -> str:
    """The host without a label for a rendering, such as ``www`` or ``m``."""
    label, _, rest = host.partition(".")
    return rest if "." in rest and label in rendering.host_labels else host


def _segments(path: str, rendering: _Rendering) -> list[str]:
    parts = [part for part in path.split("/") if part and part not in rendering.path_parts]
    return [*parts[:-1], *(part.removesuffix(rendering.ending) for part in parts[-1:])]


def _query(stated: str, rendering: _Rendering) -> str:
    """What of a query names the article, sorted, with its question mark; empty for nothing."""
    pairs = sorted(parse_qsl(stated, keep_blank_values=True))
    query = urlencode([pair for pair in pairs if not _tracks(*pair, rendering)])
    return f"?{query}" if query else ""


def _tracks(name: str, value: str, rendering: _Rendering) -> bool:
    name, value = name.lower(), value.lower()
    if name in rendering.parameters or name.startswith(rendering.prefixes):
        return True
    return f"={value}" in rendering.answers or f"{name}={value}" in rendering.answers


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
