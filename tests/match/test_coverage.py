"""Who carries a story: voices without their copies, camps with their silence."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.match.coverage import coverage, named
from monitor.model import Article, Camp, Entity, JudgedArticle, Judgement, Wording

NOON = datetime(2026, 6, 12, 12, tzinfo=UTC)
CAMPS = (
    Camp("state", "State media", frozenset({"en", "zh"}), frozenset({"AA"})),
    Camp("independent", "Independent", frozenset({"en", "ru"}), frozenset({"BB"})),
    Camp("exile", "Exile", frozenset({"tg"}), frozenset({"BB"})),
    Camp("far away", "Far away", frozenset({"is"}), frozenset({"IS"})),
)
LONG = (
    "The ferry between the two capitals was moved to the northern pier on Monday because the old "
    "one had begun to sink, and passengers are asked to come half an hour before departure."
)


def told(
    number: int,
    outlet: str,
    text: str,
    *,
    lang: str = "en",
    camp: str | None = "independent",
    hours: float = 0,
    countries: tuple[str, ...] = ("BB",),
) -> JudgedArticle:
    """An article first seen some hours after noon."""
    at = NOON + timedelta(hours=hours)
    article = Article(
        id=number,
        revision_id=number,
        url=f"https://{number}.example/",
        outlet=outlet,
        wording=Wording(f"Ferry news {number}", text, "", lang),
        first_seen=at,
        camp=camp,
    )
    return JudgedArticle(article, Judgement(80.0, countries=countries), 1)


def outlets(articles: list[JudgedArticle]) -> list[list[str]]:
    """The outlets of each voice."""
    found = coverage(articles, CAMPS)
    return [[each.article.outlet for each in voice.articles] for voice in found.voices]


def test_the_first_publisher_comes_first() -> None:
    """Whoever appeared first, whatever order the articles come in."""
    late, early = (
        told(1, "Late Post", "Ferry moved."),
        told(2, "Early Post", "Pier sank.", hours=-2),
    )

    found = coverage([late, early], CAMPS)

    assert found.first is early
    assert found.independent == 2


def test_a_stated_time_counts_if_it_is_no_later_than_seen() -> None:
    """An article found late was still first; one that claims the future was not earlier."""
    late, quick = told(1, "Old Post", "Ferry moved.", hours=5), told(2, "Quick Post", "Pier sank.")
    stated = replace(late, article=replace(late.article, published=NOON - timedelta(hours=9)))
    boasting = replace(quick, article=replace(quick.article, published=NOON + timedelta(hours=9)))

    first = coverage([boasting, stated], CAMPS).first

    assert first.article.outlet == "Old Post"


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "OSLO, June 12 (Xinhua) -- The ferry was moved."),
        ("en", "The ferry was moved to another pier. (Xinhua)"),
        ("ru", "Паром переставлен. — Синьхуа"),
        ("zh", "据新华社电 渡轮已改停北码头。"),
    ],
)
def test_agency_copies_are_one_voice(lang: str, text: str) -> None:
    """Outlets that print an agency's text say nothing of their own, in any language."""
    articles = [
        told(1, "Morning Post", "The ferry was moved to the north. (Xinhua)"),
        told(2, "Evening Post", text, lang=lang, hours=1),
        told(3, "Own Post", "A reporter watched the ferry move.", hours=2),
    ]

    assert outlets(articles) == [["Morning Post", "Evening Post"], ["Own Post"]]
    assert coverage(articles, CAMPS).voices[0].agency == "xinhua"


def test_the_agency_itself_speaks_for_its_copies() -> None:
    """What an agency's own outlet published stands before the copies, also the earlier ones."""
    copy = told(1, "Morning Post", "The ferry was moved. (Xinhua)", hours=-1)
    own = told(2, "新华社", "渡轮已改停北码头。", lang="zh", camp="state")

    found = coverage([copy, own], CAMPS)

    assert found.independent == 1
    assert found.first is own


def test_an_outlet_of_the_story_may_be_credited() -> None:
    """A wire that no list knows is found when it carries the story itself."""
    articles = [
        told(1, "Meridian News Agency", "The ferry was moved to the north."),
        told(2, "Steppe Courier", "The ferry has been moved. (Meridian)", hours=1),
    ]

    assert outlets(articles) == [["Meridian News Agency", "Steppe Courier"]]


def test_the_same_text_under_another_brand_is_a_copy() -> None:
    """Shared paragraphs join, also with a sentence before them; headlines alone do not."""
    articles = [
        told(1, "First Post", LONG),
        told(2, "Second Post", f"Read this. {LONG}", hours=1),
        told(3, "Third Post", "Ferry moved.", hours=2),
        told(4, "Fourth Post", "Ferry moved.", hours=3),
    ]

    assert outlets(articles) == [["First Post", "Second Post"], ["Third Post"], ["Fourth Post"]]


def test_chinese_paragraphs_are_compared_too() -> None:
    """Runs of characters do for words where there are no spaces."""
    text = "渡轮周一改停北码头,因为旧码头开始下沉,旅客须提前半小时到达码头。"

    assert outlets(
        [told(1, "甲报", text, lang="zh"), told(2, "乙报", f"{text}编辑:某某", lang="zh")]
    ) == [["甲报", "乙报"]]


