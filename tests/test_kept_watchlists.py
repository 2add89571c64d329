"""Any receipt ever made can be made again: watchlists are kept as they were."""

from __future__ import annotations

from pathlib import Path

from monitor.beat import load_beat
from monitor.beat.kept import read, written
from monitor.match.matching import compile_watchlist
from monitor.match.scoring import judge
from monitor.model import Wording

BEAT = Path(__file__).parent / "data" / "beats" / "nordic-baltic"


def test_a_kept_watchlist_comes_back_as_it_was() -> None:
    """Beat, keywords and fingerprint survive being written down."""
    beat, keywords = load_beat(BEAT), {"cable*": 12.0, "horoscope": -60.0}

    assert read(written(beat, keywords)) == (beat, keywords)


def test_a_receipt_is_remade_from_a_kept_watchlist() -> None:
    """The remade receipt equals the one that was sent, line by line."""
    beat, keywords = load_beat(BEAT), {"repair": 5.0}
    wording = Wording("Sweden and Lithuania repair the NordBalt cable", lang="en")
    sent = judge(compile_watchlist(beat, keywords), wording)

    kept = compile_watchlist(*read(written(beat, keywords)))

    assert judge(kept, wording) == sent
