"""Which articles are one story: over languages, without chains, and in any order."""

from __future__ import annotations

import random
import weakref
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.folding import fold
from monitor.match.likeness import likeness, reasons, support, weigh
from monitor.match.matching import Watchlist, compile_watchlist
from monitor.match.rarity import News, Rarity, counted, step_of, weights
from monitor.match.scoring import judge
from monitor.match.signing import Signer, content_words
from monitor.match.stories import NEWEST, SAME_EVENT_WITHIN, OpenStories, asked
from monitor.model import Alias, Beat, Entity, Side, Signature, Term, Wording

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
        thing("quay", "port", "far", "BB", en="Norquay", ru="Норкей", zh="诺基港"),
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
    return Signer(watchlist).sign(wording, judge(watchlist, wording), at)


def same(one: Signature, other: Signature) -> bool:
    """Whether two articles become one story on a day with news, whichever comes first."""
    news = [Signature(NOON, "en", frozenset({f"k{number}"})) for number in range(300)]
    rarity = counted([one, other, *news])
    forth, back = (
        placed([first, second], rarity) for first, second in ((one, other), (other, one))
    )
    assert len(set(forth)) == len(set(back))
    return len(set(forth)) == 1


def placed(signatures: list[Signature], rarity: Rarity) -> list[int | None]:
    """The stories of articles that come one after another."""
    stories = OpenStories()
    return [
        stories.place(number, one, stories.proposed(asked(one, rarity)), rarity)
        for number, one in enumerate(signatures, 1)
    ]


def groups(signatures: list[Signature]) -> set[frozenset[int]]:
    """The stories as sets of places."""
    numbers = fold(signatures)
    return {
        frozenset(place for place, number in enumerate(numbers) if number == story)
        for story in set(numbers)
    }


def test_one_meeting_in_three_languages_is_one_story(watchlist: Watchlist) -> None:
    """Persons, acts and things are the same whatever the language."""
    english = signed(watchlist, "en", "Rexford and Borgson sign a visa agreement in Bergport")
    russian = signed(
        watchlist, "ru", "Рексфорд и Боргсон подписали в Бергпорте соглашение о визах", hours=5
    )
    chinese = signed(watchlist, "zh", "雷克斯与博格森在贝尔格港签署免签协定", hours=9)
    assert same(english, russian)
    assert same(russian, chinese)


def test_what_a_thing_is_about_tells_events_of_the_same_people_apart(watchlist: Watchlist) -> None:
    """Two acts of one person on one day are two stories."""
    assert not same(
        signed(watchlist, "en", "Rexford opens a hospital", "Doctors thanked Arland."),
        signed(watchlist, "ru", "Рексфорд запретил экспорт пшеницы", "Арландия бережёт зерно."),
    )


def test_a_pair_of_countries_is_never_enough(watchlist: Watchlist) -> None:
    """Most articles name both countries; that makes no event."""
    assert not same(
        signed(watchlist, "ru", "Арландия и Бергия готовят фестиваль"),
        signed(watchlist, "en", "Bergia bans cotton imports from Arland"),
    )
    assert not same(
        signed(watchlist, "en", "Arland and Bergia plan a festival"),
        signed(watchlist, "en", "Bergia bans cotton imports from Arland"),
    )


def test_the_same_guest_with_another_host_is_another_event(watchlist: Watchlist) -> None:
    """Similar headlines about different countries stay apart."""
    assert not same(
        signed(watchlist, "zh", "贝尔格总统访问阿兰国"),
        signed(watchlist, "ru", "Президент Цельтии прибыл с визитом", hours=40),
    )


def test_what_happens_at_one_site_did_not_at_another(watchlist: Watchlist) -> None:
    """The same act, goods and countries at two ports are two events; at one they are one."""
    summary = "The port of Bergia loaded 4,200 containers of steel for Arland in one month."
    one = signed(watchlist, "en", "Bergport loads a record 4,200 containers of steel", summary)
    other = signed(watchlist, "en", "Norquay loads a record 4,200 containers of steel", summary)
    again = signed(watchlist, "en", "Record 4,200 containers of steel loaded in Bergport", summary)

    assert same(one, again)
    rarity = counted([one, other, again])
    apart, together = (likeness(weigh(one, rarity), weigh(each, rarity)) for each in (other, again))
    assert apart < together - 3


