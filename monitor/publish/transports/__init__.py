"""How deliveries leave the house, one file per medium."""

from __future__ import annotations

from typing import Protocol

from monitor.errors import TransportError
from monitor.model import Delivery


class Transport(Protocol):
    """Hands one delivery to its medium."""

    def send(self, delivery: Delivery) -> None:
        """Return once the medium has taken the delivery.

        Raises ``TransportError``: ``retry`` when it was not taken but may be later, ``unknown``
        when nobody can know whether it was taken.
        """
        ...


class LoginRefusedError(TransportError):
    """The server refused user name or password; worth another try, but a slow one."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=True)
