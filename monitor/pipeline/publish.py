"""Publish: eligible articles -> frozen editions with their deliveries, one per due slot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.collect.states import truth
from monitor.config import DigestSettings, SubscriberSettings
from monitor.errors import InputError
from monitor.model import (
    Coverage,
    Delivery,
    Edition,
    FeedHealth,
    FeedState,
    FrozenEdition,
    JudgedArticle,
    Outline,
    Rendered,
    Standing,
    Story,
    Subscription,
    Window,
)
from monitor.pipeline.assess import assess
from monitor.pipeline.assisting import Reword, rewording
from monitor.pipeline.commitments import read_evidence
from monitor.pipeline.promising import promises
from monitor.pipeline.setup import Setup
from monitor.pipeline.telling import country_names, enriched, measured, updated
from monitor.pipeline.variants import Variant, cohorts, is_same_day, own_variant, variants
from monitor.publish.digest import NEAR_MISSES, compose
from monitor.publish.frame import frame_of
from monitor.publish.layout import fitted
from monitor.publish.leaving import PLACE
from monitor.publish.notices import said_in
from monitor.publish.outbox import message_id
from monitor.publish.outline import outline
from monitor.publish.transports.email import sender_domain
from monitor.publish.windows import latest_slot, next_slot, urgent_slot, window
from monitor.store import Store

_FOLDER = "editions folder"
_WITHOUT_LINKS = {"files", "atom"}
_SILENT = {
    FeedState.QUIET,
    FeedState.STALE,
    FeedState.ZOMBIE,
    FeedState.ARCHIVE_DUMP,
    FeedState.EMPTY,
}


@dataclass(frozen=True, slots=True)
class Published:
    """An edition that was frozen: its row, and what it says."""

    id: int
    edition: Edition
    rendered: Rendered


@dataclass(frozen=True, slots=True)
class _Due:
    """An edition that is to be made."""

    digest: DigestSettings
    variant: Variant
    window: Window


def due(store: Store, setup: Setup, now: datetime) -> list[tuple[DigestSettings, Window]]:
    """Digests with a slot that has no edition yet.

    Slots missed in between are caught up by one edition. A digest's first edition waits until
    there is an article to tell of: before the first poll there is no news, good or bad.
    """
    return [(one.digest, one.window) for one in _due(store, setup, now) if not one.variant.key]


def _due(store: Store, setup: Setup, now: datetime) -> Iterator[_Due]:
    """Every variant of every digest with a slot that has no edition yet."""
    # An edition of tomorrow or later was frozen by a wrong clock and holds up nothing.
    until = now + timedelta(days=1)
    for digest in setup.settings.digests:
        receivers = receivers_of(setup, digest)
        had = store.editions.last_addressed(digest.name, until)
        own = store.editions.latest(digest.name, until=until)
        for variant in variants(digest, receivers):
            last = store.editions.latest(digest.name, variant.key, until=until)
            if last is None:  # those who are new go on where the digest stands
                variant = replace(variant, moved_from=own)
            for cohort in cohorts(variant, had):
                last_of_theirs = cohort.moved_from or last
                its_window = _next_window(store, setup, digest, cohort, last_of_theirs, now)
                if its_window is not None and (cohort.receivers or not cohort.key):
                    yield _Due(digest, cohort, its_window)


def _next_window(
    store: Store,
    setup: Setup,
    digest: DigestSettings,
    variant: Variant,
    last: FrozenEdition | None,
    now: datetime,
) -> Window | None:
    """What the edition due now would cover; None when none is due."""
    if digest.when is not None:
        return _urgent_window(store, setup, digest, variant, last, now)
    slot = latest_slot(digest.schedule, variant.zone, now)
    if slot is None or (last is None and store.counts().articles == 0):
        return None
    if last is None:
        return window(None, slot, now)
    if last.slot >= slot or is_same_day(digest.schedule, variant, last, slot):
        return None
    return window(last.frozen_at, slot, now)


def _urgent_window(
    store: Store,
    setup: Setup,
    digest: DigestSettings,
    variant: Variant,
    last: FrozenEdition | None,
    now: datetime,
) -> Window | None:
    """What an urgent edition would cover; None while there is no story that was not told."""
    since = last.frozen_at if last else None
    stories = _fresh(store, setup, digest, variant, window(since, now, now))
    moments = (each.article.eligible_at for story in stories for each in story.articles)
    first = min((moment for moment in moments if moment is not None), default=None)
    if first is None:
        return None
    slot = urgent_slot(first, since, digest.quiet_hours, variant.zone)
    return window(since, slot, now) if slot <= now else None


def _fresh(
    store: Store, setup: Setup, digest: DigestSettings, variant: Variant, its_window: Window
) -> list[Story]:
    """Wanted stories that no edition told: all that an urgent one may have."""
    stories = _wanted(store, setup, digest, variant, its_window)
    carried = _carried(store, digest, variant, stories)
    return [story for story in stories if story.id not in carried]


def _wanted(
    store: Store, setup: Setup, digest: DigestSettings, variant: Variant, its_window: Window
) -> list[Story]:
    """Stories with articles that may enter the edition and that its readers want."""
    oldest = (its_window.since or its_window.until) - max(setup.backlog, timedelta(days=1))
    eligible = store.editions.eligible(
        digest.name,
        variant.key,
        _threshold(setup, variant),
        its_window.until,
        oldest,
        moved_from=variant.moved_from,
    )
    return variant.wanted(_stories(store, eligible))


def _carried(
    store: Store, digest: DigestSettings, variant: Variant, stories: list[Story]
) -> dict[int, set[int]]:
    return store.stories.carried(
        digest.name, variant.key, [story.id for story in stories], moved_from=variant.moved_from
    )


def receivers_of(setup: Setup, digest: DigestSettings) -> list[SubscriberSettings]:
    """Everyone who can be sent the digest: without a mail host, nobody by mail."""
    is_mailed = bool(setup.settings.smtp.host)
    return [each for each in digest.receivers if is_mailed or each.transport != "email"]


def upcoming(setup: Setup, now: datetime) -> tuple[DigestSettings, datetime] | None:
    """The digest that is due next after ``now``, and its slot; None when none ever is."""
    slots = [
        (slot, digest)
        for digest in setup.settings.digests
        for zone in {digest.zone, *(each.zone or digest.zone for each in digest.subscribers)}
        if (slot := _next(digest, zone, now))
    ]
    if not slots:
        return None
    slot, digest = min(slots, key=lambda pair: pair[0])
    return digest, slot


def _next(digest: DigestSettings, zone: str, now: datetime) -> datetime | None:
    try:
        return next_slot(digest.schedule, zone, now)
    except InputError:  # its date never comes
        return None


def publish(store: Store, setup: Setup, now: datetime) -> list[Published]:
    """Freeze each edition that is due, after everything fetched so far is assessed and read."""
    waiting = list(_due(store, setup, now))
    if waiting:
        assess(store, setup, now)
        read_evidence(store, setup)
    reword = rewording(setup, now)
    frozen = (_freeze(store, setup, one, now, reword) for one in waiting)
    return [published for published in frozen if published is not None]


def _freeze(
    store: Store, setup: Setup, one: _Due, now: datetime, reword: Reword
) -> Published | None:
    """Freeze what is printed and no more: stories that did not fit come back next time.

    None when another process has frozen the slot, or any other edition of it, meanwhile.
    """
    known = store.editions.newest(one.digest.name, one.variant.key)
    made = _made(store, setup, one, now, reword)
    addressed = [] if made.edition.is_empty and one.digest.quiet != "send" else made.addressed
    edition_id = store.editions.freeze(
        made.edition, made.rendered, addressed, now, one.variant.key, made.outline, known
    )
    return None if edition_id is None else Published(edition_id, made.edition, made.rendered)


@dataclass(frozen=True, slots=True)
class _Made:
    """An edition as it would be frozen, and to whom it would go."""

    edition: Edition
    rendered: Rendered
    outline: Outline
    addressed: list[tuple[str, str, str]]


def _made(
    store: Store,
    setup: Setup,
    one: _Due,
    now: datetime,
    reword: Reword,
    further: tuple[str, ...] = (),
) -> _Made:
    """Compose and set an edition, with ``further`` notices; nothing is written."""
    drafted = reword(draft(store, setup, one.digest, one.window, one.variant))
    addressed = _addressed(store, setup, one)
    alerts = store.subscriptions.alerts(one.window.since or now - timedelta(days=1), now)
    told = (*further, *setup.notices, *alerts)
    notices = [said_in(each, one.variant.lang) for each in told]
    hint = _archive_hint(_threshold(setup, one.variant))
    edition, rendered = fitted(
        drafted,
        unsubscribe=PLACE if _all_may_leave(addressed) else None,
        archive_hint=hint,
        notices=notices,
    )
    said = outline(edition, archive_hint=hint, notices=notices, lang=one.variant.lang)
    return _Made(edition, rendered, said, addressed)


def preview(
    store: Store, setup: Setup, name: str, at: datetime, further: tuple[str, ...] = ()
) -> FrozenEdition:
    """The edition that would be frozen at ``at``, byte for byte, under the id 0.

    Where no edition is due then, it is the next one as far as it is known; where the slot before
    ``at`` was frozen after ``at``, it is that edition. InputError for a digest that there is not.
    """
    digest = digest_named(setup, name)
    last = store.editions.latest(digest.name, until=at)
    if last is not None and last.frozen_at > at:
        return last
    one = next((each for each in _due(store, setup, at) if each.digest is digest), None)
    if one is None:
        own = variants(digest, receivers_of(setup, digest))[0]
        one = _Due(digest, own, _early_window(digest, last, at))
    made = _made(store, setup, one, at, rewording(setup, at), further)
    return FrozenEdition(
        id=0,
        digest=digest.name,
        slot=one.window.slot,
        frozen_at=at,
        rendered=made.rendered,
        story_count=len(made.edition.stories),
        zone=one.variant.zone,
        outline=made.outline,
    )


def trial(store: Store, setup: Setup, name: str, to: str, now: datetime) -> Delivery:
    """The preview of a digest for the mailbox ``to``, marked as a test; it is in no outbox."""
    edition = preview(store, setup, name, now, (frame_of("en").say("test"),))
    key = f"{_key(store, name, edition.slot, edition.variant)}/test/{now.isoformat()}"
    domain = sender_domain(setup.settings.smtp.sender)
    return Delivery(0, edition, to, "email", message_id(key, to, domain), queued_at=now)


def publish_now(store: Store, setup: Setup, name: str, now: datetime) -> list[Published]:
    """Freeze an edition of a digest though none is due, for all its variants.

    The next one in time goes on where this one ends. InputError for a digest that there is not.
    """
    digest = digest_named(setup, name)
    assess(store, setup, now)
    read_evidence(store, setup)
    due_now = {each.variant.key: each for each in _due(store, setup, now) if each.digest is digest}
    every = []
    for variant in variants(digest, receivers_of(setup, digest)):
        last = store.editions.latest(digest.name, variant.key, until=now)
        early = _Due(digest, variant, window(last.frozen_at if last else None, now, now))
        every.append(due_now.get(variant.key, early))
    reword = rewording(setup, now)
    frozen = (_freeze(store, setup, one, now, reword) for one in every)
    return [published for published in frozen if published is not None]


def resend(store: Store, setup: Setup, edition: FrozenEdition, to: str, now: datetime) -> None:
    """Put an edition into the outbox for the mailbox ``to``, once more or for the first time."""
    if not setup.settings.smtp.host:
        raise InputError("[smtp] host is empty, so nothing can be mailed")
    key = _key(store, edition.digest, edition.slot, edition.variant)
    mail_id = message_id(key, to, sender_domain(setup.settings.smtp.sender))
    store.editions.readdress(edition.id, (to, "email", mail_id), now)


def digest_named(setup: Setup, name: str) -> DigestSettings:
    """The digest's settings; InputError with the names that there are."""
    for digest in setup.settings.digests:
        if digest.name == name:
            return digest
    names = ", ".join(digest.name for digest in setup.settings.digests) or "none"
    raise InputError(f'there is no digest "{name}"; there are: {names}')


