"""Statements and their contradictions, and the five documents that contradict each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.beat import load_beat
from monitor.match.ledger import agree, contradictions, statements
from monitor.match.matching import Watchlist, compile_watchlist
from monitor.model import Account, Contradiction, Figure, Wording
from monitor.resources import seeds

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DOCUMENTS = Path(__file__).parents[2] / ".." / "shared" / "seeds"


@pytest.fixture(scope="module")
def watchlist() -> Watchlist:
    """The watchlist of the beat that ships."""
    return compile_watchlist(load_beat(seeds() / "china-central-asia"), {})


def accounts(watchlist: Watchlist, *texts: str, days: int = 0) -> list[Account]:
    """What texts say, one article each, so many days apart."""
    found = []
    for number, text in enumerate(texts):
        at = NOW + timedelta(days=number * days)
        found += [
            Account(said, number, f"Outlet {number}", "en", "", at, at)
            for said in statements(watchlist, Wording("", "", text, "en"))
        ]
    return found


def of(found: list[Contradiction], kind: str) -> list[set[float]]:
    """The values of contradictions of a kind."""
    return [
        {one.statement.figure.value for one in each.accounts} for each in found if each.kind == kind
    ]


def test_a_deadline_told_otherwise_is_a_contradiction(watchlist: Watchlist) -> None:
    """Finished in 2027 or by 2030, also where the second sentence says only "the line"."""
    said = accounts(
        watchlist,
        "The China–Kyrgyzstan–Uzbekistan railway is scheduled for completion in 2027.",
        "Work on the China–Kyrgyzstan–Uzbekistan railway goes on. The line will be completed "
        "by 2030 at a cost of $8 billion.",
    )

    assert of(contradictions(said, "cku-railway"), "finish") == [{2027, 2030}]


def test_progress_is_no_contradiction(watchlist: Watchlist) -> None:
    """A work about to start, and a month later under construction; the other way round is one."""
    soon = "The China–Kyrgyzstan–Uzbekistan railway is set to begin construction."
    begun = "The China–Kyrgyzstan–Uzbekistan railway is under construction."

    assert contradictions(accounts(watchlist, soon, begun, days=30), "cku-railway") == []
    assert len(contradictions(accounts(watchlist, begun, soon, days=30), "cku-railway")) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(94.8e9, 94.82e9, True), (94.8e9, 95e9, True), (94.82e9, 95e9, True), (4.7e9, 8e9, False),
     (120e9, 150e9, False)],
)  # fmt: skip
def test_rounding_is_no_contradiction(one: float, other: float, same: bool) -> None:
    """94.8, 94.82 and 95 billion are one figure."""
    assert agree(Figure(one, "USD", "", 0, 0), Figure(other, "USD", "", 0, 0)) is same


def test_the_documents_contradict_each_other(watchlist: Watchlist) -> None:
    """The railway is finished in 2027 or 2030, and is begun or about to be; trade agrees."""
    if not DOCUMENTS.is_dir():
        pytest.skip("the documents of the beat are not beside the repository")
    texts = [path.read_text("utf-8") for path in sorted(DOCUMENTS.glob("*.txt"))]
    found = contradictions(accounts(watchlist, *texts), "cku-railway")

    assert of(found, "finish") == [{2027, 2030}]
    assert len(of(found, "stage")) == 1
    assert not [each for each in found if each.unit == "USD"]
