"""A dossier tells each thing once, with who tells it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.desk.dossiers import Dossier, dossier
from monitor.desk.figures import ledger
from monitor.desk.stories import view
from monitor.model import Camp
from monitor.pipeline.ledger import read_figures

NOW = datetime(2026, 6, 12, 6, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
CAMPS = [Camp("state", "State media"), Camp("exile", "Exile")]
FIRST = (
    "first",
    "NordBalt cable repaired by Sweden and Lithuania",
    "The NordBalt cable between Sweden and Lithuania is 450 km long. It took three days.",
)
SECOND = (
    "second",
    "Sweden and Lithuania repair the NordBalt cable",
    "Repairs of the NordBalt cable of 450 km between Sweden and Lithuania cost 9 million euros.",
)


@pytest.fixture
def found(world: Any) -> Dossier:
    """What there is of the cable after two outlets told of it."""
    world.show(world.rss(FIRST, at=NOW), world.rss(SECOND, at=NOW))
    world.poll(LATER)
    world.assess(LATER)
    read_figures(world.store, world.setup)
    return dossier(world.store, world.setup.watchlist, CAMPS, "NordBalt", LATER, threshold=30)


def test_a_figure_stands_once_with_its_outlets(found: Dossier) -> None:
    """Two outlets quote the length, one the cost; how long it took is no figure."""
    told = [(each.told.statement.figure.unit, each.outlets) for each in found.series]

    assert told == [("km", 2), ("EUR", 1)]
    assert len(found.ledger.accounts) > len(found.series)


def test_an_event_is_one_chapter(found: Dossier, world: Any) -> None:
    """With its sentences; `story show` leaves out spans of time as well."""
    (chapter,) = found.chapters
    shown = view(world.store, world.setup.watchlist, CAMPS, chapter.story_id)

    assert (chapter.outlets, chapter.independent) == (2, 2)
    assert chapter.lead is not None
    assert "days" not in {each.statement.figure.unit for each in shown.figures}
    assert shown.lead == chapter.lead


def test_a_country_has_what_is_about_it_without_its_name(world: Any) -> None:
    """The cable lies in Sweden: a story of it counts, once it scores enough."""
    named = ("named", "NordBalt power cable repaired", "The NordBalt subsea cable is back.")
    world.show(world.rss(named, at=NOW))
    world.poll(LATER)
    world.assess(LATER)

    def outlets(threshold: float) -> tuple[tuple[str, int], ...]:
        watchlist = world.setup.watchlist
        return dossier(world.store, watchlist, CAMPS, "Sweden", LATER, threshold=threshold).outlets

    assert outlets(0) == (("Grid Post", 1),)
    assert outlets(101) == ()


def test_the_ledger_is_in_order_of_time(world: Any) -> None:
    """A figure that stands in headline and summary of an article is told once."""
    later = ("later", "NordBalt carries 700 MW", "The NordBalt cable carried 700 MW, 5% more.")
    earlier = ("earlier", "NordBalt cable carries 650 MW", "It was repaired.")
    world.show(world.rss(later, at=NOW), world.rss(earlier, at=NOW - timedelta(hours=9)))
    world.poll(LATER)
    world.assess(LATER)
    read_figures(world.store, world.setup)

    told = [
        (each.statement.figure.value, each.statement.sentence)
        for each in ledger(world.store, world.setup.beat, "NordBalt").accounts
    ]

    assert told == [
        (650_000_000, "NordBalt cable carries 650 MW"),
        (700_000_000, "The NordBalt cable carried 700 MW, 5% more."),
        (5, "The NordBalt cable carried 700 MW, 5% more."),
    ]
