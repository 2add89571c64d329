"""List pages read as feeds: with a recipe and without one, well-behaved and not."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.pages import parse_page
from monitor.model import Entry, FeedState, ParsedFeed, Recipe

URL = "https://news.example/world/index.htm"


def page(*rows: str, head: str = "", around: str = "<ul>{}</ul>") -> bytes:
    """A page of a news site with ``rows`` as its list, and what stands on every such page."""
    return f"""<!doctype html><html lang="en"><head><title>World | News</title>{head}</head><body>
    <nav><a href="/world/2026-11/25/c_999.htm">All the news of the world in one place</a></nav>
    <div class="menu"><a href="/">Home</a> <a href="/china/">China</a> <a href="#top">Top</a>
    <a href="/world/index_2.htm">Next</a> <a href="javascript:void(0)">Share this page now</a></div>
    {around.format("".join(rows))}
    <a href="https://other.example/world/2026-11/25/c_1.htm">An advertisement from another site</a>
    <footer><a href="/about/12345.htm">Who we are and how to reach the editors</a></footer>
    </body></html>""".encode()


def read(body: bytes, *, url: str = URL, content_type: str = "", **recipe: str) -> ParsedFeed:
    """The page as a feed."""
    return parse_page(body, url=url, recipe=Recipe(**recipe), content_type=content_type)


def shown(parsed: ParsedFeed) -> list[tuple[str, str | None, str | None]]:
    """Title, path and day of each entry."""
    return [(entry.title, path(entry), day(entry)) for entry in parsed.entries]


def path(entry: Entry) -> str | None:
    """Where an entry leads, without the site."""
    return entry.link and entry.link.removeprefix("https://news.example")


def day(entry: Entry) -> str | None:
    """The day of an entry."""
    return entry.published and entry.published.date().isoformat()


DATED = [
    '<li><a href="/world/2026-11/25/c_101.htm">Rail link opens at the border</a></li>',
    '<li><a href="../world/2026-11/24/c_102.htm">Ministers meet in the capital</a></li>',
    '<li><a href="/world/2026-11/23/c_103.htm#comments">Gas flows rise again</a></li>',
]
READ = [
    ("Rail link opens at the border", "/world/2026-11/25/c_101.htm", "2026-11-25"),
    ("Ministers meet in the capital", "/world/2026-11/24/c_102.htm", "2026-11-24"),
    ("Gas flows rise again", "/world/2026-11/23/c_103.htm", "2026-11-23"),
]


def test_a_page_of_dated_links_needs_no_recipe() -> None:
    """Links of one pattern are the list; menus, footers and other sites are not in it."""
    parsed = read(page(*DATED))
    assert shown(parsed) == READ
    assert (parsed.state, parsed.title, parsed.lang) == (FeedState.OK, "World | News", "en")
    assert parsed.link == URL


@pytest.mark.parametrize(
    "link", ["/world/*/c_*.htm", "*/c_*.htm", r"^https://news\.example/.*\d\.htm$", "li a",
             "https://news.example/world/2026-*"]
)  # fmt: skip
def test_a_recipe_says_which_links_are_articles(link: str) -> None:
    """A glob on the path or the whole address, a regular expression, or a CSS selector."""
    body = page(*DATED, '<li><a href="/photo/77.htm">Pictures of the day in the world</a></li>')
    found = [one for one in shown(read(body, link=link)) if one[1] in {row[1] for row in READ}]
    assert found == READ


def test_an_image_a_headline_and_a_button_are_one_entry() -> None:
    """Several links to one article make one entry, titled by its heading, with its teaser."""
    card = """<div class="card"><a href="/kz/rail-{0}-opens"><img src="a.jpg" alt=""></a>
    <span>Economy</span><h3><a href="/kz/rail-{0}-opens">Railway {0} opens &amp; trains run</a></h3>
    <p>The first {0} freight trains left the dry port in the morning, the ministry said.</p>
    <time datetime="2026-11-25T0{0}:30:00+05:00">today</time>
    <a href="/kz/rail-{0}-opens">Read more about this article</a></div>"""
    parsed = read(page(*(card.format(number) for number in (6, 7, 8)), around="<div>{}</div>"))
    assert [entry.title for entry in parsed.entries] == [
        "Railway 6 opens & trains run",
        "Railway 7 opens & trains run",
        "Railway 8 opens & trains run",
    ]
    assert parsed.entries[0].summary.startswith("The first 6 freight trains left")
    assert parsed.entries[0].published == datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


def test_a_card_that_is_one_link_gives_its_title_without_date_and_label() -> None:
    """The first part of a link that is long enough for a title is the title."""
    card = """<a class="card" href="/news/view/{0}"><span>25.11.2026, 10:3{0}</span>
    <div>Prime minister receives envoy number {0}</div><p>Teaser of the story.</p></a>"""
    parsed = read(page(*(card.format(number) for number in range(3)), around="<div>{}</div>"))
    assert shown(parsed)[0] == (
        "Prime minister receives envoy number 0", "/news/view/0", "2026-11-25",
    )  # fmt: skip


def test_a_title_that_is_cut_is_read_from_its_attribute() -> None:
    """Narrow columns end titles in dots and keep the whole of them beside."""
    row = '<li><a href="/a/{0}.html" title="The whole long title {0}">The whole long t…</a></li>'
    parsed = read(page(*(row.format(number) for number in (1, 2, 3))))
    assert parsed.entries[1].title == "The whole long title 2"


@pytest.mark.parametrize(
    ("written", "stated"),
    [
        ("[2026-11-25]", "2026-11-25"),
        ("25.11.2026 | 10:40", "2026-11-25"),
        ("2026年11月25日 10:40", "2026-11-25"),
        ("25 ноября 2026 г., 10:40", "2026-11-25"),
        ("Nov. 25, 2026", "2026-11-25"),
        ("2026 жылғы 25 қараша", "2026-11-25"),
        ("25-noyabr 2026", "2026-11-25"),
        ("yesterday", None),
        ("November 2026", None),
        ("45.13.2026", None),
    ],
)
@pytest.mark.parametrize("around", ["<ul>{}</ul>", "<dl>{}</dl>", "<table>{}</table>"])
def test_a_day_in_words_stands_beside_the_link(written: str, stated: str, around: str) -> None:
    """In the same row of a list or a table, or in the row behind; the title's days do not count."""
    rows = {
        "<ul>{}</ul>": '<li><a href="/a/{0}">Plan for 1 May 2030 agreed {0}</a> <i>{1}</i></li>',
        "<dl>{}</dl>": '<dt><a href="/a/{0}">Plan for 1 May 2030 agreed {0}</a></dt><dd>{1}</dd>',
        "<table>{}</table>": '<tr><td>{1}</td><td><a href="/a/{0}">Plan for 1 May 2030 agreed {0}'
        "</a></td></tr>",
    }
    body = page(*(rows[around].format(number, written) for number in (1, 2, 3)), around=around)
    assert [day(entry) for entry in read(body).entries] == [stated] * 3


