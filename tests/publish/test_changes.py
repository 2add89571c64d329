"""A story that was told is told again only with what is new."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.model import Article, Figure, JudgedArticle, Judgement, StoryFigure, Wording
from monitor.publish.changes import change, merged, same

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def told_by(
    number: int, outlet: str, title: str = "Pass opens", *, camp: str = "state"
) -> JudgedArticle:
    """An article of a story that Arland acts in."""
    wording = Wording(title, lang="en")
    article = Article(
        number, number, f"https://n.example/{number}", outlet, wording, NOW, camp=camp
    )
    return JudgedArticle(article, Judgement(60, entities=("arland",)))


def quoted(member: JudgedArticle, value: float, unit: str = "USD") -> StoryFigure:
    """A figure that an article quotes."""
    return StoryFigure(Figure(value, unit, str(value), 0, 1), "", member)


def test_a_copy_is_no_news() -> None:
    """Another outlet of the same camp with the same figures brings nothing, whatever its title."""
    old, new = told_by(1, "A"), told_by(2, "B", "Pass opens at last")
    figures = {1: [quoted(old, 94.8e9)], 2: [quoted(new, 94.76e9)]}
    found = change([old], [new], figures, {2: ["arland"]})

    assert not found.is_news
    assert found.others == ("B",)


def test_new_figures_and_actors_are_news() -> None:
    """Each is stated; a figure within half a percent of a known one is none."""
    old, new = told_by(1, "A"), told_by(2, "B")
    figures = {1: [quoted(old, 100.0)], 2: [quoted(new, 100.2), quoted(new, 120, "trucks")]}
    found = change([old], [new], figures, {2: ["arland", "bergia"]})

    assert [each.figure.unit for each in found.figures] == ["trucks"]
    assert found.actors == ("bergia",)
    assert found.is_news


def test_an_official_outlet_confirms_what_others_told() -> None:
    """Said so once, and not as a new camp besides; where one had told it, nothing is confirmed."""
    rumour = told_by(1, "A", camp="exile")
    official, second = told_by(2, "B", camp="state"), told_by(3, "C", camp="state")
    found = change([rumour], [official, told_by(4, "D", camp="wire")], {}, {}, {"state"})

    assert (found.confirmed, found.camps) == (("B",), ("wire",))
    assert not change([official], [second], {}, {}, {"state"}).is_news
    assert change([official], [rumour], {}, {}, {"state"}).camps == ("exile",)


def test_a_number_is_told_once_with_its_outlets() -> None:
    """Outlets are counted, not articles; units part numbers."""
    one, two = told_by(1, "A"), told_by(2, "B")
    found = merged([quoted(one, 5), quoted(one, 5), quoted(two, 5.01), quoted(two, 5, "t")])

    assert [(each.figure.unit, each.outlets) for each in found] == [("USD", 2), ("t", 1)]
    assert not same(found[0].figure, found[1].figure)
