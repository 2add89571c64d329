"""Reading the archive for the promises of the beat: judged articles -> evidence."""

from __future__ import annotations

from collections.abc import Callable

from monitor.match.commitments import evidence, fingerprint
from monitor.pipeline.setup import Setup
from monitor.store import Store

_BATCH = 200


def is_read(store: Store, setup: Setup) -> bool:
    """Whether all that was judged so far was read for the promises as they are now."""
    return not setup.beat.commitments or store.commitments.is_read(fingerprint(setup.watchlist))


def read_evidence(
    store: Store,
    setup: Setup,
    *,
    on_batch: Callable[[int], None] = lambda read: None,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Read what was judged since the last time, or everything where the promises have changed.

    Only articles that evidence both sides of the beat are read. Answers how many were.
    """
    least = setup.watchlist.weights.gate_cap
    name = fingerprint(setup.watchlist)
    read = 0
    while not stopping() and not is_read(store, setup):
        unread = store.commitments.unread(name, least, _BATCH)
        found = {
            member.article.id: evidence(setup.watchlist, member.article.wording)
            for member in unread.articles
        }
        store.commitments.record(name, unread.up_to, found)
        read += len(found)
        on_batch(read)
    return read
