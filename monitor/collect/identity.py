"""Which entry is which article: by link, then guid, then aliases and title. Pure.

A feed may change its guids, flip http to https, add tracking parameters, move to another domain
or show an entry twice; an article is known by any of its keys, and every key once seen stays with
it. Where an entry might be either, an edit or news, it is an edit only on evidence: to lose news
is worse than to see it twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qsl

from monitor.collect.attribution import sought, told
from monitor.model import Entry, Feed, Finding, FindingKind, KnownArticle
from monitor.text.fingerprint import revision_hash, short_hash
from monitor.text.urls import canonical, guid_key, link_key, steady

# A guid shorter than this may be a counter that begins anew.
_TELLING_GUID = 8
_ALIKE_WORDS, _ALIKE_SHARE, _UNLIKE_SHARE = 4, 0.5, 0.25
_TELLING_TEXT = 80
# Entries without a date that a first document, or a whole archive, may bring as news.
_UNDATED_NEWS = 100


def keys(entries: Sequence[Entry], feed: Feed, site: str | None = None) -> list[tuple[str, ...]]:
    """The keys of each entry of one document, strongest first: link, guid, title.

    A guid that stands at several places identifies nothing, nor does a link to the front page
    (``site``), to the feed itself, or to a page that entries share which tell of different things
    and have no guid in common that is more than that link. Entries that were seen before count as
    places, and need no keys of their own.
    """
    vague = {canonical(url) for url in (site, feed.url) if url}
    news = {name for entry in entries if not entry.seen for name in (entry.id, entry.link) if name}
    places: dict[str, set[str]] = defaultdict(set)
    links: list[str | None] = []
    for entry in entries:
        # Only where a guid or a link is used again does it matter what a known entry's is.
        matters = not entry.seen or entry.id in news or entry.link in news
        links.append(_telling_link(entry, vague) if matters else None)
        if entry.id and matters:
            places[steady(entry.id)].add(links[-1] or entry.title or entry.stamp)
    repeated = {guid for guid, its_places in places.items() if len(its_places) > 1}
    crowded = _crowded(entries, links, repeated)
    return [
        () if entry.seen else _keys(entry, feed, link, repeated, is_crowded=link in crowded)
        for entry, link in zip(entries, links, strict=True)
    ]


def _crowded(
    entries: Sequence[Entry], links: Sequence[str | None], repeated: set[str]
) -> set[str | None]:
    """The links behind which a document has several articles, by titles and guids."""
    at: dict[str | None, list[Entry]] = defaultdict(list)
    for entry, link in zip(entries, links, strict=True):
        if link and not (entry.id and steady(entry.id) in repeated):
            at[link].append(entry)
    return {
        link
        for link, some in at.items()
        if any(_are_different(one, other) for one, other in pairwise(some))
    }


def _are_different(one: Entry, other: Entry) -> bool:
    name = _own_name(one)
    if name is not None and name == _own_name(other):
        return False
    return _said(one.title) != _said(other.title) and not _is_alike(one.title, other.title)


def _own_name(entry: Entry) -> str | None:
    """The guid of an entry where it says more than its link."""
    return steady(entry.id) if entry.id and entry.id != entry.link else None


def _telling_link(entry: Entry, vague: set[str]) -> str | None:
    link = canonical(entry.link) if entry.link else None
    return None if link in vague else link


def _keys(
    entry: Entry, feed: Feed, link: str | None, repeated: set[str], *, is_crowded: bool
) -> tuple[str, ...]:
    found = []
    if link and not is_crowded:
        found.append(link_key(link))
    names_page = is_crowded and _own_name(entry) is None
    if entry.id and not names_page and not (repeated and steady(entry.id) in repeated):
        found.append(guid_key(feed.id, entry.id))
    if link and is_crowded:
        # Behind a link that entries share, other feeds know an article by its title.
        found.append(link_key(f"{link}#{short_hash(_said(entry.title))}"))
    if not found:
        found.append(f"title:{feed.id}:{short_hash(entry.title.casefold())}")
    return tuple(found)


def aliases(entry: Entry, its_keys: tuple[str, ...], feed: Feed) -> tuple[str, ...]:
    """Weaker keys, by which an article is known that had only one strong key and lost it.

    Without a guid that is the link without its host; without a link, title and date; without
    both, the text.
    """
    found = []
    if path := _path(its_keys[0]):
        found.append(f"path:{feed.id}:{short_hash(path)}")
    if entry.published and entry.title:
        stated = f"{entry.title.casefold()}|{entry.published.isoformat()}"
        found.append(f"said:{feed.id}:{short_hash(stated)}")
    if its_keys[0].startswith("title:") and len(entry.summary + entry.text) >= _TELLING_TEXT:
        found.append(f"text:{feed.id}:{short_hash(revision_hash('', entry.summary, entry.text))}")
    return tuple(found)


def asked(
    entries: Sequence[Entry], entry_keys: Sequence[tuple[str, ...]], feed: Feed
) -> Iterator[str]:
    """The keys by which ``fold`` needs to know stored articles."""
    for entry, its_keys in zip(entries, entry_keys, strict=True):
        if not entry.seen:
            yield from its_keys
            yield from aliases(entry, its_keys, feed)
            yield from sought(entry)


def _path(key: str) -> str:
    """What of a link's key names the article on its host; empty for any other key."""
    kind, _, link = key.partition(":")
    return link.partition("/")[2] if kind == "link" else ""


