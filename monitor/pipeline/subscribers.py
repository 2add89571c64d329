"""Subscribers as wishes and facts together: who gets what, who is stopped, who a token names."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from email.utils import parseaddr

from monitor.beat import called
from monitor.config import DigestSettings, SubscriberSettings
from monitor.errors import InputError
from monitor.model import Beat, Standing, Subscription
from monitor.pipeline.setup import Setup
from monitor.publish import leaving
from monitor.store import Store
from monitor.text.normalise import fold_key

_NEAR = 0.5  # codes have two letters: half of one may be mistyped


@dataclass(frozen=True, slots=True)
class Listed:
    """A subscriber of a digest: the wishes, and what is known of them."""

    digest: DigestSettings
    wishes: SubscriberSettings
    subscription: Subscription

    @property
    def standing(self) -> Standing:
        """Whether editions are sent, by settings and facts."""
        if self.wishes.paused and self.subscription.standing is Standing.ACTIVE:
            return Standing.PAUSED
        return self.subscription.standing


def listed(store: Store, setup: Setup) -> list[Listed]:
    """All subscribers of all digests, in the order of the settings."""
    known = store.subscriptions.known()
    return [
        Listed(digest, wishes, known.get(subscription.key, subscription))
        for digest in setup.settings.digests
        for wishes in digest.receivers
        for subscription in [Subscription(digest.name, wishes.identity, wishes.transport)]
    ]


def named(rows: Iterable[Listed], who: str, digest: str | None) -> list[Listed]:
    """The subscriptions of ``who``, an address or a name, to ``digest`` or to all of them.

    Raises ``InputError`` when there is none.
    """
    wanted = _plain(who)
    found = [
        row
        for row in rows
        if _plain(row.wishes.identity) == wanted and digest in (None, row.digest.name)
    ]
    if not found:
        of = "any digest" if digest is None else digest
        raise InputError(
            f"{who} is no subscriber of {of}; `monitor subscribers list` names all of them"
        )
    return found


def _plain(identity: str) -> str:
    """``Ada <ada@example.org>`` and ``ADA@example.org`` are one."""
    return (parseaddr(identity)[1] or identity).casefold()


def check_wishes(setup: Setup) -> None:
    """Raise ``InputError`` for filters and quotas that no story of the beat can ever meet."""
    problems = [
        f"subscriber {subscriber.identity} of {digest.name}: {problem}"
        for digest in setup.settings.digests
        for subscriber in digest.subscribers
        for problem in unknown_wishes(setup.beat, subscriber.countries, subscriber.topics)
    ]
    for digest in setup.settings.digests:
        countries = list(filter(str.isupper, digest.quotas))
        topics = [name for name in digest.quotas if name not in countries]
        unknown = unknown_wishes(setup.beat, countries, topics)
        problems += [f"quotas of {digest.name}: {problem}" for problem in unknown]
    if problems:
        raise InputError("\n".join(problems))


def unknown_wishes(beat: Beat, countries: Iterable[str], topics: Iterable[str]) -> Iterator[str]:
    """What is wrong, in words, with each country and topic that the beat does not have."""
    for kind, known, wanted in (
        ("country", called.countries(beat), countries),
        ("topic", called.topics(beat), topics),
    ):
        for wish in wanted:
            if not any(wish in ids for ids in known.values()):
                near = get_close_matches(fold_key(wish), known, n=1, cutoff=_NEAR)
                yield f'there is no {kind} "{wish}"; {called.hint(near, known)}'


def unsubscribe(store: Store, setup: Setup, token: str, now: datetime) -> bool:
    """Do what the holder of ``token`` wants, as often as it comes; False when it is nobody's.

    StoreError where it could not be kept: nobody is told that they have left and gets more mail.
    """
    store.check_room()
    key = _key_of(store, setup, token)
    if key is None:
        return False
    store.subscriptions.stop(key, Standing.UNSUBSCRIBED, "unsubscribed by a link", now)
    return True


def _key_of(store: Store, setup: Setup, token: str) -> tuple[str, str, str] | None:
    """Whose token it is, of all who are subscribed or ever were sent an edition."""
    secret, found = store.editions.installation(), None
    for key in _everybody(store, setup):
        # All are compared, so that the time taken tells nothing.
        if hmac.compare_digest(leaving.token(secret, *key).encode(), token.encode()):
            found = key
    return found


def _everybody(store: Store, setup: Setup) -> Iterator[tuple[str, str, str]]:
    yield from dict.fromkeys(
        [
            *(row.subscription.key for row in listed(store, setup)),
            *store.subscriptions.addressed(),
        ]
    )
