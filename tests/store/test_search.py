"""Searching: words in every script, fields, and whatever else a person may type."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import InputError, QueryError
from monitor.query import parse
from monitor.query.grouping import Grouping
from monitor.query.paging import Cursor, Sort, read_cursor
from monitor.store import Store
from monitor.text.normalise import fold_key

WORDS = (
    *("figure:>=1bn", "figure:USD", "figure:1..5", 'figure:"5 bn yuan"', "figure:"),
    *("khorgos", "railway", "KZ", "токаев", "中亚", "铁路", "Oʻzbek*", "NULL", "title:", "rowid:"),
    *("country:", "country:KZ", "topic:energy", "entity:khorgos", "lang:zh", "outlet:wire"),
    *("camp:state", "feed:1", "story:1", "is:delivered", "is:unmatched", "term:x", "first-seen:"),
    *("published:>=2026", "since:9999y", "until:9999", "railway*", "*", "<", ">="),
    *("since:7d", "until:2026-01", "score:>=60", "AND", "OR", "NOT", "NEAR", "-", "(", ")", '"'),
    *("'", "*", ":", "\\", ";", "--", "%", "_", "^", "+", "{title}", "=", "\0", "\ud800", "😀"),
)


@pytest.fixture
def archive(make: Any, store: Store) -> Store:
    """Five articles in five languages, two of them judged."""
    make.poll(make.finding("1", "Khorgos freight train departs", text="Bus lines", lang="en"))
    make.poll(
        make.finding("2", "中亚铁路通车", text="霍尔果斯口岸。中国,亚洲", lang="zh"), feed_id=2
    )
    make.poll(
        make.finding("3", "Қазақстанның теміржолы", lang="kk"), at=make.now - timedelta(days=9)
    )
    make.poll(make.finding("4", "Oʻzbekiston va Türkmenistan", lang="uz"))
    make.poll(make.finding("5", "Ёлка и Китай", text="train freight", lang="ru"))
    one, two, *_ = store.articles.unassessed(9)
    make.judge(make.assessment(one, 70, countries=("KZ",), entities=("khorgos",)))
    make.judge(make.assessment(two, 40, countries=("KZ", "CN"), entities=("ktz",)))
    return store


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", "54321"),
        ("khorgos", "1"),
        ("KHORGOS bus", "1"),
        ("train freight", "51"),
        ('"freight train"', "1"),
        ("train -bus", "5"),
        ("NOT train", "432"),
        ("train NOT (bus OR khorgos)", "5"),
        ("khorgos OR китай", "51"),
        ("елка", "5"),
        ("қазақстан*", "3"),
        ("қазақстан", "3"),
        ('"қазақстан"', ""),
        ("'қазақстанның'", "3"),
        ("ozbekistonda", ""),
        ("trains", ""),
        ("铁路", "2"),
        ("亚", "2"),
        ("果斯", "2"),
        ("霍爾果斯", "2"),
        ("国亚", ""),
        ("岸中", ""),
        ("O'zbekiston", "4"),
        ("Ozbekiston", "4"),
        ("o‘zbek*", "4"),
        ("turkmenistan", "4"),
        ("Türkmen*", "4"),
        ("country:kz", "21"),
        ("country:CN", "2"),
        ("country:KZ train", "1"),
        ("country:KZ -country:CN", "1"),
        ("country:KZ OR lang:kk", "321"),
        ("-country:KZ", "543"),
        ("topic:transport entity:ktz", "2"),
        ("lang:uz OR lang:ru", "54"),
        ("outlet:wire", "5431"),
        ("outlet:新华", "2"),
        ("outlet:nobody", ""),
        ("score:>=60", "1"),
        ("score:<60 country:KZ", "2"),
        ("since:7d", "5421"),
        ("until:7d", "3"),
        ("since:2026-03 until:2026-03-01", "5421"),
        ("until:2026-02", "3"),
        ("(country:KZ OR train) since:7d -铁路", "51"),
        ("first-seen:2026-02", "3"),
        ("first-seen:2026", "54321"),
        ("first-seen:2025", ""),
        ("published:2026-03-01", "54321"),
        ("published:<2026-03", ""),
        ("camp:STATE", "5431"),
        ("camp:exile", ""),
        ("feed:2", "2"),
        ("feed:b.example", "2"),
        ("feed:99", ""),
        ("story:1", "1"),
        ("story:999999999999999999", ""),
        ("is:pending", "543"),
        ("is:eligible", "21"),
        ("is:backlog OR is:delivered", ""),
        ("is:matched", "1"),
        ("is:unmatched train", "5"),
        ("term:dry-port", ""),
    ],
)
def test_a_search_finds(archive: Store, make: Any, text: str, names: str) -> None:
    """Each search finds the articles of these numbers, the newest first."""
    numbers = [
        each.article.url.rsplit("/", 1)[1] for each in archive.search(parse(text), 50, make.now)
    ]

    assert list(names) == numbers


def test_only_the_newest_are_given(archive: Store, make: Any) -> None:
    """A limit cuts off the old end."""
    newest = archive.search(parse("train"), 1, make.now)

    assert [each.article.url.rsplit("/", 1)[1] for each in newest] == ["5"]


def test_a_label_may_mean_several_ids(archive: Store, make: Any) -> None:
    """A name that two entities share finds the articles of both."""
    query = parse("entity:crossing").resolve("entity", lambda name: ["khorgos", "ktz"])

    assert len(archive.search(query, 9, make.now)) == 2


def chinese(seed: int, count: int) -> Iterable[str]:
    """Short texts of few characters with everything between them that may separate words."""
    chances = random.Random(seed)
    pieces = "中亚铁路国口岸斯哈萨" * 3 + "，。、 \n-—·“”（）_'\"ａbK9%々ハ〇哈薩國鐵"
    for _ in range(count):
        yield "".join(chances.choices(pieces, k=chances.randrange(1, 40)))


def test_chinese_words_are_found_exactly_as_like_finds_them(make: Any, store: Store) -> None:
    """One, two and three characters, wherever they stand, and never across a comma."""
    texts = list(chinese(1, 400))
    make.poll(*(make.finding(f"n{number}", text) for number, text in enumerate(texts)))
    rows = [(f"https://a.example/n{number}", fold_key(text)) for number, text in enumerate(texts)]
    words = {text[at : at + size] for text in texts[:60] for at in (0, 3) for size in (1, 2, 3)}
    words = {word for word in words if word and all("\u4e00" <= each <= "\u9fff" for each in word)}
    for word, expected in liked(rows, sorted(words)):
        urls = sorted(each.article.url for each in store.search(parse(word), 1_000, make.now))
        assert expected == urls, word

    assert len(words) > 50


def liked(rows: list[tuple[str, str]], words: list[str]) -> Iterable[tuple[str, list[str]]]:
    """What LIKE finds in folded titles, word by word."""
    with closing(sqlite3.connect(":memory:")) as plain:
        plain.execute("CREATE TABLE folded (url TEXT, title TEXT)")
        plain.executemany("INSERT INTO folded VALUES (?, ?)", rows)
        like = "SELECT url FROM folded WHERE title LIKE ? ORDER BY url"
        for word in words:
            yield word, [url for (url,) in plain.execute(like, (f"%{fold_key(word)}%",))]


TYPED = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(WORDS), max_size=12).map("".join),
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
)
FIXTURE = HealthCheck.function_scoped_fixture


def answered_or_explained(archive: Store, now: Any, text: str, *sorts: Sort) -> bool:
    """Whether ``text`` is answered; nothing but a QueryError within it may come instead."""
    try:
        query = parse(text)
    except QueryError as error:
        assert 0 <= error.column <= len(text)
        return False
    for sort in sorts:
        assert len(archive.page(query, 3, now, sort).articles) <= 3
    return True


def test_five_hundred_random_strings_are_answered_or_explained(archive: Store, make: Any) -> None:
    """Whatever is typed finds something or nothing, or is pointed at; both come about."""
    chances, answered = random.Random(17), 0
    for _ in range(500):
        words = chances.choices(WORDS, k=chances.randrange(1, 12))
        text = chances.choice(("", " ")).join(words)
        answered += answered_or_explained(archive, make.now, text, Sort.NEWEST)
    assert 0 < answered < 500


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@settings(max_examples=20_000, deadline=None, suppress_health_check=[FIXTURE])
@given(TYPED)
def test_whatever_is_typed_is_answered_or_explained(archive: Store, make: Any, text: str) -> None:
    """Any string finds something or nothing, or is a QueryError within it; nothing else."""
    answered_or_explained(archive, make.now, text, Sort.NEWEST, Sort.RELEVANCE)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("text", ["", "train", "country:KZ", "khorgos OR 铁路 OR қазақстан"])
def test_pages_tile_what_is_found(archive: Store, make: Any, text: str, sort: Sort) -> None:
    """Page after page gives each article once, in the order of one long page."""
    query, after, pages = parse(text), None, []
    while True:
        page = archive.page(query, 1, make.now, sort, after)
        pages += [each.article.id for each in page.articles]
        if page.more is None:
            break
        after = read_cursor(str(page.more))
    whole = archive.page(query, 99, make.now, sort).articles

    assert pages == [each.article.id for each in whole]
    assert [each.article.id for each in archive.stream(query, make.now, sort)] == pages


def test_orders(archive: Store, make: Any) -> None:
    """Oldest, by score, and by relevance, where a title says more than a text."""

    def names(text: str, sort: Sort) -> str:
        page = archive.page(parse(text), 9, make.now, sort)
        return "".join(each.article.url[-1] for each in page.articles)

    assert names("", Sort.OLDEST) == "12345"
    assert names("", Sort.SCORE) == "12543"
    assert names("train", Sort.RELEVANCE) == "15"


def test_a_place_in_a_search_is_read_or_refused() -> None:
    """What is no place is a sentence."""
    assert read_cursor("12@-0.5") == Cursor(12, -0.5)
    for token in ("", "x", "1@", "-1", "1@nan", "9" * 19):
        with pytest.raises(InputError, match="is no place"):
            read_cursor(token)


@pytest.mark.parametrize(
    ("text", "by", "groups"),
    [
        ("", Grouping.MONTH, [("2026-02", 1), ("2026-03", 4)]),
        ("", Grouping.DAY, [("2026-02-20", 1), ("2026-03-01", 4)]),
        ("train", Grouping.WEEK, [("2026-W09", 2)]),
        ("", Grouping.COUNTRY, [("KZ", 2), ("CN", 1)]),
        ("铁路", Grouping.ENTITY, [("ktz", 1)]),
        ("", Grouping.LANG, [("en", 1), ("kk", 1), ("ru", 1), ("uz", 1), ("zh", 1)]),
        ("", Grouping.OUTLET, [("Astana Wire", 4), ("新华 Xinhua", 1)]),
        ("", Grouping.CAMP, [("state", 4), ("", 1)]),
        ("nowhere", Grouping.MONTH, []),
    ],
)
def test_numbers(
    archive: Store, make: Any, text: str, by: Grouping, groups: list[tuple[str, int]]
) -> None:
    """Times come in their order, other groups with the most articles first."""
    assert archive.count(parse(text), by, make.now) == groups


def test_the_days_of_late_articles_are_widened(archive: Store, make: Any) -> None:
    """An article stored late, by a clock that went back, is found on its day."""
    make.poll(make.finding("6", "Late news"), at=make.now - timedelta(days=9))
    found = archive.search(parse("news first-seen:2026-02"), 9, make.now)

    assert [each.article.url[-1] for each in found] == ["6"]
