"""What texts claim: numbers with units, names, days, plans and denials, beyond one language."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.beat import load_beat
from monitor.match.claims import ClaimReader
from monitor.match.matching import compile_watchlist
from monitor.match.signing import Signer

BEAT = Path(__file__).parents[1] / "data" / "beats" / "nordic-baltic"


@pytest.fixture(scope="module")
def reader() -> ClaimReader:
    """Reads claims with the names of a small beat."""
    watchlist = compile_watchlist(load_beat(BEAT), {})
    return ClaimReader(watchlist, Signer(watchlist))


def test_numbers_with_and_without_units(reader: ClaimReader) -> None:
    """Magnitudes are applied; what has no unit says whether it names a thing; years are loose."""
    said = reader.read("40 million euros for 12 gadgets in 2026; records exceed 8,000.", "en")

    assert said.figures == {(40_000_000, "EUR"), (12, "?"), (8_000, "")}
    assert said.digits == {"2026"}
    assert reader.read("中亚五国", "zh").numerals == {"5"}


def test_names_known_and_unknown(reader: ClaimReader) -> None:
    """What the beat or the world knows is a mark in every language, the rest a folded word."""
    said = reader.read("Petrov told Sweden that Russia may buy the NordBalt cable.", "en")
    russian = reader.read("Петров сообщил Швеции, что Россия может купить кабель NordBalt.", "ru")

    assert said.names == {"petrov"} and russian.names == {"петров"}
    assert {"cSE", "cRU", "enordbalt"} <= said.marks & russian.marks
    assert {"cSE", "cLT"} <= said.implied


def test_a_capital_at_the_beginning_is_no_name(reader: ClaimReader) -> None:
    """Unless nothing else explains the word."""
    for text in ("Construction began.", "Officials met.", "The cable works.", "Exports fell."):
        assert reader.read(text, "en").names == frozenset()
    assert reader.read("Petrov met officials.", "en").names == {"petrov"}


@pytest.mark.parametrize(
    ("text", "lang", "plans", "denials"),
    [
        ("It will open and may close.", "en", 2, 0),
        ("Sweden to buy cable", "en", 1, 0),
        ("The link to Sweden", "en", 0, 0),
        ("It was not signed, and never will be.", "en", 1, 2),
        ("Договор не подписан", "ru", 0, 1),
        ("协议未签署", "zh", 0, 1),
        ("未来的协议", "zh", 0, 0),
        ("Bitim imzolanmadi", "uz", 0, 1),
        ("Келісімге қол қойылмады", "kk", 0, 1),
    ],
)
def test_plans_and_denials_are_counted(
    reader: ClaimReader, text: str, lang: str, plans: int, denials: int
) -> None:
    """Words and endings that put off or deny."""
    said = reader.read(text, lang)

    assert (said.open, said.denied) == (plans, denials)
