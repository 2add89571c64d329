"""What speaks for a story."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match.lead import lead
from monitor.model import Article, JudgedArticle, Judgement, ReceiptLine, Wording

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = {"khorgos": "Khorgos"}


def article(
    number: int,
    summary: str,
    lang: str = "en",
    *,
    form: str = "Khorgos",
) -> JudgedArticle:
    """An article of its own outlet that names Khorgos where its summary has ``form``."""
    start = summary.find(form)
    receipt = ()
    if start >= 0:
        end = start + len(form)
        receipt = (ReceiptLine("entity:khorgos", 50, form, form, "summary", start, end),)
    wording = Wording(f"Title {number}", summary, "", lang)
    return JudgedArticle(
        Article(
            id=number,
            revision_id=number,
            url=f"https://a.example/{number}",
            outlet=f"Outlet {number}",
            wording=wording,
            first_seen=NOW,
        ),
        Judgement(60, receipt, entities=("khorgos",)),
    )


RU = "Через переход Хоргос прошло 7349 поездов с начала года. Это больше, чем в прошлом году."
EN = "A busy day it was at the border crossing. Khorgos passed 7,349 trains since January."


def test_the_lead_is_in_the_readers_language_where_anyone_wrote_in_it() -> None:
    """Every sentence is one of the article's own."""
    articles = [article(2, EN), article(1, RU, "ru", form="Хоргос")]
    found = lead(articles, "en", NAMES)

    assert found is not None
    assert (found.lang, found.outlet, found.glosses) == ("en", "Outlet 2", ())
    assert found.text in EN


def test_otherwise_it_is_the_original_with_names_glossed() -> None:
    """A name is glossed as it is written."""
    found = lead([article(1, RU, "ru", form="Хоргос")], "en", NAMES)

    assert found is not None
    assert found.text == RU
    assert found.glosses == (("Хоргос", "Khorgos"),)


def test_a_title_alone_has_no_lead() -> None:
    """Nothing is invented."""
    assert lead([article(1, "")], "en", NAMES) is None
    assert lead([], "en", NAMES) is None


def test_who_writes_in_the_same_language_goes_before_others() -> None:
    """The first article has a title only; the third is in its language."""
    articles = [article(1, ""), article(2, RU, "ru", form="Хоргос"), article(3, EN)]
    found = lead(articles, "en", NAMES)

    assert found is not None
    assert (found.lang, found.article_id) == ("en", 3)


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("One. Two. Three.", "One. Two."),
        ("口岸当天正式对外开放货运通道。车辆数量比去年同期明显增加。司机满意。", None),
        ("Title 1. The pass opens in May.", "The pass opens in May."),
        ("Short one. " + "Long " * 80 + "end.", "Short one."),
        ("Long " * 80 + "end.", ("Long " * 63).strip() + "…"),
        ("The pass\r\nopens in May.", "The pass opens in May."),
    ],
)
def test_sentences_are_whole_and_no_title(summary: str, expected: str | None) -> None:
    """Only a single sentence that is too long is cut, and between words."""
    found = lead([article(1, summary, "zh" if expected is None else "en")], "en", {})

    assert found is not None
    assert found.text == (expected or summary.removesuffix("司机满意。"))


def test_the_text_speaks_where_there_is_no_summary() -> None:
    """A feed without summaries is read on."""
    one = article(1, "")
    wording = replace(one.article.wording, text="It opens on Monday for all lorries. It closes.")
    found = lead([replace(one, article=replace(one.article, wording=wording))], "en", {})

    assert found is not None
    assert found.text == "It opens on Monday for all lorries."


@given(st.text(alphabet="аб. 中。!\n\u0301x", max_size=900))
def test_a_lead_is_short_and_never_invented(summary: str) -> None:
    """It is the summary's own words in their order."""
    found = lead([article(1, summary)], "en", {})
    said = found.text if found else ""

    assert len(said) <= 320
    assert said.removesuffix("…").replace(" ", "") in "".join(summary.split()).replace(" ", "")
