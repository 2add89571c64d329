"""The shape of ``config.toml``: every key, its default and what it means.

The JSON Schema for editors is made from these models; their descriptions are its texts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from monitor.config.models import AssistSettings, StoriesSettings
from monitor.config.tables import Table, read_secret
from monitor.config.written import (
    NEVER,
    WHEN,
    Clocks,
    Contact,
    Country,
    DatabaseAddress,
    DayPattern,
    HostPort,
    Keyword,
    Language,
    Line,
    LinkPattern,
    Mailboxes,
    MailHost,
    Name,
    Points,
    PublicAddress,
    Said,
    SecretAddress,
    Sender,
    Urgency,
    WebAddress,
    When,
    Zone,
    web_address,
)
from monitor.model import FeedListing, Recipe
from monitor.text.addresses import is_this_machine, mailbox_problem


class MonitorSettings(Table):
    """The monitor itself."""

    beat: str = Field(
        "china-central-asia",
        min_length=1,
        description="What is watched: a folder below seeds/, or a path relative to this file.",
    )
    database: DatabaseAddress = Field(
        "sqlite:///monitor.db",
        description="Database URL: sqlite:///, then a path relative to this file; or "
        "postgresql://user@host/name, with the password in ~/.pgpass.",
    )
    editions: str = Field(
        "editions", description="Folder for editions without an SMTP host, relative to this file."
    )
    backlog_days: float = Field(
        3,
        ge=0,
        le=36500,
        description="Entries stated to be older than this when their feed last answered, or now on "
        "its first poll, enter no digest.",
    )
    keep_unmatched_days: float = Field(
        90,
        ge=1,
        le=36500,
        description="How long articles are kept that did not match; the others are kept for ever.",
    )
    beat_feeds: bool = Field(True, description="Whether to poll the feeds that ship with the beat.")
    tick_seconds: int = Field(
        30, ge=1, le=3600, description="How often `monitor run` asks what is due."
    )

    log: Literal["text", "json"] = Field(
        "text", description="How lines of the log are written, one an event."
    )
    ping_url: SecretAddress | None = Field(
        None,
        description="Address that is asked for after each complete round, of a service that tells "
        "you when that stays away.",
    )


class WatchlistSettings(Table):
    """What is relevant."""

    threshold: float = Field(
        50, ge=0, le=100, description="Score from which an article is relevant."
    )
    keywords: dict[Keyword, Points] = Field(
        default_factory=dict,
        description="Your own words, phrases or prefix* with points; negative ones lower a score.",
    )


class PageSettings(Table):
    """How a list page is read as a feed; what is left out is found."""

    link: LinkPattern = Field(
        "",
        description="Which links are articles: a glob like /news/*, a regular expression from ^, "
        "or a CSS selector.",
    )
    title: Line = Field("", description="CSS selector of the title, near the link.")
    date: DayPattern = Field(
        "", description="CSS selector of the date, or how an address has it: /YYYY-MM/DD/."
    )


class FeedSettings(Table):
    """One feed of yours; a URL that the beat ships too overrides the beat's row."""

    url: WebAddress = Field(
        description="Address of the RSS, Atom or JSON feed, or of a page that lists articles."
    )
    outlet: Line | None = Field(None, description="Publisher's name; the host when left out.")
    lang: Language | None = Field(None, description="Language the feed declares, e.g. ru.")
    country: Country | None = Field(None, description="Where the publisher sits, e.g. KZ.")
    camp: Line | None = Field(None, description="Interest it speaks for, e.g. independent.")
    enabled: bool = Field(True, description="false pauses the feed.")
    page: PageSettings | None = Field(
        None, description="Makes it a list page, and says how to read it; {} leaves that open."
    )
    full_text: bool = Field(
        False, description="Whether to read the page behind each new entry for its text."
    )
    text: Line = Field("", description="CSS selector of the text in such a page.")

    def listing(self) -> FeedListing:
        """The wish to poll this feed."""
        return FeedListing(
            url=self.url,
            outlet=self.outlet or urlsplit(self.url).hostname or self.url,
            lang=self.lang,
            country=self.country,
            camp=self.camp,
            recipe=Recipe(**self.page.model_dump()) if self.page else None,
            full_text=self.full_text,
            text=self.text,
        )


class _Secret(Table):
    """What is secret stands elsewhere and is named here."""

    secret_env: str | None = Field(
        None, description="Environment variable that holds the secret, where there is one."
    )
    secret_file: str | None = Field(None, description="File that holds it.")


