"""Which entry is which article: by link, then guid, then title. Pure.

A feed may change its guids, flip http to https, add tracking parameters or show an entry twice;
an article is known by any of its keys, and every key once seen stays with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import Entry, Feed, Finding, FindingKind, KnownArticle
from monitor.text.fingerprint import revision_hash, short_hash
from monitor.text.urls import canonical, guid_key, link_key, steady


def keys(entries: Sequence[Entry], feed: Feed, site: str | None = None) -> list[tuple[str, ...]]:
    """The keys of each entry of one document, strongest first: link, guid, title.

    A guid that stands at several places identifies nothing, nor does a link to the front page
    (``site``) or to the feed itself.
    """
    vague = {canonical(url) for url in (site, feed.url) if url}
    links = [_telling_link(entry, vague) for entry in entries]
    places: dict[str, set[str]] = defaultdict(set)
    for entry, link in zip(entries, links, strict=True):
        if entry.id:
            places[steady(entry.id)].add(link or entry.title)
    return [
        _keys(entry, feed, link, len(places[steady(entry.id or "")]) < 2)
        for entry, link in zip(entries, links, strict=True)
    ]


def _telling_link(entry: Entry, vague: set[str]) -> str | None:
    link = canonical(entry.link) if entry.link else None
    return None if link in vague else link


def _keys(entry: Entry, feed: Feed, link: str | None, is_guid_unique: bool) -> tuple[str, ...]:
    found = []
    if link:
        found.append(link_key(link))
    if entry.id and is_guid_unique:
        found.append(guid_key(feed.id, entry.id))
    if not found:
        found.append(f"title:{feed.id}:{short_hash(entry.title.casefold())}")
    return tuple(found)


def fold(
    entries: Sequence[Entry],
    entry_keys: Sequence[tuple[str, ...]],
    known: Mapping[str, KnownArticle],
    *,
    newest_old: datetime,
    lang: str = "und",
) -> list[Finding]:
    """What each entry is: new, changed or known; the first of twins in one document speaks for all.

    Entries stated to be older than ``newest_old`` are backlog: kept and judged, never eligible.
    """
    findings: list[Finding] = []
    here: dict[str | int, int] = {}
    for entry, its_keys in zip(entries, entry_keys, strict=True):
        finding = _finding(entry, its_keys, known, newest_old, lang)
        marks: tuple[str | int, ...] = its_keys
        if finding.article_id is not None:
            marks = (*its_keys, finding.article_id)
        twin = next((here[mark] for mark in marks if mark in here), None)
        if twin is None:
            twin = len(findings)
            findings.append(finding)
        else:
            findings[twin] = _with_keys(findings[twin], its_keys)
        here.update(dict.fromkeys(marks, twin))
    return findings


def _with_keys(finding: Finding, more: tuple[str, ...]) -> Finding:
    """Every key once seen stays with its article, a twin's too."""
    return replace(finding, keys=tuple(dict.fromkeys((*finding.keys, *more))))


def _finding(
    entry: Entry,
    its_keys: tuple[str, ...],
    known: Mapping[str, KnownArticle],
    newest_old: datetime,
    lang: str,
) -> Finding:
    digest = revision_hash(entry.title, entry.summary, entry.text)
    article = _known_article(its_keys, digest, known)
    stated = entry.published or entry.updated
    return Finding(
        kind=_kind(article, digest),
        entry=entry,
        url=entry.link or _guid_as_url(entry) or its_keys[0],
        keys=its_keys,
        hash=digest,
        article_id=article.id if article else None,
        revises=_revises(article, entry, digest),
        backlog=stated is not None and stated < newest_old,
        lang=lang,
    )


def _known_article(
    its_keys: tuple[str, ...], digest: str, known: Mapping[str, KnownArticle]
) -> KnownArticle | None:
    """The article behind the strongest known key.

    A known guid at a link never seen is the same article only in the same words: some feeds
    number their entries anew at every turn, and to lose news is worse than to see it twice.
    """
    strongest, *weaker = its_keys
    if strongest in known:
        return known[strongest]
    article = next((known[key] for key in weaker if key in known), None)
    return article if article and digest in article.hashes else None


def _kind(article: KnownArticle | None, digest: str) -> FindingKind:
    if article is None or not article.carried:
        return FindingKind.NEW
    return FindingKind.SAME if digest in article.hashes else FindingKind.CHANGED


def _revises(article: KnownArticle | None, entry: Entry, digest: str) -> bool:
    """Whether the wording takes the place of the current one.

    The feed that speaks for an article may edit it; another's wording counts where it says more,
    so that a feed of teasers and one of full texts do not take turns.
    """
    if article is None or digest in article.hashes:
        return False
    return article.speaks or _length(entry) > article.length


def _length(entry: Entry) -> int:
    return len(entry.title) + len(entry.summary) + len(entry.text)


def _guid_as_url(entry: Entry) -> str | None:
    return entry.id if entry.id and entry.id.startswith(("http://", "https://")) else None


def oldest_news(feed: Feed, now: datetime, backlog: timedelta) -> datetime:
    """The time before which an entry that turns up now is backlog.

    Counted from the last poll that worked, so that a monitor that slept a week loses nothing.
    """
    return (feed.succeeded_at or now) - backlog