def _early_window(digest: DigestSettings, last: FrozenEdition | None, at: datetime) -> Window:
    return window(last.frozen_at if last else None, _next(digest, digest.zone, at) or at, at)


def _all_may_leave(addressed: list[tuple[str, str, str]]) -> bool:
    """Whether the place for a link may stand in the edition: only mails fill it."""
    over = {transport for _, transport, _ in addressed}
    return "email" in over and over.isdisjoint(_WITHOUT_LINKS)


def draft(
    store: Store,
    setup: Setup,
    digest: DigestSettings,
    its_window: Window,
    variant: Variant | None = None,
) -> Edition:
    """The edition that ``its_window`` would carry now; nothing is written.

    Without a ``variant`` it is the digest's own.
    """
    variant = variant or own_variant(digest)
    threshold = _threshold(setup, variant)
    is_urgent = digest.when is not None
    found = _fresh if is_urgent else _wanted
    stories = found(store, setup, digest, variant, its_window)
    carried = _carried(store, digest, variant, stories)
    told = frozenset[int]().union(*carried.values())
    names = country_names(setup.beat, variant.lang)
    edition = compose(
        digest.name,
        digest.title or setup.beat.title,
        its_window,
        variant.zone,
        updated(stories, told, setup.beat, setup.camps, variant.lang),
        frozenset(carried),
        _coverage(store, its_window, threshold),
        setup.beat.topics,
        list(filter(variant.wants, _near_misses(store, its_window, threshold, stories))),
        sections=digest.sections,
        limit=digest.limit,
        quotas=digest.quotas,
        country_names=names,
        lang=variant.lang,
    )
    topics = {topic.slug: topic.name(variant.lang) for topic in setup.beat.topics}
    called = {**names, **topics}
    told_of = enriched(edition, setup)
    if is_urgent:
        return replace(told_of, near_misses=())
    past = measured(store, its_window, threshold, lambda subject: called.get(subject, subject))
    promised = promises(store, setup, its_window, variant)
    return replace(told_of, trends=past, promises=promised)