def fold(
    entries: Sequence[Entry],
    entry_keys: Sequence[tuple[str, ...]],
    known: Mapping[str, KnownArticle],
    *,
    newest_old: datetime,
    lang: str = "und",
    feed: Feed | None = None,
) -> list[Finding]:
    """What each entry is: new, changed or known; the first of twins in one document speaks for all.

    Entries that were seen in the feed's last document are passed over. Those stated to be older
    than ``newest_old`` are backlog: kept and judged, never eligible; so are the undated ones of a
    whole archive. With ``feed``, articles are also known by the aliases of an entry.
    """
    shown = {key for its_keys in entry_keys for key in its_keys}
    fresh = [
        (entry, its_keys)
        for entry, its_keys in zip(entries, entry_keys, strict=True)
        if not entry.seen
    ]
    guids_last = not any(_has_new_guid(*each, known) for each in fresh)
    findings: list[Finding] = []
    here: dict[str | int, int] = {}
    undated = 0
    for (entry, its_keys), others in zip(fresh, _all_aliases(fresh, feed), strict=True):
        article = _known_article(entry, its_keys, known, guids_last=guids_last)
        article = article or _known_by_alias(entry, (*others, *sought(entry)), known, shown)
        finding = _finding(entry, its_keys, others, article, known, newest_old, lang)
        undated += finding.kind is FindingKind.NEW and _stated(entry) is None
        if undated > _UNDATED_NEWS and _stated(entry) is None:
            finding = replace(finding, backlog=True)
        _add(finding, its_keys, findings, here)
    return findings


_Keyed = tuple[Entry, tuple[str, ...]]


def _all_aliases(fresh: Sequence[_Keyed], feed: Feed | None) -> list[tuple[str, ...]]:
    """The aliases of each entry, without those by which a document calls several."""
    if feed is None:
        return [()] * len(fresh)
    found = [aliases(entry, its_keys, feed) for entry, its_keys in fresh]
    named = {(alias, its_keys) for (_, its_keys), some in zip(fresh, found, strict=True)
             for alias in some}  # fmt: skip
    times = Counter(alias for alias, _ in named)
    return [tuple(alias for alias in some if times[alias] == 1) for some in found]


def _add(
    finding: Finding,
    its_keys: tuple[str, ...],
    findings: list[Finding],
    here: dict[str | int, int],
) -> None:
    """Add a finding, or its keys to the twin that is there already.

    A key that names another finding of the document stays with that one.
    """
    marks: tuple[str | int, ...] = its_keys
    if finding.article_id is not None:
        marks = (*its_keys, finding.article_id)
    twin = next((here[mark] for mark in marks if mark in here), None)
    if twin is None:
        twin = len(findings)
        findings.append(finding)
    else:
        more = tuple(key for key in finding.keys if here.get(key, twin) == twin)
        findings[twin] = _with_keys(findings[twin], more)
    for mark in marks:
        here.setdefault(mark, twin)


def _with_keys(finding: Finding, more: tuple[str, ...]) -> Finding:
    """Every key once seen stays with its article, a twin's too."""
    return replace(finding, keys=tuple(dict.fromkeys((*finding.keys, *more))))


def _finding(
    entry: Entry,
    its_keys: tuple[str, ...],
    others: tuple[str, ...],
    article: KnownArticle | None,
    known: Mapping[str, KnownArticle],
    newest_old: datetime,
    lang: str,
) -> Finding:
    digest = revision_hash(entry.title, entry.summary, entry.text)
    stated = _stated(entry)
    kept = its_keys + _kept(entry, its_keys, others)
    return Finding(
        kind=_kind(article, digest),
        entry=entry,
        url=entry.link or _guid_as_url(entry) or its_keys[0],
        # What names another article does not name a new one.
        keys=kept if article else tuple(key for key in kept if key not in known),
        told=told(entry),
        hash=digest,
        article_id=article.id if article else None,
        revises=_revises(article, entry, digest),
        backlog=stated is not None and stated < newest_old,
        lang=lang,
    )


