"""Which articles are one story: over languages, without chains, and in any order."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from monitor.match.matching import Watchlist, compile_watchlist
from monitor.match.scoring import judge
from monitor.match.stories import fold, likeness, place, signature, title_words
from monitor.model import Alias, Beat, Entity, Side, Signature, StoryCandidate, Term, Wording

NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)


def thing(name: str, kind: str, side: str, country: str, **aliases: str) -> Entity:
    """An entity with one alias a language."""
    forms = tuple(Alias(text, lang) for lang, text in aliases.items())
    return Entity(name, name, kind, (side,), forms, 8.0, (country,))


BEAT = Beat(
    id="test",
    title="Test",
    sides=(Side("near", "Near", ("AA",)), Side("far", "Far", ("BB", "CC"))),
    topics=(),
    entities=(
        thing("arland", "country", "near", "AA", en="Arland", ru="Арландия", zh="阿兰国"),
        thing("bergia", "country", "far", "BB", en="Bergia", ru="Бергия", zh="贝尔格"),
        thing("celtia", "country", "far", "CC", en="Celtia", ru="Цельтия", zh="凯尔特"),
        thing("rex", "person", "near", "AA", en="Rexford", ru="Рексфорд", zh="雷克斯"),
        thing("borg", "person", "far", "BB", en="Borgson", ru="Боргсон", zh="博格森"),
        thing("cole", "person", "far", "CC", en="Coleman", ru="Колман", zh="科尔曼"),
        thing("port", "port", "far", "BB", en="Bergport", ru="Бергпорт", zh="贝尔格港"),
        thing(
            "line", "railway", "far", "BB", en="Berg Line", ru="Бергская дорога", zh="贝尔格铁路"
        ),
    ),
    terms=(Term("trade", (Alias("trade", "en"), Alias("торговля", "ru")), 1.5, ("trade",)),),
    rivals=(),
    traps=(),
    weights={},
    fingerprint="test",
)


@pytest.fixture(scope="module")
def watchlist() -> Watchlist:
    """The test's beat."""
    return compile_watchlist(BEAT, {})


def signed(
    watchlist: Watchlist, lang: str, title: str, summary: str = "", hours: float = 0
) -> Signature:
    """The signature of an article first seen so many hours after noon."""
    wording = Wording(title, summary, "", lang)
    at = NOON + timedelta(hours=hours)
    return signature(watchlist, wording, judge(watchlist, wording), at)


def same(one: Signature, other: Signature) -> bool:
    """Whether two articles become one story, whichever comes first."""
    forth = place(other, [StoryCandidate(7, (one,))]) == 7
    assert (place(one, [StoryCandidate(7, (other,))]) == 7) is forth
    return forth


def test_one_meeting_in_three_languages_is_one_story(watchlist: Watchlist) -> None:
    """Persons and places are the same whatever the language."""
    english = signed(watchlist, "en", "Rexford meets Borgson in Bergport")
    russian = signed(watchlist, "ru", "Рексфорд встретился с Боргсоном в Бергпорте", hours=5)
    chinese = signed(watchlist, "zh", "雷克斯在贝尔格港会见博格森", hours=9)
    assert same(english, russian)
    assert same(russian, chinese)


def test_one_sum_and_one_place_are_enough(watchlist: Watchlist) -> None:
    """A figure quoted in both reports joins them across languages."""
    english = signed(watchlist, "en", "Bergport expands", "Arland lends $4.7 billion.")
    russian = signed(watchlist, "ru", "Бергпорт", "Арландия даст 4,7 млрд долларов.")
    assert same(english, russian)


def test_a_pair_of_countries_is_never_enough(watchlist: Watchlist) -> None:
    """Most articles name both countries; that makes no event."""
    assert not same(
        signed(watchlist, "en", "Arland and Bergia plan a festival", "More trade."),
        signed(watchlist, "ru", "Арландия и Бергия: торговля выросла"),
    )
    assert not same(
        signed(watchlist, "en", "Arland and Bergia plan a festival"),
        signed(watchlist, "en", "Bergia bans cotton imports from Arland"),
    )


