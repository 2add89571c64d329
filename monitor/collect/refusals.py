"""Pages and sentences that stand where a feed should be. Pure but for its data file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from monitor.model import FeedState, ParsedFeed

# The comments are possessive: many of them before the root must not be tried in every division.
_PAGE = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*+-->\s*)*+"
    r"<(?:!doctype\s+html|html|head|body|meta|script)\b",
    re.I | re.S,
)
# A template's document type before a feed.
_FEED_BEHIND = re.compile(
    r"(?:<\?xml[^>]*>\s*)?<!doctype[^<>\[\]]*>\s*(?:<!--(?:(?!-->).)*+-->\s*)*+"
    r"<(?:rss|feed|rdf:rdf)[\s>]",
    re.I | re.S,
)
_READ = 100_000
_LONGEST_SENTENCE = 2_000


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a page is if one of its signs is in it."""

    state: FeedState
    sentence: str
    signs: tuple[str, ...]


def is_page(text: str) -> bool:
    """Whether a document is HTML."""
    return _PAGE.match(text) is not None and _FEED_BEHIND.match(text) is None


def read_page(text: str, url: str) -> ParsedFeed:
    """What the page at ``url`` is, and where its feed is if it names one."""
    kind = _kind(text[:_READ], "pages")
    if kind is not None and kind.state is FeedState.BLOCKED:
        return ParsedFeed(kind.state, error=kind.sentence)
    # Here and not above: most readers of feeds never meet a page.
    from monitor.collect.pages import feed_links

    found = feed_links(text, url)
    hint = f"; it names a feed at {found[0]}" if found else ""
    sentence = kind.sentence if kind else "a web page, not a feed"
    return ParsedFeed(FeedState.NOT_A_FEED, error=f"{sentence}{hint}")


def guard(page: bytes) -> str | None:
    """What a page says that comes with a refusal: a sentence where a guard made it."""
    kind = _kind(page[:_READ].decode("utf-8", "replace"), "pages")
    return kind.sentence if kind and kind.state is FeedState.BLOCKED else None


def read_words(text: str) -> ParsedFeed | None:
    """What a few words without markup mean; None if they mean nothing that is known."""
    if len(text) > _LONGEST_SENTENCE or "<" in text:
        return None
    kind = _kind(text, "words")
    return ParsedFeed(kind.state, error=kind.sentence) if kind else None


def _kind(text: str, group: str) -> _Kind | None:
    shown = text.lower()
    return next((kind for kind in _kinds(group) if any(sign in shown for sign in kind.signs)), None)


@cache
def _kinds(group: str) -> tuple[_Kind, ...]:
    source = files("monitor.collect").joinpath("data/refusals.toml").read_text("utf-8")
    return tuple(
        _Kind(FeedState(row["state"]), row["sentence"], tuple(row["signs"]))
        for row in tomllib.loads(source)[group]
    )
