"""The main job on a recording: poll, judge, fold, compose and deliver as its time passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from monitor.config import Configuration, DigestSettings, NetworkSettings, Settings, SmtpSettings
from monitor.config.schedules import parse_schedule
from monitor.demo.dates import moved
from monitor.demo.keepsakes import DATABASE
from monitor.demo.recording import RecordedFeed, Recording, read, shift
from monitor.demo.servers import Document, FeedServer, MailSink
from monitor.model import FeedListing, Finding
from monitor.pipeline.door import open_door
from monitor.pipeline.poll import Polled, poll
from monitor.pipeline.rounds import Round, once
from monitor.pipeline.setup import Setup
from monitor.store import open_store

_RECIPIENT = "analyst@reader.example"
_SENDER = "monitor@demo.example"
_BACKLOG_DAYS = 14.0


@dataclass(frozen=True, slots=True)
class FeedPoll:
    """One recorded poll as it went: the file replayed and what it brought."""

    feed: str
    file: str
    polled: Polled


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay did: every poll, the last round, and the mails that arrived."""

    polls: tuple[FeedPoll, ...]
    last: Round
    messages: tuple[bytes, ...]

    @property
    def new(self) -> tuple[Finding, ...]:
        """Everything that was new, in the order in which it was found."""
        return tuple(finding for one in self.polls for finding in one.polled.new)

    @property
    def stories(self) -> int:
        """Stories in the editions that were composed."""
        return sum(len(published.edition.stories) for published in self.last.published)


def replay(
    recording: Recording,
    setup: Setup,
    out: Path,
    now: datetime,
    *,
    on_polled: Callable[[Polled, int], None] = lambda polled, total: None,
) -> Replay:
    """Run the pipeline over all rounds of ``recording``; its last poll happens at ``now``.

    The first rounds only poll, as time passes; the last one is a whole round, whose edition is
    mailed to a real SMTP server on loopback. The database stays in ``out``.
    """
    polls: list[FeedPoll] = []
    *earlier, last_at = enumerate(recording.times(now))
    with FeedServer().serving() as server, MailSink().serving() as sink:
        staged = _staged(setup, recording, server, sink, out)
        database = staged.configuration.database
        with open_store(database) as store, open_door(staged.settings) as door:
            # What links for leaving are made with is in it.
            (out / DATABASE).chmod(0o600)
            for number, at in earlier:
                _serve(server, recording, number, at, now)
                polled = poll(store, door, staged, at, on_polled=on_polled, jitter=_steady)
                polls += _recorded(recording, server, polled, number)
            number, at = last_at
            _serve(server, recording, number, at, now)
            last = once(store, door, staged, at, on_polled=on_polled)
            polls += _recorded(recording, server, last.polled, number)
    return Replay(tuple(polls), last, tuple(sink.messages))


def _steady() -> float:
    return 0.0


def _serve(
    server: FeedServer, recording: Recording, number: int, at: datetime, now: datetime
) -> None:
    """Let every feed with a poll in this round answer as it did then."""
    answers = {
        feed.name: _document(feed.polls[number], at, now)
        for feed in recording.feeds
        if number < len(feed.polls)
    }
    server.documents = {**server.documents, **answers}


def _document(path: Path, at: datetime, now: datetime) -> Document:
    """A recorded poll with its dates moved as if it had happened ``at``."""
    body = read(path)
    return Document(moved(body, shift(path, body, at, now)), path.suffix.lower())


def _recorded(
    recording: Recording, server: FeedServer, polled: Sequence[Polled], number: int
) -> list[FeedPoll]:
    """The polls of this round that replayed a file, in the recording's order."""
    by_url = {one.feed.url: one for one in polled}
    return [
        FeedPoll(feed.name, feed.polls[number].name, by_url[server.url(feed.name)])
        for feed in recording.feeds
        if number < len(feed.polls) and server.url(feed.name) in by_url
    ]


def _staged(
    setup: Setup, recording: Recording, server: FeedServer, sink: MailSink, out: Path
) -> Setup:
    """The user's setup, but polling the recording and mailing to the sink."""
    settings = setup.settings
    staged = settings.model_copy(
        update={
            "monitor": settings.monitor.model_copy(
                update={
                    "database": f"sqlite:///{DATABASE}",
                    "backlog_days": max(_BACKLOG_DAYS, settings.monitor.backlog_days),
                }
            ),
            "digests": (_due_at_once(settings),),
            "smtp": SmtpSettings(host="127.0.0.1", port=sink.port, security="none", sender=_SENDER),
            "network": NetworkSettings(
                allow_private=(server.address,),
                host_spacing_seconds=0,
                poll_minutes=0.01,
                threads=1,
            ),
        }
    )
    listings = tuple(_listing(feed, server.url(feed.name)) for feed in recording.feeds)
    return replace(
        setup, configuration=Configuration(out / "config.toml", staged), listings=listings
    )


def _due_at_once(settings: Settings) -> DigestSettings:
    """The user's first digest, or a plain one, due every minute and sent to the demo's reader."""
    first = (
        settings.digests[0]
        if settings.digests
        else DigestSettings.model_validate({"name": "demo", "schedule": "* * * * *"})
    )
    every_minute = parse_schedule("* * * * *")
    return first.model_copy(
        update={"schedule": every_minute, "to": (_RECIPIENT,), "subscribers": ()}
    )


def _listing(feed: RecordedFeed, url: str) -> FeedListing:
    """The wish to poll a recorded feed; one that nobody described is called by its folder."""
    return (
        replace(feed.listing, url=url) if feed.listing else FeedListing(url=url, outlet=feed.name)
    )
