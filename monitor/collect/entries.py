"""One entry from what its publisher states, whatever the format of the feed. Pure."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from monitor.collect.attribution import attributed
from monitor.collect.dates import moment
from monitor.collect.stamps import stamp
from monitor.model import Entry
from monitor.text.plain import from_markup, one_line, safe_markup, scalar

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# An address beside the name of a person, or in its place.
_MAIL = re.compile(
    r"(?:mailto:)?(?<![\w.+-])([\w.+-]++@(?:[a-z0-9-]++\.)+[a-z]{2,63})(?:\?subject=[^\s)>]++)?",
    re.I | re.A,
)
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|<\s*>|\[\s*\]")
# The first second of 1970 is what clocks say that were never set.
_YEARS = range(1971, 2100)
# An element with nothing but other elements in it.
_HOLLOW = re.compile(rb"(?:\s++|<!\[CDATA\[|\]\]>|</?[\w:.-]++\s*+/?>)*+")
# What urljoin would leave as it is; the rest is for urljoin to say.
_PLAIN_LINK = re.compile(r"https?://[\w.-]+(?::\d{1,5})?/[\w/.,~!*'()%+:;@&=$-]*(?:\?[^\s\[\]]*)?")


@dataclass(frozen=True, slots=True)
class Construct:
    """Atom's word for a text: markup, or characters that mean themselves.

    Links in it are relative to ``base``, which may itself be relative.
    """

    value: str = ""
    literal: bool = False
    base: str = ""

    def plain(self) -> str:
        """The words on one line."""
        return one_line(self.value) if self.literal else from_markup(self.value)

    def shown(self, base: str) -> str:
        """What it states where ``base`` is, with its markup as far as that is harmless."""
        if self.literal:
            return one_line(self.value)
        return safe_markup(self.value, absolute(self.base, base) or base)


def atom_text(value: str) -> Construct:
    """What Atom calls plain text: many who say so mean markup, which a closing tag gives away."""
    return Construct(value, literal="</" not in value)


NOTHING = Construct()


@dataclass(frozen=True, slots=True)
class Statement:
    """An entry as it stands in its document, nothing converted yet; what is missing is empty.

    ``guid`` says by what the entry may be reached if it has no ``link``; ``outlet`` and ``site``
    name its publisher and home page where the feed only passes on what others published.
    """

    id: str = ""
    link: str = ""
    guid: str = ""
    title: Construct = NOTHING
    summary: Construct = NOTHING
    contents: tuple[Construct, ...] = ()
    published: str = ""
    updated: str = ""
    authors: tuple[str, ...] = ()
    outlet: str = ""
    site: str = ""

    def says_more(self) -> bool:
        """Whether it has anything but texts."""
        return bool(self.id or self.guid or self.published or self.updated or self.authors)


def stated_entry(
    statement: Statement, source: bytes, base: str, seen: Container[str], markup: bool = False
) -> Entry | None:
    """An entry of plain one-line texts; None when there is nothing in it at all.

    ``source`` is the element as it stands in the document, empty where that is not known; a link
    is resolved against ``base``. An entry without a title is called by its first words, its link or
    its id; one that states none of them has no title, and nothing that could be shown. With
    ``markup`` the summary is harmless HTML, and the text stands in for one that is missing.
    """
    site = absolute(statement.site, base) if statement.site else None
    link = _link(statement, base)
    title = statement.title.plain()
    mark = stamp(source, link or "") if source else ""
    if title and mark and mark in seen:
        return _entry(statement, link, site, title, stamp=mark, seen=True)
    summary = statement.summary.plain()
    text = max((content.plain() for content in statement.contents), key=len, default="")
    title = title or _first_words(summary or text) or link or one_line(statement.id)
    if not title and not statement.says_more() and _is_hollow(source):
        return None
    summary = "" if summary == text else summary
    entry = _entry(
        statement,
        link,
        site,
        title,
        summary=summary,
        text=text,
        authors=tuple(dict.fromkeys(filter(None, map(one_line, statement.authors)))),
        stamp=mark,
    )
    return _with_markup(entry, statement, base) if markup else entry


def _with_markup(entry: Entry, statement: Statement, base: str) -> Entry:
    texts = (statement.summary, *statement.contents)
    shown = next(filter(None, (text.shown(base) for text in texts)), "")
    return replace(entry, summary=shown, text="")


def _is_hollow(source: bytes) -> bool:
    """Whether an element has neither text nor attributes; what is no element has nothing else."""
    return not source.startswith(b"<") or _HOLLOW.fullmatch(source) is not None


def _entry(
    statement: Statement,
    link: str | None,
    site: str | None,
    title: str,
    *,
    summary: str = "",
    text: str = "",
    authors: tuple[str, ...] = (),
    stamp: str,
    seen: bool = False,
) -> Entry:
    entry = Entry(
        id=one_line(statement.id) or None,
        link=link,
        title=title,
        summary=summary,
        text=text,
        published=_credible(moment(statement.published)),
        updated=_credible(moment(statement.updated)),
        authors=authors,
        outlet=one_line(statement.outlet) or None,
        site=site,
        stamp=stamp,
        seen=seen,
    )
    return attributed(entry)


def _link(statement: Statement, base: str) -> str | None:
    """The stated link; a guid is one only where it is a whole address."""
    found = absolute(statement.link, base)
    if found is None and statement.guid.lower().startswith(("http://", "https://")):
        return absolute(statement.guid, base)
    return found


def absolute(link: str, base: str) -> str | None:
    """``link`` as stated, made absolute; None unless it leads to a web page.

    Without a ``base`` a relative link stays as it is.
    """
    if _PLAIN_LINK.fullmatch(link):
        return link
    try:
        whole = urljoin(base, _CONTROL.sub("", scalar(link)).strip())
        parts = urlsplit(whole)
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc)
    is_open = not base and not parts.scheme
    return whole if link.strip() and (is_web or is_open) else None


def person(text: str) -> str:
    """``a@b.example (Name)`` or ``Name <a@b.example>`` -> ``Name``; an address alone stays."""
    found = _MAIL.search(text)
    if found is None:
        return text
    name = _EMPTY_BRACKETS.sub("", text.replace(found[0], "")).strip()
    return name.removeprefix("(").removesuffix(")").strip() or found[1]


def _first_words(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + "…"


def _credible(stated: datetime | None) -> datetime | None:
    """A year 1, 1970 or 9999 is a slip, and no time zone can show some of them."""
    return stated if stated and stated.year in _YEARS else None
