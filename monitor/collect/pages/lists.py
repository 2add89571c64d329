"""A list page read as a feed: its links to articles, with what stands around them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import islice

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from soupsieve import SelectorSyntaxError

from monitor.collect.entries import absolute
from monitor.collect.pages.addresses import repeated, same_site
from monitor.collect.pages.days import (
    day_of_address,
    day_of_words,
    moment_of_attribute,
)
from monitor.collect.pages.soup import (
    around,
    base_of,
    decoded,
    inside,
    letters,
    paragraphs,
    read,
    words,
)
from monitor.model import Entry, FeedState, ParsedFeed, Recipe
from monitor.text.patterns import fits, is_address_pattern, is_day_pattern
from monitor.text.plain import one_line

_CHALLENGE = re.compile(
    r"cf-chl|challenge-platform|just a moment|ddos-guard|checking your browser|captcha", re.I
)
_MARKUP = re.compile(r"<(?:html|head|body|div|a|p|table)\b", re.I)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ASIDES = ("nav", "footer", "aside", "form")
# What holds a list, and never one of its members.
_LISTS = ("[document]", "html", "body", "main", "ul", "ol", "dl", "table", "tbody")
_FEWEST_LETTERS, _FEWEST_IN_TEASER = 12, 40
_LONGEST_TITLE, _MOST_ENTRIES, _READ_AROUND = 200, 500, 1000
_MOST_LINKS, _MOST_ANCHORS, _MOST_NODES, _DEEPEST = 1000, 5, 2000, 3
_SENTENCE = re.compile(r".{30,}?[.!?。！？](?=\s|[^\x00-\x7f]|$)")
_CUT = ("…", "...")


def parse_page(body: bytes, *, url: str, recipe: Recipe, content_type: str = "") -> ParsedFeed:
    """Read the list page that was found at ``url``; what the recipe leaves out is found.

    Never raises on what a site may send, nor on a recipe that is wrong: that is a state with a
    sentence. Without a ``link``, articles are the links of the same site with a title's length
    whose addresses share a pattern.
    """
    text = decoded(body, content_type)
    if not text.strip():
        return ParsedFeed(FeedState.BROKEN, error="the answer is empty")
    soup = read(text)
    try:
        entries = tuple(_entries(soup, url, _completed(recipe, url)))
    except (SelectorSyntaxError, re.error) as error:
        reason = str(error).partition("\n")[0]
        return ParsedFeed(FeedState.BROKEN, error=f"the recipe cannot be followed ({reason})")
    if not entries:
        return _nothing(text, recipe)
    return ParsedFeed(
        FeedState.OK, title=_name(soup), link=url, lang=_language(soup), entries=entries
    )


def _completed(recipe: Recipe, url: str) -> Recipe:
    """The recipe, an empty one by that of the make of pages that ``url`` is of."""
    if recipe != Recipe():
        return recipe
    return next((known for address, known in _makes() if re.match(address, url)), recipe)


@cache
def _makes() -> tuple[tuple[str, Recipe], ...]:
    """Patterns on addresses, and the recipe of the pages there."""
    source = files("monitor.collect").joinpath("data", "pages.toml").read_text("utf-8")
    rows = tomllib.loads(source)["makes"]
    return tuple((row["url"], Recipe(row["link"], row["title"], row["date"])) for row in rows)


def _nothing(text: str, recipe: Recipe) -> ParsedFeed:
    if _CHALLENGE.search(text):
        return ParsedFeed(FeedState.BLOCKED, error="a bot protection answered instead of the page")
    if not _MARKUP.search(text):
        return ParsedFeed(FeedState.NOT_A_FEED, error="the answer is no web page")
    if recipe.link:
        return ParsedFeed(FeedState.EMPTY, error=f"no link of the page fits {recipe.link}")
    hint = "say which with page = { link = … }"
    return ParsedFeed(FeedState.EMPTY, error=f"no links of the page look like articles; {hint}")


def _name(soup: BeautifulSoup) -> str:
    title = soup.find("title")
    return one_line(words(title)) if title else ""


def _language(soup: BeautifulSoup) -> str | None:
    root = soup.find("html", lang=True)
    return str(root["lang"]).strip() or None if root else None


@dataclass(frozen=True, slots=True)
class _Place:
    """An article on the page: where its links lead, they themselves, and what is its own."""

    url: str
    anchors: tuple[Tag, ...]
    block: Tag


def _entries(soup: BeautifulSoup, url: str, recipe: Recipe) -> Iterator[Entry]:
    links = _links(soup, url, recipe)
    owners = _owners(links)
    for target, anchors in list(links.items())[:_MOST_ENTRIES]:
        place = _Place(target, tuple(anchors), _block(anchors[0], target, owners))
        if entry := _entry(place, recipe, owners):
            yield entry


def _links(soup: BeautifulSoup, url: str, recipe: Recipe) -> dict[str, list[Tag]]:
    """The links to articles by where they lead, in the page's order."""
    base = base_of(soup, url)
    found: dict[str, list[Tag]] = {}
    for anchor in islice(_anchors(soup, recipe), _MOST_LINKS):
        target = (absolute(str(anchor["href"]), base) or "").partition("#")[0]
        if target and target.rstrip("/") != url.rstrip("/"):
            anchors = found.setdefault(target, [])
            anchors += [anchor] if len(anchors) < _MOST_ANCHORS else []
    if is_address_pattern(recipe.link):
        return {target: tags for target, tags in found.items() if fits(target, recipe.link)}
    return found if recipe.link else _likely(found, url)


