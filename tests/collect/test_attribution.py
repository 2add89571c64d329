"""Entries of an aggregator: their publisher, their title, and what both sides are known by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.attribution import attributed, sought, told
from monitor.collect.feeds import parse
from monitor.model import Entry

AT = datetime(2026, 11, 25, 7, tzinfo=UTC)
PASSED_ON = Entry(
    "CB1", "https://news.google.com/rss/articles/CB1?oc=5", "Port opens", published=AT,
    outlet="The Astana Times", site="https://astanatimes.com",
)  # fmt: skip
OWN = Entry("1", "https://www.astanatimes.com/2026/11/port/", "Port  Opens", published=AT)


def feed(host: str, title: str) -> bytes:
    """A feed at ``host`` whose entry names its source."""
    return f"""<rss version="2.0"><channel><title>q</title><item><title>{title}</title>
    <link>https://{host}/rss/articles/CB1?oc=5</link><guid isPermaLink="false">CB1</guid>
    <pubDate>Wed, 25 Nov 2026 07:00:00 GMT</pubDate>
    <description>&lt;a href="https://{host}/x"&gt;Port opens&lt;/a&gt;&amp;nbsp;The Astana Times
    </description><source url="https://astanatimes.com">The Astana Times</source></item>
    </channel></rss>""".encode()


@pytest.mark.parametrize("title", ["Port opens - The Astana Times", "Port opens"])
def test_an_entry_of_google_news_is_its_outlets(title: str) -> None:
    """The outlet is the source that is named; the title loses its suffix, the summary its echo."""
    found = parse(feed("news.google.com", title), url="https://news.google.com/rss/search?q=x")
    entry = found.entries[0]
    assert (entry.title, entry.summary) == ("Port opens", "")
    assert (entry.outlet, entry.site) == ("The Astana Times", "https://astanatimes.com")


def test_a_source_that_a_publisher_names_is_not_the_outlet() -> None:
    """Many feeds name themselves, or an agency; the entry stays theirs, its title as it is."""
    found = parse(feed("x.example", "Port - The Astana Times"), url="https://x.example/rss")
    assert (found.entries[0].outlet, found.entries[0].title) == (None, "Port - The Astana Times")


def test_both_sides_know_each_other_by_host_title_and_day() -> None:
    """The aggregator's entry and the publisher's own seek what the other tells."""
    assert set(told(OWN)) & set(sought(PASSED_ON))
    assert set(told(PASSED_ON)) & set(sought(OWN))


@pytest.mark.parametrize(
    "other",
    [
        replace(OWN, title="Port opens again"),
        replace(OWN, link="https://b.example/port"),
        replace(OWN, published=AT + timedelta(days=1)),
        replace(OWN, published=None),
    ],
)
def test_another_title_host_or_day_is_another_article(other: Entry) -> None:
    """What differs in one of the three, or has no day, is not known."""
    assert not set(told(other)) & set(sought(PASSED_ON))
    assert not set(told(PASSED_ON)) & set(sought(other))


@given(st.text(), st.datetimes(), st.datetimes())
def test_two_entries_of_one_publisher_never_know_each_other(
    title: str, first: datetime, second: datetime
) -> None:
    """The same headline twice on one day may be two pieces of news."""
    one, other = (replace(OWN, title=title, published=at) for at in (first, second))
    assert not set(told(one)) & set(sought(other))
    assert attributed(one) == one
