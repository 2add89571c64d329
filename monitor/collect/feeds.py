"""Bytes -> a feed and its entries, as stated."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import replace
from itertools import pairwise, repeat

from monitor.collect import refusals, sitemaps, strict
from monitor.collect.cadence import cadence, may_ask
from monitor.collect.charsets import as_text
from monitor.collect.entries import Statement, absolute, stated_entry
from monitor.collect.json_feed import parse_json_feed
from monitor.collect.reading import Reading
from monitor.collect.stamps import are_seen, elements
from monitor.model import Entry, FeedState, ParsedFeed
from monitor.text.plain import one_line

_PROLOG = re.compile(r"<(?:\?xml[^<>]*>?)?\s*")
_ROOT = re.compile(r"<(?:\w+:)?(rss|feed|rdf)\b", re.I)
_ENTRY_BEGINS = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.I)
_ENTRY_ENDS = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.I)
_LINK_ENDS = re.compile(
    r"""</(?:\w+:)?link\s*>|<(?:\w+:)?link\s(?![^<>]*\brel\s*=\s*["'](?!alternate))[^<>]*>""", re.I
)
# Where that begins which names an entry, or dates it.
_NAME_BEGINS = re.compile(
    r"<(?:\w+:)?(?:guid|id|pubdate|date|published|updated|issued|modified)\b", re.I
)
_QUOTED = re.compile(
    r"<!\[CDATA\[(?:(?:(?!\]\]>).)*+\]\]>|.*+)|<!--(?:(?:(?!-->).)*+-->|.*+)", re.S
)
_TITLE_ENDS = re.compile(r"</(?:\w+:)?title\s*>", re.I)
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{4000,}")
# Where in the document a flaw is, counted in one that was put right before.
_PLACE = re.compile(r"^<unknown>:\d+:\d+: ")
# What no text has, near the beginning of pictures and packed files.
_BINARY = re.compile("[\x00-\x08\x0e-\x1f]")
_PREFIX = re.compile(r"xmlns:([\w.-]+)\s*=")
_MOST_ATTRIBUTES, _MOST_PREFIXES, _MOST_NESTED_ENTITIES = 500, 200, 3
# Entries that are read one by one, which takes long, and characters of the head before them.
_MOST_SALVAGED, _LONGEST_HEAD = 200, 5_000
# An entity that is made of others, which no feed needs and every bomb is made of.
_NESTED_ENTITY = re.compile(r"<!ENTITY[^<>&]*+&(?!(?:amp|lt|gt|quot|apos);)\w+;")


def parse_with_markup(
    body: bytes, *, url: str, content_type: str = "", seen: Set[str] = frozenset()
) -> ParsedFeed:
    """Read one document as ``parse`` does, its summaries as HTML, for who asks what it states."""
    return parse(body, url=url, content_type=content_type, seen=seen, markup=True)


def parse(
    body: bytes,
    *,
    url: str,
    content_type: str = "",
    seen: Set[str] = frozenset(),
    markup: bool = False,
) -> ParsedFeed:
    """Read one document that was found at ``url``.

    Never raises on what a publisher may send, but ``MemoryError``: a document that is no feed
    comes back as a state with a sentence. Links are as stated, made absolute where a base is
    known. Of entries whose stamp is in ``seen`` only what names them is read; where there are no
    others, nothing is, and the state is unchanged. With ``markup`` a summary is harmless HTML.
    """
    text = as_text(body, content_type).lstrip()
    if not text:
        return ParsedFeed(FeedState.BROKEN, error="the answer is empty")
    if text[0] in "{[":
        return parse_json_feed(text, url, seen, markup)
    if refusals.is_page(text):
        return refusals.read_page(text, url)
    if sitemaps.root(text):
        return sitemaps.read_sitemap(text, url, seen)
    if _PROLOG.fullmatch(text):
        return ParsedFeed(FeedState.BROKEN, error="the document breaks off before it begins")
    return refusals.read_words(text) or _xml_feed(text, url, seen, markup)


def _xml_feed(text: str, url: str, seen: Set[str], markup: bool) -> ParsedFeed:
    document = text.encode("utf-8", "replace")
    sources = elements(document)
    if are_seen(sources, seen):
        return _with_cadence(ParsedFeed(FeedState.UNCHANGED), document, sources)
    reading = strict.read(document)
    if reading is not None:
        return _parsed(reading, document, sources, url, seen, markup)
    if _is_exhausting(text):
        return ParsedFeed(FeedState.BROKEN, error="the document is made to take for ever to read")
    # Here and not above: it takes long to load, and most feeds are well-formed.
    from monitor.collect import lenient

    try:
        reading = _salvaged(lenient.read(text), text)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  feedparser lets errors of every kind through
        reason = one_line(f"{type(error).__name__}: {error}")
        return ParsedFeed(FeedState.BROKEN, error=f"the document cannot be read ({reason})")
    if not reading.is_known:
        flaw = "no text, but packed or binary" if _BINARY.search(text[:100]) else reading.flaw
        sentence = f"neither a feed nor a web page{_because(flaw)}"
        return ParsedFeed(FeedState.NOT_A_FEED, error=sentence)
    is_cut = bool(reading.flaw) and _is_truncated(text)
    loses_its_end = is_cut and _loses_its_end(text)
    return _parsed(reading, document, sources, url, seen, markup, is_cut, loses_its_end)


def _salvaged(reading: Reading, text: str) -> Reading:
    """``reading``, or what its entries say one by one where a flaw of one hides others."""
    from monitor.collect import lenient

    if not reading.flaw:
        return reading
    bare = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
    begins = [found.start() for found in _ENTRY_BEGINS.finditer(bare)]
    few = len(reading.statements) < len(begins) <= _MOST_SALVAGED
    if not few or begins[0] > _LONGEST_HEAD:
        return reading
    head = text[: begins[0]]
    found: list[Statement] = []
    for begin, end in pairwise([*begins, len(text)]):
        found += lenient.read(head + text[begin:end]).statements[:1]
    is_more = len(found) > len(reading.statements)
    return replace(reading, statements=tuple(found)) if is_more else reading


def _parsed(
    reading: Reading,
    document: bytes,
    sources: list[bytes],
    url: str,
    seen: Set[str],
    markup: bool,
    is_cut: bool = False,
    loses_its_end: bool = False,
) -> ParsedFeed:
    statements = reading.statements[: -1 if loses_its_end else None]
    if len(sources) != len(reading.statements):
        sources = []
    stated = zip(statements, sources or repeat(b""), strict=False)
    found = (stated_entry(statement, source, url, seen, markup) for statement, source in stated)
    entries = tuple(entry for entry in found if entry)
    feed = ParsedFeed(
        state=_state(entries, is_cut),
        title=reading.title.plain(),
        link=absolute(reading.link, url),
        lang=one_line(reading.lang) or None,
        entries=entries,
        error=_flaw_sentence(reading.flaw, is_cut),
    )
    return _with_cadence(feed, document, sources)


def _with_cadence(feed: ParsedFeed, document: bytes, sources: list[bytes]) -> ParsedFeed:
    if not may_ask(document):
        return feed
    asked = cadence(_frame(document, sources))
    return replace(feed, ttl=asked.ttl, skip_hours=asked.skip_hours, skip_days=asked.skip_days)


def _frame(document: bytes, sources: list[bytes]) -> bytes:
    """The document without its entries, as far as they are known."""
    whole = [source for source in sources if source]
    if not whole:
        return document
    behind = document.rindex(whole[-1]) + len(whole[-1])
    return document[: document.index(whole[0])] + document[behind:]


def _is_exhausting(text: str) -> bool:
    """Whether the XML readers would need time that grows with the square of the size, or worse."""
    if len(set(_PREFIX.findall(text))) > _MOST_PREFIXES:
        return True
    if len(_NESTED_ENTITY.findall(text)) > _MOST_NESTED_ENTITIES:
        return True
    return any(tag[0].count("=") > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(text))


def _is_truncated(text: str) -> bool:
    root = _ROOT.search(text)
    if root is None:
        return False
    # Some generators forget the last line; everything is there when the channel is closed.
    endings = "rss|channel" if root[1].lower() == "rss" else root[1]
    return re.search(rf"</(?:\w+:)?(?:{endings})\s*>", text, re.I) is None


def _loses_its_end(text: str) -> bool:
    """Whether the last entry is cut off before its title and link are whole, or in its guid."""
    begins = [match.start() for match in _ENTRY_BEGINS.finditer(text)]
    if len(begins) <= len(_ENTRY_ENDS.findall(text)):
        return False
    names = [match.end() for match in _NAME_BEGINS.finditer(text, begins[-1])]
    if names and "</" not in text[names[-1] :]:
        return True
    return not (_LINK_ENDS.search(text, begins[-1]) and _TITLE_ENDS.search(text, begins[-1]))


def _state(entries: tuple[Entry, ...], truncated: bool) -> FeedState:
    if truncated:
        return FeedState.BROKEN
    return FeedState.OK if entries else FeedState.EMPTY


def _flaw_sentence(flaw: str, truncated: bool) -> str | None:
    if not flaw:
        return None
    problem = "the document breaks off in the middle" if truncated else "the document is malformed"
    return problem + _because(flaw)


def _because(flaw: str) -> str:
    return f" ({_PLACE.sub('', flaw)})" if flaw else ""
