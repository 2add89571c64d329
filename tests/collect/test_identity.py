"""Which entry is which article, however a publisher changes its mind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.identity import fold, keys, oldest_news
from monitor.model import Entry, Feed, FindingKind, KnownArticle
from monitor.text.urls import canonical

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
FEED = Feed(id=1, url="https://news.example/rss.xml", outlet="News")


def _entry(number: int, **changes: Any) -> Entry:
    entry = Entry(
        id=f"guid-{number}",
        link=f"https://news.example/{number}",
        title=f"Title {number}",
        summary=f"Summary {number}",
        published=NOW,
    )
    return replace(entry, **changes)


def _kinds(findings: list[Any]) -> list[str]:
    return [str(finding.kind) for finding in findings]


# --- canonical addresses ---


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/kz/rail?id=5",
        "http://news.example/kz/rail?id=5",
        "https://www.news.example/kz/rail?id=5",
        "https://m.news.example/kz/rail?id=5",
        "https://amp.news.example/kz/rail?id=5",
        "https://NEWS.example:443/kz/rail/?id=5",
        "http://news.example.:80/kz//rail?id=5#comments",
        "https://news.example/amp/kz/rail?id=5",
        "https://news.example/kz/rail/amp/?id=5",
        "https://news.example/kz/rail?utm_source=rss&id=5&UTM_Medium=feed&fbclid=x",
        "https://news.example/kz/%72ail?yclid=1&id=5&_openstat=a;b",
        " https://news.example/kz/rail?id=5 ",
        "https://wap.news.example/kz/rail?id=5&PHPSESSID=0a1b",
        "https://news.example/kz/rail;jsessionid=0A1B.node1?id=5",
        "https://news.example/kz/rail?id=5&_ga=1.2&xtor=RSS-1&mtm_campaign=x&twclid=2",
    ],
)
def test_renderings_of_an_article_are_one(url: str) -> None:
    """Scheme, www, mobile and AMP hosts, ports, tracking, fragments and slashes do not count."""
    assert canonical(url) == "news.example/kz/rail?id=5"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://n.example/?id=1", "https://n.example/?id=2"),
        ("https://n.example/a", "https://n.example/A"),
        ("https://n.example/a", "https://o.example/a"),
        ("https://n.example/a", "https://n.example:8080/a"),
        ("https://kz.n.example/a", "https://n.example/a"),
        ("https://n.example/#!/a", "https://n.example/#!/b"),
        ("https://n.example/a?ref=1", "https://n.example/a?ref=2"),
        ("https://n.example/camp/a", "https://n.example/a"),
    ],
)
def test_different_articles_stay_apart(one: str, other: str) -> None:
    """Query ids, letter case, hosts, ports and hashbangs name articles."""
    assert canonical(one) != canonical(other)


def test_spellings_of_one_address_are_one() -> None:
    """Percent-encoded and plain, in capitals and small letters, in any order of the query."""
    spellings = ["/%D0%BA%D0%B7?b=2&a=1", "/%d0%ba%d0%b7?a=1&b=2", "/кз?a=1&b=2"]
    assert len({canonical("https://n.example" + spelling) for spelling in spellings}) == 1


@given(st.text(max_size=60) | st.from_regex(r"https?://[^ ]{0,30}", fullmatch=True))
def test_any_text_has_a_canonical_form_that_stays(url: str) -> None:
    """No text makes it fail, and tracking added to an address changes nothing."""
    assert isinstance(canonical(url), str)


@given(st.from_regex(r"[a-z]{1,8}(/[a-z0-9-]{1,5}){0,3}", fullmatch=True), st.booleans())
def test_tracking_changes_nothing(rest: str, has_query: bool) -> None:
    """Whatever the address, a tracking parameter and a scheme do not name an article."""
    url = f"https://news.example/{rest}" + ("?id=1" if has_query else "")
    tracked = url.replace("https:", "http:") + ("&" if has_query else "?") + "utm_source=feed"
    assert canonical(url) == canonical(tracked)


# --- keys ---


def test_an_entry_has_a_key_for_its_link_and_its_guid() -> None:
    """The link is stronger; the guid belongs to its feed."""
    (its_keys,) = keys([_entry(1)], FEED)
    assert its_keys[0] == "link:news.example/1"
    assert its_keys[1].startswith("guid:1:")
    assert keys([_entry(1)], replace(FEED, id=2))[0][1] != its_keys[1]


def test_a_title_is_a_key_only_where_nothing_else_is() -> None:
    """Without link and guid the title must do, in any letter case."""
    one, other = keys([Entry(None, None, "Daily rates"), Entry(None, None, "DAILY RATES")], FEED)
    assert one == other
    assert one[0].startswith("title:1:")


def test_the_front_page_identifies_nothing() -> None:
    """A link to the site or to the feed itself is no article's address."""
    entries = [
        _entry(1, link="https://www.news.example/?utm_source=rss"),
        _entry(2, link="https://news.example/"),
        _entry(3, link=FEED.url),
    ]
    found = keys(entries, FEED, "http://news.example")
    assert [len(its_keys) for its_keys in found] == [1, 1, 1]
    assert len(set(found)) == 3