def test_a_recipe_says_where_title_and_date_stand() -> None:
    """By selectors near the link, or by how the address has the day."""
    row = """<div class="r"><b class="t">Real title {0}</b> <i class="d">published 2{0}.11.2026</i>
    <a href="/n/2026/112{0}/x">Link text that is no title at all</a> created 2020-01-01</div>"""
    body = page(*(row.format(number) for number in (1, 2, 3)), around="<div>{}</div>")
    by_selector = read(body, link="/n/*", title=".t", date=".d")
    by_address = read(body, link="/n/*", title=".nowhere", date="/YYYY/MMDD/")
    assert shown(by_selector)[0] == ("Real title 1", "/n/2026/1121/x", "2026-11-21")
    assert shown(by_address)[1] == (
        "Link text that is no title at all", "/n/2026/1122/x", "2026-11-22",
    )  # fmt: skip


def message(number: int, text: str) -> str:
    """A message as the public preview of a Telegram channel shows it."""
    return f"""<div class="tgme_widget_message_wrap"><div class="tgme_widget_message"
    data-post="embassy/{number}"><a class="tgme_widget_message_user" href="https://t.me/embassy">
    <i></i></a><div class="tgme_widget_message_bubble"><div class="tgme_widget_message_text">{text}
    </div><div class="tgme_widget_message_footer"><a class="tgme_widget_message_date"
    href="https://t.me/embassy/{number}"><time datetime="2026-11-25T1{number}:00:00+00:00"
    class="time">1{number}:00</time></a></div></div></div></div>"""


def test_a_public_preview_of_telegram_is_known() -> None:
    """Messages with text, time and address; the first line is the title, pictures have none."""
    long = "The ambassador met the governor in Almaty. " + "They spoke of trade at length. " * 20
    quoting = 'Second.<br><br>More on <a href="https://t.me/embassy/1">this</a> follows.'
    body = page(message(1, "One line"), message(2, quoting), message(3, long), message(4, ""))
    parsed = read(body, url="https://t.me/s/embassy")
    assert [(entry.title, entry.link) for entry in parsed.entries] == [
        ("One line", "https://t.me/embassy/1"),
        ("Second.", "https://t.me/embassy/2"),
        ("The ambassador met the governor in Almaty.", "https://t.me/embassy/3"),
    ]
    assert parsed.entries[1].summary == "Second. More on this follows."
    assert parsed.entries[0].published == datetime(2026, 11, 25, 11, tzinfo=UTC)


# --- what goes wrong with list pages --------------------------------------------------------------


def test_a_month_in_an_address_is_no_date() -> None:
    """Addresses that give the month only leave entries without a date, instead of a false one."""
    rows = [f'<li><a href="/page/202611/130{n}.shtml">Envoys talk in round {n}</a></li>' for n in
            range(3)]  # fmt: skip
    assert [day(entry) for entry in read(page(*rows)).entries] == [None] * 3