def _anchors(soup: BeautifulSoup, recipe: Recipe) -> Iterator[Tag]:
    if recipe.link and not is_address_pattern(recipe.link):
        for tag in soup.select(recipe.link):
            anchor = tag if tag.get("href") else tag.find("a", href=True)
            if isinstance(anchor, Tag):
                yield anchor
    else:
        yield from soup.find_all("a", href=True)


def _likely(found: dict[str, list[Tag]], url: str) -> dict[str, list[Tag]]:
    titled = {
        target: tags
        for target, tags in found.items()
        if same_site(target, url) and any(map(_is_titled, tags))
    }
    kept = repeated(titled)
    return {target: tags for target, tags in titled.items() if target in kept}


def _is_titled(anchor: Tag) -> bool:
    is_aside = any(tag.name in _ASIDES for tag in around(anchor))
    return not is_aside and letters(_anchor_title(anchor)) >= _FEWEST_LETTERS


def _owners(links: dict[str, list[Tag]]) -> dict[int, str | None]:
    """For each tag around a link where that leads, None where several lead elsewhere; by id()."""
    owners: dict[int, str | None] = {}
    for target, anchors in links.items():
        for anchor in anchors:
            for tag in (anchor, *around(anchor)):
                if owners.setdefault(id(tag), target) != target:
                    if owners[id(tag)] is None:
                        break
                    owners[id(tag)] = None
    return owners


def _block(anchor: Tag, target: str, owners: dict[int, str | None]) -> Tag:
    """The largest tag around a link that belongs to no other article."""
    block = anchor
    for tag in around(anchor):
        if owners.get(id(tag)) != target or tag.name in _LISTS:
            break
        block = tag
    return block


def _entry(place: _Place, recipe: Recipe, owners: dict[int, str | None]) -> Entry | None:
    title, summary = _title(place, recipe)
    if not (title := one_line(title)):
        return None
    return Entry(
        id=None,
        link=place.url,
        title=title,
        summary=one_line(summary or _teaser(place.block, title)),
        published=_published(place, title, recipe, owners),
    )


def _title(place: _Place, recipe: Recipe) -> tuple[str, str]:
    """The title, and the whole text where that was no title but a message."""
    chosen = _selected(place.block, recipe.title)
    if chosen is None:
        titles = map(_anchor_title, place.anchors)
        return _shortened(max(titles, key=len)), ""
    parts = paragraphs(chosen)
    whole = " ".join(parts)
    is_message = len(parts) > 1 or len(whole) > _LONGEST_TITLE
    return (_shortened(parts[0]), whole) if is_message else (whole, "")


def _selected(block: Tag, selector: str) -> Tag | None:
    if not selector or sum(1 for _ in islice(block.descendants, _MOST_NODES)) == _MOST_NODES:
        return None
    return block if block.css.match(selector) else block.select_one(selector)


def _shortened(text: str) -> str:
    """A message's first sentence, or as many of its words as a title may have."""
    if len(text) <= _LONGEST_TITLE:
        return text
    sentence = _SENTENCE.match(text[:_LONGEST_TITLE])
    return sentence[0] if sentence else text[:_LONGEST_TITLE].rsplit(" ", 1)[0] + "…"


def _anchor_title(anchor: Tag) -> str:
    """What a link calls its article: a heading in or around it, its text, its title attribute."""
    headings = (
        *inside(anchor, _HEADINGS),
        *(tag for tag in around(anchor) if tag.name in _HEADINGS),
    )
    text = words(headings[0] if headings else _heart(anchor))
    stated = " ".join(str(anchor.get("title", "")).split())
    is_cut = text.endswith(_CUT) and len(stated) > len(text)
    return stated if is_cut or not text else text


def _heart(anchor: Tag) -> Tag:
    """The first part of a link that is long enough for a title, past dates and labels."""
    for _ in range(_DEEPEST):
        if any(isinstance(child, NavigableString) and child.strip() for child in anchor):
            break
        parts = [child for child in anchor if isinstance(child, Tag) and words(child)]
        if not parts:
            break
        long = (part for part in parts if letters(words(part)) >= _FEWEST_LETTERS)
        anchor = next(long, parts[0])
    return anchor


def _teaser(block: Tag, title: str) -> str:
    texts = (words(tag) for tag in inside(block, ("p",)))
    told = [text for text in texts if letters(text) >= _FEWEST_IN_TEASER and title not in text]
    return max(told, key=len, default="")


def _published(
    place: _Place, title: str, recipe: Recipe, owners: dict[int, str | None]
) -> datetime | None:
    """When it was published, as the recipe says, or by a time element, the address, or words."""
    if is_day_pattern(recipe.date):
        if stated := day_of_address(place.url, recipe.date):
            return stated
    elif (chosen := _selected(place.block, recipe.date)) and (stated := _moment(chosen)):
        return stated
    timed = next(inside(place.block, ("time",)), None)
    by_element = _moment(timed) if timed else None
    return by_element or day_of_address(place.url) or _day_around(place.block, title, owners)


def _moment(tag: Tag) -> datetime | None:
    return moment_of_attribute(str(tag.get("datetime", ""))) or day_of_words(words(tag))


def _day_around(block: Tag, title: str, owners: dict[int, str | None]) -> datetime | None:
    """The day in the words of a block, but not of its title, or between it and the next one."""
    told = words(block).replace(title, " ", 1)
    for sibling in block.next_siblings:
        if id(sibling) in owners or len(told) > _READ_AROUND:
            break
        told += " " + (words(sibling) if isinstance(sibling, Tag) else str(sibling))
    return day_of_words(told[:_READ_AROUND])