def test_one_guid_at_ten_links_identifies_nothing() -> None:
    """H12: a guid that every entry has does not make one article of ten."""
    found = keys([_entry(number, id="same") for number in range(10)], FEED)
    assert found == [(f"link:news.example/{number}",) for number in range(10)]


def test_one_guid_without_links_identifies_nothing_either() -> None:
    """Ten titles under one guid and no link are ten articles."""
    found = keys([_entry(number, id="same", link=None) for number in range(10)], FEED)
    assert len(set(found)) == 10


def test_a_long_link_has_a_short_key() -> None:
    """Keys fit into an index."""
    (its_keys,) = keys([_entry(1, link="https://news.example/" + "a" * 5000)], FEED)
    assert max(map(len, its_keys)) < 520


# --- polls ---


def test_new_then_same(archive: Any) -> None:
    """A second identical poll brings nothing."""
    entries = (_entry(1), _entry(2))
    assert _kinds(archive.take(entries)) == ["new", "new"]
    assert _kinds(archive.take(entries)) == ["same", "same"]


def test_changed_guids_bring_nothing(archive: Any) -> None:
    """A publisher that changes its system changes thirty guids and no article."""
    archive.take(tuple(_entry(number) for number in range(30)))
    again = archive.take(tuple(_entry(number, id=f"new-{number}") for number in range(30)))
    assert set(_kinds(again)) == {"same"}
    assert len(again) == 30


def test_a_move_to_https_brings_nothing(archive: Any) -> None:
    """H13: links and guids flip from http to https, with www and tracking."""
    archive.take(
        tuple(
            _entry(
                number, id=f"http://news.example/?p={number}", link=f"http://news.example/{number}"
            )
            for number in range(30)
        )
    )
    again = archive.take(
        tuple(
            _entry(
                number,
                id=f"https://www.news.example/?p={number}",
                link=f"https://www.news.example/{number}?utm_source=rss",
            )
            for number in range(30)
        )
    )
    assert set(_kinds(again)) == {"same"}


def test_new_dates_and_a_new_order_bring_nothing(archive: Any) -> None:
    """Dates bumped at every poll are no edits."""
    archive.take(tuple(_entry(number) for number in range(5)))
    bumped = tuple(
        _entry(number, published=NOW + timedelta(hours=1)) for number in range(4, -1, -1)
    )
    assert set(_kinds(archive.take(bumped))) == {"same"}


def test_an_edit_is_told_once(archive: Any) -> None:
    """H14: five edits of one article are five changes; going back to an old wording is none."""
    archive.take((_entry(1),))
    for number in range(5):
        (finding,) = archive.take((_entry(1, title=f"Edited {number}"),))
        assert (finding.kind, finding.article_id) == (FindingKind.CHANGED, 1)
    assert _kinds(archive.take((_entry(1, title="Edited 2"),))) == ["same"]


def test_an_edit_without_a_link_is_an_edit(archive: Any) -> None:
    """Where only the guid tells, another title is an edit."""
    archive.take((_entry(1, link=None),))
    assert _kinds(archive.take((_entry(1, link=None, title="Edited"),))) == ["changed"]


