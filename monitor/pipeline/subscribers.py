"""Subscribers as wishes and facts together: who gets what, who is stopped, who a token names."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from monitor.config import DigestSettings, SubscriberSettings
from monitor.errors import InputError
from monitor.model import Standing, Subscription
from monitor.pipeline.setup import Setup
from monitor.publish import leaving
from monitor.store import Store


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


def unsubscribe(store: Store, setup: Setup, token: str, now: datetime) -> bool:
    """Do what the holder of ``token`` wants, as often as it comes; False when it is nobody's."""
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
