"""The shape of ``config.toml``: every key, its default and what it means.

The JSON Schema for editors is made from these models; their descriptions are its texts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from monitor.config.schedules import parse_schedule
from monitor.errors import InputError
from monitor.model import FeedListing, Schedule
from monitor.text.addresses import is_this_machine, mailbox_problem, masked
from monitor.text.plain import one_line

NAME = r"^[\w-]+$"
LANGUAGE = "^[a-z]{2,3}$"
COUNTRY = "^[A-Z]{2}$"
_HOST = re.compile(r"\[[0-9A-Fa-f:.]+\]|[^\s/@:\[\]]+")
_PORT = re.compile("[0-9]{1,5}")


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        has_login = parts.username is not None
    except ValueError:
        is_web, has_login = False, False
    if not is_web or any(letter <= " " for letter in text):
        raise ValueError(f'"{masked(text)}" is no web address; it starts with https:// or http://')
    if has_login:
        raise ValueError("a feed's address may not have a user name or password in it")
    return text


def _zone(text: str) -> str:
    if text not in available_timezones() or text == "localtime":
        raise ValueError(f'"{text}" is no time zone; write one like Asia/Almaty or UTC')
    ZoneInfo(text)
    return text


def _mailbox(text: str) -> str:
    if problem := mailbox_problem(text):
        raise ValueError(problem)
    return text


def _each_once(mailboxes: tuple[str, ...]) -> tuple[str, ...]:
    seen: set[str] = set()
    for mailbox in mailboxes:
        address = parseaddr(mailbox)[1].casefold()
        if address in seen:
            raise ValueError(f"{address} stands here twice")
        seen.add(address)
    return mailboxes


def _host_port(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not _HOST.fullmatch(host) or not _PORT.fullmatch(port) or not 0 < int(port) < 65536:
        raise ValueError(f'"{text}" is no host:port; write one like 127.0.0.1:8080')
    return text


def _line(text: str) -> str:
    if one_line(text) != text.strip():
        raise ValueError("must be one line without control characters")
    return text.strip()


def _contact(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("must be in ASCII, since it travels in a header of HTTP")
    return text


def _keyword(text: str) -> str:
    if not any(letter.isalnum() for letter in text):
        raise ValueError(f'"{text}" has no letter or digit to look for')
    if "*" in text.rstrip().removesuffix("*"):
        raise ValueError(f'"{text}": a * stands only at the end, for any ending')
    return text


def _schedule(stated: object) -> Schedule:
    if isinstance(stated, Schedule):
        return stated
    if not isinstance(stated, str):
        raise ValueError("must be a text in quotes")
    return parse_schedule(stated)


Line = Annotated[str, AfterValidator(_line)]
Contact = Annotated[str, AfterValidator(_contact)]
Keyword = Annotated[str, AfterValidator(_keyword)]
Points = Annotated[float, Field(ge=-100, le=100)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Zone = Annotated[str, AfterValidator(_zone)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
Mailboxes = Annotated[tuple[Mailbox, ...], AfterValidator(_each_once)]
HostPort = Annotated[str, AfterValidator(_host_port)]
Name = Annotated[str, StringConstraints(pattern=NAME)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Country = Annotated[str, StringConstraints(pattern=COUNTRY)]
When = Annotated[
    Schedule,
    BeforeValidator(_schedule),
    PlainSerializer(lambda schedule: schedule.text, return_type=str),
    WithJsonSchema({"type": "string"}),
]


class _Table(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, allow_inf_nan=False
    )


class MonitorSettings(_Table):
    """The monitor itself."""

    beat: str = Field(
        "china-central-asia",
        min_length=1,
        description="What is watched: a folder below seeds/, or a path relative to this file.",
    )
    database: str = Field(
        "sqlite:///monitor.db", description="Database URL; its path is relative to this file."
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
    beat_feeds: bool = Field(True, description="Whether to poll the feeds that ship with the beat.")
    tick_seconds: int = Field(
        30, ge=1, le=3600, description="How often `monitor run` asks what is due."
    )


class WatchlistSettings(_Table):
    """What is relevant."""

    threshold: float = Field(
        50, ge=0, le=100, description="Score from which an article is relevant."
    )
    keywords: dict[Keyword, Points] = Field(
        default_factory=dict,
        description="Your own words, phrases or prefix* with points; negative ones lower a score.",
    )


class FeedSettings(_Table):
    """One feed of yours; a URL that the beat ships too overrides the beat's row."""

    url: WebAddress = Field(description="Address of the RSS, Atom or JSON feed.")
    outlet: Line | None = Field(None, description="Publisher's name; the host when left out.")
    lang: Language | None = Field(None, description="Language the feed declares, e.g. ru.")
    country: Country | None = Field(None, description="Where the publisher sits, e.g. KZ.")
    camp: Line | None = Field(None, description="Interest it speaks for, e.g. independent.")
    enabled: bool = Field(True, description="false pauses the feed.")

    def listing(self) -> FeedListing:
        """The wish to poll this feed."""
        return FeedListing(
            url=self.url,
            outlet=self.outlet or urlsplit(self.url).hostname or self.url,
            lang=self.lang,
            country=self.country,
            camp=self.camp,
        )


