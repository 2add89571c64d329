"""How deliveries leave the house, one file per medium."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol, TypeVar

from monitor.errors import TransportError
from monitor.model import Delivery

Endpoint = TypeVar("Endpoint")


class Hold:
    """A sender's claim on a delivery; this one is of a sender that is alone."""

    def renew(self) -> None:
        """Ask once more, right before what cannot be undone.

        Raises ``LostClaimError`` when another sender has the delivery by now.
        """

    def took(self, parts: int) -> None:
        """Keep that the receiver has ``parts`` of the delivery; raises as ``renew`` does."""


ALONE = Hold()


class Transport(Protocol):
    """Hands deliveries to one medium; one that keeps no connections has nothing to close."""

    def send(self, delivery: Delivery, hold: Hold = ALONE) -> None:
        """Return once the medium has taken the delivery.

        Raises ``TransportError``: ``retry`` when it was not taken but may be later, ``unknown``
        when nobody can know whether it was taken.
        """
        ...

    def close(self) -> None:
        """Let go of connections; the next ``send`` makes new ones."""
        return


class LostClaimError(TransportError):
    """Another sender has the delivery: nothing more may be sent."""

    def __init__(self) -> None:
        super().__init__("another sender took the delivery over", retry=True)


class LaterError(TransportError):
    """Not taken now; ``after`` is how long the receiver wants to be left alone, if it says so.

    Where that goes for all that this transport carries, ``whole`` is set.
    """

    def __init__(
        self, message: str, *, after: timedelta | None = None, whole: bool = False
    ) -> None:
        self.after = after
        self.whole = whole
        super().__init__(message, retry=True)


class LoginRefusedError(LaterError):
    """The server refused user name or password; worth another try, but a slow one."""

    def __init__(self, message: str) -> None:
        super().__init__(message, whole=True)


class RefusedError(TransportError):
    """The receiver refused this for good: a mail that bounces."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=False)


class GoneError(TransportError):
    """The receiver is no more, or wants nothing more."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=False)


def endpoint(known: Mapping[tuple[str, str], Endpoint], delivery: Delivery) -> Endpoint:
    """Where a delivery goes, by digest and subscriber; raises ``TransportError`` for nowhere."""
    digest, subscriber = delivery.edition.digest, delivery.subscriber
    if (digest, subscriber) not in known:
        words = f"{subscriber} is no subscriber of {digest} over {delivery.transport} any more"
        raise TransportError(words, retry=False)
    return known[digest, subscriber]