def test_a_new_address_of_the_same_words_brings_nothing(archive: Any) -> None:
    """An article that moves keeps guid and words; both addresses lead to it from then on."""
    archive.take((_entry(1),))
    moved = _entry(1, link="https://news.example/better-slug")
    assert _kinds(archive.take((moved,))) == ["same"]
    assert _kinds(archive.take((replace(moved, id="guid-x", title="Edited"),))) == ["changed"]


def test_a_guid_used_again_does_not_swallow_news(archive: Any) -> None:
    """A feed that numbers its entries anew at every turn loses none."""
    archive.take((_entry(1, id="1"), _entry(2, id="2")))
    again = archive.take((_entry(3, id="1"), _entry(1, id="2")))
    assert _kinds(again) == ["new", "same"]


def test_entries_that_drop_out_and_return_are_known(archive: Any) -> None:
    """A feed that flaps to empty and back brings nothing."""
    archive.take((_entry(1), _entry(2)))
    assert archive.take(()) == []
    assert _kinds(archive.take((_entry(2), _entry(1)))) == ["same", "same"]


def test_twins_in_one_document_are_one_article(archive: Any) -> None:
    """H14: exact copies, and one link under two guids, are one finding with all keys."""
    findings = archive.take((_entry(1), _entry(1), _entry(1, id="other")))
    assert _kinds(findings) == ["new"]
    assert len(findings[0].keys) == 3
    known_by_the_twin = _entry(1, id="other", link=None)
    assert _kinds(archive.take((known_by_the_twin,))) == ["same"]


def test_twins_that_only_the_archive_knows_are_one(archive: Any) -> None:
    """Two entries that lead to one stored article by different keys are one finding."""
    archive.take((_entry(1),))
    findings = archive.take((_entry(1, id=None), _entry(1, link=None)))
    assert [(str(finding.kind), finding.article_id) for finding in findings] == [("same", 1)]


def test_the_address_of_a_finding_leads_somewhere() -> None:
    """The link, else a guid that is an address, else a key."""
    entries = [
        _entry(1),
        _entry(2, link=None, id="https://news.example/?p=2"),
        _entry(3, link=None),
    ]
    found = fold(entries, keys(entries, FEED), {}, newest_old=NOW, lang="kk")
    assert [finding.url for finding in found[:2]] == [
        "https://news.example/1",
        "https://news.example/?p=2",
    ]
    assert found[2].url == found[2].keys[0]
    assert {finding.lang for finding in found} == {"kk"}


# --- what publishers do to whole feeds ---


def test_a_feed_that_moves_to_another_domain_brings_nothing(archive: Any) -> None:
    """The same guids under other links, some words edited on the way: edits at most."""
    archive.take(tuple(_entry(number) for number in range(20)))
    moved = tuple(
        _entry(
            number,
            link=f"https://fresh.example/{number}",
            summary=f"Summary {number}, now at fresh.example",
        )
        for number in range(20)
    )
    assert set(_kinds(archive.take(moved))) == {"changed"}
    assert set(_kinds(archive.take(moved))) == {"same"}


def test_a_feed_without_guids_that_moves_brings_nothing(archive: Any) -> None:
    """The same paths and titles on another host are the same articles."""
    titles = [f"Report {number} of the railway" for number in range(9)]
    for host in ("old", "new"):
        entries = tuple(
            Entry(None, f"https://{host}.example/a/{number}", title)
            for number, title in enumerate(titles)
        )
        kinds = set(_kinds(archive.take(entries)))
        assert kinds == ({"new"} if host == "old" else {"same"})


def test_paths_on_two_hosts_are_two_articles_in_one_document(archive: Any) -> None:
    """An aggregator's links may have the same path; what stands there already is not renamed."""
    archive.take((Entry(None, "https://a.example/1", "Daily rates"),))
    both = (
        Entry(None, "https://a.example/1", "Daily rates"),
        Entry(None, "https://b.example/1", "Daily rates"),
    )
    assert _kinds(archive.take(both)) == ["same", "new"]


