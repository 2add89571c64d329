"""What publishers do to a feed from one poll to the next, and how many articles are new at each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

Count = Callable[[list[Any]], list[str | None]]


@dataclass(frozen=True)
class Item:
    """One item of a feed; ``None`` leaves an element out."""

    number: int
    title: str = "Story number {} about the railway"
    link: str | None = "https://news.example/news/{}"
    guid: str | None = "g-{}-abcdef"
    permalink: bool = False
    date: str | None = "Sun, 22 Nov 2026 0{}:00:00 +0500"
    summary: str | None = None

    def written(self) -> str:
        """The element."""
        mark = "" if self.permalink else ' isPermaLink="false"'
        parts = [
            ("title", "", self.title),
            ("link", "", self.link),
            ("guid", mark, self.guid),
            ("pubDate", "", self.date),
            ("description", "", self.summary),
        ]
        inner = "".join(
            f"<{name}{mark}>{text.format(self.number)}</{name}>"
            for name, mark, text in parts
            if text is not None
        )
        return f"<item>{inner}</item>"


def _feed(items: Sequence[Item], charset: str = "utf-8") -> bytes:
    head = "<title>N</title><link>https://news.example/</link>"
    inner = "".join(item.written() for item in items)
    prolog = f'<?xml version="1.0" encoding="{charset}"?>'
    return f"{prolog}<rss><channel>{head}{inner}</channel></rss>".encode(charset)


def _five(**fields: Any) -> bytes:
    return _feed([Item(number, **fields) for number in range(1, 6)])


def _some(*numbers: int, **fields: Any) -> bytes:
    return _feed([Item(number, **fields) for number in numbers])


def _atom(identifier: str) -> bytes:
    entries = "".join(
        f"<entry><id>{identifier.format(n)}</id><title>Story number {n} about the railway</title>"
        f'<link href="https://news.example/news/{n}"/><updated>2026-11-22T0{n}:00:00+05:00</updated>'
        "</entry>"
        for n in range(1, 6)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()


BASE = _five()
_LINK = "https://news.example/news/{}"
_RUSSIAN = "Казахстан и Китай: новость {}"
_RAIL = "Kazakhstan opens the new railway line today"
_GAS = "Uzbek exports of gas to the neighbours rise sharply"
_LAW = "Tajik parliament ratifies a treaty about borders"
_PRESS = [
    [(1, _RAIL), (2, _GAS)],
    [(3, _LAW), (1, _RAIL), (2, _GAS)],
    [(3, _LAW), (1, _RAIL)],
]
_SAME_WORDS = "The two sides agreed on the second line of the railway. " * 3

# Name: what is new at each poll, and the polls.
_SEQUENCES: dict[str, tuple[list[int], list[bytes]]] = {
    "other guids": ([5, 0], [BASE, _five(guid="new-{}-xyzabc")]),
    "other guids at every poll": ([5, 0, 0], [_five(guid=f"r{turn}-{{}}-zz") for turn in "abc"]),
    "guids appear": ([5, 0], [_five(guid=None), BASE]),
    "guids vanish": ([5, 0], [BASE, _five(guid=None)]),
    "guids vanish, links are tracked": (
        [5, 0],
        [BASE, _five(guid=None, link=_LINK + "?utm_medium=rss")],
    ),
    "guids in blanks": ([5, 0], [BASE, _five(guid=" g-{}-abcdef\n")]),
    "empty guids": ([5, 1], [_five(guid=""), _some(6, 1, 2, 3, 4, 5, guid="")]),
    "one guid for all": ([3, 1], [_some(1, 2, 3, guid="x"), _some(4, 1, 2, 3, guid="x")]),
    "one guid for all, no links": (
        [3, 1],
        [_some(1, 2, 3, guid="x" * 9, link=None), _some(4, 1, 2, 3, guid="x" * 9, link=None)],
    ),
    "guids used again": (
        [3, 3, 3],
        [_feed([Item(10 * turn + n, guid=str(n)) for n in (1, 2, 3)]) for turn in (1, 2, 3)],
    ),
    "guids exchanged": (
        [2, 0],
        [
            _feed([Item(1, guid="a" * 10), Item(2, guid="b" * 10)]),
            _feed([Item(1, guid="b" * 10), Item(2, guid="a" * 10)]),
        ],
    ),
    "https at last": (
        [5, 0],
        [
            _five(link=f"{scheme}://news.example/{{}}", guid=f"{scheme}://news.example/{{}}")
            for scheme in ("http", "https")
        ],
    ),
    "schemes take turns": (
        [5, 0, 0, 0],
        [
            _five(link=f"{scheme}://news.example/{{}}", guid=None)
            for scheme in ["http", "https"] * 2
        ],
    ),
    "https at last, guids for links": (
        [5, 0],
        [
            _five(link=None, guid=f"{scheme}://news.example/?p={{}}", permalink=True)
            for scheme in ("http", "https")
        ],
    ),
    "campaigns": (
        [5, 0, 0],
        [
            _five(link=f"{_LINK}?utm_source=rss&amp;utm_campaign={n}", guid=None)
            for n in ("a", "b", "c")
        ],
    ),
    "click numbers": (
        [5, 0, 0],
        [_five(link=f"{_LINK}?{mark}", guid=None) for mark in ("fbclid=a", "yclid=b", "from=rss")],
    ),
    "sessions": (
        [5, 0, 0],
        [
            _five(link=_LINK + mark, guid=None)
            for mark in (";jsessionid=AAA1", ";jsessionid=BBB2", "?PHPSESSID=c3")
        ],
    ),
    "www": ([5, 0], [_five(guid=None), _five(link="https://www.news.example/news/{}", guid=None)]),
    "slashes": ([5, 0], [_five(guid=None), _five(link=_LINK + "/", guid=None)]),
    "fragments": ([5, 0], [_five(guid=None), _five(link=_LINK + "#rss", guid=None)]),
    "capitals": ([5, 0], [_five(guid=None), _five(link="HTTPS://News.Example/news/{}", guid=None)]),
    "ports": (
        [5, 0],
        [_five(guid=None), _five(link="https://news.example:443/news/{}", guid=None)],
    ),
    "relative at first": ([5, 0], [_five(link="/news/{}", guid=None), _five(guid=None)]),
    "escapes": (
        [5, 0],
        [
            _five(link="https://news.example/порт/{}", guid=None),
            _five(link="https://news.example/%D0%BF%D0%BE%D1%80%D1%82/{}", guid=None),
        ],
    ),
    "order of parameters": (
        [5, 0],
        [
            _five(link="https://news.example/?a=1&amp;id={}", guid=None),
            _five(link="https://news.example/?id={}&amp;a=1", guid=None),
        ],
    ),
    "mobile": ([5, 0], [_five(guid=None), _five(link="https://m.news.example/news/{}", guid=None)]),
    "moved": ([5, 0], [BASE, _five(link="https://other.example/news/{}")]),
    "moved, without guids": (
        [5, 0],
        [_five(guid=None), _five(link="https://other.example/news/{}", guid=None)],
    ),
    "moved, with its guids": (
        [5, 0],
        [
            _five(link=f"https://{host}.example/{{}}", guid=f"https://{host}.example/{{}}")
            for host in ("news", "other")
        ],
    ),
    "hosts take turns": (
        [5, 0, 0],
        [_five(link=f"https://{host}.example/{{}}", guid=None) for host in ("a1", "a2", "a1")],
    ),
    "a proxy for links": ([5, 0], [BASE, _five(link="https://feeds.example/~r/n/~3/AbC{}/")]),
    "all links lead home": (
        [5, 1],
        [
            _five(link="https://news.example/", guid=None),
            _some(6, 1, 2, 3, 4, 5, link="https://news.example/", guid=None),
        ],
    ),
    "reordered": ([5, 0], [BASE, _some(5, 3, 1, 4, 2)]),
    "dated anew": ([5, 0], [BASE, _five(date="Mon, 23 Nov 2026 09:00:00 +0500")]),
    "dated anew, without guids": (
        [5, 0],
        [_five(guid=None), _five(guid=None, date="Mon, 23 Nov 2026 09:00:00 +0500")],
    ),
    "dates vanish": ([5, 0], [BASE, _five(date=None)]),
    "dates appear": ([5, 0], [_five(date=None), BASE]),
    "no dates": ([5, 1], [_five(date=None, guid=None), _some(6, 1, 2, 3, date=None, guid=None)]),
    "titles only": (
        [5, 1],
        [
            _five(date=None, guid=None, link=None),
            _some(6, 1, 2, date=None, guid=None, link=None),
        ],
    ),
    "twins": ([1, 0], [_some(1, 1), _some(1, 1)]),
    "twins with guids of their own": (
        [1, 0],
        [_feed([Item(1), Item(1, guid="other-guid-1")])] * 2,
    ),
    "twins of two campaigns": (
        [1, 0],
        [_feed([Item(1), Item(1, guid="other-guid-1", link=_LINK + "?utm_source=x")])] * 2,
    ),
    "one title, two articles": ([2, 0], [_some(1, 2, title="Exchange rates today")] * 2),
    "one title, another day": (
        [1, 1],
        [
            _feed([Item(day, "Weather", date=f"Sun, 2{day} Nov 2026 08:00:00 GMT")])
            for day in (1, 2)
        ],
    ),
    "links get another name": ([5, 0], [BASE, _five(link=_LINK + "-another-name")]),
    "an archive at once": (
        [5, 20],
        [BASE, _some(*range(1, 26), date="Sun, 22 Nov 2020 08:00:00 GMT")],
    ),
    "a window that slides": ([5, 2, 2], [_some(*range(n, n + 5)) for n in (1, 3, 5)]),
    "empty in between": ([5, 0, 0], [BASE, _feed([]), BASE]),
    "a page in between": ([5, 0, 0], [BASE, b"<html><body>x</body></html>", BASE]),
    "cut in between": ([5, 0, 0], [BASE, BASE[:300], BASE]),
    "cut in a title": ([3, 2], [BASE[: BASE.index(b"Story number 4") + 5], BASE]),
    "cut in a link": ([3, 2], [BASE[: BASE.index(b"news/4<")], BASE]),
    "cut in a guid": ([3, 2], [BASE[: BASE.index(b"g-4-ab") + 4], BASE]),
    "from RSS to Atom": ([5, 0], [BASE, _atom("g-{}-abcdef")]),
    "from RSS to Atom, other ids": ([5, 0], [BASE, _atom("tag:news.example,2026:{}")]),
    "numbers in queries": (
        [3, 0],
        [_some(1, 2, 3, link="https://news.example/i.php?option=c&amp;id={}", guid=None)] * 2,
    ),
}

_SEQUENCES |= {
    "a page that shows one after the other": (
        [1, 1, 1, 0, 0],
        [
            _some(1, title=title, link="https://news.example/latest", guid=f"guid-of-{title[:6]}")
            for title in (_RAIL, _GAS, _LAW, _LAW, _GAS)
        ],
    ),
    "a page for all, with guids": (
        [2, 1, 0],
        [
            _feed(
                [
                    Item(n, title, link="https://news.example/press", guid=f"press-{n}-abc")
                    for n, title in enumerate(titles)
                ]
            )
            for titles in ((_RAIL, _GAS), (_RAIL, _GAS, _LAW), (_RAIL, _GAS, _LAW))
        ],
    ),
    "a page for all, without guids": (
        [2, 1, 0],
        [
            _feed([Item(n, t, link="https://news.example/press", guid=None) for n, t in some])
            for some in _PRESS
        ],
    ),
    "places on a page, without guids": (
        [2, 1, 0],
        [
            _feed([Item(n, t, link="https://news.example/live#p{}", guid=None) for n, t in some])
            for some in _PRESS
        ],
    ),
    "a page for all, which is the guid too": (
        [2, 1, 0],
        [
            _feed(
                [
                    Item(n, t, link="https://news.example/a", guid="https://news.example/a")
                    for n, t in some
                ]
            )
            for some in _PRESS
        ],
    ),
    "two writings of a title at one place": (
        [1, 0],
        [_feed([Item(1, t, guid=None) for t in (_RAIL, f"{_RAIL} at last")])] * 2,
    ),
    "guids and links at once": ([5, 0], [BASE, _five(guid="n-{}-xyz", link=f"{_LINK}-in-detail")]),
    "guids, links and hosts at once": (
        [5, 0, 0],
        [
            _five(guid=f"{host}-{{}}-abc", link=f"https://{host}.example/{host}/{{}}.html")
            for host in ("a1", "b2", "c3")
        ],
    ),
    "one title and date, two articles": (
        [2, 0],
        [_some(1, 2, title="Exchange rates", date="Sun, 22 Nov 2026 08:00:00 GMT")] * 2,
    ),
    "one title and date, two articles without guids": (
        [2, 0],
        [_some(1, 2, title="Rates", guid=None, date="Sun, 22 Nov 2026 08:00:00 GMT")] * 2,
    ),
    "titles only, dated anew": (
        [5, 0],
        [
            _five(guid=None, link=None, date=date)
            for date in ("Sun, 22 Nov 2026 08:00:00 GMT", "Mon, 23 Nov 2026 09:00:00 GMT")
        ],
    ),
    "no titles": ([5, 0], [_five(title="")] * 2),
    "no titles, later some": ([5, 0], [_five(title=""), BASE]),
    "a flood after a first poll": ([5, 195], [BASE, _some(*range(1, 201))]),
    "two hosts and two orders": (
        [5, 0, 0, 0],
        [
            _some(*numbers, guid=None, link=f"https://{host}.example/n/{{}}")
            for host, numbers in [("a1", (1, 2, 3, 4, 5)), ("b2", (5, 4, 3, 2, 1))] * 2
        ],
    ),
    "renderings": (
        [5, *[0] * 8],
        [
            _five(guid=None, date=None, link=link)
            for link in (
                _LINK,
                "https://amp.news.example/news/{}",
                "https://news.example/amp/news/{}",
                "https://news.example/news/{}/amp",
                "https://news.example/news/{}?amp=1",
                "https://m.news.example/news/{}",
                "https://mobile.news.example/news/{}",
                "https://news.example/news/{}#:~:text=rail",
                "http://www.news.example:80/news/{}/?utm_source=x#comments",
            )
        ],
    ),
    "permalinks at last": (
        [5, 0],
        [_five(guid=None), _five(link=None, guid=_LINK, permalink=True)],
    ),
    "all at once": (
        [5, 0],
        [
            BASE,
            _some(
                *(3, 1, 5, 2, 4),
                guid="nn-{}-xxxx",
                link="http://www.news.example/news/{}/?utm_source=x",
                date="Mon, 23 Nov 2026 09:00:00 +0500",
            ),
        ],
    ),
}

# Name: what is edited at each poll, and the polls; nothing is new after the first.
_EDITS: dict[str, tuple[list[int], list[bytes]]] = {
    "titles": ([0, 5], [BASE, _five(title="Story number {} about the railway (updated)")]),
    "titles, without guids": ([0, 5], [_five(guid=None), _five(guid=None, title="Fixed {}")]),
    "titles, without links": (
        [0, 5],
        [_five(link=None), _five(link=None, title="Story number {} about the rail way")],
    ),
    "titles, with nothing but words": (
        [0, 1],
        [
            _some(1, title=title, link=None, guid=None, date=None, summary=_SAME_WORDS)
            for title in ("Kazakhstan, China sign a deal", "Kazakhstan and China sign a deal")
        ],
    ),
    "titles and links": (
        [0, 5],
        [BASE, _five(title="Story number {} about the railways", link=_LINK + "-another-name")],
    ),
    "summaries": ([0, 5, 5], [BASE, _five(summary="a"), _five(summary="b")]),
    "titles, with other guids at every poll": (
        [0, 5],
        [
            _five(guid="one-{}-abc"),
            _five(guid="two-{}-abc", title="Story number {} about the railway (updated)"),
        ],
    ),
    "a headline, with other guids at every poll": (
        [0, 1],
        [
            _feed([Item(1, guid="one-{}-abc"), Item(2, _RAIL, guid="one-{}-abc")]),
            _feed([Item(1, guid="two-{}-abc"), Item(2, _LAW, guid="two-{}-abc")]),
        ],
    ),
    "a headline wholly": ([0, 1], [_some(1, title=_RAIL), _some(1, title=_LAW)]),
    "a ticker": ([0, 1, 1], [_some(1, title=f"LIVE: talks, part {n}") for n in "abc"]),
    "charsets": (
        [0, 0, 0, 0],
        [
            _feed([Item(n, title=_RUSSIAN) for n in (1, 2)], charset)
            for charset in ("utf-8", "windows-1251", "koi8-r", "utf-16")
        ],
    ),
    "escapes": (
        [0, 0, 0],
        [
            _some(1, title=title)
            for title in ("A &amp; B of rail", "<![CDATA[A & B of rail]]>", "A &#38;  B\nof rail")
        ],
    ),
    "accents": ([0, 0], [_some(1, title=title) for title in ("Türkmen", "Tu\u0308rkmen")]),
}


@pytest.mark.parametrize("name", _SEQUENCES)
def test_what_is_new_is_new_once(name: str, archive: Any, new_links: Count) -> None:
    """Neither a duplicate nor a loss, whatever else changes."""
    new, polls = _SEQUENCES[name]
    assert [len(new_links(archive.poll(body)[1])) for body in polls] == new


@pytest.mark.parametrize("name", _EDITS)
def test_what_is_edited_is_not_new(
    name: str, archive: Any, new_links: Count, changed_links: Count
) -> None:
    """An edit is a revision of what is known, another spelling of the same words is nothing."""
    changed, polls = _EDITS[name]
    found = [archive.poll(body)[1] for body in polls]
    assert [len(changed_links(findings)) for findings in found] == changed
    assert not any(new_links(findings) for findings in found[1:])
