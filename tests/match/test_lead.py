"""What speaks for a story."""

from __future__ import annotations

from datetime import UTC, datetime

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
    found = lead([article(1, RU, "ru", form="Хоргос"), article(2, EN)], "en", NAMES)

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