def test_a_reprint_is_the_same_story(watchlist: Watchlist) -> None:
    """Nearly the same headline in one language is one story even without names."""
    one = signed(watchlist, "en", "Heavy snow closes mountain road for third day")
    two = signed(watchlist, "en", "Mountain road closed third day by heavy snow", hours=20)
    assert same(one, two)


def test_time_parts_events(watchlist: Watchlist) -> None:
    """The same is said of one event for a few days, and of another one next month."""
    words = "Рексфорд и Боргсон подписали в Бергпорте соглашение о визах"
    english = signed(watchlist, "en", "Rexford and Borgson sign a visa agreement in Bergport")
    assert same(english, signed(watchlist, "ru", words, hours=30))
    later = signed(watchlist, "ru", words, hours=24 * 50)
    assert groups([english, later]) == {frozenset({0}), frozenset({1})}


def test_an_announcement_is_not_what_it_announces(watchlist: Watchlist) -> None:
    """The earlier article names a day ahead, which the later one has come to."""
    title = "Rexford and Borgson open a bridge in Bergport"
    ahead = weigh(signed(watchlist, "en", f"{title} on 25 June"), counted([]))
    done = weigh(signed(watchlist, "en", title, hours=24 * 8), counted([]))
    plain = weigh(signed(watchlist, "en", title), counted([]))
    assert likeness(ahead, done) < likeness(plain, done) - 2


def test_more_news_on_a_day_asks_for_more_likeness(watchlist: Watchlist) -> None:
    """Among very many articles two are alike by chance."""
    one = signed(watchlist, "en", "Rexford opens a bridge in Bergport")
    two = signed(watchlist, "ru", "Рексфорд открыл мост в Бергпорте", hours=3)
    quiet, busy = (
        counted([one, two]),
        counted([one, two, *[Signature(NOON, "en", frozenset())] * 500]),
    )
    assert likeness(weigh(one, busy), weigh(two, busy)) < likeness(
        weigh(one, quiet), weigh(two, quiet)
    )


def test_the_closest_story_is_chosen(watchlist: Watchlist) -> None:
    """Of several stories that fit, the one most alike gets the article; of equal ones the older."""
    port = signed(watchlist, "ru", "Рексфорд открыл мост в Бергпорте")
    line = signed(watchlist, "ru", "Рексфорд открыл железную дорогу, мост")
    article = signed(watchlist, "en", "Rexford opens a bridge in Bergport")
    rarity = counted([article])
    for others in ((5, 2, 1), (1, 5, 2)):
        stories = OpenStories()
        members = {1: [(11, port)], 2: [(12, line)], 5: [(15, port)]}
        stories.learn_members({story: members[story] for story in others})
        assert stories.place(20, article, others, rarity) == 1
    assert OpenStories().place(20, article, [], rarity) == -1


def test_what_is_in_a_story_stays_there_without_a_better_one(watchlist: Watchlist) -> None:
    """An edited article that nothing is like keeps its story, and lets others in."""
    edited = signed(watchlist, "en", "Rexford and Borgson sign a visa agreement in Bergport")
    follower = signed(
        watchlist, "ru", "Рексфорд и Боргсон подписали в Бергпорте соглашение о визах"
    )
    stories, rarity = OpenStories({7: 4}), counted([edited, follower])
    assert stories.place(7, edited, [], rarity) is None
    assert stories.place(8, follower, stories.proposed(asked(follower, rarity)), rarity) == 4


def test_the_archive_is_asked_for_what_it_has_only(watchlist: Watchlist) -> None:
    """Stories that were just opened, and those fetched already, are not fetched."""
    article = signed(watchlist, "en", "Rexford and Borgson sign a visa agreement in Bergport")
    rarity, stories = counted([article]), OpenStories()
    stories.place(1, article, [], rarity)
    (opened,) = stories.proposed(asked(article, rarity))
    stories.learn_members({4: []})
    assert stories.unknown([opened, 4, 5]) == {5}