class SubscriberSettings(_Secret):
    """Who gets a digest, over what, in which form; what is left out is the digest's."""

    name: Name | None = Field(
        None, description="Whom lists and logs name; not for mail, where the address does."
    )
    transport: Literal["email", "webhook", "slack", "telegram", "apprise", "files", "atom"] = Field(
        "email", description="What editions travel over."
    )
    to: Line = Field(
        "",
        description="Mail address, web address of a webhook, chat of Telegram, folder for files, "
        "or file of an Atom feed.",
    )
    zone: Zone | None = Field(None, description="Time zone of the schedule and of times printed.")
    lang: Literal["en", "ru", "zh"] = Field("en", description="Language of headings and notes.")
    countries: tuple[Country, ...] = Field(
        (), description="Only stories that speak of one of these, e.g. KZ."
    )
    topics: tuple[Name, ...] = Field((), description="Only stories on one of these.")
    threshold: float | None = Field(
        None, ge=0, le=100, description="Score from which a story appears."
    )
    paused: bool = Field(False, description="true sends nothing until it is gone.")

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if problem := _subscriber_problem(self):
            raise ValueError(problem)
        return self

    @property
    def identity(self) -> str:
        """Who it is: the address of a mail, a name otherwise."""
        return self.to if self.transport == "email" else self.name or ""

    def secret(self, folder: Path, environ: Mapping[str, str] = os.environ) -> str:
        """What the file or the environment variable holds; empty when neither is named."""
        where = f"subscriber {self.identity}: secret"
        return read_secret(where, self.secret_env, self.secret_file, folder, environ)


# The transports whose address is a secret by itself, and those that need one beside it.
_SECRET_ONLY = ("slack", "apprise")
_WITH_SECRET = ("webhook", "telegram", *_SECRET_ONLY)


def _subscriber_problem(subscriber: SubscriberSettings) -> str | None:
    """Why nothing can be sent to ``subscriber``, or None."""
    kind = subscriber.transport
    if kind == "email":
        return _mail_problem(subscriber)
    if not subscriber.name:
        return f"a subscriber over {kind} needs a name"
    if kind in _WITH_SECRET and not (subscriber.secret_env or subscriber.secret_file):
        return f"{kind} needs a secret: name it with secret_env or secret_file"
    if kind in _SECRET_ONLY:
        return f'"to" is not for {kind}, whose address is the secret' if subscriber.to else None
    if not subscriber.to:
        return f'{kind} needs "to"'
    if kind == "webhook":
        web_address(subscriber.to)
    return None


def _mail_problem(subscriber: SubscriberSettings) -> str | None:
    if subscriber.name:
        return "a subscriber by mail is named by the address alone"
    return mailbox_problem(subscriber.to)


class DigestSettings(Table):
    """One recurring publication."""

    name: Name = Field(description="Short name, used in file names and headers.")
    title: Said | None = Field(None, description="Title in the masthead; the beat's when left out.")
    schedule: When = Field(
        default_factory=lambda: NEVER,
        description="daily 07:30, weekdays 07:30, weekly mon 07:30, monthly 1 07:30, or cron.",
    )
    when: Urgency | None = Field(
        None,
        description='Instead of a schedule: "score >= 85" sends at once, one edition in 30 minutes '
        "at most.",
    )
    quiet_hours: Clocks | None = Field(
        None, description='Hours in which nothing urgent is sent, such as "22:00-07:00".'
    )
    zone: Zone = Field("UTC", description="Time zone of the schedule and of all times printed.")
    to: Mailboxes = Field((), description="Recipients; each gets a message of their own.")
    threshold: float | None = Field(
        None, ge=0, le=100, description="Score from which a line appears; else the watchlist's."
    )
    sections: Literal["topic", "country"] = Field("topic", description="How stories are grouped.")
    limit: int = Field(40, ge=1, le=500, description="Most stories in one edition.")
    quotas: dict[Name, Annotated[int, Field(ge=0, le=500)]] = Field(
        default_factory=dict,
        description="Most stories of a topic or a country: { energy = 5, KZ = 8 }.",
    )
    quiet: Literal["send", "skip"] = Field(
        "send", description="Whether an edition without a story is sent, to prove what was checked."
    )
    subscribers: tuple[SubscriberSettings, ...] = Field(
        (), description="Recipients with a transport, a zone, a language or filters of their own."
    )

    @model_validator(mode="before")
    @classmethod
    def _urgent_from(cls, stated: Any) -> Any:
        """An urgent digest's threshold is the score that it waits for."""
        urgent = isinstance(stated, dict) and isinstance(stated.get("when"), str)
        if not urgent or not (found := WHEN.fullmatch(stated["when"])):
            return stated
        return {**stated, "threshold": float(found[1])}

    @model_validator(mode="after")
    def _one_cause(self) -> Self:
        if self.when is None and self.schedule == NEVER:
            raise ValueError('needs a schedule, or when = "score >= 85"')
        if self.when is not None and self.schedule != NEVER:
            raise ValueError("has a schedule or when, not both")
        if self.quiet_hours is not None and self.when is None:
            raise ValueError("quiet_hours are for a digest with when; a schedule names its hour")
        return self

    @field_validator("subscribers")
    @classmethod
    def _each_once(
        cls, subscribers: tuple[SubscriberSettings, ...], read: ValidationInfo
    ) -> tuple[SubscriberSettings, ...]:
        seen = {("email", parseaddr(to)[1].casefold()) for to in read.data.get("to", ())}
        for subscriber in subscribers:
            identity = parseaddr(subscriber.identity)[1] or subscriber.identity
            who = (subscriber.transport, identity.casefold())
            if who in seen:
                raise ValueError(f"{identity} stands here twice")
            seen.add(who)
        return subscribers

    @property
    def receivers(self) -> tuple[SubscriberSettings, ...]:
        """Everyone who gets this digest: those of ``to`` by mail, then the others."""
        mailed = (SubscriberSettings(to=mailbox) for mailbox in self.to)
        return (*mailed, *self.subscribers)


