"""``monitor assess --again``: stored articles judged by today's watchlist."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.cli.opening import archive, stop_event
from monitor.cli.screen import progress
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from monitor.pipeline.again import Again
    from monitor.pipeline.setup import Setup

_STOPPED = 130


def judge_again(setup: Setup, text: str, *, deliver: bool) -> int:
    """Judge what ``text`` finds, or everything; the exit code."""
    from monitor.desk.search import understood
    from monitor.pipeline.again import assess_again

    watchlist = setup.settings.watchlist
    query = understood(text, lambda: setup.beat, watchlist.keywords, watchlist.threshold)
    with (
        archive(setup.configuration) as store,
        progress("judging") as advance,
        stop_event() as stop,
    ):
        total = store.counts().articles
        done = assess_again(
            store,
            setup,
            query,
            datetime.now(UTC),
            deliver=deliver,
            on_batch=lambda so_far: advance("articles", so_far.looked, max(total, so_far.looked)),
            stopping=stop.is_set,
        )
    _tell(done)
    if stop.is_set():
        print("stopped; the same command goes on from here", file=sys.stderr)
        return _STOPPED
    return 0


def _tell(done: Again) -> None:
    """``judged 3 of 9 articles again: 1 rose to the threshold, 0 fell below it``."""
    print(
        f"judged {done.judged} of {plural(done.looked, 'article')} again: "
        f"{done.risen} rose to the threshold, {done.fallen} fell below it"
    )
