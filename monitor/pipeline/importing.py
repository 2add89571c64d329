"""Import: rows of an older archive -> articles, with the identity that a poll would give them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from monitor.collect import identity
from monitor.collect.dates import moment
from monitor.errors import InputError
from monitor.model import Entry, Feed, Finding
from monitor.store import Store
from monitor.text.language import identify
from monitor.text.plain import from_markup, one_line
from monitor.text.urls import host

_BATCH = 500
_NEVER_NEWS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ArchivedRow:
    """One article as an archive has it; texts may hold markup, ``published`` is as it stands."""

    place: str
    url: str
    title: str
    summary: str = ""
    text: str = ""
    published: str = ""
    outlet: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rows were read, and how many of them were new articles."""

    read: int = 0
    new: int = 0


def import_archive(
    store: Store,
    rows: Iterable[ArchivedRow],
    name: str,
    now: datetime,
    *,
    on_batch: Callable[[Imported], None] = lambda so_far: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Imported:
    """Store the articles of ``rows`` that are not there yet, a batch in a transaction.

    They are first seen ``now``, and backlog: judged and found, but never in an edition. What is
    there already stays as it is, so that an import that was broken off can be repeated.
    InputError for a row without an address, a title or a date that can be read.
    """
    feed = store.archives.feed(name)
    done, rest = Imported(), iter(rows)
    while not stopping() and (batch := list(islice(rest, _BATCH))):
        findings = list(_findings(store, feed, batch))
        new = store.archives.bring_in(feed, now, findings)
        done = Imported(done.read + len(batch), done.new + new)
        on_batch(done)
    return done


def _findings(store: Store, feed: Feed, batch: list[ArchivedRow]) -> Iterator[Finding]:
    entries = [_entry(row) for row in batch]
    keys = identity.keys(entries, feed)
    known = store.articles.known(identity.asked(entries, keys, feed), feed.id)
    found = identity.fold(entries, keys, known, newest_old=_NEVER_NEWS, feed=feed)
    declared = {entry.link: row.lang for entry, row in zip(entries, batch, strict=True)}
    for finding in found:
        entry = finding.entry
        lang = identify(entry.title, entry.summary or entry.text, declared[entry.link])
        yield replace(finding, backlog=True, revises=False, lang=lang)


def _entry(row: ArchivedRow) -> Entry:
    title = one_line(from_markup(row.title))
    published = moment(row.published)
    for problem, is_wrong in (
        ("there is no web address", not row.url.startswith(("https://", "http://"))),
        ("there is no title", not title),
        (f'"{row.published}" is no date', bool(row.published) and published is None),
    ):
        if is_wrong:
            raise InputError(f"{row.place}: {problem}")
    return Entry(
        id=None,
        link=row.url,
        title=title,
        summary=from_markup(row.summary),
        text=from_markup(row.text),
        published=published,
        outlet=one_line(row.outlet) or host(row.url),
    )
