"""Searches as the desk understands them: figures in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.beat import load_beat
from monitor.desk.search import understood
from monitor.errors import QueryError
from monitor.model import Beat
from monitor.query import Figured

NORDIC = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"


def no_beat() -> Beat:
    """No search here has a label."""
    raise AssertionError


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("figure:一百亿美元", Figured("USD", (("=", 1e10),))),
        ('figure:">=ten billion dollars"', Figured("USD", ((">=", 1e10),))),
        ('figure:"сто миллиардов долларов"', Figured("USD", (("=", 1e11),))),
        ('figure:"1 million 200 thousand tonnes"', Figured("t", (("=", 1_200_000),))),
        ("figure:百分之三十五", Figured("percent", (("=", 35),))),
        ('figure:"1..5 bn USD"', Figured("USD", ((">=", 1e9), ("<=", 5e9)))),
    ],
)
def test_a_figure_in_words_is_what_the_ledger_reads(text: str, figure: Figured) -> None:
    """Whatever it takes for one figure in a sentence can be searched for."""
    assert understood(text, no_beat).root == figure


def test_two_figures_are_none() -> None:
    """What the ledger reads as a range has no one value."""
    with pytest.raises(QueryError, match="no unit is called"):
        understood("figure:5000万至6000万吨", no_beat)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("country:XX", 'no country is called "XX"; the beat has LT, SE'),
        ("country:Swedn", 'no country is called "Swedn"; did you mean "SE"'),
        ("topic:energi", 'no topic is called "energi"; did you mean "energy"'),
        ("topic:horoscope", 'no topic is called "horoscope"; the beat has '),
        ("entity:nordbald", 'no entity is called "nordbald"; did you mean "nordbalt"'),
        ("entity:horoscope", 'no entity is called "horoscope"'),
    ],
)
def test_what_the_beat_does_not_have_is_answered_by_what_it_has(text: str, hint: str) -> None:
    """The closest name, or all of few; a code that is none is not taken for an abbreviation."""
    with pytest.raises(QueryError) as caught:
        understood(text, lambda: load_beat(NORDIC))

    assert hint in str(caught.value)