def test_the_same_guest_with_another_host_is_another_event(watchlist: Watchlist) -> None:
    """Similar headlines about different countries stay apart."""
    assert not same(
        signed(watchlist, "en", "Rexford meets president Borgson of Bergia"),
        signed(watchlist, "en", "Rexford meets president Coleman of Celtia"),
    )
    assert not same(
        signed(watchlist, "zh", "贝尔格总统访问阿兰国"),
        signed(watchlist, "zh", "凯尔特总统访问阿兰国"),
    )


def test_a_reprint_is_the_same_story(watchlist: Watchlist) -> None:
    """Nearly the same headline in one language is one story even without names."""
    one = signed(watchlist, "en", "Heavy snow closes mountain road for third day")
    two = signed(watchlist, "en", "Mountain road closed third day by heavy snow", hours=20)
    assert same(one, two)


def test_three_days_end_an_event(watchlist: Watchlist) -> None:
    """What happens again next week is another event."""
    title = "Rexford meets Borgson in Bergport"
    early = signed(watchlist, "en", title)
    assert same(early, signed(watchlist, "en", title, hours=70))
    assert not same(early, signed(watchlist, "en", title, hours=75))


def test_names_in_every_story_join_nothing(watchlist: Watchlist) -> None:
    """A person who is in all the news tells no event apart."""
    busy = [
        StoryCandidate(number, (signed(watchlist, "ru", f"Рексфорд: {word}", hours=number),))
        for number, word in enumerate(["театр", "урожай", "выставка", "закон", "награда"])
    ]
    assert place(signed(watchlist, "en", "Rexford opens a school"), busy) is None


def test_the_closest_story_is_chosen(watchlist: Watchlist) -> None:
    """Of several stories that fit, the one most alike gets the article."""
    port = StoryCandidate(1, (signed(watchlist, "ru", "Рексфорд и Боргсон в Бергпорте"),))
    line = StoryCandidate(2, (signed(watchlist, "ru", "Рексфорд и Боргсон: Бергская дорога"),))
    article = signed(watchlist, "en", "Rexford and Borgson open the Berg Line")
    assert place(article, [port, line]) == place(article, [line, port]) == 2


def test_likeness_is_symmetric(watchlist: Watchlist) -> None:
    """Which of two articles is asked about does not matter."""
    one = signed(watchlist, "en", "Rexford meets Borgson", "Trade of $4.7 billion.")
    two = signed(watchlist, "ru", "Боргсон принял Рексфорда в Бергпорте", "4,8 млрд")
    assert likeness(one, two, {}) == likeness(two, one, {})


def test_folding_does_not_depend_on_order(watchlist: Watchlist) -> None:
    """A batch falls into the same stories however it is shuffled."""
    articles = [
        signed(watchlist, "en", "Rexford meets Borgson in Bergport"),
        signed(watchlist, "ru", "Рексфорд встретился с Боргсоном в Бергпорте", hours=1),
        signed(watchlist, "zh", "雷克斯在贝尔格港会见博格森", hours=2),
        signed(watchlist, "en", "Arland lends Coleman's Celtia $4.7 billion", hours=3),
        signed(watchlist, "ru", "Колман: Цельтия получит 4,7 млрд от Арландии", hours=4),
        signed(watchlist, "en", "Rain expected tomorrow in the north", hours=5),
    ]
    expected = [[0, 1, 2], [3, 4], [5]]
    for seed in range(5):
        order = list(range(len(articles)))
        random.Random(seed).shuffle(order)
        numbers = fold([articles[index] for index in order])
        stories = [
            sorted(order[place] for place, number in enumerate(numbers) if number == story)
            for story in set(numbers)
        ]
        assert sorted(stories) == expected


def test_title_words_drop_short_words_and_endings() -> None:
    """Words are compared by their beginnings, Chinese by pairs of characters."""
    assert title_words("The railways of 2025") == {"railwa"}
    assert title_words("铁路合作") == {"铁路", "路合", "合作"}