def test_a_guid_that_becomes_a_permalink_brings_nothing(archive: Any) -> None:
    """First a number without a link, then an address that is both."""
    archive.take(tuple(_entry(number, link=None) for number in range(9)))
    links = [f"https://news.example/a/{number}" for number in range(9)]
    again = tuple(_entry(number, id=link, link=link) for number, link in enumerate(links))
    assert set(_kinds(archive.take(again))) == {"same"}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Kazakhstan and China sign the railway agreement"},
        {"link": "https://news.example/kz?from=rss&x=1", "summary": "Edited"},
        {"link": "https://news.example/kazakhstan-and-china", "title": "Kazakhstan and China sign "
         "railway agreement in Astana"},
        {"link": "https://other.example/kz", "title": "Wholly other words"},
        {"published": NOW + timedelta(days=4000)},
    ],
)  # fmt: skip
def test_an_edit_is_never_news(archive: Any, changes: dict[str, Any]) -> None:
    """A typo mended, a parameter added, a slug or a host changed, a date corrected."""
    entry = _entry(
        1,
        id="https://news.example/?p=4711",
        link="https://news.example/kz",
        title="Kazakhstan and China sign railway agrement",
    )
    archive.take((entry,))
    assert set(_kinds(archive.take((replace(entry, **changes),)))) <= {"same", "changed"}


def test_the_rates_of_another_day_are_news(archive: Any) -> None:
    """A guid used again and a title that differs in the day only are another article."""
    rates = _entry(1, id="rates-0001", title="Official exchange rates for 24 November 2026")
    next_day = _entry(2, id="rates-0001", title="Official exchange rates for 25 November 2026")
    archive.take((rates,))
    assert _kinds(archive.take((next_day,))) == ["new"]


def test_a_title_mended_where_nothing_else_tells(archive: Any) -> None:
    """Without guid and link, the same long text under another title is an edit."""
    text = "Both sides agreed to build the second track from Khorgos to Almaty within two years."
    archive.take((Entry(None, None, "Second trak agreed", text),))
    assert _kinds(archive.take((Entry(None, None, "Second track agreed", text),))) == ["changed"]


def test_entries_seen_are_passed_over_and_still_count(archive: Any) -> None:
    """They have no finding; a guid that one of them has at another link identifies nothing."""
    seen = _entry(1, id="same", summary="", stamp="s1", seen=True)
    found = keys([seen, _entry(2, id="same")], FEED)
    assert found == [(), ("link:news.example/2",)]
    assert [finding.entry.link for finding in archive.take((seen, _entry(2, id="same")))] == [
        "https://news.example/2"
    ]


def test_a_dump_without_dates_floods_nothing() -> None:
    """Of five thousand entries of any age, all are kept and a hundred are news."""
    entries = [_entry(number, published=None) for number in range(5000)]
    found = fold(entries, keys(entries, FEED), {}, newest_old=NOW)
    assert len(found) == 5000
    assert sum(not finding.backlog for finding in found) == 100


# --- backlog ---


def test_old_entries_are_backlog_and_undated_ones_are_not() -> None:
    """An entry is backlog by the date that it states, published before updated."""
    line = NOW - timedelta(days=3)
    old, fresh = line - timedelta(seconds=1), line
    entries = [
        _entry(1, published=old),
        _entry(2, published=fresh),
        _entry(3, published=None),
        _entry(4, published=None, updated=old),
        _entry(5, published=old, updated=NOW),
    ]
    found = fold(entries, keys(entries, FEED), {}, newest_old=line)
    assert [finding.backlog for finding in found] == [True, False, False, True, True]


def test_a_monitor_that_slept_loses_nothing() -> None:
    """Backlog counts from the last poll that worked, or from now at the first."""
    backlog = timedelta(days=3)
    assert oldest_news(FEED, NOW, backlog) == NOW - backlog
    slept = replace(FEED, succeeded_at=NOW - timedelta(days=7))
    assert oldest_news(slept, NOW, backlog) == NOW - timedelta(days=10)


# --- invariants ---