def test_an_old_story_that_resurfaces_has_its_old_date() -> None:
    """A list of most read stories shows what its address says: news of eight years ago."""
    rows = [*DATED, '<li><a href="/world/2018-01/05/c_7.htm">Envoy arrives for talks</a></li>']
    assert shown(read(page(*rows)))[-1][2] == "2018-01-05"


@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=utf-8"])
@pytest.mark.parametrize("meta", ['<meta charset="gb2312">', ""])
def test_chinese_without_a_charset_in_its_header_is_read(meta: str, content_type: str) -> None:
    """The charset stands in the page, nowhere, or wrong in the header."""
    titles = ("习近平会见哈萨克斯坦总统", "中吉乌铁路正式开工建设", "两国签署天然气合作协议")
    rows = [f'<li><a href="/n1/2026/1125/c{n}.html">{t}</a></li>' for n, t in enumerate(titles)]
    body = page(*rows, head=meta).decode().encode("gb18030")
    assert tuple(one.title for one in read(body, content_type=content_type).entries) == titles


def test_russian_in_windows_1251_without_declaration_is_read() -> None:
    """A page that says nothing of its charset is read by its letters."""
    rows = [
        f'<li><a href="/ru/n/{n}">Товарооборот с Китаем вырос на {n}%</a></li>' for n in (3, 4, 5)
    ]
    body = page(*rows).decode().encode("cp1251")
    assert read(body).entries[0].title == "Товарооборот с Китаем вырос на 3%"


@pytest.mark.parametrize(
    ("body", "state", "words"),
    [
        (b"", FeedState.BROKEN, "the answer is empty"),
        (b" \n", FeedState.BROKEN, "the answer is empty"),
        (b"Hello World", FeedState.NOT_A_FEED, "no web page"),
        (b"<html><body><p>Nothing here</p>", FeedState.EMPTY, "look like articles"),
        (b"<html><title>Just a moment...</title>", FeedState.BLOCKED, "bot protection"),
        (page(), FeedState.EMPTY, "look like articles"),
    ],
)
def test_a_page_without_a_list_is_a_state_with_a_sentence(
    body: bytes, state: FeedState, words: str
) -> None:
    """Empty answers, other things than pages, bot walls and pages without a list."""
    parsed = read(body)
    assert parsed.state is state
    assert words in (parsed.error or "")


def test_a_page_that_was_redrawn_says_what_it_was_read_by() -> None:
    """When no link fits the recipe any more, the recipe is in the sentence."""
    assert read(page(*DATED), link="/en/view/*").error == "no link of the page fits /en/view/*"


def test_a_form_against_robots_on_a_good_page_is_no_wall() -> None:
    """The word captcha stands on many pages that have their list."""
    assert read(page(*DATED, head="<script src=recaptcha.js></script>")).state is FeedState.OK


@pytest.mark.parametrize("recipe", [{"title": "a["}, {"link": "^("}, {"link": "a:nope(1)"}])
def test_a_recipe_that_cannot_be_read_is_a_sentence(recipe: dict[str, str]) -> None:
    """What the settings could not check is said at the poll, and raises nothing."""
    parsed = read(page(*DATED), **recipe)
    assert (parsed.state, parsed.entries) == (FeedState.BROKEN, ())
    assert (parsed.error or "").startswith("the recipe cannot be followed (")


@pytest.mark.parametrize(
    "body", [b"<div>" * 30_000, b"<a href=/a/1>" * 5_000, b"<ul><li><a href=/a/1>x" * 3_000,
             b"".join(b"<a href=/a/%d>A title of some length</a>" % n for n in range(3_000)),
             b"<p title='" * 30_000, b"<a href='http://[bad/1'>A title of some length</a>" * 3]
)  # fmt: skip
@pytest.mark.timeout(20)
def test_a_page_made_to_take_for_ever_does_not(body: bytes) -> None:
    """Deep nesting, endless lists and open quotes end in seconds, with bounded entries."""
    began = time.process_time()
    assert len(read(b"<html>" + body).entries) <= 500
    assert time.process_time() - began < 10


@given(st.text(alphabet="<>/=\"' aulidivhrefp[]&;0-2.", max_size=300), st.sampled_from(["", "a"]))
def test_any_tangle_is_read_or_refused(tangle: str, link: str) -> None:
    """Nothing that stands in angle brackets makes the reader fail."""
    parsed = read(f"<html><a href=/a/1>{tangle}</a>{tangle}".encode(), link=link)
    assert all(entry.title and "\n" not in entry.title for entry in parsed.entries)


@given(st.lists(st.integers(1, 10**9), min_size=3, max_size=30, unique=True))
def test_every_article_of_a_list_is_found_once(numbers: list[int]) -> None:
    """However many links lead to them, in the page's order."""
    rows = [f'<li><a href="/n/{n}">Story number {n} of the day</a><a href="/n/{n}">…</a></li>'
            for n in numbers]  # fmt: skip
    found = read(page(*rows)).entries
    assert [path(entry) for entry in found] == [f"/n/{number}" for number in numbers]