@given(st.data())
def test_proposals_are_the_same_however_often_one_asks(data: st.DataObject) -> None:
    """What was found before and what came since add up to what is found at once."""
    marks, days = st.sampled_from(["ea", "eb", "wc"]), st.integers(100, 125)
    pairs = st.tuples(days, st.integers(1, 40))
    posted = {
        (mark, day): data.draw(st.lists(pairs, max_size=NEWEST, unique=True))
        for mark in ("ea", "eb", "wc")
        for day in (105, 120)
    }
    posted = {key: _newest_near(found, key[1]) for key, found in posted.items()}
    added: dict[str, list[tuple[int, int]]] = {"ea": [], "eb": [], "wc": []}
    entering = data.draw(st.lists(st.tuples(st.frozensets(marks), pairs), max_size=40))
    stories = OpenStories({number: story for number, (_, (_, story)) in enumerate(entering)})
    stories.learn_posted(posted, posted)
    for number, (said, (day, story)) in enumerate(entering):
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
        stories.place(number, Signature(at, "en", said), [], Rarity())
        for mark in said:
            added[mark].append((day, story))
        if data.draw(st.booleans()):
            wanted = {key: 1.0 + number / 8 for number, key in enumerate(posted)}
            assert stories.proposed(wanted) == _proposed_at_once(wanted, posted, added)


def _proposed_at_once(
    wanted: dict[tuple[str, int], float],
    posted: dict[tuple[str, int], list[tuple[int, int]]],
    added: dict[str, list[tuple[int, int]]],
) -> list[int]:
    """Ten stories of most weight, each mark proposing those of its newest articles near a day."""
    shared: dict[int, float] = {}
    for (mark, day), weight in wanted.items():
        near = _newest_near(posted[mark, day] + added[mark], day)
        for story in {story for _, story in near}:
            shared[story] = shared.get(story, 0.0) + weight
    enough = [(weight, story) for story, weight in shared.items() if weight >= weights().shared]
    return [story for _, story in sorted(enough, reverse=True)][:10]


def _newest_near(pairs: list[tuple[int, int]], day: int) -> list[tuple[int, int]]:
    near = {one for one in pairs if abs(one[0] - day) <= SAME_EVENT_WITHIN}
    return sorted(near, reverse=True)[:NEWEST]


def test_the_archive_is_asked_once_for_a_mark_and_a_day(watchlist: Watchlist) -> None:
    """What was asked for articles before is known, also where the archive had nothing."""
    stories = OpenStories()
    stories.learn_posted([("ea", 100), ("eb", 100)], {("ea", 100): [(99, 7)]})
    assert stories.unasked([("ea", 100), ("eb", 100), ("ea", 101)]) == {("ea", 101)}
    assert stories.proposed({("ea", 100): 5.0, ("eb", 100): 5.0}) == [7]


class _Mark(str):
    """A mark that can be watched while it lives."""


def test_news_lets_go_of_what_no_article_says_any_more() -> None:
    """Who reads for months remembers no more than the newest articles say."""
    name = _Mark("nonce")
    seen, news = weakref.ref(name), News()
    news.add(1, Signature(NOON, "en", frozenset({name}), frozenset({name})))
    del name
    for number in range(2, 1_400):
        news.rarity(number)
        news.add(number, Signature(NOON, "en", frozenset({"kroad"}), frozenset({"road"})))
    assert seen() is None


def test_news_is_the_same_from_the_start_and_from_the_middle(watchlist: Watchlist) -> None:
    """Who begins with the newest articles finds the same things usual as who saw all of them."""
    news = [
        (number, Signature(NOON + timedelta(hours=number), "en", frozenset({f"n{number % 7}"})))
        for number in range(1, 1_500)
    ]
    whole = News(news)
    late = News(news[-1_128:])
    for following in (1_500, 2_000):
        one, other = whole.rarity(following), late.rarity(following)
        assert [one.marks[f"n{number}"] for number in range(8)] == [
            other.marks[f"n{number}"] for number in range(8)
        ]
        assert one.crowd(NOON.toordinal() + 50) == other.crowd(NOON.toordinal() + 50)
    assert step_of(127) != step_of(128) == step_of(255)


