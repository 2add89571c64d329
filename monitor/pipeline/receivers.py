"""The transports that the settings ask for, each with the addresses and secrets that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from email.utils import parseaddr
from urllib.parse import quote

from monitor.config import SubscriberSettings
from monitor.errors import InputError
from monitor.model import Delivery
from monitor.pipeline.door import open_door
from monitor.pipeline.setup import Setup
from monitor.publish import leaving
from monitor.publish.transports import Transport
from monitor.publish.transports.atom import AtomTransport
from monitor.publish.transports.email import SmtpTransport
from monitor.publish.transports.files import FilesTransport

Key = tuple[str, str]  # digest, subscriber


def transports(setup: Setup, installation: str = "") -> dict[str, Transport]:
    """The transports by name; ``installation`` is what links for unsubscribing are made with.

    Raises ``InputError`` for settings with which nothing can be sent: a secret that is missing, an
    address that is none.
    """
    folder = setup.configuration.folder
    folders = {key: folder / to.to for key, to in _over(setup, "files")}
    named: dict[str, Transport] = {
        "files": FilesTransport(setup.configuration.editions, folders=folders)
    }
    if setup.settings.smtp.host:
        named["email"] = _mail(setup, installation)
    if paths := {key: folder / to.to for key, to in _over(setup, "atom")}:
        named["atom"] = AtomTransport(paths, parseaddr(setup.settings.smtp.sender)[1])
    return named | _remote(setup)


def _mail(setup: Setup, installation: str) -> SmtpTransport:
    smtp = setup.settings.smtp
    return SmtpTransport(
        smtp.host,
        smtp.port,
        security=smtp.security,
        username=smtp.username,
        password=smtp.password(setup.configuration.folder),
        sender=smtp.sender,
        unsubscribe=leaving_addresses(setup, installation),
    )


def leaving_addresses(setup: Setup, installation: str) -> Callable[[Delivery], Sequence[str]]:
    """Where a subscriber leaves: by one click where ``[web] public_url`` is set, and by mail."""
    web = setup.settings.web
    public_url = web.public_url if web and installation else ""
    mailbox = parseaddr(setup.settings.smtp.sender)[1]
    spoken: dict[tuple[str, str, str], str] = {
        (digest.name, each.identity, each.transport): each.lang
        for digest in setup.settings.digests
        for each in digest.receivers
    }

    def addresses(delivery: Delivery) -> Sequence[str]:
        digest = delivery.edition.digest
        key = (digest, delivery.subscriber, delivery.transport)
        page = leaving.page(public_url, leaving.token(installation, *key), spoken.get(key, "en"))
        by_mail = f"mailto:{mailbox}?subject={quote(f'unsubscribe {digest}')}"
        return (page, by_mail) if public_url else (by_mail,)

    return addresses


def _remote(setup: Setup) -> dict[str, Transport]:
    """Those that need the network, if any; what they need is read when it is needed."""
    named: dict[str, Transport] = {}
    if hooks := dict(_over(setup, "webhook")):
        from monitor.publish.transports.webhook import Hook, WebhookTransport

        known = {key: Hook(to.to, _secret(setup, to)) for key, to in hooks.items()}
        named["webhook"] = WebhookTransport(open_door(setup.settings), known)
    if chats := dict(_over(setup, "telegram")):
        from monitor.publish.transports.telegram import Chat, TelegramTransport

        bots = {key: Chat(to.to, _secret(setup, to)) for key, to in chats.items()}
        named["telegram"] = TelegramTransport(open_door(setup.settings), bots)
    if rooms := {key: _secret(setup, to) for key, to in _over(setup, "slack")}:
        from monitor.publish.transports.slack import SlackTransport

        named["slack"] = SlackTransport(open_door(setup.settings), rooms)
    if others := {key: _secret(setup, to) for key, to in _over(setup, "apprise")}:
        from monitor.publish.transports.apprise import AppriseTransport

        named["apprise"] = AppriseTransport(others)
    return named


def _over(setup: Setup, transport: str) -> Iterator[tuple[Key, SubscriberSettings]]:
    """The subscribers over ``transport`` that are not paused in the settings."""
    for digest in setup.settings.digests:
        for subscriber in digest.subscribers:
            if subscriber.transport == transport and not subscriber.paused:
                yield (digest.name, subscriber.identity), subscriber


def _secret(setup: Setup, subscriber: SubscriberSettings) -> str:
    secret = subscriber.secret(setup.configuration.folder)
    if not secret.isascii() or not secret.isprintable() or not secret or " " in secret:
        raise InputError(
            f"subscriber {subscriber.identity}: the secret is empty, or has blanks or letters "
            "outside ASCII in it"
        )
    return secret
