"""A story that was told is told again only with what is new."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.model import Article, Figure, JudgedArticle, Judgement, StoryFigure, Wording
from monitor.publish.changes import change, merged, same

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def told_by(
    number: int, outlet: str, title: str = "Pass opens", camp: str = "state", *countries: str
) -> JudgedArticle:
    """An article of a story."""
    wording = Wording(title, lang="en")
    article = Article(
        number, number, f"https://n.example/{number}", outlet, wording, NOW, camp=camp
    )
    return JudgedArticle(article, Judgement(60, countries=countries))


def quoted(member: JudgedArticle, value: float, unit: str = "USD") -> StoryFigure:
    """A figure that an article quotes."""
    return StoryFigure(Figure(value, unit, str(value), 0, 1), "", member)


def test_a_copy_is_no_news() -> None:
    """Another outlet of the same camp with the same figures brings nothing."""
    old, new = told_by(1, "A", "Pass opens", "state", "KZ"), told_by(2, "B", "Pass", "state", "KZ")
    figures = {1: [quoted(old, 94.8e9)], 2: [quoted(new, 94.76e9)]}
    found = change([old], [new], figures)

    assert not found.is_news
    assert found.others == ("B",)


def test_new_figures_camps_and_countries_are_news() -> None:
    """Each is stated; a figure within half a percent of a known one is none."""
    old = told_by(1, "A", "Pass opens", "state", "KZ")
    new = told_by(2, "B", "Pass", "exile", "KZ", "KG", "CN", "UZ")
    figures = {1: [quoted(old, 100.0)], 2: [quoted(new, 100.2), quoted(new, 120, "trucks")]}
    found = change([old], [new], figures)

    assert [each.figure.unit for each in found.figures] == ["trucks"]
    assert (found.camps, found.countries) == (("exile",), ("KG", "CN"))
    assert found.is_news


def test_an_outlet_comes_back_with_another_headline() -> None:
    """The same headline from it once more is a copy of its own."""
    old = told_by(1, "A")

    assert change([old], [told_by(2, "A", "PASS  opens")], {}).again == ()
    assert change([old], [told_by(3, "A", "Pass closes")], {}).again == ("A",)


def test_a_number_is_told_once_with_its_outlets() -> None:
    """Outlets are counted, not articles; units part numbers."""
    one, two = told_by(1, "A"), told_by(2, "B")
    found = merged([quoted(one, 5), quoted(one, 5), quoted(two, 5.01), quoted(two, 5, "t")])

    assert [(each.figure.unit, each.outlets) for each in found] == [("USD", 2), ("t", 1)]
    assert not same(found[0].figure, found[1].figure)