def _threshold(setup: Setup, variant: Variant) -> float:
    watchlist = setup.settings.watchlist.threshold
    return watchlist if variant.threshold is None else variant.threshold


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
    return Coverage(
        store.feeds.health(its_window.since, until),
        read,
        matched,
        silent=tuple(_silent(store, until)),
        notices=store.feeds.notices(its_window.since, until),
        gaps=store.feeds.gaps(its_window.since, until),
    )


def _silent(store: Store, now: datetime) -> Iterator[FeedHealth]:
    """Feeds that answer, though something is wrong with what they bring."""
    for feed in store.feeds.enabled():
        state, evidence = truth(feed, now)
        if not feed.paused and state in _SILENT:
            yield FeedHealth(feed.outlet, feed.url, state, evidence)


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


def _archive_hint(threshold: float) -> str:
    """The search for what could have been printed and was not, nor in an edition before."""
    return f"monitor search 'score:>={threshold:g} is:eligible -is:delivered'"


def _addressed(store: Store, setup: Setup, one: _Due) -> list[tuple[str, str, str]]:
    """Who gets the edition over what: its subscribers, or the folder where there is nobody."""
    key = _key(store, one.digest.name, one.window.slot, one.variant.key)
    domain = sender_domain(setup.settings.smtp.sender)
    return [
        (subscriber, transport, message_id(key, subscriber, domain))
        for subscriber, transport in _receiving(store, setup, one)
    ]


def _key(store: Store, digest: str, slot: datetime, variant: str) -> str:
    """What tells an edition from all others in the world."""
    key = f"{store.editions.installation()}/{digest}/{slot.isoformat()}"
    return f"{key}/{variant}" if variant else key


def _receiving(store: Store, setup: Setup, one: _Due) -> list[tuple[str, str]]:
    if not one.variant.key and not receivers_of(setup, one.digest):
        return [(_FOLDER, "files")]
    known = store.subscriptions.known()
    return [
        (each.identity, each.transport)
        for each in one.variant.receivers
        if not each.paused and _is_active(known, (one.digest.name, each.identity, each.transport))
    ]


def _is_active(
    known: Mapping[tuple[str, str, str], Subscription], key: tuple[str, str, str]
) -> bool:
    return key not in known or known[key].standing is Standing.ACTIVE
