"""An edition in messages that a chat takes: nothing left out, nothing torn. Pure.

A story is a piece of text that stays whole; pieces fill messages in their order. Words are cut
between graphemes and before they are escaped, so that no character and no entity is ever torn.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from monitor.model import FrozenEdition, OutlinedPromise, OutlinedStory
from monitor.text.graphemes import fitting, units

_ELLIPSIS = "…"
# The most of each; of a short message a quarter, a quarter and an eighth at most.
_HEADLINE_UNITS = 500
_LEAD_UNITS = 700
_OUTLETS_UNITS = 400
_HEADING_UNITS = 150
_LEAST_LEAD = 40


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a chat writes: what it escapes, how it sets words strongly, and a link."""

    escape: Callable[[str], str]
    strong: Callable[[str], str]
    link: Callable[[str, str], str]


def pieces(edition: FrozenEdition, dialect: Dialect, limit: int) -> Iterator[str]:
    """The edition in pieces of at most ``limit`` units: its subject, headings, stories, the rest.

    A heading comes in one piece with the story after it.
    """
    outline = edition.outline
    plain = (edition.rendered.subject, *outline.notices)
    for number, words in enumerate(plain):
        short = shortened(words, limit - 20, dialect.escape)
        yield dialect.strong(short) if number == 0 else short
    for group in outline.promises:
        heading = dialect.strong(shortened(group.name, limit // 8, dialect.escape))
        for number, each in enumerate(group.promises):
            before = "" if number else f"{heading}\n\n"
            yield before + _promise(each, dialect, limit - units(before))
    for section in outline.sections:
        most = min(_HEADING_UNITS, limit // 8)
        heading = dialect.strong(shortened(section.name, most, dialect.escape))
        for number, story in enumerate(section.stories):
            before = "" if number else f"{heading}\n\n"
            yield before + _story(story, dialect, limit - units(before))
    if outline.more:
        yield shortened(f"{outline.more} {outline.archive_hint}", limit, dialect.escape)


def packed(texts: Sequence[str], limit: int, glue: str = "\n\n") -> list[str]:
    """``texts`` in their order, joined to as few as possible of at most ``limit`` units each.

    None of them may be longer than that by itself.
    """
    full: list[str] = []
    for text in texts:
        if full and units(full[-1]) + units(glue) + units(text) <= limit:
            full[-1] = f"{full[-1]}{glue}{text}"
        else:
            full.append(text)
    return full


def shortened(words: str, limit: int, escape: Callable[[str], str]) -> str:
    """``words`` escaped, at most ``limit`` units of them; what is cut ends in an ellipsis."""
    if units(escape(words)) <= limit:
        return escape(words)
    kept = fitting(words, limit - 1, lambda text: units(escape(text)))
    return f"{escape(kept.rstrip())}{_ELLIPSIS}"


def _story(story: OutlinedStory, dialect: Dialect, limit: int) -> str:
    """Headline with its link, outlets, and as much of the lead as there is room for."""
    headline = shortened(story.headline, min(_HEADLINE_UNITS, limit // 4), dialect.escape)
    linked = dialect.link(headline, story.url)
    if units(linked) > limit // 2:  # an address that long is no link in any chat
        linked = dialect.strong(headline)
    outlets = shortened(", ".join(story.outlets), min(_OUTLETS_UNITS, limit // 4), dialect.escape)
    told = f"{linked}\n{outlets}"
    room = min(_LEAD_UNITS, limit - units(told) - 1)
    if not story.lead or room < _LEAST_LEAD:
        return told
    return f"{told}\n{shortened(story.lead, room, dialect.escape)}"


def _promise(each: OutlinedPromise, dialect: Dialect, limit: int) -> str:
    """How a promise stands and what was said of it, with the link where there is room for one."""
    stands = f"{each.standing}: {each.promise}"
    told = dialect.strong(shortened(stands, limit // 4, dialect.escape))
    if not each.sentence:
        return told
    quote = shortened(f"“{each.sentence}”", min(_LEAD_UNITS, limit // 4), dialect.escape)
    outlet = shortened(each.outlet, limit // 8, dialect.escape)
    linked = dialect.link(outlet, each.url)
    if units(told) + units(quote) + units(linked) + 2 > limit:
        linked = outlet
    return f"{told}\n{quote}\n{linked}"


def _escaped(words: str) -> str:
    return html.escape(words, quote=False)


def _linked(words: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{words}</a>'


def _slack_link(words: str, url: str) -> str:
    return f"<{_escaped(url).replace('|', '%7C')}|{words.replace('|', '¦')}>"


def _plain_link(words: str, url: str) -> str:
    return f"{words}\n{url}"


TELEGRAM = Dialect(_escaped, lambda words: f"<b>{words}</b>", _linked)
SLACK = Dialect(_escaped, lambda words: f"*{words}*", _slack_link)
PLAIN = Dialect(str, str, _plain_link)
