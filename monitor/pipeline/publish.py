"""Publish: eligible articles -> frozen editions with their deliveries, one per due slot."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.config import DigestSettings
from monitor.errors import InputError
from monitor.model import Beat, Coverage, Edition, JudgedArticle, Rendered, Story, Window
from monitor.pipeline.assess import assess
from monitor.pipeline.setup import Setup
from monitor.publish.digest import NEAR_MISSES, compose
from monitor.publish.layout import fitted
from monitor.publish.outbox import message_id
from monitor.publish.transports.email import sender_domain
from monitor.publish.windows import latest_slot, next_slot, window
from monitor.store import Store

_FOLDER = "editions folder"


@dataclass(frozen=True, slots=True)
class Published:
    """An edition that was frozen: its row, and what it says."""

    id: int
    edition: Edition
    rendered: Rendered


def due(store: Store, setup: Setup, now: datetime) -> list[tuple[DigestSettings, Window]]:
    """Digests with a slot that has no edition yet.

    Slots missed in between are caught up by one edition. A digest's first edition waits until
    there is an article to tell of: before the first poll there is no news, good or bad.
    """
    waiting = []
    for digest in setup.settings.digests:
        slot = latest_slot(digest.schedule, digest.zone, now)
        # An edition of tomorrow or later was frozen by a wrong clock and holds up nothing.
        last = store.editions.latest(digest.name, until=now + timedelta(days=1))
        if slot is None or (last is not None and last.slot >= slot):
            continue
        if last is None and store.counts().articles == 0:
            continue
        waiting.append((digest, window(last.frozen_at if last else None, slot, now)))
    return waiting


def upcoming(setup: Setup, now: datetime) -> tuple[DigestSettings, datetime] | None:
    """The digest that is due next after ``now``, and its slot; None when none ever is."""
    slots = [(slot, digest) for digest in setup.settings.digests if (slot := _next(digest, now))]
    if not slots:
        return None
    slot, digest = min(slots, key=lambda pair: pair[0])
    return digest, slot


def _next(digest: DigestSettings, now: datetime) -> datetime | None:
    try:
        return next_slot(digest.schedule, digest.zone, now)
    except InputError:  # its date never comes
        return None


def publish(store: Store, setup: Setup, now: datetime) -> list[Published]:
    """Freeze one edition for each due digest, after everything fetched so far is assessed."""
    waiting = due(store, setup, now)
    if waiting:
        assess(store, setup, now)
    frozen = (_freeze(store, setup, digest, its_window, now) for digest, its_window in waiting)
    return [published for published in frozen if published is not None]


def _freeze(
    store: Store, setup: Setup, digest: DigestSettings, its_window: Window, now: datetime
) -> Published | None:
    """Freeze what is printed and no more: stories that did not fit come back next time.

    None when another process has frozen the slot meanwhile.
    """
    drafted = draft(store, setup, digest, its_window)
    edition, rendered = fitted(
        drafted, unsubscribe=None, archive_hint=_archive_hint(drafted), notices=setup.notices
    )
    key = f"{store.editions.installation()}/{digest.name}/{its_window.slot.isoformat()}"
    edition_id = store.editions.freeze(edition, rendered, _deliveries(setup, digest, key), now)
    return None if edition_id is None else Published(edition_id, edition, rendered)


def draft(store: Store, setup: Setup, digest: DigestSettings, its_window: Window) -> Edition:
    """The edition that ``its_window`` would carry now; nothing is written."""
    threshold = setup.settings.digest_threshold(digest)
    oldest = (its_window.since or its_window.until) - max(setup.backlog, timedelta(days=1))
    eligible = store.editions.eligible(digest.name, "", threshold, its_window.until, oldest)
    stories = _stories(store, eligible)
    return compose(
        digest.name,
        digest.title or setup.beat.title,
        its_window,
        digest.zone,
        stories,
        store.stories.carried(digest.name, "", [story.id for story in stories]),
        _coverage(store, its_window, threshold),
        setup.beat.topics,
        _near_misses(store, its_window, threshold, stories),
        sections=digest.sections,
        limit=digest.limit,
        country_names=_country_names(setup.beat),
    )


def _near_misses(
    store: Store, its_window: Window, threshold: float, stories: list[Story]
) -> list[JudgedArticle]:
    """Enough of the best below the threshold, though some of them stand in a story."""
    told = sum(member.judgement.score < threshold for story in stories for member in story.articles)
    return store.articles.best_below(
        threshold, its_window.since, its_window.until, limit=NEAR_MISSES + told
    )


def _coverage(store: Store, its_window: Window, threshold: float) -> Coverage:
    """What was looked at since the last edition, the moment of freezing included."""
    until = its_window.until + timedelta(microseconds=1)
    read, matched = store.articles.read_between(its_window.since, until, threshold)
    return Coverage(store.feeds.health(its_window.since, until), read, matched)


def _country_names(beat: Beat) -> dict[str, str]:
    """Names of countries by their codes, as the beat calls them."""
    return {
        entity.countries[0]: entity.name
        for entity in beat.entities
        if entity.kind == "country" and len(entity.countries) == 1
    }


def _stories(store: Store, eligible: list[JudgedArticle]) -> list[Story]:
    """Eligible articles by story, with the story's other articles behind them as coverage."""
    by_story: dict[int, list[JudgedArticle]] = defaultdict(list)
    for judged in eligible:
        if judged.story_id is not None:
            by_story[judged.story_id].append(judged)
    members = store.stories.members(list(by_story))
    return [
        Story(story_id, (*articles, *_others(members.get(story_id, []), articles)))
        for story_id, articles in by_story.items()
    ]


def _others(members: list[JudgedArticle], known: list[JudgedArticle]) -> list[JudgedArticle]:
    ids = {judged.article.id for judged in known}
    return [judged for judged in members if judged.article.id not in ids]


def _archive_hint(edition: Edition) -> str:
    since = (edition.window.since or edition.window.until - timedelta(days=7)).date()
    return f"monitor search 'since:{since}'"


def _deliveries(setup: Setup, digest: DigestSettings, key: str) -> list[tuple[str, str, str]]:
    """Who gets the edition: each recipient by mail, or the folder where there is no mail host.

    ``key`` tells the edition from every other in the world.
    """
    smtp = setup.settings.smtp
    mailed = bool(smtp.host and digest.to)
    return [
        (
            subscriber,
            "email" if mailed else "files",
            message_id(key, subscriber, sender_domain(smtp.sender)),
        )
        for subscriber in (digest.to if mailed else (_FOLDER,))
    ]
