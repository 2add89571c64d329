"""Reading the archive for the figures ledger: judged articles -> statements, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitor.match.ledger import fingerprint, statements
from monitor.pipeline.setup import Setup
from monitor.store import Store
from monitor.store.figures import Uncounted

_BATCH = 100


def due(store: Store, setup: Setup) -> list[Uncounted]:
    """The next articles that were not read yet: judged, with half the threshold at least."""
    least = setup.settings.thresholds()[0] / 2
    return store.figures.uncounted(fingerprint(setup.watchlist), least, _BATCH)


def do(store: Store, setup: Setup, unit: Sequence[Uncounted]) -> int:
    """Read the figures of a batch and keep them, all or none; how many there are."""
    found = {each.article.id: statements(setup.watchlist, each.article.wording) for each in unit}
    read = {each.article.id: each.revision_id for each in unit}
    store.figures.record(fingerprint(setup.watchlist), read, found)
    return sum(map(len, found.values()))


def read_figures(
    store: Store,
    setup: Setup,
    *,
    on_batch: Callable[[int], None] = lambda read: None,
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """Read all that is due; how many articles that were."""
    read = 0
    while not stopping() and (unit := due(store, setup)):
        do(store, setup, unit)
        read += len(unit)
        on_batch(read)
    return read
