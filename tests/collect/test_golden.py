"""One golden document of each format, read word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from monitor.collect.feeds import parse
from monitor.model import Entry, FeedState, ParsedFeed

MORNING = datetime(2026, 11, 22, 3, tzinfo=UTC)


def _golden(name: str, url: str) -> ParsedFeed:
    folder = Path(__file__).resolve().parents[1] / "data" / "collect"
    parsed = parse((folder / name).read_bytes(), url=url)
    assert all(entry.stamp for entry in parsed.entries)
    return replace(parsed, entries=tuple(replace(entry, stamp="") for entry in parsed.entries))


def test_rss_20() -> None:
    """Entities, CDATA, relative links, full texts, permalinks, missing titles, an empty item."""
    assert _golden("rss20.xml", "https://courier.example/rss.xml") == ParsedFeed(
        state=FeedState.OK,
        title="Steppe & Desert Courier",
        link="https://courier.example/",
        lang="ru-KZ",
        entries=(
            Entry(
                id="courier-1",
                link="https://courier.example/2026/11/dry-port?utm_source=rss",
                title="AT&T, R&D and 5 < 6: trains at the dry port",
                summary="First line. Second line.",
                text="Long Whole text & more.",
                published=MORNING,
                authors=("Aigerim Saparova",),
            ),
            Entry(
                id="https://courier.example/?p=2",
                link="https://courier.example/2026/11/train",
                title="Поезд из Сианя",
                published=MORNING,
            ),
            Entry(
                id="https://courier.example/2026/11/untitled",
                link="https://courier.example/2026/11/untitled",
                title="An entry without a title is called by the first words of what it says, "
                "cut at a…",
                summary="An entry without a title is called by the first words of what it says, "
                "cut at a word near eighty characters.",
            ),
            Entry(
                id=None,
                link="https://courier.example/2026/11/bare",
                title="https://courier.example/2026/11/bare",
            ),
        ),
    )


def test_rss_10() -> None:
    """The address of an item is its guid; its only date is that of its publication too."""
    assert _golden("rss10.rdf", "https://pamir.example/feed.rdf") == ParsedFeed(
        state=FeedState.OK,
        title="Памир",
        link="https://pamir.example/",
        lang="tg",
        entries=(
            Entry(
                id="https://pamir.example/1",
                link="https://pamir.example/1",
                title="Роҳи нав",
                summary="Сохтмони роҳ оғоз шуд.",
                published=MORNING,
                updated=MORNING,
                authors=("Ф. Раҳимов",),
            ),
        ),
    )


def test_atom() -> None:
    """Titles as text, HTML and XHTML; nested bases; several links; a picture as content."""
    assert _golden("atom.xml", "https://cdn.example/x") == ParsedFeed(
        state=FeedState.OK,
        title="港口 & 口岸",
        link="https://port.example/",
        lang="zh",
        entries=(
            Entry(
                id="tag:port.example,2026:1",
                link="https://port.example/news/2026/one",
                title="Use <b> sparingly, AT&amp;T",
                summary="Plain summary",
                text="Full & long",
                published=MORNING,
                updated=datetime(2026, 11, 22, 4, tzinfo=UTC),
                authors=("Li Hua", "Wang Lei"),
            ),
            Entry(
                id="tag:port.example,2026:2",
                link="https://archive.example/two.html",
                title="Rise of AT&T",
                text="Same",
                updated=datetime(2026, 11, 22, 5, tzinfo=UTC),
            ),
            Entry(
                id="https://port.example/news/2026/three",
                link="https://port.example/news/2026/three",
                title="Less: AT&T <",
                updated=datetime(2026, 11, 22, 6, tzinfo=UTC),
            ),
        ),
    )


def test_json_feed() -> None:
    """Numbers as ids, relative links, HTML and text contents, authors of both versions."""
    assert _golden("feed.json", "https://oasis.example/feed.json") == ParsedFeed(
        state=FeedState.OK,
        title="Oasis",
        link="https://oasis.example/",
        lang="uz",
        entries=(
            Entry(
                id="42",
                link="https://oasis.example/news/42",
                title="Yangi temir yo‘l &amp; ko‘prik",
                summary="Qisqacha",
                text="To‘liq matn",
                published=MORNING,
                updated=datetime(2026, 11, 22, 9, tzinfo=UTC),
                authors=("A. Karimov", "nobody"),
            ),
            Entry(
                id="43",
                link="https://elsewhere.example/a",
                title="1 < 2, as it stands",
                text="1 < 2, as it stands",
                published=datetime(2026, 11, 22, 8, tzinfo=UTC),
                authors=("B. Saidov",),
            ),
        ),
    )
