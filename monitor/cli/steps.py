"""The four steps, a round of them, and the scheduler."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from monitor.cli.opening import archive, configuration, stop_event
from monitor.cli.screen import plural, progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitor.pipeline.assess import Assessed
    from monitor.pipeline.deliver import Delivered
    from monitor.pipeline.poll import Polled
    from monitor.pipeline.publish import Published


def poll(context: typer.Context) -> None:
    """Poll the feeds that are due and keep their entries."""
    from monitor.pipeline import poll as step
    from monitor.pipeline.setup import open_door, prepare

    setup = prepare(configuration(context))
    with (
        archive(setup.configuration) as store,
        open_door(setup.settings) as door,
        progress("polling") as advance,
        stop_event() as stop,
    ):
        done = step.poll(
            store,
            door,
            setup,
            datetime.now(UTC),
            on_polled=_counting(advance),
            stopping=stop.is_set,
        )
    raise typer.Exit(_tell_polled(done))


def assess(context: typer.Context) -> None:
    """Judge the articles that nobody judged yet, and find their stories."""
    from monitor.pipeline import assess as step
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    with archive(setup.configuration) as store, stop_event() as stop:
        _tell_assessed(step.assess(store, setup, datetime.now(UTC), stopping=stop.is_set))


def publish(context: typer.Context) -> None:
    """Freeze the editions that are due."""
    from monitor.pipeline import publish as step
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    with archive(setup.configuration) as store:
        _tell_published(step.publish(store, setup, datetime.now(UTC)))


def deliver(context: typer.Context) -> None:
    """Send what waits in the outbox."""
    from monitor.pipeline import deliver as step
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    with archive(setup.configuration) as store, stop_event() as stop:
        named = step.transports(setup)
        done = step.deliver(store, named, datetime.now(UTC), stopping=stop.is_set)
    raise typer.Exit(_tell_delivered(done))


def once(context: typer.Context) -> None:
    """Poll, assess, publish and deliver what is due now, then end."""
    from monitor.pipeline.rounds import once as one_round
    from monitor.pipeline.setup import open_door, prepare

    setup = prepare(configuration(context))
    with (
        archive(setup.configuration) as store,
        open_door(setup.settings) as door,
        progress("polling") as advance,
        stop_event() as stop,
    ):
        done = one_round(
            store,
            door,
            setup,
            datetime.now(UTC),
            on_polled=_counting(advance),
            stopping=stop.is_set,
        )
    failed = _tell_polled(done.polled)
    _tell_assessed(done.assessed)
    _tell_published(done.published)
    failed = _tell_delivered(done.delivered) or failed
    raise typer.Exit(failed)


def run(context: typer.Context) -> None:
    """Keep the promised minute: do a round whenever something is due, until stopped."""
    from monitor.pipeline.rounds import once as one_round
    from monitor.pipeline.setup import open_door, prepare
    from monitor.schedule import Reloader, lock_path, only_one
    from monitor.schedule import run as keep_ticking

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    setup = prepare(configuration(context))
    reloader = Reloader(setup)
    with (
        only_one(lock_path(setup.configuration)),
        archive(setup.configuration) as store,
        stop_event() as stop,
    ):

        def tick() -> None:
            current = reloader.current()
            with open_door(current.settings) as door:
                done = one_round(store, door, current, datetime.now(UTC), stopping=stop.is_set)
            _log_round(done.polled, done.assessed, done.published, done.delivered)

        logging.info("started; the database is %s", setup.configuration.database)
        keep_ticking(tick, setup.settings.monitor.tick_seconds, stop)
        logging.info("stopped")


def _counting(advance: Callable[[str, int, int], None]) -> Callable[[Polled, int], None]:
    done = 0

    def count(polled: Polled, total: int) -> None:
        nonlocal done
        done += 1
        advance(polled.feed.outlet, done, total)

    return count


def _tell_polled(done: Sequence[Polled]) -> int:
    """Say what was polled; returns 1 when every feed failed, so that a script notices."""
    failed = [one for one in done if one.outcome.state.failed]
    new = sum(one.new_articles for one in done)
    print(
        f"polled    {plural(len(done), 'feed')}, {len(failed)} failed, {plural(new, 'new article')}"
    )
    for one in failed:
        print(f"  {one.outcome.state}: {one.feed.outlet} ({one.feed.url}): {one.outcome.error}")
    if done and len(failed) == len(done):
        print("No feed could be polled: is there a network? `monitor demo` works without one.")
        return 1
    return 0


def _tell_assessed(done: Assessed) -> None:
    print(f"assessed  {plural(done.read, 'article')}, {done.matched} relevant")


def _tell_published(done: Sequence[Published]) -> None:
    for one in done:
        print(f"published {one.edition.digest}: {one.rendered.subject}")
    if not done:
        print("published nothing: no edition is due")


def _tell_delivered(done: Sequence[Delivered]) -> int:
    """Say what was sent; returns 1 when something could not be."""
    failed = 0
    for one in done:
        error = f" ({one.outcome.error})" if one.outcome.error else ""
        print(
            f"delivered {one.delivery.edition.digest} to {one.delivery.subscriber}: "
            f"{one.outcome.state}{error}"
        )
        failed = 1 if one.outcome.error else failed
    if not done:
        print("delivered nothing: the outbox is empty")
    return failed


def _log_round(
    polled: Sequence[Polled],
    assessed: Assessed,
    published: Sequence[Published],
    delivered: Sequence[Delivered],
) -> None:
    for one in polled:
        level = logging.WARNING if one.outcome.state.failed else logging.INFO
        error = f": {one.outcome.error}" if one.outcome.error else ""
        logging.log(
            level,
            "polled %s: %s, %d new%s",
            one.feed.outlet,
            one.outcome.state,
            len(one.new),
            error,
        )
    if assessed.read:
        logging.info("assessed %d articles, %d relevant", assessed.read, assessed.matched)
    for edition in published:
        logging.info("published %s: %s", edition.edition.digest, edition.rendered.subject)
    for sent in delivered:
        logging.info(
            "delivered %s to %s: %s",
            sent.delivery.edition.digest,
            sent.delivery.subscriber,
            sent.outcome.state,
        )
