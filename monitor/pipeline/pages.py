"""Pages that are read without being feeds: what robots.txt allows, asked once a day and host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.collect.charsets import as_text
from monitor.collect.robots import allows
from monitor.errors import FetchError, RobotsError
from monitor.http import Door, Errand, Reply
from monitor.store import Store

# The product token of our user agent, by which a robots.txt may name us.
_NAME = "monitor"
_DAY = timedelta(days=1)
# What RFC 9309 wants to be read at least; more is not.
_LONGEST = 500_000


@dataclass(frozen=True, slots=True)
class Permissions:
    """What sites allow programs to read, by ``ask``, a GET; threads may share it.

    A feed is published for programs and needs no permission; a list page and an article's do.
    """

    store: Store
    ask: Callable[[str], Reply]
    clock: Callable[[], datetime]

    def check(self, url: str) -> None:
        """Raise ``RobotsError`` where the site does not want ``url`` read.

        ``FetchError`` when it cannot be asked and did not answer before, which means no (RFC 9309,
        2.3.1.4).
        """
        parts = urlsplit(url)
        if not allows(self._rules(f"{parts.scheme}://{parts.netloc}"), _NAME, url):
            raise RobotsError(f"the robots.txt of {parts.netloc} asks programs not to read it")

    def _rules(self, site: str) -> str:
        """The text of a site's robots.txt, at most a day old if the site answers."""
        now, known = self.clock(), self.store.pages.rules(site)
        if known and now - known.asked_at < _DAY:
            return known.text
        try:
            rules = self._asked(site)
        except FetchError:
            if known is None:
                raise
            return known.text
        self.store.pages.keep_rules(site, rules, now)
        return rules

    def _asked(self, site: str) -> str:
        """What a site answers; without a robots.txt everything is allowed."""
        reply = self.ask(f"{site}/robots.txt")
        if reply.status >= 500 or reply.status == 429:
            raise FetchError(f"robots.txt could not be read: the server answered {reply.status}")
        return as_text(reply.body[:_LONGEST]) if reply.status < 300 else ""


def in_its_turn(door: Door) -> Callable[[str], Reply]:
    """A GET for those who have the host's turn already; redirects to others wait for theirs."""

    def ask(url: str) -> Reply:
        own = Errand(url).host
        answer: Reply | Errand = Errand(url)
        while isinstance(answer, Errand):
            with door.pacer.elsewhere(own, answer.host):
                answer = door.step(answer)
        return answer

    return ask
