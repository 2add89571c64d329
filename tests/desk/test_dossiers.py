"""A dossier tells each thing once, with who tells it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.desk.dossiers import Dossier, dossier
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
    return dossier(world.store, world.setup.beat, CAMPS, "NordBalt", LATER)


def test_a_figure_stands_once_with_its_outlets(found: Dossier) -> None:
    """Two outlets quote the length, one the cost; how long it took is no figure."""
    told = [(each.told.statement.figure.unit, each.outlets) for each in found.series]

    assert told == [("km", 2), ("EUR", 1)]
    assert len(found.ledger.accounts) > len(found.series)


def test_an_event_is_one_chapter(found: Dossier, world: Any) -> None:
    """With its sentences; `story show` leaves out spans of time as well."""
    (chapter,) = found.chapters
    shown = view(world.store, world.setup.beat, CAMPS, chapter.story_id)

    assert (chapter.outlets, chapter.independent) == (2, 2)
    assert chapter.lead is not None
    assert "days" not in {each.statement.figure.unit for each in shown.figures}
    assert shown.lead == chapter.lead