def _kept(entry: Entry, its_keys: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """The aliases to remember: all where an entry has but one key of its own.

    A publisher that changes its system changes guids and links together; title and date stay. A
    guid that repeats the link moves with it to another host; the path stays.
    """
    if len(its_keys) == 1 or entry.id == entry.link:
        return others
    return tuple(alias for alias in others if alias.startswith("said:"))


def _stated(entry: Entry) -> datetime | None:
    return entry.published or entry.updated


def _has_new_guid(
    entry: Entry, its_keys: tuple[str, ...], known: Mapping[str, KnownArticle]
) -> bool:
    """Whether an article has the link and the title that it had, and another guid."""
    link, *guid = its_keys
    article = known.get(link)
    if article is None or not guid or guid[0] in known or not link.startswith("link:"):
        return False
    return article.carried and _said(entry.title) == _said(article.title)


def _known_article(
    entry: Entry,
    its_keys: tuple[str, ...],
    known: Mapping[str, KnownArticle],
    *,
    guids_last: bool,
) -> KnownArticle | None:
    """The article behind the strongest known key.

    Some links lead to a page that shows one article after the other. Where ``guids_last``, since
    none has changed in the document, another guid with a title of other words is another article.

    A known guid at a link never seen may be another article's, since some feeds number their
    entries anew at every turn; it takes the same words, title or place to be the same article.
    """
    strongest, *weaker = its_keys
    at_link = known.get(strongest)
    by_guid = next((known[key] for key in weaker if key in known), None)
    if at_link is None:
        return by_guid if by_guid and _is_same_article(entry, strongest, by_guid) else None
    shows_others = weaker and strongest.startswith("link:") and at_link.carried
    if not shows_others or not _is_unlike(entry.title, at_link.title):
        return at_link
    if by_guid is None:
        return None if guids_last else at_link
    return at_link if _is_unlike(entry.title, by_guid.title) else by_guid


def _is_same_article(entry: Entry, link: str, article: KnownArticle) -> bool:
    """Whether an entry at an unknown ``link`` is the article that has its guid."""
    return (
        revision_hash(entry.title, entry.summary, entry.text) in article.hashes
        or _said(entry.title) == _said(article.title)
        or _is_same_place(link, article.url)
        or (len(entry.id or "") >= _TELLING_GUID and _is_alike(entry.title, article.title))
    )


def _known_by_alias(
    entry: Entry, others: tuple[str, ...], known: Mapping[str, KnownArticle], shown: set[str]
) -> KnownArticle | None:
    """The article that an alias names, unless it stands in the same document by its own link."""
    for key in others:
        article = known.get(key)
        if article is None or link_key(canonical(article.url)) in shown:
            continue
        if key.startswith("text:") or _said(entry.title) == _said(article.title):
            return article
    return None


def _said(title: str) -> str:
    return " ".join(title.casefold().split())


def _is_same_place(key: str, url: str) -> bool:
    """Whether two links differ only in their host, or in parameters that one of them has more."""
    here, there = _path(key), canonical(url).partition("/")[2]
    if not here or not there:
        return False
    path, _, query = here.partition("?")
    other_path, _, other_query = there.partition("?")
    if path != other_path:
        return False
    parameters, others = set(parse_qsl(query)), set(parse_qsl(other_query))
    return parameters <= others or others <= parameters


def _numbers(words: set[str]) -> set[str]:
    return {word for word in words if any(letter.isdigit() for letter in word)}


def _is_alike(title: str, other: str) -> bool:
    """Whether two titles have half of their words in common, and all numbers.

    Short ones tell nothing, and the rates of two days differ in the day only.
    """
    words, others = set(_said(title).split()), set(_said(other).split())
    if min(len(words), len(others)) < _ALIKE_WORDS or _numbers(words) != _numbers(others):
        return False
    return len(words & others) >= _ALIKE_SHARE * len(words | others)


def _is_unlike(title: str, other: str) -> bool:
    """Whether two titles have less than a quarter of their words in common; short ones never."""
    words, others = set(_said(title).split()), set(_said(other).split())
    if min(len(words), len(others)) < _ALIKE_WORDS:
        return False
    return len(words & others) < _UNLIKE_SHARE * len(words | others)


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