def test_likeness_is_symmetric_and_says_why(watchlist: Watchlist) -> None:
    """Which of two articles is asked about does not matter; both have the reasons in common."""
    one = signed(watchlist, "en", "Rexford meets Borgson", "Trade of $4.7 billion.")
    two = signed(watchlist, "ru", "Боргсон принял Рексфорда в Бергпорте", "4,7 млрд долларов")
    mine, theirs = (weigh(each, counted([one, two])) for each in (one, two))
    assert likeness(mine, theirs) == pytest.approx(likeness(theirs, mine))
    assert set(reasons(mine, theirs)) >= {"rex", "borg", "4.7e+09 USD"}


def test_one_close_relative_is_not_enough_in_a_big_story() -> None:
    """Support is the mean over several members; what was never compared speaks against."""
    assert support([3.0], members=1) > 0
    assert support([3.0], members=9) < 0
    assert support([3.0, 2.0, 1.0], members=9) > 0


def test_folding_does_not_depend_on_order(watchlist: Watchlist) -> None:
    """A batch falls into the same stories however it is shuffled."""
    articles = [
        signed(watchlist, "en", "Rexford and Borgson sign a visa agreement in Bergport"),
        signed(watchlist, "ru", "Рексфорд и Боргсон подписали в Бергпорте соглашение о визах"),
        signed(watchlist, "zh", "雷克斯与博格森在贝尔格港签署免签协定", hours=2),
        signed(watchlist, "en", "Coleman's Celtia gets a loan of $4.7 billion for a dam", hours=3),
        signed(watchlist, "ru", "Колман: Цельтия получит кредит 4,7 млрд на плотину", hours=4),
        signed(watchlist, "en", "Rain expected tomorrow in the north", hours=5),
    ]
    expected = {frozenset({0, 1, 2}), frozenset({3, 4}), frozenset({5})}
    for seed in range(5):
        order = list(range(len(articles)))
        random.Random(seed).shuffle(order)
        found = groups([articles[index] for index in order])
        assert {frozenset(order[place] for place in story) for story in found} == expected


def test_a_thousand_identical_headlines_are_no_story(watchlist: Watchlist) -> None:
    """What says nothing joins nothing, dated or not, in known scripts or unknown ones."""
    for title in ("Breaking news", "Market report", "ᏣᎳᎩ", "News", ""):
        same_title = [signed(watchlist, "en", title, hours=number / 9) for number in range(1_000)]
        undated = [Signature(None, one.lang, one.marks, one.words) for one in same_title]
        assert len(groups(same_title + undated)) == 2_000


def test_copies_of_a_rich_text_are_one_story(watchlist: Watchlist) -> None:
    """A thousand outlets that print one agency's text tell one event."""
    text = "Rexford and Borgson sign a visa agreement in Bergport for tourists and students"
    assert len(groups([signed(watchlist, "en", text)] * 1_000)) == 1


def test_an_undated_article_may_join_and_breaks_nothing(watchlist: Watchlist) -> None:
    """Without a date only very much in common joins."""
    text = "Heavy snow closes the mountain road to the Bergport tunnel for a third day"
    dated = signed(watchlist, "en", text)
    undated = Signature(None, dated.lang, dated.marks, dated.words)
    other = signed(watchlist, "en", "Rexford opens a school")
    assert groups([dated, undated, other]) == {frozenset({0, 1}), frozenset({2})}


def test_content_words_drop_short_words_and_endings() -> None:
    """Words are compared by their roots, Chinese by pairs of characters."""
    assert content_words("the railways of 2025", "en") == content_words("railway", "en")
    assert content_words("铁路合作", "zh") == {"铁路", "路合", "合作"}


def test_spans_of_time_and_years_are_no_precise_figures(watchlist: Watchlist) -> None:
    """Hardly two events have 4,197 metres; many have 18 months, the year 2026 or five."""
    marks = signed(
        watchlist, "en", "Tunnel of 4,197 metres opens", "It took 18 months of 2026, and 5 crews."
    ).marks
    assert {mark for mark in marks if mark[0] == "p"} == {"p4.2e+03 m"}


def test_a_person_brings_the_country(watchlist: Watchlist) -> None:
    """The home of whom an article names is a mark that proposes nothing."""
    one = signed(watchlist, "en", "Borgson opens a road")
    assert "oBB" in one.marks
    assert "cBB" not in one.marks
    assert not [mark for mark in one.proposing() if mark.startswith("o")]
