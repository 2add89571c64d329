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

from monitor.errors import QueryError
from monitor.query import parse
from monitor.store import Store
from monitor.text.normalise import fold_key

WORDS = (
    *("khorgos", "railway", "KZ", "токаев", "中亚", "铁路", "Oʻzbek*", "NULL", "title:", "rowid:"),
    *("country:", "country:KZ", "topic:energy", "entity:khorgos", "lang:zh", "outlet:wire"),
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
        ("қазақстан", ""),
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


@settings(
    max_examples=2_000,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(st.sampled_from(WORDS), max_size=12).map("".join),
        st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    )
)
def test_whatever_is_typed_is_answered_or_explained(archive: Store, make: Any, text: str) -> None:
    """Any string finds something or nothing, or is a QueryError within it; nothing else."""
    try:
        query = parse(text)
    except QueryError as error:
        assert 0 <= error.column <= len(text)
        return
    assert len(archive.search(query, 3, make.now)) <= 3
