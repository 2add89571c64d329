"""The search language: what is understood, and where a mistake is pointed at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import QueryError
from monitor.query import (
    MAX_LENGTH,
    And,
    Camp,
    Figured,
    FromFeed,
    InStory,
    Is,
    Label,
    Lang,
    Node,
    Not,
    Or,
    Outlet,
    Score,
    Within,
    Word,
    parse,
)


def day(year: int, month: int = 1, day: int = 1) -> datetime:
    """Midnight in UTC."""
    return datetime(year, month, day, tzinfo=UTC)


SEEN = "first-seen"
A, B, C = Word("a"), Word("b"), Word("c")


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("", And(())),
        ("  ", And(())),
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a b OR c", Or((And((A, B)), C))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("-a", Not(A)),
        ("NOT a b", And((Not(A), B))),
        ("-(a b)", Not(And((A, B)))),
        ('-"a b"', Not(Word("a b", exact=True))),
        ('"a OR b"', Word("a OR b", exact=True)),
        ("“中亚 铁路”", Word("中亚 铁路", exact=True)),
        ("«a b»*", Word("a b", prefix=True, exact=True)),
        ("（a）", A),
        ("kazakh*", Word("kazakh", prefix=True)),
        ("well-known", Word("well-known")),
        ("10:30", Word("10:30")),
        ("or not", And((Word("or"), Word("not")))),
        ("lang:ZH", Lang("zh")),
        ("outlet:新华", Outlet("新华")),
        ('outlet:"Astana Times"', Outlet("Astana Times")),
        ("figure:USD", Figured("USD")),
        ("figure:yuan", Figured("CNY")),
        ("figure:>=1bn", Figured(None, ((">=", 1e9),))),
        ("figure:872", Figured(None, (("=", 872),))),
        ("figure:$5m", Figured("USD", (("=", 5e6),))),
        ("figure:11.3%", Figured("percent", (("=", 11.3),))),
        ('figure:"286.42 bn yuan"', Figured("CNY", (("=", 286.42e9),))),
        ('figure:"2864.2億元"', Figured("CNY", (("=", 286.42e9),))),
        ('figure:"<94,8 млрд долларов"', Figured("USD", (("<", 94.8e9),))),
        ('figure:"1..5 bn USD"', Figured("USD", ((">=", 1e9), ("<=", 5e9)))),
        ('figure:"3 GW"', Figured("W", (("=", 3e9),))),
        ("Score:>=60", Score(">=", 60)),
        ("score:60", Score(">=", 60)),
        ("score:<7.5", Score("<", 7.5)),
        ("since:2026", Within(SEEN, start=day(2026))),
        ("since:2026-02", Within(SEEN, start=day(2026, 2))),
        ("since:2026-2-3", Within(SEEN, start=day(2026, 2, 3))),
        ("until:2026", Within(SEEN, end=day(2027))),
        ("until:2026-02", Within(SEEN, end=day(2026, 3))),
        ("until:2026-12", Within(SEEN, end=day(2027))),
        ("until:2026-02-28", Within(SEEN, end=day(2026, 3, 1))),
        ("since:7d", Within(SEEN, start=timedelta(days=7))),
        ("until:24h", Within(SEEN, end=timedelta(hours=24))),
        ("since：2w", Within(SEEN, start=timedelta(weeks=2))),
        ("since:3m", Within(SEEN, start=timedelta(days=90))),
        ("since:9999y", Within(SEEN, start=timedelta(days=365 * 500))),
        ("first-seen:2026-02", Within(SEEN, day(2026, 2), day(2026, 3))),
        ("first-seen:7d", Within(SEEN, start=timedelta(days=7))),
        ("published:>=2026-02", Within("published", start=day(2026, 2))),
        ("published:>2026-02", Within("published", start=day(2026, 3))),
        ("published:<2026-02", Within("published", end=day(2026, 2))),
        ("published:<=2026", Within("published", end=day(2027))),
        ("camp:State", Camp("State")),
        ("feed:12", FromFeed("12")),
        ("feed:xinhuanet.com/rss", FromFeed("xinhuanet.com/rss")),
        ("story:48", InStory(48)),
        ("is:Delivered", Is("delivered")),
        ("is:matched", Score(">=", 50)),
        ("-is:unmatched", Not(Score("<", 50))),
        ("term:dry-port", Label("term", "dry-port", ("dry-port",), 5)),
        ("country:kz", Label("country", "kz", ("KZ",), 8)),
        ("topic:Energy", Label("topic", "Energy", ("energy",), 6)),
        ('entity:"Xi Jinping"', Label("entity", "Xi Jinping", ("xi jinping",), 7)),
    ],
)
def test_a_search_is_understood_as(text: str, root: Node) -> None:
    """Each search has this meaning."""
    assert root == parse(text).root


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ('a "b', 2, "no partner"),
        ("a (b", 2, "not closed"),
        ("a) b", 1, "closes nothing"),
        ("()", 1, "missing here"),
        ("a OR", 4, "missing here"),
        ("OR a", 0, "missing here"),
        ("a NOT", 5, "missing here"),
        ("a AND AND b", 6, "missing here"),
        ("a !!", 2, "no letter or digit"),
        ('""', 0, 'no letter or digit to search for in ""'),
        ("a score>60", 7, "a colon is missing behind score"),
        ("Published<=2026", 9, "a colon is missing behind published"),
        ("lang:chinese", 5, "by its code, as lang:zh"),
        ("*", 0, "no letter or digit"),
        ("ka*kh", 2, "end of a word only"),
        ("a contry:KZ", 2, 'did you mean "country:"'),
        ("https://a.b", 0, "put the words in quotes"),
        ("country:", 8, "a value is missing"),
        ("score:high", 6, "score:>=60"),
        ("since:yesterday", 6, "since:2026-01"),
        ("since:2026-13", 6, "no date"),
        ("since:2026-02-30", 6, "no date"),
        ("since:>=2026", 6, "without >="),
        ("first-sen:2026", 0, 'did you mean "first-seen:"'),
        ("story:khorgos", 6, "by its number"),
        ("figure:usdd", 7, 'did you mean "usd"'),
        ("figure:>", 7, "figure:>=1bn"),
        ("figure:-5", 7, "figure:>=1bn"),
        ("figure:1..", 7, "figure:>=1bn"),
        ("figure:>1..5", 7, "figure:>=1bn"),
        ('figure:"5..1 bn USD"', 7, "the least comes first"),
        ("figure:一百亿美元", 7, "no unit is called"),
        ("figure:>USD", 7, "figure:>=1bn"),
        ("figure:" + "9" * 40, 7, "too long"),
        ("is:deliverd", 3, 'did you mean "is:delivered"'),
        ("is:blue", 3, "there are delivered"),
        ("until:9999", 6, "9999 is not from 1970 to 2100"),
        ("since:9999-12-31", 6, "9999-12-31 is not from 1970 to 2100"),
        ("published:<0001-01-01", 10, "0001-01-01 is not from 1970 to 2100"),
        ("since:2026-02-30", 6, "no date"),
        ("a \0", 2, "cannot be searched for"),
        ("a\ud800", 1, "cannot be searched for"),
        ("a" * (MAX_LENGTH + 1), 60, "2,000 characters, this one has 2,001\n  a{60}…\n"),
        ("a " * 101, 200, "100 parts"),
        ("(" * 22 + "a" + ")" * 22, 21, "inside one another"),
        ("NOT " * 22 + "a", 84, "inside one another"),
    ],
)
def test_a_mistake_is_pointed_at(text: str, column: int, problem: str) -> None:
    """The error names the column and what is wrong there."""
    with pytest.raises(QueryError, match="(?s)" + problem.replace("(", r"\(")) as caught:
        parse(text)

    assert column == caught.value.column


def test_the_caret_stands_under_wide_characters_too() -> None:
    """A Chinese character takes two columns of a terminal."""
    with pytest.raises(QueryError) as caught:
        parse("中亚 kg:1")

    assert str(caught.value).endswith("\n  中亚 kg:1\n       ^")


def test_words_are_those_that_are_wanted() -> None:
    """What stands under a NOT is nothing to mark."""
    assert parse('a (b* OR -c) country:KZ "d e"').words() == (
        A, Word("b", prefix=True), Word("d e", exact=True)
    )  # fmt: skip


def test_matched_is_what_the_settings_say() -> None:
    """The threshold is given by who asks."""
    assert parse("is:matched", threshold=35).root == Score(">=", 35)


def test_labels_are_listed_wherever_they_stand() -> None:
    """Groups and negations hide none of them."""
    query = parse("entity:a (b OR -(entity:c country:KZ))")

    assert [label.value for label in query.labels("entity")] == ["a", "c"]
    assert [label.value for label in query.labels("country")] == ["KZ"]


def test_labels_of_one_kind_are_resolved() -> None:
    """Names become ids, each once, and the other kinds stay as they are."""
    names = {"Токаев": ["tokayev", "tokayev"], "Хоргос": ["khorgos", "khorgos-gateway"]}
    query = parse("a -entity:Токаев (entity:Хоргос OR topic:Хоргос)").resolve(
        "entity", lambda name: names[name]
    )

    assert [label.ids for label in query.labels("entity")] == [
        ("tokayev",),
        ("khorgos", "khorgos-gateway"),
    ]
    assert [label.ids for label in query.labels("topic")] == [("хоргос",)]


def test_a_name_that_nobody_has_is_pointed_at() -> None:
    """Resolving says which name is unknown, and where it stands."""
    with pytest.raises(QueryError, match='no entity is called "Nobody"') as caught:
        parse("a entity:Nobody").resolve("entity", lambda name: ())

    assert caught.value.column == 9
