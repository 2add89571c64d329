"""The four steps, a round of them, and the scheduler."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.again import judge_again
from monitor.cli.loglines import log_to_stderr, say
from monitor.cli.opening import archive, configuration, stop_event
from monitor.cli.screen import clean, moment, program, progress
from monitor.cli.web import unsubscribing_if_wanted
from monitor.errors import InputError
from monitor.text.addresses import masked, shown_database
from monitor.text.amounts import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from threading import Event

    from monitor.pipeline.assess import Assessed
    from monitor.pipeline.deliver import Delivered
    from monitor.pipeline.poll import Polled
    from monitor.pipeline.publish import Published
    from monitor.pipeline.rounds import Done
    from monitor.pipeline.setup import Setup
    from monitor.store import Store

_STOPPED = 130


def poll(context: typer.Context) -> None:
    """Poll the feeds that are due and keep their entries."""
    from monitor.pipeline import poll as step
    from monitor.pipeline.door import open_door
    from monitor.pipeline.setup import wishes

    wanted = wishes(configuration(context))
    log_to_stderr(logging.WARNING, wanted.settings.monitor.log)
    with (
        archive(wanted.configuration) as store,
        open_door(wanted.settings) as door,
        progress("polling") as advance,
        stop_event() as stop,
    ):
        done = step.poll(
            store,
            door,
            wanted,
            _clock(),
            on_polled=_counting(advance),
            stopping=stop.is_set,
            clock=_clock,
        )
        failed = _tell_polled(store, done)
    raise typer.Exit(_code(stop, failed))


def assess(
    context: typer.Context,
    query: Annotated[
        list[str] | None, typer.Argument(help="With --again: only what this search finds.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Apply today's watchlist to stored articles.")
    ] = False,
    deliver: Annotated[
        bool, typer.Option("--deliver", help="With --again: what matches now enters an edition.")
    ] = False,
) -> None:
    """Judge the articles that nobody judged yet, and find their stories."""
    from monitor.pipeline import assess as step
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    if again:
        raise typer.Exit(judge_again(setup, " ".join(query or ()), deliver=deliver))
    if query or deliver:
        raise InputError("a search and --deliver are for `assess --again`")
    with archive(setup.configuration) as store, stop_event() as stop:
        _tell_assessed(step.assess(store, setup, _clock(), stopping=stop.is_set))
    raise typer.Exit(_code(stop, 0))


def publish(context: typer.Context) -> None:
    """Freeze the editions that are due."""
    from monitor.pipeline import publish as step
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    with archive(setup.configuration) as store:
        _tell_published(setup, step.publish(store, setup, _clock()))


def deliver(context: typer.Context) -> None:
    """Send what waits in the outbox."""
    from monitor.pipeline import deliver as step
    from monitor.pipeline.setup import prepare

    setup = prepare(configuration(context))
    step.transports(setup)  # what is wrong with the settings is said before a database is made
    log_to_stderr(logging.WARNING, setup.settings.monitor.log)
    with archive(setup.configuration) as store, stop_event() as stop:
        named = step.transports(setup, store.editions.installation())
        done = step.deliver(store, named, _clock(), clock=_clock, stopping=stop.is_set)
    raise typer.Exit(_code(stop, _tell_delivered(done)))


def once(context: typer.Context) -> None:
    """Poll, assess, publish and deliver what is due now, then end."""
    from monitor.pipeline.door import open_door
    from monitor.pipeline.rounds import once as one_round
    from monitor.pipeline.setup import prepare
    from monitor.pipeline.watching import tell_once

    setup = prepare(configuration(context))
    log_to_stderr(logging.WARNING, setup.settings.monitor.log)
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
            _clock(),
            on_polled=_counting(advance),
            stopping=stop.is_set,
            clock=_clock,
        )
        failed = _tell_polled(store, done.polled)
    _tell_assessed(done.assessed)
    _tell_published(setup, done.published)
    failed = _tell_delivered(done.delivered) or failed
    if not stop.is_set():
        tell_once(setup.settings)
    raise typer.Exit(_code(stop, failed))


def run(context: typer.Context) -> None:
    """Keep the promised minute: do a round whenever something is due, until stopped."""
    from monitor.pipeline.deliver import transports
    from monitor.pipeline.rounds import Rounds
    from monitor.pipeline.setup import prepare
    from monitor.schedule import Reloader, lock_path, only_one
    from monitor.schedule import run as keep_ticking

    setup = prepare(configuration(context))
    transports(setup)  # what is wrong with [smtp] ends the program here, not at the first mail
    reloader = Reloader(setup)
    log_to_stderr(logging.INFO, setup.settings.monitor.log)
    with (
        only_one(lock_path(setup.configuration)),
        archive(setup.configuration) as store,
        stop_event() as stop,
        unsubscribing_if_wanted(store, setup),
    ):
        rounds = Rounds(store, _clock, stop.is_set, _log)
        logging.info("started; the database is %s", shown_database(setup.configuration.database))
        seconds = setup.settings.monitor.tick_seconds
        if keep_ticking(lambda: rounds.go(reloader.current()), seconds, stop):
            rounds.close()
            logging.info("stopped")
        else:
            logging.warning("stopped while a server kept us waiting; the next start goes on there")


def _clock() -> datetime:
    return datetime.now(UTC)


def _code(stop: Event, failed: int) -> int:
    """The exit code: that of an interruption when somebody asked to stop."""
    if not stop.is_set():
        return failed
    print("stopped; what is not done is still due", file=sys.stderr)
    return _STOPPED


def _counting(advance: Callable[[str, int, int], None]) -> Callable[[Polled, int], None]:
    done = 0

    def count(polled: Polled, total: int) -> None:
        nonlocal done
        done += 1
        advance(polled.feed.outlet, done, total)

    return count


def _tell_polled(store: Store, done: Sequence[Polled]) -> int:
    """Say what was polled; returns 1 when every feed failed, so that a script notices."""
    if not done:
        print(f"polled    nothing: {_next_poll(store)}")
        return 0
    failed = [one for one in done if one.outcome.state.failed]
    new = sum(one.new_articles for one in done)
    print(
        f"polled    {plural(len(done), 'feed')}, {len(failed)} failed, {plural(new, 'new article')}"
    )
    for one in failed:
        error = clean(one.outcome.error or "")
        feed = f"{clean(one.feed.outlet)} ({clean(masked(one.feed.url))})"
        print(f"  {one.outcome.state}: {feed}: {error}")
    if len(failed) == len(done):
        print(f"No feed could be polled: is there a network? `{program()} demo` works without one.")
        return 1
    return 0


def _next_poll(store: Store) -> str:
    at = store.feeds.next_due()
    if at is None:
        return "there are no feeds"
    if at <= _clock():
        return "what is due is left to another poll"
    return f"the next feed is due {moment(at)} UTC"


def _tell_assessed(done: Assessed) -> None:
    print(f"assessed  {plural(done.read, 'article')}, {done.matched} relevant")


def _tell_published(setup: Setup, done: Sequence[Published]) -> None:
    for one in done:
        print(f"published {one.edition.digest}: {one.rendered.subject}")
    if not done:
        print(f"published nothing: {_next_edition(setup)}")


def _next_edition(setup: Setup) -> str:
    from monitor.pipeline.publish import upcoming

    following = upcoming(setup, _clock())
    if following is None:
        return "no digest is ever due; config.toml wants a [[digests]] table"
    digest, slot = following
    return f"the next edition is {digest.name}, due {moment(slot)} UTC"


def _tell_delivered(done: Sequence[Delivered]) -> int:
    """Say what was sent; returns 1 when something could not be."""
    for one in done:
        print(f"delivered {_sent(one)}")
    if not done:
        print("delivered nothing: the outbox is empty")
    return int(any(one.outcome.error for one in done))


def _sent(one: Delivered) -> str:
    error = f" ({clean(one.outcome.error)})" if one.outcome.error else ""
    edition, subscriber = one.delivery.edition.digest, clean(one.delivery.subscriber)
    return f"{edition} to {subscriber}: {one.outcome.state}{error}"


def _log(done: Done) -> None:
    """A line for what a running monitor did."""
    from monitor.pipeline.assess import Assessed
    from monitor.pipeline.deliver import Delivered
    from monitor.pipeline.extract import Extracted
    from monitor.pipeline.forget import Forgotten
    from monitor.pipeline.poll import Polled

    match done:
        case Polled():
            _log_poll(done)
        case Extracted():
            error = f": {clean(done.error)}" if done.error else ""
            words = f"read the page of {done.article.id}: {done.letters} letters{error}"
            fields = {"article": done.article.id, "letters": done.letters, "error": done.error}
            say(logging.INFO, "extracted", words, **fields)
        case Assessed():
            words = f"assessed {done.read} articles, {done.matched} relevant"
            say(logging.INFO, "assessed", words, articles=done.read, relevant=done.matched)
        case Forgotten():
            words = f"forgot {done.articles} articles that had not matched"
            say(logging.INFO, "forgotten", words, articles=done.articles)
        case Delivered():
            _log_delivery(done)
        case _:
            digest, subject = done.edition.digest, done.rendered.subject
            words = f"published {digest}: {subject}"
            say(logging.INFO, "published", words, digest=digest, edition=done.id, subject=subject)


def _log_poll(done: Polled) -> None:
    state, new, error = done.outcome.state, len(done.new), done.outcome.error
    say(
        logging.WARNING if state.failed else logging.INFO,
        "polled",
        f"polled {done.feed.outlet}: {state}, {new} new" + (f": {error}" if error else ""),
        outlet=done.feed.outlet,
        url=done.feed.url,
        state=str(state),
        new=new,
        error=error,
    )


def _log_delivery(done: Delivered) -> None:
    error = done.outcome.error
    say(
        logging.WARNING if error else logging.INFO,
        "delivered",
        f"delivered {_sent(done)}",
        digest=done.delivery.edition.digest,
        edition=done.delivery.edition.id,
        subscriber=done.delivery.subscriber,
        state=str(done.outcome.state),
        error=error,
    )
