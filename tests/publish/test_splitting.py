"""Whatever an edition says, chats get all of it, within their limits, and nothing torn."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import FrozenEdition, Outline, OutlinedSection, OutlinedStory, Rendered
from monitor.publish.formats import as_json, as_markdown
from monitor.publish.splitting import packed, shortened
from monitor.publish.transports import apprise, slack, telegram
from monitor.text.graphemes import may_cut, units

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)

ODD = ["&", "<", ">", '"', "|", "*", "👩🏽‍🚀", "🇰🇿", "е\u0301", "&amp;", " ", "中", "қ", "\u202e"]


def words_of(chance: Random, most: int) -> str:
    """Up to ``most`` letters of many scripts, with all that has a meaning to some chat."""
    letters = [*ODD, *map(chr, chance.choices(range(0x20, 0x2FFF), k=10)), "a", "b", "c", " "]
    return "".join(chance.choices(letters, k=chance.randint(0, most)))


def story_of(chance: Random) -> OutlinedStory:
    """A story with a link of its own."""
    return OutlinedStory(
        headline=words_of(chance, chance.choice([60, 200, 4000])),
        url=f"https://press.example/{chance.randrange(10**9)}?a=1&b=<2>",
        lead=words_of(chance, 900),
        outlets=tuple(words_of(chance, 40) for _ in range(chance.randint(0, 12))),
    )


@cache
def edition_of(seed: int) -> FrozenEdition:
    """A random edition, always the same for a seed."""
    chance = Random(seed)
    sections = tuple(
        OutlinedSection(
            words_of(chance, 200),
            tuple(story_of(chance) for _ in range(chance.choice([1, 2, 8, 30]))),
        )
        for _ in range(chance.randint(0, 4))
    )
    outline = Outline(
        title=words_of(chance, 60),
        sections=sections,
        notices=tuple(words_of(chance, 300) for _ in range(chance.randint(0, 3))),
        omitted=chance.randint(0, 3),
        archive_hint="monitor search 'since:2026-11-23'",
    )
    rendered = Rendered(words_of(chance, 300), "", "")
    return FrozenEdition(1, "daily", NOW, NOW, rendered, 0, outline=outline)


@dataclass(frozen=True)
class Chat:
    """What a chat gets of an edition, its limit, and how the words of a text are read."""

    texts: Callable[[FrozenEdition], list[str]]
    limit: int
    read: Callable[[str], str]


def slack_texts(edition: FrozenEdition) -> list[str]:
    """The texts of all sections."""
    return [
        block["text"]["text"]
        for message in slack.messages_of(edition)
        for block in message["blocks"]
    ]


class Tags(HTMLParser):
    """Reads Telegram's HTML, and fails on a tag that is not closed in its message."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the address of a link."""
        assert tag in ("a", "b")
        self.open.append(tag)
        self.words += [value or "" for _, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """It was open."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Words have no bare ampersand."""
        assert "&" not in data
        self.words.append(data)

    def handle_entityref(self, name: str) -> None:
        """Only the four that Telegram knows."""
        assert name in ("amp", "lt", "gt", "quot")
        self.words.append(html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        """An apostrophe in an address."""
        self.words.append(html.unescape(f"&#{name};"))


def read_telegram(text: str) -> str:
    """The words and addresses of a message."""
    reader = Tags()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return "".join(reader.words)


def read_slack(text: str) -> str:
    """The words and addresses of a section: every ampersand begins one of three entities."""
    assert re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", text, re.S)
    return html.unescape(text)


CHATS = {
    "slack": Chat(slack_texts, slack.SECTION_UNITS, read_slack),
    "telegram": Chat(telegram.messages_of, telegram.MESSAGE_UNITS, read_telegram),
    "discord": Chat(lambda edition: apprise.messages_of(edition, 2_000), 2_000, str),
    "teams": Chat(lambda edition: apprise.messages_of(edition, 28_000), 7_000, str),
    "mastodon": Chat(lambda edition: apprise.messages_of(edition, 500), 500, str),
}


@pytest.mark.parametrize("seeds", [range(60), pytest.param(range(60, 500), marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", CHATS)
def test_within_limits_and_complete(name: str, seeds: range) -> None:
    """D14: 500 editions by 5 chats: no text over its limit, no story missing, no entity torn."""
    chat = CHATS[name]
    for seed in seeds:
        edition = edition_of(seed)
        texts = chat.texts(edition)
        assert all(units(text) <= chat.limit for text in texts), seed
        assert _told(chat, texts, edition), seed


def _told(chat: Chat, texts: list[str], edition: FrozenEdition) -> bool:
    """Whether every story is in the texts, in their order."""
    told, place = "\n".join(map(chat.read, texts)), 0
    for story in edition.outline.stories:
        place = told.find(f"{story.url.split('?')[0]}?", place) + 1
        if not place:
            return False
    return True


def test_a_message_of_slack_is_no_longer_than_slack_takes() -> None:
    """Sections fill messages up to 50 blocks and 13,200 characters."""
    for message in (one for seed in range(60) for one in slack.messages_of(edition_of(seed))):
        sizes = [units(block["text"]["text"]) for block in message["blocks"]]
        assert len(sizes) <= 50 and sum(sizes) + units(message["text"]) < 13_200


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), st.integers(1, 300))
def test_shortened_words_are_whole_graphemes(text: str, limit: int) -> None:
    """What is kept is a beginning of the words, cut between graphemes, then escaped."""
    short = shortened(text, limit, html.escape)

    assert units(short) <= limit
    kept = html.unescape(short).removesuffix("…")
    assert short == html.escape(text) or any(
        text.startswith(kept) and may_cut(text, at) and text[:at].rstrip() == kept
        for at in range(len(text) + 1)
    )


@given(st.lists(st.text("abc", max_size=12), max_size=20))
def test_packing_keeps_everything_in_order(texts: list[str]) -> None:
    """Joined again, nothing is lost; no two neighbours would have fitted together."""
    full = packed(texts, 12, "")

    assert "".join(full) == "".join(texts)
    assert all(units(text) <= 12 for text in full)


def test_an_address_that_no_chat_takes_leaves_the_headline() -> None:
    """A story whose link is longer than a message is still told."""
    story = OutlinedStory("Kulma opens", "https://x.example/" + "a" * 5000)
    outline = Outline("Daily", (OutlinedSection("Top", (story,)),))
    edition = FrozenEdition(1, "daily", NOW, NOW, Rendered("s", "", ""), 1, outline=outline)

    assert all("Kulma opens" in "".join(chat.texts(edition)) for chat in CHATS.values())


@pytest.mark.parametrize("seed", range(30))
def test_markdown_and_json_tell_every_story(seed: int) -> None:
    """All in their order; the same edition gives the same bytes, and programs can read them."""
    edition = edition_of(seed)
    told = [
        story["url"]
        for section in json.loads(as_json(edition))["sections"]
        for story in section["stories"]
    ]

    assert told == [story.url for story in edition.outline.stories]
    assert as_json(edition) == as_json(edition_of(seed))
    links = [url.replace("<", "%3C").replace(">", "%3E") for url in told]
    assert list(_found(as_markdown(edition), links)) == links


def _found(text: str, links: list[str]) -> Iterator[str]:
    place = 0
    for link in links:
        place = text.index(f"(<{link}>)", place) + 1
        yield link


@pytest.mark.parametrize(
    ("headline", "written"),
    [
        ("[x](javascript:1)", r"\[x\](javascript:1)"),
        ("# a *b* _c_ `d` <e>", r"\# a \*b\* \_c\_ \`d\` \<e\>"),
        ("1. one", r"1\. one"),
    ],
)
def test_nobodys_words_are_marks(headline: str, written: str) -> None:
    """A headline cannot begin a list, a link or a tag."""
    outline = Outline("", (OutlinedSection("S", (OutlinedStory("h", "u", headline),)),))
    edition = FrozenEdition(1, "daily", NOW, NOW, Rendered("s", "", ""), 1, outline=outline)

    assert as_markdown(edition).rstrip().splitlines()[-1] in (written, "\\" + written)