def test_two_articles_of_one_outlet_are_one_voice() -> None:
    """An outlet that follows up is still one."""
    articles = [told(1, "Post", "Ferry moved."), told(2, "Post", "Pier sank.", hours=1)]

    assert coverage(articles, CAMPS).independent == 1


def test_camps_carry_or_are_silent() -> None:
    """Silent are camps with the story's language or country; the others have no part in it."""
    found = coverage([told(1, "Post", "Ferry moved.")], CAMPS)

    assert [(each.camp.id, len(each.voices)) for each in found.camps] == [
        ("state", 0),
        ("independent", 1),
        ("exile", 0),
    ]
    assert [camp.id for camp in found.silent] == ["state", "exile"]


def test_a_copy_speaks_for_the_camp_that_prints_it() -> None:
    """State media that print an independent's text carry the story as well."""
    found = coverage([told(1, "Post", LONG), told(2, "Herald", LONG, camp="state", hours=1)], CAMPS)

    assert found.independent == 1
    assert [each.camp.id for each in found.camps if each.voices] == ["state", "independent"]


def test_camps_that_nobody_listed_are_shown() -> None:
    """An outlet without a camp, or with an unknown one, is not lost."""
    articles = [told(1, "Post", "Ferry moved.", camp=None), told(2, "Blog", "Pier.", camp="blogs")]
    found = coverage(articles, CAMPS)

    assert {each.camp.id for each in found.camps if each.voices} == {"", "blogs"}


def test_what_only_one_camp_says() -> None:
    """A figure that one camp alone gives stands with its sentence; rounding is no difference."""
    articles = [
        told(1, "Post", "The ferry cost 94.8 million dollars. It carries 300 people."),
        told(2, "Herald", "The ferry cost 95 million dollars.", camp="state", hours=1),
    ]

    (only,) = coverage(articles, CAMPS).sole

    assert (only.camp, only.what, only.article_id) == ("independent", "300 people", 1)
    assert only.sentence == "It carries 300 people."


def test_a_single_camp_says_nothing_alone() -> None:
    """Where one camp speaks there is nobody to differ from."""
    assert coverage([told(1, "Post", "It carries 300 people.")], CAMPS).sole == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The port took 3,500 trains.", "It was the 3,500th train."),
        ("Exports were $30.9 billion.", "Exports accounted for 30.9 billion."),
        ("Exports were $30.9 billion.", "出口309亿。"),
        ("It holds 5 000 t.", "It holds 5000 of them."),
    ],
)
def test_a_number_that_another_camp_writes_otherwise_is_not_only_ones(one: str, other: str) -> None:
    """As an ordinal, without its unit, or in another magnitude."""
    articles = [told(1, "Post", one, camp="state"), told(2, "Times", other, camp="exile")]

    assert coverage(articles, CAMPS).sole == ()


def test_the_order_of_articles_does_not_matter() -> None:
    """The same articles give the same coverage, however they are shuffled."""
    articles = [
        told(1, "A", LONG),
        told(2, "B", f"{LONG} (Xinhua)", hours=1),
        told(3, "C", "Ferry moved. (Xinhua)", hours=1),
        told(4, "D", "It carries 300 people.", camp="state"),
    ]
    shuffled = random.Random(7).sample(articles, len(articles))

    assert coverage(articles, CAMPS) == coverage(shuffled, CAMPS)
    assert outlets(articles) == [["A", "B", "C"], ["D"]]


def test_a_thousand_copies_take_no_time() -> None:
    """A market report under a thousand brands is one voice, and counted before one tires."""
    articles = [told(number, f"Outlet {number}", LONG) for number in range(1_000)]
    began = time.process_time()

    assert coverage(articles, CAMPS).independent == 1
    assert time.process_time() - began < 20


@pytest.mark.parametrize("text", ["", "x", "(", "()" * 200, "ﷺ", "(Xinhua"])
def test_odd_texts_are_voices_too(text: str) -> None:
    """Nothing in a text breaks the count."""
    assert coverage([told(1, "A", text), told(2, "B", text)], ()).independent in (1, 2)


def test_of_what_only_one_camp_says_figures_and_actors_are_told() -> None:
    """By name; a place that the other camp does not name tells nothing, nor what has no name."""
    one = told(1, "A", "The ferry carried 900 people in 3 days.", camp="state")
    two = told(2, "B", "The ferry sank.", camp="exile")
    acting = replace(one, judgement=replace(one.judgement, entities=("pier", "line", "others")))
    entities = {
        each: Entity(each, each.capitalize(), kind, (), (), 1.0)
        for each, kind in (("pier", "river"), ("line", "firm"), ("others", "firm"))
    }
    found = named(coverage([acting, two], CAMPS), entities, {"line": "Ferry Line"})

    assert [(each.camp, each.what) for each in found.sole] == [
        ("state", "900 people"),
        ("state", "Ferry Line"),
    ]