ENTRIES = st.builds(
    Entry,
    id=st.none() | st.sampled_from(["a", "b", "c", "http://n.example/1", "https://n.example/1"]),
    link=st.none()
    | st.sampled_from(
        ["https://n.example/1", "http://www.n.example/1?utm_source=x", "https://n.example/2",
         "https://n.example/3", "https://news.example/"]
    ),
    title=st.sampled_from(["One", "Two", "Three"]),
    published=st.none() | st.just(NOW),
)  # fmt: skip


def test_a_twin_takes_no_key_of_another_article() -> None:
    """Of three entries at one link the third has the guid of the first, the title of the second."""
    link = "https://n.example/1"
    entries = [
        Entry(id=guid, link=link, title=title)
        for guid, title in (("a", "Two"), ("b", "One"), ("a", "One"))
    ]
    found = fold(entries, keys(entries, FEED), {}, newest_old=NOW)
    names = [key for finding in found for key in finding.keys]

    assert len(names) == len(set(names))


@given(st.lists(ENTRIES, max_size=8), st.randoms(use_true_random=False), st.data())
def test_a_link_once_reported_is_never_new_again(
    entries: list[Entry], random: Any, data: st.DataObject
) -> None:
    """Over any shuffling, doubling, dropping, new guids and new titles, no link is new twice."""
    known: dict[str, KnownArticle] = {}
    reported: set[str] = set()
    for turn in range(4):
        shown = [entry for entry in entries * 2 if random.random() < 0.8]
        random.shuffle(shown)
        if turn == 2:
            shown = [replace(entry, id=data.draw(st.none() | st.just("z"))) for entry in shown]
        if turn == 3:
            shown = [replace(entry, title="Edited") for entry in shown]
        entry_keys = keys(shown, FEED, "https://news.example/")
        findings = fold(shown, entry_keys, known, newest_old=NOW)
        links = [key for finding in findings if finding.kind is FindingKind.NEW
                 for key in finding.keys if key.startswith("link:")]  # fmt: skip
        assert len(links) == len(set(links))
        assert reported.isdisjoint(links)
        reported.update(links)
        for finding in findings:
            number = finding.article_id or len(known) + 1
            for key in finding.keys:
                known.setdefault(key, KnownArticle(number, frozenset({finding.hash})))
        assert all(key in known for its_keys in entry_keys for key in its_keys)


def test_an_article_of_another_feed_is_new_to_this_one() -> None:
    """It is reported as new to the feed, but opens no second article."""
    entry = Entry("1", "https://a.example/one", "One", "A short teaser.")
    article = KnownArticle(7, frozenset({"theirs"}), carried=False, speaks=False, length=500)

    (finding,) = fold(
        [entry], [("link:a.example/one",)], {"link:a.example/one": article}, newest_old=NOW
    )

    assert (finding.kind, finding.article_id, finding.revises) == (FindingKind.NEW, 7, False)


def test_a_wording_that_says_more_takes_the_place_of_a_teaser() -> None:
    """Another feed's full text becomes the revision; its teaser never does, nor takes turns."""
    entry = Entry("1", "https://a.example/one", "One", "A report with every name and figure in it.")
    known = {"link:a.example/one": KnownArticle(7, frozenset({"theirs"}), False, False, length=10)}

    (finding,) = fold([entry], [("link:a.example/one",)], known, newest_old=NOW)

    assert finding.revises


def test_only_the_feed_that_speaks_for_an_article_edits_it_at_will() -> None:
    """A shorter edit counts where the current wording is the feed's own."""
    entry = Entry("1", "https://a.example/one", "One, corrected")
    keys = [("link:a.example/one",)]
    its_own = KnownArticle(7, frozenset({"before"}), carried=True, speaks=True, length=500)
    others = KnownArticle(7, frozenset({"before"}), carried=True, speaks=False, length=500)

    edits = [
        fold([entry], keys, {"link:a.example/one": article}, newest_old=NOW)[0]
        for article in (its_own, others)
    ]

    assert [edit.kind for edit in edits] == [FindingKind.CHANGED, FindingKind.CHANGED]
    assert [edit.revises for edit in edits] == [True, False]
