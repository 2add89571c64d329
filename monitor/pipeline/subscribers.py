"""Subscribers as wishes and facts together: who gets what, who is stopped, who a token names."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from email.utils import parseaddr

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
    """Raise ``InputError`` for subscribers whose filters no story of the beat can ever pass."""
    problems = [
        f"subscriber {subscriber.identity} of {digest.name}: {problem}"
        for digest in setup.settings.digests
        for subscriber in digest.subscribers
        for problem in unknown_wishes(setup.beat, subscriber.countries, subscriber.topics)
    ]
    if problems:
        raise InputError("\n".join(problems))


def unknown_wishes(beat: Beat, countries: Iterable[str], topics: Iterable[str]) -> Iterator[str]:
    """What is wrong, in words, with each country and topic that the beat does not have."""
    for kind, known, wanted in (
        ("country", _countries(beat), countries),
        ("topic", _topics(beat), topics),
    ):
        for wish in wanted:
            if wish not in known.values():
                near = get_close_matches(fold_key(wish), known, n=1, cutoff=_NEAR)
                there = ", ".join(sorted(set(known.values()))) or "none"
                hint = f'did you mean "{known[near[0]]}"?' if near else f"the beat has {there}"
                yield f'there is no {kind} "{wish}"; {hint}'


def _countries(beat: Beat) -> dict[str, str]:
    """Every code by itself and by the names of its country."""
    codes = {code for entity in beat.entities for code in entity.countries}
    names = {
        fold_key(name): code
        for entity in beat.entities
        if entity.kind == "country"
        for code in entity.countries
        for name in (entity.name, *(alias.text for alias in entity.aliases))
    }
    return names | {fold_key(code): code for code in codes}


def _topics(beat: Beat) -> dict[str, str]:
    return {
        fold_key(name): topic.slug
        for topic in beat.topics
        for name in (topic.slug, *topic.names.values())
    }


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
