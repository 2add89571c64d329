"""Which entry is which article: guid, then link, then title. Pure.

A feed may change its guids, flip http to https, add tracking parameters or show an entry twice;
an article is known by any of its keys, and every key once seen stays with it.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qsl, urlencode, urlsplit

from w3lib.url import canonicalize_url

from monitor.model import Entry, Feed, Finding, FindingKind, KnownArticle
from monitor.text.fingerprint import revision_hash


@dataclass(frozen=True, slots=True)
class _Rendering:
    """What in a URL names a rendering or a visitor instead of an article."""

    parameters: frozenset[str]
    prefixes: tuple[str, ...]
    host_labels: frozenset[str]
    path_parts: frozenset[str]


@cache
def _rendering() -> _Rendering:
    rows = tomllib.loads(files("monitor.collect").joinpath("data/tracking.toml").read_text("utf-8"))
    return _Rendering(
        parameters=frozenset(rows["parameters"]),
        prefixes=tuple(name[:-1] for name in rows["parameters"] if name.endswith("*")),
        host_labels=frozenset(rows["host_labels"]),
        path_parts=frozenset(rows["path_parts"]),
    )


def canonical(url: str) -> str:
    """The part of ``url`` that names the article: no scheme, no tracking, no rendering, sorted query.

    ``https://www.News.example:443/amp/kz/rail?utm_source=x`` -> ``news.example/kz/rail``
    """
    rendering = _rendering()
    try:
        parts = urlsplit(canonicalize_url(url.strip()))
        port = parts.port
    except ValueError:
        return url.strip()
    labels = (parts.hostname or "").rstrip(".").split(".")
    if len(labels) > 2 and labels[0] in rendering.host_labels:
        labels = labels[1:]
    host = ".".join(labels) + (f":{port}" if port not in (None, 80, 443) else "")
    segments = [part for part in parts.path.split("/") if part and part not in rendering.path_parts]
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)
                       if not _tracks(name, rendering)])  # fmt: skip
    return "/".join([host, *segments]) + (f"?{query}" if query else "")


def _tracks(name: str, rendering: _Rendering) -> bool:
    return name in rendering.parameters or name.startswith(rendering.prefixes)


def keys(entries: Sequence[Entry], feed: Feed, site: str | None = None) -> list[tuple[str, ...]]:
    """The keys of each entry of one document, strongest first.

    A guid that stands at several links identifies nothing, nor does a link to the front page
    (``site``) or to the feed itself.
    """
    vague = {canonical(url) for url in (site, feed.url) if url}
    links_of: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.id and entry.link:
            links_of[_blind(entry.id)].add(canonical(entry.link))
    return [_keys(entry, feed, vague, links_of) for entry in entries]


def _keys(
    entry: Entry, feed: Feed, vague: set[str], links_of: Mapping[str, set[str]]
) -> tuple[str, ...]:
    found = []
    if entry.id and len(links_of[_blind(entry.id)] - vague) < 2:
        found.append(f"guid:{feed.id}:{_digest(_blind(entry.id))}")
    if entry.link and (link := canonical(entry.link)) not in vague:
        found.append(f"link:{link}" if len(link) < 500 else f"link:{_digest(link)}")
    if not found:
        found.append(f"title:{feed.id}:{_digest(entry.title.casefold())}")
    return tuple(found)


def _blind(guid: str) -> str:
    """A guid that is an address, without what may flip: the scheme, ``www`` and tracking."""
    return canonical(guid) if guid.startswith(("http://", "https://")) else guid


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


def fold(
    entries: Sequence[Entry],
    entry_keys: Sequence[tuple[str, ...]],
    known: Mapping[str, KnownArticle],
    *,
    newest_old: datetime,
    lang: str = "und",
) -> list[Finding]:
    """What each entry is: new, changed or known; a twin within the document is folded into the first.

    Entries stated to be older than ``newest_old`` are backlog: kept and judged, never eligible.
    """
    findings: list[Finding] = []
    here: set[str] = set()
    for entry, its_keys in zip(entries, entry_keys, strict=True):
        if here.isdisjoint(its_keys):
            findings.append(_finding(entry, its_keys, known, newest_old, lang))
        here.update(its_keys)
    return _one_per_article(findings)


def _finding(
    entry: Entry,
    its_keys: tuple[str, ...],
    known: Mapping[str, KnownArticle],
    newest_old: datetime,
    lang: str,
) -> Finding:
    article = next((known[key] for key in its_keys if key in known), None)
    digest = revision_hash(entry.title, entry.summary, entry.text)
    stated = entry.published or entry.updated
    return Finding(
        kind=_kind(article, digest),
        entry=entry,
        url=entry.link or _guid_as_url(entry) or its_keys[0],
        keys=its_keys,
        hash=digest,
        article_id=article.id if article else None,
        backlog=stated is not None and stated < newest_old,
        lang=lang,
    )


def _kind(article: KnownArticle | None, digest: str) -> FindingKind:
    if article is None:
        return FindingKind.NEW
    return FindingKind.SAME if digest in article.hashes else FindingKind.CHANGED


def _guid_as_url(entry: Entry) -> str | None:
    return entry.id if entry.id and entry.id.startswith(("http://", "https://")) else None


def _one_per_article(findings: Iterable[Finding]) -> list[Finding]:
    """Two entries may lead to one stored article by different keys; the first speaks for it."""
    seen: set[int] = set()
    kept = []
    for finding in findings:
        if finding.article_id is None or finding.article_id not in seen:
            kept.append(finding)
        if finding.article_id is not None:
            seen.add(finding.article_id)
    return kept


def oldest_news(feed: Feed, now: datetime, backlog: timedelta) -> datetime:
    """The time before which an entry that turns up now is backlog.

    Counted from the last poll that worked, so that a monitor that slept a week loses nothing.
    """
    return (feed.succeeded_at or now) - backlog
