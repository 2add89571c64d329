"""Pages and sentences in place of feeds, sitemaps, GDELT, and how often a feed wants to be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.collect.cadence import Cadence, cadence
from monitor.collect.feeds import parse
from monitor.model import FeedState, ParsedFeed

URL = "https://news.example/rss/all.xml"


def _parse(text: str, seen: frozenset[str] = frozenset()) -> ParsedFeed:
    return parse(text.encode(), url=URL, seen=seen)


@pytest.mark.parametrize(
    ("page", "state", "words"),
    [
        ("<html><title>Just a moment...</title></html>", "blocked", "bot protection"),
        ("<html><script src='/.well-known/ddos-guard/js'></script>", "blocked", "bot protection"),
        ("<html><body>Проверка браузера перед входом", "blocked", "bot protection"),
        ("<html><body>请完成安全验证</body></html>", "blocked", "bot protection"),
        ('<html><script src="/aes.js"></script>', "blocked", "bot protection"),
        ("<html><title>403 Forbidden</title></html>", "blocked", "refuses us"),
        ("<html><body>Hotel Wi-Fi login</body></html>", "not a feed", "your own network"),
        ("<html><form action='https://consent.google.com/save'>", "not a feed", "consent"),
        ("<html><title>404 Not Found</title></html>", "not a feed", "does not exist"),
        ("<html><h1>Страница не найдена</h1></html>", "not a feed", "does not exist"),
        ("<html><pre>&lt;rss version='2.0'></pre></html>", "not a feed", "shown as text"),
        ('<html><body><div id="root"></div></body></html>', "not a feed", "a script has to fill"),
        ("Please limit requests to one every 5 seconds", "blocked", "how often"),
        ("Too Many Requests", "blocked", "how often"),
        ("Access denied", "blocked", "refuses us"),
        ('<?xml version="1.0" encoding="UTF-8"?>', "broken", "before it begins"),
    ],
)
def test_what_stands_in_place_of_a_feed_is_named(page: str, state: str, words: str) -> None:
    """Each kind has a state and a sentence that tells what to do."""
    parsed = _parse(page)
    assert (parsed.state, parsed.entries) == (state, ())
    assert words in (parsed.error or "")


def test_a_word_of_refusal_in_a_feed_is_news() -> None:
    """What blocks elsewhere is a title here."""
    title = "Access denied: captcha, rate limit and a page not found"
    parsed = _parse(f"<rss><channel><item><title>{title}</title></item></channel></rss>")
    assert [entry.title for entry in parsed.entries] == [title]


NEWS = (
    '<?xml version="1.0"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">{}</urlset>'
)
PAGE = (
    "<url><loc>https://news.example/{0}?a=1&amp;lang=ru</loc>"
    "<image:image><image:title>A picture</image:title></image:image><news:news>"
    "<news:publication><news:name>News</news:name><news:language>ru</news:language>"
    "</news:publication><news:publication_date>2026-11-22T08:00:00+05:00</news:publication_date>"
    "<news:title>Поезд {0} &amp; порт</news:title></news:news></url>"
)


def test_a_news_sitemap_is_read() -> None:
    """Titles, dates and links of articles; pages without a title are no articles."""
    parsed = _parse(NEWS.format(PAGE.format(1) + "<url><loc>https://x/</loc></url>"))
    (entry,) = parsed.entries
    assert (parsed.state, parsed.lang, parsed.error) == ("ok", "ru", None)
    assert (entry.title, entry.link) == ("Поезд 1 & порт", "https://news.example/1?a=1&lang=ru")
    assert entry.published == datetime(2026, 11, 22, 3, tzinfo=UTC)
    assert _parse(NEWS.format(PAGE.format(1)), frozenset({entry.stamp})).entries[0].seen


def test_a_sitemap_that_breaks_off_keeps_its_whole_pages() -> None:
    """What stands before the cut is read, and the cut is told."""
    text = NEWS.format(PAGE.format(1) + PAGE.format(2))
    parsed = _parse(text[: text.rindex("<news:title>")])
    assert (parsed.state, [entry.title for entry in parsed.entries]) == (
        "broken",
        ["Поезд 1 & порт"],
    )
    assert "breaks off" in (parsed.error or "")


def test_other_sitemaps_are_no_feeds() -> None:
    """An index is not followed, and a list of pages has no titles."""
    index = _parse("<sitemapindex><sitemap><loc>https://x.example/1</loc></sitemap></sitemapindex>")
    assert index.state is FeedState.NOT_A_FEED
    assert index.error == "an index of sitemaps, not a feed; its first one is https://x.example/1"
    assert "without news" in (_parse(NEWS.format("<url><loc>https://x/</loc></url>")).error or "")


def test_answers_of_gdelt_are_read() -> None:
    """Articles with their dates; no results are an empty feed."""
    row = '{"url": "https://a.example/1", "title": "T", "seendate": "20261122T080000Z"}'
    (entry,) = _parse(f'{{"articles": [{row}]}}').entries
    assert (entry.link, entry.title) == ("https://a.example/1", "T")
    assert entry.published == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert _parse("{}") == ParsedFeed(FeedState.EMPTY)


@pytest.mark.parametrize(
    ("frame", "asked"),
    [
        ("<ttl>60</ttl>", Cadence(ttl=timedelta(hours=1))),
        ("<ttl> 0 </ttl>", Cadence()),
        ("<ttl>999999</ttl>", Cadence(ttl=timedelta(days=7))),
        ("<ttl>soon</ttl>", Cadence()),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", Cadence(ttl=timedelta(hours=1))),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            Cadence(ttl=timedelta(hours=6)),
        ),
        (
            "<skipHours><hour>0</hour><hour>24</hour><hour>5</hour></skipHours>",
            Cadence(skip_hours=frozenset({0, 5})),
        ),
        (
            "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>",
            Cadence(skip_days=frozenset({5, 6})),
        ),
        (
            "<skipHours>" + "".join(f"<hour>{n}</hour>" for n in range(24)) + "</skipHours>",
            Cadence(),
        ),
    ],
)
def test_a_feed_may_say_how_often_it_wants_to_be_read(frame: str, asked: Cadence) -> None:
    """Minutes, periods, hours and days; nonsense is no wish."""
    assert cadence(frame.encode()) == asked


def test_only_the_feed_itself_has_wishes() -> None:
    """What an entry quotes is not meant; what stands behind the entries is."""
    quoted = "<item><title>T</title><description><![CDATA[<ttl>5</ttl>]]></description></item>"
    parsed = _parse(f"<rss><channel>{quoted}<ttl>60</ttl></channel></rss>")
    assert parsed.ttl == timedelta(hours=1)
