"""The archive: the database, its feeds, its editions and its outbox."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from monitor.config import Configuration
from monitor.errors import MissingDriverError, MonitorError
from monitor.model import DeliveryState
from monitor.pipeline.doctor.findings import Finding, Verdict
from monitor.pipeline.feeds import Standing, standings
from monitor.pipeline.publish import due
from monitor.pipeline.setup import Setup
from monitor.store import Store, open_store
from monitor.store.glance import glance, outbox
from monitor.text.amounts import plural

# A round may take this long before somebody should look why the next does not come.
_PATIENCE = timedelta(minutes=15)
_MANY = 0.5  # share of feeds that fail


def of_archive(setup: Setup, now: datetime, *, is_running: bool) -> Iterator[Finding]:
    """The database at a glance; where it can be read, what polls, editions and mails came to.

    ``is_running`` tells whether a ``monitor run`` works on it.
    """
    try:
        url = setup.configuration.database
        seen = glance(url)
    except MonitorError as error:
        yield _unusable(error, setup.configuration)
        return
    if seen.revision is None:
        yield _not_yet(setup.configuration.database_file, seen.place)
        return
    if not seen.is_current:
        sentence = f"{seen.place} was written by an older version."
        yield Finding("database", Verdict.WARNING, sentence, "monitor db upgrade")
        return
    size = "" if seen.size is None else f", {seen.size / 1e6:,.1f} MB"
    sound = f"{seen.place} is sound at a glance (schema {seen.revision}{size})."
    yield Finding("database", Verdict.OK, sound)
    yield from _contents(setup, now, is_running=is_running)


def _unusable(error: MonitorError, configuration: Configuration) -> Finding:
    command = _what_helps(error, configuration)
    return Finding("database", Verdict.WRONG, f"{error}.", command)


def _what_helps(error: MonitorError, configuration: Configuration) -> str:
    """A look at the file, or at the server, of which the database's own check says the same."""
    if isinstance(error, MissingDriverError):
        return "pip install 'monitor[postgres]'"
    if (file := configuration.database_file) is not None:
        closed = (each for each in reversed(file.parents) if not os.access(each, os.X_OK))
        first = next(closed, None)
        return f"ls -ld {shlex.quote(str(first))}" if first else "monitor db check"
    parts = urlsplit(configuration.database)
    host = f" --host={shlex.quote(parts.hostname)}" if parts.hostname else ""
    return f"pg_isready{host}" + (f" --port={parts.port}" if parts.port else "")


def _not_yet(file: Path | None, place: str) -> Finding:
    """No database: one is made where its folder can be written to."""
    told = f"There is no database at {place} yet"
    if file is None:
        return Finding("database", Verdict.WARNING, f"{told}.", "monitor once")
    folder = file.parent
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir():
        sentence = (
            f"{told}, and none can be made: {there} is no folder; [monitor] database names it."
        )
        return Finding("database", Verdict.WRONG, sentence, "monitor config show")
    if there != folder:
        sentence = f"{told}, and its folder is missing."
        return Finding("database", Verdict.WRONG, sentence, f"mkdir -p {shlex.quote(str(folder))}")
    if not os.access(folder, os.W_OK | os.X_OK):
        sentence = f"{told}, and its folder may not be written to."
        return Finding("database", Verdict.WRONG, sentence, f"ls -ld {shlex.quote(str(folder))}")
    return Finding("database", Verdict.WARNING, f"{told}.", "monitor once")


def _contents(setup: Setup, now: datetime, *, is_running: bool) -> Iterator[Finding]:
    url = setup.configuration.database
    try:
        with open_store(url, read_only=True) as store:
            yield _polls(store, now, is_running=is_running)
            yield _feeds(standings(setup.configuration, store, now))
            yield _editions(store, setup, now)
        yield _outbox(outbox(url))
    except MonitorError as error:
        yield _unusable(error, setup.configuration)


def _polls(store: Store, now: datetime, *, is_running: bool) -> Finding:
    last = max((feed.polled_at for feed in store.feeds.enabled() if feed.polled_at), default=None)
    waiting = store.feeds.next_due()
    told = f"The last poll was {_ago(last, now)}" if last else "No feed was polled yet"
    runs = "`monitor run` works" if is_running else "no `monitor run` works"
    if waiting is None or now - waiting <= _PATIENCE:
        return Finding("polls", Verdict.OK, f"{told}; {runs} on this database.")
    command = "monitor poll" if is_running else "monitor run"
    sentence = f"{told}, feeds are due since {_minute(waiting)}, and {runs} on this database."
    return Finding("polls", Verdict.WRONG, sentence, command)


def _feeds(found: list[Standing]) -> Finding:
    polled = [standing for standing in found if standing.feed and standing.feed.polled_at]
    failed = Counter(standing.state for standing in polled if standing.state.failed)
    number = sum(failed.values())
    if not found:
        return Finding("feeds", Verdict.WRONG, "No feed is wished for.", "monitor feeds add URL")
    if not number:
        return Finding("feeds", Verdict.OK, f"{len(polled)} of {len(found)} feeds were polled.")
    states = ", ".join(f"{state} {count}" for state, count in failed.most_common())
    worst, _ = failed.most_common(1)[0]
    return Finding(
        "feeds",
        Verdict.WRONG if number > len(polled) * _MANY else Verdict.WARNING,
        f"{number} of {len(polled)} polled feeds bring nothing: {states}.",
        f"monitor feeds list --state {shlex.quote(str(worst))}",
    )


def _editions(store: Store, setup: Setup, now: datetime) -> Finding:
    late = [
        (digest.name, window.slot)
        for digest, window in due(store, setup, now)
        if now - window.slot > _PATIENCE
    ]
    if late:
        name, slot = late[0]
        sentence = f"The edition of {name} that was due at {_minute(slot)} is not made."
        return Finding("editions", Verdict.WRONG, sentence, "monitor publish")
    last = next(iter(store.editions.recent(1)), None)
    if last is None:
        return Finding("editions", Verdict.OK, "No edition was made yet, and none is late.")
    told = f"The last edition is {last.digest}, made {_ago(last.frozen_at, now)}"
    return Finding("editions", Verdict.OK, f"{told}; none is late.")


def _outbox(counted: dict[DeliveryState, int]) -> Finding:
    dead, unknown = (counted.get(each, 0) for each in (DeliveryState.DEAD, DeliveryState.UNKNOWN))
    sent = counted.get(DeliveryState.SENT, 0)
    waiting = sum(counted.values()) - sent - dead - unknown
    told = f"Deliveries: {sent} sent, {waiting} waiting, {unknown} in doubt, {dead} given up."
    verdict = Verdict.WARNING if dead or unknown else Verdict.OK
    return Finding("outbox", verdict, told, "monitor digest list" if dead or unknown else "")


def _ago(at: datetime, now: datetime) -> str:
    minutes = max(0, round((now - at).total_seconds() / 60))
    return f"{plural(minutes, 'minute')} ago" if minutes < 120 else f"at {_minute(at)}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
