"""Who is quoted with what, in eight languages: rather nobody than somebody else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from monitor.beat import load_beat
from monitor.match.matching import Watchlist, compile_watchlist
from monitor.match.quotations import may_quote, quotations, said_by
from monitor.model import Article, JudgedArticle, Judgement, Quotation, Wording
from monitor.resources import seeds

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "quotations.jsonl")
    .read_text("utf-8")
    .splitlines()
]


@cache
def watchlist() -> Watchlist:
    """The shipped beat, compiled once."""
    return compile_watchlist(load_beat(seeds() / "china-central-asia"), {})


def article(text: str, lang: str, number: int = 1) -> JudgedArticle:
    """An article that says ``text`` below its title."""
    wording = Wording(title="Talks in the capital", summary=text, lang=lang)
    url = f"https://press.example/{number}"
    return JudgedArticle(Article(number, 1, url, "Press", wording, NOW), Judgement(50.0), 1)


def heard(*articles: JudgedArticle, lang: str = "en", beside: str = "") -> list[Quotation]:
    """What a reader of ``lang`` is told of the articles."""
    return list(quotations(articles, lang, watchlist(), {"tokayev": "Tokayev"}, beside))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['lang']}-{row['text'][:30]}")
def test_golden_pairs(row: dict[str, str]) -> None:
    """The words and the name as written; nothing for another's words, a term, or a doubt."""
    found = [(each.speaker, each.words) for each in heard(article(row["text"], row["lang"]))]

    assert found == ([(row["who"], row["words"])] if row["who"] else [])


@pytest.mark.parametrize(
    "text",
    [
        "Tokayev's office said: \"The line will open to traffic in four years.\"",
        "\"The line will open to traffic in four years,\" Reuters quoted Tokayev as saying.",
        "Tokayev did not say: \"The line will open to traffic in four years.\"",
        "Xi Jinping told Tokayev: \"The line will open to traffic in four years.\"",
        "According to Tokayev, \"the line will open to traffic in four years\".",
        "\"The line will open to traffic in four years,\" Foreign Ministry staff in Astana said.",
        "The 5\" pipe broke, Tokayev said: \"The line will open to traffic in four years.",
    ],
)  # fmt: skip
def test_a_doubt_is_nobodys(text: str) -> None:
    """An office of his, words of another, what was not said, marks that do not close."""
    assert heard(article(text, "en")) == []


def test_two_speakers_and_each_once() -> None:
    """At most two, the reader's language first, none twice, none that the lead has already."""
    ours = article('Tokayev said: "The line will open to traffic in four years."', "en")
    same = article('Tokayev said: "It will carry both grain and ore."', "en", 2)
    theirs = article("Садыр Жапаров заявил: «Дорога принесёт пользу всем соседям».", "ru", 3)
    third = article("Шавкат Мирзиёев заявил: «Торговля с Китаем выросла вдвое».", "ru", 4)
    found = heard(theirs, same, ours, third)

    assert [each.article_id for each in found] == [2, 3]
    assert heard(same, beside="It will carry both grain and ore.") == []


def test_a_name_in_another_language_is_explained() -> None:
    """As written, beside it what the reader knows; nothing beside a name that is the same."""
    russian = article("Токаев заявил: «Дорога принесёт пользу всем соседям».", "ru")
    english = article('Tokayev said: "The line will open to traffic in four years."', "en")

    assert [(each.speaker, each.known) for each in heard(russian)] == [("Токаев", "Tokayev")]
    assert [(each.speaker, each.known) for each in heard(english, lang="ru")] == [("Tokayev", "")]


def test_what_one_person_said() -> None:
    """Of all articles, in their order; what is repeated stands once."""
    first = article('Tokayev said: "The line will open to traffic in four years."', "en")
    copy = article('Tokayev said: "The line will open to traffic in four years."', "en", 2)
    other = article('Xi Jinping said: "The line will open to traffic in four years."', "en", 3)
    plain = article("Nothing is quoted here.", "en", 4)
    found = list(said_by([first, copy, other, plain], "tokayev", watchlist()))

    assert [each.article.id for each, _ in found] == [1]
    assert not may_quote([plain])


def test_long_words_end_with_a_sentence() -> None:
    """What is cut says so; a single sentence that is too long is not quoted."""
    long = " ".join(["The line will open to traffic in four years."] * 8)
    (said,) = heard(article(f'Tokayev said: "{long}"', "en"))

    assert said.words.endswith("years. …") and len(said.words) < 320
    assert heard(article(f'Tokayev said: "{long.replace(". ", ", ")}"', "en")) == []