class SmtpSettings(Table):
    """Mail; without a host, editions go to a folder."""

    host: MailHost = Field(
        "", description="Mail server; empty writes editions to a folder instead."
    )
    port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="none is refused unless the host is this machine."
    )
    username: str = Field("", description="Login; empty for none.")
    password_env: str | None = Field(
        None, description="Environment variable that holds the password."
    )
    password_file: str | None = Field(None, description="File that holds the password.")
    sender: Sender = Field("monitor@localhost", description="Address that mail comes from.")

    @field_validator("security")
    @classmethod
    def _encrypted(cls, security: str, read: ValidationInfo) -> str:
        host = read.data.get("host", "")
        if security == "none" and host and not is_this_machine(host):
            raise ValueError(f'"none" is only for a server on this machine; "{host}" is not')
        return security

    def password(self, folder: Path, environ: Mapping[str, str] = os.environ) -> str:
        """The password from its file or environment variable, empty when neither is named."""
        return read_secret("smtp.password", self.password_env, self.password_file, folder, environ)


class WebSettings(Table):
    """The page on which a subscriber unsubscribes; `monitor run` serves it where this stands."""

    host: Line = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on.")
    public_url: PublicAddress = Field(
        "", description="https address under which mailboxes reach it; empty for none."
    )


class NetworkSettings(Table):
    """How the monitor behaves towards other people's servers."""

    contact: Contact = Field(
        "", description="Page or address in the user agent, for publishers who want to ask."
    )
    allow_private: tuple[HostPort, ...] = Field(
        (), description="host:port pairs on private networks that may be polled."
    )
    timeout_seconds: float = Field(30, gt=0, le=600, description="Total time for one request.")
    threads: int = Field(32, ge=1, le=64, description="Feeds fetched at the same time.")
    poll_minutes: float = Field(
        60, gt=0, le=43200, description="Usual time between two polls of a feed."
    )
    fastest_poll_minutes: float | None = Field(
        None,
        gt=0,
        le=43200,
        description="Least time between two polls, for feeds whose entries would scroll off "
        "unseen; a quarter of poll_minutes when left out.",
    )
    slowest_poll_minutes: float | None = Field(
        None,
        gt=0,
        le=43200,
        description="Longest time between two polls, for feeds that seldom speak; four times "
        "poll_minutes when left out.",
    )
    host_spacing_seconds: float = Field(
        1, ge=0, le=3600, description="Pause between two requests to one host."
    )


class Settings(Table):
    """The whole of ``config.toml``."""

    monitor: MonitorSettings = MonitorSettings()
    watchlist: WatchlistSettings = WatchlistSettings()
    feeds: tuple[FeedSettings, ...] = ()
    digests: tuple[DigestSettings, ...] = ()
    smtp: SmtpSettings = SmtpSettings()
    web: WebSettings | None = None
    stories: StoriesSettings = StoriesSettings()
    assist: AssistSettings | None = None
    network: NetworkSettings = NetworkSettings()

    def thresholds(self) -> tuple[float, ...]:
        """Every score at which an article may enter something, lowest first."""
        own = {
            subscriber.threshold
            for digest in self.digests
            for subscriber in digest.subscribers
            if subscriber.threshold is not None
        }
        digests = map(self.digest_threshold, self.digests)
        return tuple(sorted({self.watchlist.threshold, *digests, *own}))

    def secret_files(self) -> list[str]:
        """The files that hold what is secret, as the settings name them."""
        own = [each.secret_file for digest in self.digests for each in digest.subscribers]
        keys = (self.assist.key_file if self.assist else None, self.stories.embeddings_key_file)
        return [name for name in (self.smtp.password_file, *keys, *own) if name]

    def digest_threshold(self, digest: DigestSettings) -> float:
        """The digest's own threshold or the watchlist's."""
        return self.watchlist.threshold if digest.threshold is None else digest.threshold


def json_schema() -> dict[str, Any]:
    """The JSON Schema of ``config.toml`` for editors."""
    schema = Settings.model_json_schema()
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    schema["title"] = "monitor config.toml"
    return schema
