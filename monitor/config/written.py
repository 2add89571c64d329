"""How single settings are written: what each must look like, and what is said otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import parseaddr
from importlib.resources import files
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from monitor.config.schedules import parse_schedule
from monitor.config.tables import number
from monitor.model import Schedule
from monitor.text.addresses import database_problem, mailbox_problem, masked
from monitor.text.patterns import date_problem, link_problem
from monitor.text.plain import one_line

NAME = r"^[\w-]+$"
LANGUAGE = "^[a-z]{2,3}$"
COUNTRY = "^[A-Z]{2}$"
_HOST = re.compile(r"\[[0-9A-Fa-f:.]+\]|[^\s/@:\[\]]+")
_MAIL_HOST = re.compile(r"[0-9A-Fa-f:.]+|[^\s/@:\[\]]+")
_PORT = re.compile("[0-9]{1,5}")
WHEN = re.compile(r"score\s*>=\s*([0-9]{1,3}(?:\.[0-9]+)?)")
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_CLOCKS = re.compile(f"{_CLOCK}-{_CLOCK}")
# The schedule of what comes when something happens.
NEVER = Schedule("", frozenset(), frozenset())
# {name}, {{ name }}, ${name}, %(name)s: places in a template of some other program.
_PLACEHOLDER = re.compile(r"\{\{?\s*[^\W\d][\w.]*\s*\}\}?|%\(\w+\)s|\$\{\w+\}")


def web_address(text: str) -> str:
    """An address on the web without a login in it; ValueError for anything else."""
    try:
        parts = urlsplit(text)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        has_login = parts.username is not None
    except ValueError:
        is_web, has_login = False, False
    if not is_web or any(letter <= " " for letter in text):
        raise ValueError(f'"{masked(text)}" is no web address; it starts with https:// or http://')
    if has_login:
        raise ValueError("an address may not have a user name or password in it")
    return text


def _secret_address(text: str) -> str:
    """A web address that is a secret; the sentence of the mistake does not repeat it."""
    try:
        return web_address(text)
    except ValueError:
        raise ValueError(
            "is no web address; it starts with https:// or http:// and has no login in it"
        ) from None


def _zone(text: str) -> str:
    # Our own list is one file; the system's zones have to be opened one by one.
    listed = files("tzdata").joinpath("zones").read_text("utf-8").split()
    if text == "localtime" or (text not in listed and text not in available_timezones()):
        raise ValueError(f'"{text}" is no time zone; write one like Asia/Almaty or UTC')
    ZoneInfo(text)
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


def _said(text: str) -> str:
    if found := _PLACEHOLDER.search(text):
        raise ValueError(
            f'there is no variable "{found[0]}": what stands here is printed as it is; '
            "write the words themselves"
        )
    return _line(text)


def _contact(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("must be in ASCII, since it travels in a header of HTTP")
    return text


def _mail_host(text: str) -> str:
    try:
        text.encode("idna")
        is_host = not text or bool(_MAIL_HOST.fullmatch(text))
    except UnicodeError:
        is_host = False
    if not is_host:
        raise ValueError(f'"{text}" is no host name; write one like mail.example.org')
    return text


def _public_address(text: str) -> str:
    if text and not (text.startswith("https://") and urlsplit(web_address(text)).hostname):
        raise ValueError("must start with https://, since mailboxes ask no other address")
    return text.rstrip("/")


def _without(problem_of: Callable[[str], str | None]) -> AfterValidator:
    def checked(text: str) -> str:
        if problem := problem_of(text):
            raise ValueError(problem)
        return text

    return AfterValidator(checked)


def _keyword(text: str) -> str:
    if not any(letter.isalnum() for letter in text):
        raise ValueError(f'"{text}" has no letter or digit to look for')
    if "*" in text.rstrip().removesuffix("*"):
        raise ValueError(f'"{text}": a * stands only at the end, for any ending')
    return text


def _urgency(text: str) -> str:
    if not (found := WHEN.fullmatch(text)) or float(found[1]) > 100:
        raise ValueError(f'"{text}" is no condition; write one like "score >= 85"')
    return text


def _clocks(text: str) -> str:
    if not _CLOCKS.fullmatch(text):
        raise ValueError(f'"{text}" are no hours; write them like "22:00-07:00"')
    return text


def _schedule(stated: object) -> Schedule:
    if isinstance(stated, Schedule):
        return stated
    if not isinstance(stated, str):
        raise ValueError("must be a text in quotes")
    return parse_schedule(stated)


Line = Annotated[str, AfterValidator(_line)]
# What readers see, and what others might fill with {variables}.
Said = Annotated[str, AfterValidator(_said)]
Contact = Annotated[str, AfterValidator(_contact)]
LinkPattern = Annotated[Line, _without(link_problem)]
DayPattern = Annotated[Line, _without(date_problem)]
Keyword = Annotated[str, AfterValidator(_keyword)]
Points = Annotated[float, Field(ge=-100, le=100), BeforeValidator(number)]
WebAddress = Annotated[str, AfterValidator(web_address)]
SecretAddress = Annotated[str, AfterValidator(_secret_address)]
Zone = Annotated[str, AfterValidator(_zone)]
DatabaseAddress = Annotated[str, _without(database_problem)]
Mailbox = Annotated[str, _without(mailbox_problem)]
Sender = Annotated[Mailbox, AfterValidator(_said)]
Mailboxes = Annotated[tuple[Mailbox, ...], AfterValidator(_each_once)]
MailHost = Annotated[str, AfterValidator(_mail_host)]
PublicAddress = Annotated[str, AfterValidator(_public_address)]
HostPort = Annotated[str, AfterValidator(_host_port)]
Name = Annotated[str, StringConstraints(pattern=NAME)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Country = Annotated[str, StringConstraints(pattern=COUNTRY)]
Urgency = Annotated[str, AfterValidator(_urgency)]
Clocks = Annotated[str, AfterValidator(_clocks)]
When = Annotated[
    Schedule,
    BeforeValidator(_schedule),
    PlainSerializer(lambda schedule: schedule.text, return_type=str),
    WithJsonSchema({"type": "string"}),
]
