"""How fast a change of the watchlist is replayed over a stored archive.

    ./run bench tune [articles]

The articles are those of ``bench search``: synthetic, of 1,500 characters, in eight languages.
Their stored scores are drawn by chance, since a replay only asks who gave them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

import bench_search  # noqa: E402

from monitor.beat import load_beat  # noqa: E402
from monitor.beat.kept import written  # noqa: E402
from monitor.config import Settings  # noqa: E402
from monitor.config.settings import WatchlistSettings  # noqa: E402
from monitor.desk.tuning import State, difference  # noqa: E402
from monitor.match.matching import fingerprint  # noqa: E402
from monitor.match.replaying import Trial  # noqa: E402
from monitor.model import Beat, FeedListing  # noqa: E402
from monitor.resources import seeds  # noqa: E402
from monitor.store import Store, open_store  # noqa: E402

GOAL = 30  # processor seconds for 100,000 articles
CHANGES: dict[str, tuple[float, dict[str, float]]] = {
    "a keyword": (50, {"dry port": 3.0}),
    "a common keyword": (50, {"and": 3.0}),
    "another threshold": (60, {}),
}


def main() -> None:
    """Fill an archive, replay three changes, and print what they took."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    beat = load_beat(seeds() / "china-central-asia")
    print(
        f"{number:,} articles; goal {GOAL} s for 100,000\n{'change':<20}{'wall s':>9}{'cpu s':>9}"
    )
    with tempfile.TemporaryDirectory() as folder:
        with open_store(f"sqlite:///{folder}/monitor.db") as store:
            fill(store, beat, number)
        for name, (threshold, keywords) in CHANGES.items():
            with open_store(f"sqlite:///{folder}/monitor.db", read_only=True) as store:
                wall, spent = replay(store, beat, threshold, keywords)
            print(f"{name:<20}{wall:>9.1f}{spent:>9.1f}")


def fill(store: Store, beat: Beat, number: int) -> None:
    """Store the articles with scores that the shipped watchlist is said to have given."""
    feeds = range(bench_search.FEEDS)
    listings = [FeedListing(f"https://f{feed}.example/rss", f"Outlet {feed}") for feed in feeds]
    store.feeds.sync(listings, bench_search.BEGIN)
    bench_search.take_in(store, number, number)
    store.judgements.keep_watchlist(fingerprint(beat, {}), written(beat, {}), bench_search.BEGIN)
    bench_search.judge(store, fingerprint(beat, {}))


def replay(
    store: Store, beat: Beat, threshold: float, keywords: dict[str, float]
) -> tuple[float, float]:
    """Wall and processor seconds, all compiling and reading included."""
    changed = WatchlistSettings(threshold=threshold, keywords=keywords)
    wall, spent = time.perf_counter(), time.process_time()
    difference(
        store,
        State(Settings(), Trial(beat, {})),
        State(Settings(watchlist=changed), Trial(beat, keywords)),
    )
    return time.perf_counter() - wall, time.process_time() - spent


if __name__ == "__main__":
    main()