class DigestSettings(_Table):
    """One recurring publication."""

    name: Name = Field(description="Short name, used in file names and headers.")
    title: Line | None = Field(None, description="Title in the masthead; the beat's when left out.")
    schedule: When = Field(
        description="daily 07:30, weekdays 07:30, weekly mon 07:30, monthly 1 07:30, or cron."
    )
    zone: Zone = Field("UTC", description="Time zone of the schedule and of all times printed.")
    to: Mailboxes = Field((), description="Recipients; each gets a message of their own.")
    threshold: float | None = Field(
        None, ge=0, le=100, description="Score from which a line appears; else the watchlist's."
    )
    sections: Literal["topic", "country"] = Field("topic", description="How stories are grouped.")
    limit: int = Field(40, ge=1, le=500, description="Most stories in one edition.")


class SmtpSettings(_Table):
    """Mail; without a host, editions go to a folder."""

    host: str = Field("", description="Mail server; empty writes editions to a folder instead.")
    port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="none is refused unless the host is this machine."
    )
    username: str = Field("", description="Login; empty for none.")
    password_env: str | None = Field(
        None, description="Environment variable that holds the password."
    )
    password_file: str | None = Field(None, description="File that holds the password.")
    sender: Mailbox = Field("monitor@localhost", description="Address that mail comes from.")

    @field_validator("security")
    @classmethod
    def _encrypted(cls, security: str, read: ValidationInfo) -> str:
        host = read.data.get("host", "")
        if security == "none" and host and not is_this_machine(host):
            raise ValueError(f'"none" is only for a server on this machine; "{host}" is not')
        return security

    def password(self, folder: Path, environ: Mapping[str, str] = os.environ) -> str:
        """The password from its file or environment variable, empty when neither is named."""
        if self.password_file:
            try:
                return (folder / self.password_file).read_text(encoding="utf-8").strip()
            except (OSError, ValueError) as error:
                raise InputError(f"smtp.password_file cannot be read: {error}") from error
        if self.password_env:
            if self.password_env not in environ:
                raise InputError(f"smtp.password_env names {self.password_env}, which is not set")
            return environ[self.password_env]
        return ""


class NetworkSettings(_Table):
    """How the monitor behaves towards other people's servers."""

    contact: Contact = Field(
        "", description="Page or address in the user agent, for publishers who want to ask."
    )
    allow_private: tuple[HostPort, ...] = Field(
        (), description="host:port pairs on private networks that may be polled."
    )
    timeout_seconds: float = Field(30, gt=0, le=600, description="Total time for one request.")
    threads: int = Field(8, ge=1, le=64, description="Feeds fetched at the same time.")
    poll_minutes: float = Field(60, gt=0, le=43200, description="Time between two polls of a feed.")
    host_spacing_seconds: float = Field(
        1, ge=0, le=3600, description="Pause between two requests to one host."
    )


class Settings(_Table):
    """The whole of ``config.toml``."""

    monitor: MonitorSettings = MonitorSettings()
    watchlist: WatchlistSettings = WatchlistSettings()
    feeds: tuple[FeedSettings, ...] = ()
    digests: tuple[DigestSettings, ...] = ()
    smtp: SmtpSettings = SmtpSettings()
    network: NetworkSettings = NetworkSettings()

    def thresholds(self) -> tuple[float, ...]:
        """Every score at which an article may enter something, lowest first."""
        return tuple(sorted({self.watchlist.threshold, *map(self.digest_threshold, self.digests)}))

    def digest_threshold(self, digest: DigestSettings) -> float:
        """The digest's own threshold or the watchlist's."""
        return self.watchlist.threshold if digest.threshold is None else digest.threshold


def json_schema() -> dict[str, Any]:
    """The JSON Schema of ``config.toml`` for editors."""
    schema = Settings.model_json_schema()
    schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    schema["title"] = "monitor config.toml"
    return schema
