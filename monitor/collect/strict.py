"""A well-formed feed of a common shape -> what it states, at a fraction of feedparser's time.

Only what is understood in full is read here; any doubt is answered with None, and the lenient
reader takes the document. Both say the same of every document that this one accepts: where
feedparser has habits of its own (it mends text that was encoded twice, and finds titles and
summaries inside elements that it does not know), this one has doubts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from monitor.collect.entries import NOTHING, Construct, Statement, atom_text, person
from monitor.collect.reading import Reading
from monitor.collect.vocabulary import ATOM, RDF, RSS1, XHTML, Role, is_markup, role

_ABOUT = f"{RDF}about"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# A document type, and what feedparser takes for too many strokes.
_UNUSUAL = (b"<!DOCTYPE", b"<!ENTITY", b":///")
# Bases, and characters that feedparser takes for a slip of the encoding.
_DOUBTFUL = (
    re.compile(rb"base\s*=\s*[\"']"),
    re.compile(rb"\xc2[\x80-\x9f]"),
    re.compile(rb"\xc3[\x82-\xb4]\xc2"),
    re.compile(rb"&#(?:x0*[89a-f][0-9a-f];|0*(?:1[2-9]|2[0-4])\d;)", re.I),
    # One half of a character, as markup may have it where XML does not look.
    re.compile(rb"&#(?:x0*d[89a-f]|0*5[5-7]\d)", re.I),
)
_REFERENCE = re.compile(r"&\w+;")
_PERSON = frozenset(f"{ATOM}{name}" for name in ("name", "email", "uri"))
_IN_IMAGE = frozenset(("title", "link", "description", "url", "width", "height"))
_IN_TEXT_INPUT = frozenset(("title", "link", "description", "name"))
_HTML = frozenset(("html", "text/html"))
_TEXT = frozenset(("", "text", "text/plain"))
_DEEPEST = 40
# What stands in the feed's head and is not read.
_UNREAD = frozenset(
    (
        *(Role.SUMMARY, Role.PUBLISHED, Role.UPDATED, Role.AUTHOR),
        *(Role.PERSON, Role.MEDIA, Role.HARMLESS),
    )
)


class _DoubtError(Exception):
    """Not every part of the document is understood here."""


def read(document: bytes) -> Reading | None:
    """The feed in ``document``, which is in UTF-8 whatever it declares; None in doubt."""
    if any(sign in document for sign in _UNUSUAL):
        return None
    if any(pattern.search(document) for pattern in _DOUBTFUL):
        return None
    parser = ElementTree.XMLParser(encoding="utf-8")
    try:
        parser.feed(document)
        return _feed(parser.close())
    except (ElementTree.ParseError, ValueError, _DoubtError):
        return None


def _feed(root: Element) -> Reading:
    if "lang" in root.attrib:
        raise _DoubtError
    lang = root.get(_XML_LANG, "").replace("_", "-")
    if root.tag == f"{ATOM}feed":
        return _reading(list(root), [], lang, f"{ATOM}entry")
    frames = [part for part in root if part.tag in ("channel", f"{RSS1}channel")]
    if len(frames) != 1 or frames[0].attrib.keys() - {_ABOUT}:
        raise _DoubtError
    if root.tag == "rss" and len(root) == 1:
        return _reading(list(frames[0]), [], lang, "item")
    if root.tag == f"{RDF}RDF" and frames[0].tag == f"{RSS1}channel":
        beside = [part for part in root if part is not frames[0]]
        return _reading(list(frames[0]), beside, "", f"{RSS1}item")
    raise _DoubtError


def _reading(head: list[Element], beside: list[Element], lang: str, entry: str) -> Reading:
    is_atom = entry.startswith(ATOM)
    found = _Found()
    for part in head:
        if part.tag != entry:
            _take_from_head(found, part, is_atom)
    for part in beside:
        if part.tag != entry and role(part.tag) is not Role.PICTURE:
            raise _DoubtError
    return Reading(
        title=found.title,
        link=found.link or found.own or found.id,
        lang=found.lang or lang,
        statements=tuple(
            _statement(part, is_atom) for part in (*head, *beside) if part.tag == entry
        ),
    )


@dataclass(slots=True)
class _Found:
    """What was found so far among the children of an entry, or of the feed."""

    id: str = ""
    has_id: bool = False
    link: str = ""
    own: str = ""
    guid: str = ""
    lang: str = ""
    title: Construct = NOTHING
    summary: Construct | None = None
    contents: list[Construct] = field(default_factory=list)
    whole: Construct | None = None
    published: str = ""
    updated: str = ""
    authors: list[str] = field(default_factory=list)
    outlet: str = ""
    site: str = ""
    media_titles: int = 0
    captions: int = 0
    addresses: int = 0
    forgets_titles: bool = False


_Taker = Callable[[_Found, Element, bool], None]


def _take_from_head(found: _Found, part: Element, is_atom: bool) -> None:
    what = role(part.tag)
    if what is Role.TITLE:
        _take_title(found, part, is_atom)
    elif what is Role.LINK:
        _take_link(found, part, is_atom)
    elif what is Role.ID and is_atom:
        _take_id(found, part, is_atom)
    elif what is Role.LANGUAGE:
        found.lang = _text(part)
    elif what is Role.PICTURE:
        usual = _IN_IMAGE if _name(part) == "image" else _IN_TEXT_INPUT
        if any(_name(inner) not in usual for inner in part):
            raise _DoubtError
    elif what in _UNREAD:
        _check_harmless(part)
    else:
        raise _DoubtError


def _statement(entry: Element, is_atom: bool) -> Statement:
    if entry.attrib and entry.attrib.keys() - {_ABOUT, _XML_LANG}:
        raise _DoubtError
    about = entry.get(_ABOUT, "")
    guid = about if entry.tag == f"{RSS1}item" else ""
    found = _Found(id=about, guid=guid, has_id=_ABOUT in entry.attrib)
    for part in entry:
        _taker(part.tag)(found, part, is_atom)
    if found.media_titles and (not found.title.value or found.forgets_titles):
        raise _DoubtError
    # feedparser takes the end of a long domain for a name, and keeps the last author as stated.
    if found.addresses and len(found.authors) > 1:
        raise _DoubtError
    if found.captions and found.summary is None and not found.contents:
        raise _DoubtError
    return Statement(
        id=found.id,
        link=found.link,
        guid="" if found.link else found.guid,
        title=found.title,
        summary=found.summary or NOTHING,
        contents=(*found.contents, *([found.whole] if found.whole else ())),
        published=found.published or ("" if is_atom else found.updated),
        updated=found.updated,
        authors=tuple(found.authors),
        outlet=found.outlet,
        site=found.site,
    )


@lru_cache(maxsize=1000)
def _taker(tag: str) -> _Taker:
    """Who takes an element called ``tag``; asked again and again for the same few."""
    return _TAKERS.get(role(tag), _take_nothing)


def _name(part: Element) -> str:
    return part.tag.rpartition("}")[2]


def _text(part: Element) -> str:
    """The characters of an element that has no elements in it."""
    if len(part):
        raise _DoubtError
    return (part.text or "").strip()


def _construct(part: Element, is_atom: bool) -> Construct:
    """A text; outside Atom it is always taken for markup."""
    if not is_atom:
        if part.attrib and part.attrib.keys() - {_XML_LANG}:
            raise _DoubtError
        return Construct(_text(part))
    kind = part.get("type", "")
    if part.attrib.keys() - {"type", "src", _XML_LANG} or not part.tag.startswith(ATOM):
        raise _DoubtError
    if kind == "xhtml":
        return Construct("".join(_markup(_inside(part))))
    if kind not in _TEXT and kind not in _HTML:
        raise _DoubtError
    return atom_text(_text(part)) if kind in _TEXT else Construct(_text(part))


def _inside(part: Element) -> Element:
    """RFC 4287, 3.1.1.3: the ``div`` around an XHTML text is no part of it."""
    inner = part[0] if len(part) == 1 and part[0].tag == f"{XHTML}div" else part
    return inner if not f"{part.text or ''}{inner.tail or ''}".strip() else part


def _markup(part: Element, depth: int = 0) -> Iterator[str]:
    """The inside of an XHTML element as HTML; attributes say nothing that could be read."""
    if depth > _DEEPEST:
        raise _DoubtError
    yield escape(part.text or "")
    for inner in part:
        name = _name(inner)
        if not is_markup(name):
            raise _DoubtError
        yield f"<{name}>"
        yield from _markup(inner, depth + 1)
        yield f"</{name}>"
        yield escape(inner.tail or "")


def _take_title(found: _Found, part: Element, is_atom: bool) -> None:
    """The first title that is not empty."""
    title = _construct(part, is_atom)
    if found.title is not NOTHING:
        raise _DoubtError
    found.title = title


def _take_link(found: _Found, part: Element, is_atom: bool) -> None:
    """The last alternate link to a page; RSS has it as text."""
    if not part.attrib:
        found.link = _text(part) or found.link
        if _REFERENCE.search(found.link):
            raise _DoubtError
        return
    href = part.get("href")
    if not href or part.tag != f"{ATOM}link" or len(part) or "url" in part.attrib:
        raise _DoubtError
    relation = part.get("rel", "alternate").lower()
    if "/" in relation:
        raise _DoubtError
    if relation == "self":
        found.own = found.own or href
    if relation == "alternate":
        if part.get("type", "text/html").lower() not in _HTML:
            raise _DoubtError
        found.link = href


def _take_id(found: _Found, part: Element, is_atom: bool) -> None:
    if found.has_id or (part.attrib and part.attrib.keys() - {"isPermaLink"}):
        raise _DoubtError
    found.id, found.has_id = _text(part), True
    if part.get("isPermaLink", "true") == "true":
        found.guid = found.id


def _take_summary(found: _Found, part: Element, is_atom: bool) -> None:
    if found.summary is not None:
        raise _DoubtError
    found.summary = _construct(part, is_atom)


def _take_media(found: _Found, part: Element, is_atom: bool) -> None:
    """Pictures and films, which may have a description, and may be grouped."""
    for inner in part.iter():
        what = role(inner.tag)
        if what is Role.MEDIA_TITLE:
            found.media_titles += 1
        elif what is Role.MEDIA_SUMMARY:
            found.captions += 1
        elif what not in (Role.MEDIA, Role.HARMLESS):
            raise _DoubtError


def _take_content(found: _Found, part: Element, is_atom: bool) -> None:
    found.contents.append(_construct(part, is_atom))


def _take_whole_text(found: _Found, part: Element, is_atom: bool) -> None:
    if found.whole is not None or part.attrib:
        raise _DoubtError
    found.whole = Construct(_text(part))


def _take_published(found: _Found, part: Element, is_atom: bool) -> None:
    found.published = _text(part)


def _take_updated(found: _Found, part: Element, is_atom: bool) -> None:
    found.updated = _text(part)


def _take_author(found: _Found, part: Element, is_atom: bool) -> None:
    found.addresses += "@" in (part.text or "")
    found.authors.append(_author(part))


def _take_origin(found: _Found, part: Element, is_atom: bool) -> None:
    """RSS names the publisher of what a feed only passes on."""
    if is_atom:
        raise _DoubtError
    found.outlet, found.site = _text(part), part.get("url", "")
    found.forgets_titles = True


def _take_picture(found: _Found, part: Element, is_atom: bool) -> None:
    _text(part)
    found.forgets_titles = True


def _take_harmless(found: _Found, part: Element, is_atom: bool) -> None:
    if len(part):
        _check_harmless(part)


def _take_nothing(found: _Found, part: Element, is_atom: bool) -> None:
    raise _DoubtError


_TAKERS: dict[Role, _Taker] = {
    Role.HARMLESS: _take_harmless,
    Role.PERSON: _take_harmless,
    Role.LANGUAGE: _take_harmless,
    Role.TITLE: _take_title,
    Role.LINK: _take_link,
    Role.ID: _take_id,
    Role.SUMMARY: _take_summary,
    Role.CONTENT: _take_content,
    Role.WHOLE_TEXT: _take_whole_text,
    Role.PUBLISHED: _take_published,
    Role.UPDATED: _take_updated,
    Role.AUTHOR: _take_author,
    Role.ORIGIN: _take_origin,
    Role.PICTURE: _take_picture,
    Role.MEDIA: _take_media,
    Role.MEDIA_TITLE: _take_media,
    Role.MEDIA_SUMMARY: _take_media,
}


def _check_harmless(part: Element) -> None:
    """Nothing inside may be what feedparser would find there."""
    for inner in part:
        for deeper in inner.iter():
            if role(deeper.tag) not in (Role.HARMLESS, Role.PERSON):
                raise _DoubtError


def _author(part: Element) -> str:
    """An Atom person, or a text with a name and perhaps an address."""
    if not len(part):
        return person(_text(part))
    persons = {inner.tag: _text(inner) for inner in part}
    if len(persons) < len(part) or persons.keys() - _PERSON:
        raise _DoubtError
    return persons.get(f"{ATOM}name") or persons.get(f"{ATOM}email") or ""
