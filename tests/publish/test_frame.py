"""The frame speaks the reader's language, and only that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from monitor.model import Edition, FeedState, Figure
from monitor.publish.frame import LANGS, frame_of
from monitor.publish.layout import fitted
from monitor.publish.lines import story_lines

AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def leaves(table: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    """All texts of a frame with the names of their keys."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{at}{key}.")
        elif isinstance(value, str):
            yield f"{at}{key}", value


def without_forms(key: str) -> str:
    """A key without its plural category, which each language has its own of."""
    return re.sub(r"^(counts\.\w+)\.\w+$", r"\1", key)


@pytest.mark.parametrize("lang", ["ru", "zh"])
def test_every_language_says_everything(lang: str) -> None:
    """Each sentence of the English frame stands in the others, with the same places in it."""
    kept = {"camps"}  # English calls camps by their ids
    places: dict[str, dict[str, set[str]]] = {}
    for each in ("en", lang):
        table = {key: value for key, value in frame_of(each).table.items() if key not in kept}
        places[each] = {
            without_forms(key): set(re.findall(r"{(\w+)}", text)) for key, text in leaves(table)
        }

    missing = {"list", "plural", "thousands", "decimal", "units_between"}
    assert set(places["en"]) == set(places[lang])
    optional = {"words.silent"}  # the evidence of a silent feed is an English sentence
    for key in set(places["en"]) - missing - optional:
        assert {p.removesuffix("_short") for p in places["en"][key]} == {
            p.removesuffix("_short") for p in places[lang][key]
        }, key


@pytest.mark.parametrize("lang", ["ru", "zh"])
def test_no_word_of_a_frame_is_english(lang: str) -> None:
    """Latin letters stand in no sentence, but for units and the names of places in it."""
    allowed = {"TEU", "https", "other", "one", "few", "many", "slavic", "none"}
    for key, text in leaves(frame_of(lang).table):
        words = set(re.findall(r"[A-Za-z]{2,}", re.sub(r"{\w+}|`[^`]*`", "", text)))
        assert words <= allowed, key


def test_no_english_word_is_printed(foreign: Edition) -> None:
    """Without strangers' words, a page in Russian or Chinese has no English word left."""
    made = fitted(foreign, unsubscribe="https://m.example/x", archive_hint="")[1]
    frame = frame_of(foreign.lang)
    said = set()
    for story in foreign.stories:
        lines = story_lines(story, frame)
        for words in (lines.headline.words, lines.lead, lines.more, lines.evidence, lines.new):
            said |= set(re.findall(r"[A-Za-z]{3,}", words))
        for outlet in (lines.byline, *lines.others):
            said |= set(re.findall(r"[A-Za-z]{3,}", outlet.outlet))
            said |= set(
                re.findall(r"[A-Za-z]{3,}", outlet.headline.words if outlet.headline else "")
            )
    strangers = [
        foreign.title,
        *(section.name for section in foreign.sections),
        *(health.outlet for health in foreign.coverage.failed),
        *(trend.subject for trend in (foreign.trends.unusual if foreign.trends else ())),
        *(f"{m.article.outlet} {m.article.wording.title}" for m in foreign.near_misses),
        "Asia/Almaty Khorgos https example news",
    ]
    said |= {word for words in strangers for word in re.findall(r"[A-Za-z]{3,}", words)}
    text = re.sub(r"https?://\S+", "", made.text).casefold()

    left = set(re.findall(r"[a-z]{3,}", text)) - {word.casefold() for word in said}
    assert left == set()
    body = unescape(re.sub(r"<[^>]+>", " ", made.html.partition("</head>")[2]))
    assert set(re.findall(r"[a-z]{3,}", body.casefold())) - {w.casefold() for w in said} == set()


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (1, "1 статья"), (2, "2 статьи"), (5, "5 статей"), (11, "11 статей"), (12, "12 статей"),
        (21, "21 статья"), (22, "22 статьи"), (25, "25 статей"), (111, "111 статей"),
        (0, "0 статей"), (1204, "1\u00a0204 статьи"),
    ],
)  # fmt: skip
def test_russian_plurals(amount: int, words: str) -> None:
    """One, few and many, as the language counts."""
    assert frame_of("ru").count("article", amount) == words


def test_dates_and_times() -> None:
    """Each language writes them its own way, on the reader's clock."""
    dates = [frame_of(lang).date(AT, "Asia/Almaty") for lang in LANGS]
    moments = [frame_of(lang).moment(AT, "Asia/Almaty") for lang in LANGS]

    assert dates == [
        "Tuesday, 24 November 2026, 07:30",
        "вторник, 24 ноября 2026 г., 07:30",
        "2026年11月24日 星期二 07:30",
    ]
    assert moments == ["Tue 24 Nov 07:30", "вт, 24 нояб., 07:30", "11月24日（周二）07:30"]


def test_lengths_of_time() -> None:
    """The two largest units, and nothing for zero."""
    span = timedelta(days=2, hours=3, minutes=20)

    assert [frame_of(lang).duration(span) for lang in LANGS] == [
        "2 days 3 hours", "2 дня 3 часа", "2天3小时",
    ]  # fmt: skip
    assert frame_of("en").duration(timedelta(seconds=20)) == "less than a minute"


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (94.8e9, "USD", ("$94.8 billion", "94,8 млрд долл.", "948亿美元")),
        (450e6, "W", ("450 MW", "450 МВт", "450兆瓦")),
        (12.5, "percent", ("12.5%", "12,5 %", "12.5%")),
        (1204.0, "t", ("1,204 t", "1 204 т", "1,204吨")),
        (3.0, "furlong", ("3 furlongs",) * 3),
    ],
)
def test_figures(value: float, unit: str, written: tuple[str, str, str]) -> None:
    """A number as the language writes it; as quoted where it has no word for the unit."""
    figure = Figure(value, unit, "3 furlongs", 0, 10)

    assert tuple(frame_of(lang).figure(figure).replace("\u00a0", " ") for lang in LANGS) == written


@pytest.mark.parametrize("lang", LANGS)
def test_every_state_of_a_feed_has_words(lang: str) -> None:
    """The footer never fails for a state."""
    fine = {FeedState.OK, FeedState.UNCHANGED}

    assert all(frame_of(lang).state(state) for state in FeedState if state not in fine)


def test_a_value_is_never_a_place() -> None:
    """Braces in strangers' words stay as they are."""
    assert frame_of("en").say("also", outlets="{n} {__class__}") == "also {n} {__class__}"
