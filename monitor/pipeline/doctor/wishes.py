"""The wishes: whether beat, digests and secrets can be used, and who would hear of a failure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.config import AssistSettings, Settings
from monitor.errors import InputError, MonitorError
from monitor.pipeline.assisting import model_key
from monitor.pipeline.deliver import transports
from monitor.pipeline.doctor.findings import Finding, Verdict
from monitor.pipeline.doctor.reach import as_written, refusal
from monitor.pipeline.publish import upcoming
from monitor.pipeline.setup import Setup
from monitor.pipeline.subscribers import check_wishes

if TYPE_CHECKING:
    from monitor.pipeline.embedding import Embedder


def of_wishes(setup: Setup, now: datetime) -> Iterator[Finding]:
    """The beat, the next digest, the transports with their secrets, leaving, models and watch."""
    settings, beat = setup.settings, setup.beat
    counted = f"{len(beat.entities)} entities, {len(beat.terms)} terms"
    yield Finding("beat", Verdict.OK, f"{beat.title}: {counted}, {len(setup.listings)} feeds.")
    yield _digests(setup, now)
    yield _transports(setup)
    yield from _filters(setup)
    if _leaves_by_mail(settings):
        yield Finding(
            "leaving",
            Verdict.NOTE,
            "[web] public_url is not set, so mails carry no one-click link for leaving.",
            "monitor config check",
        )
    if settings.assist is not None:
        yield _model(setup, settings.assist)
    if setup.embedder is not None:
        yield _embeddings(setup, setup.embedder)
    yield _watch(settings)


def _digests(setup: Setup, now: datetime) -> Finding:
    following = upcoming(setup, now)
    if following is not None:
        digest, slot = following
        at = f"{slot:%Y-%m-%d %H:%M} UTC"
        return Finding("digests", Verdict.OK, f"The next edition is {digest.name}, due {at}.")
    if any(digest.when for digest in setup.settings.digests):
        return Finding("digests", Verdict.OK, "Only urgent editions are wished for.")
    return Finding(
        "digests", Verdict.WARNING, "No digest is ever due: nothing is sent.", "monitor init"
    )


def _transports(setup: Setup) -> Finding:
    try:
        named = transports(setup)
    except MonitorError as error:
        return Finding("transports", Verdict.WRONG, f"{error}.", "monitor config check")
    return Finding("transports", Verdict.OK, f"Editions can go out over {', '.join(named)}.")


def _filters(setup: Setup) -> Iterator[Finding]:
    try:
        check_wishes(setup)
    except InputError as error:
        said = "; ".join(str(error).split("\n"))
        yield Finding("subscribers", Verdict.WARNING, f"{said}.", "monitor config check")


def _leaves_by_mail(settings: Settings) -> bool:
    mailed = any(
        each.transport == "email" for digest in settings.digests for each in digest.receivers
    )
    has_page = settings.web is not None and bool(settings.web.public_url)
    return bool(settings.smtp.host) and mailed and not has_page


def _model(setup: Setup, wishes: AssistSettings) -> Finding:
    """Whether the model can be asked; without it editions have the outlets' own words."""
    try:
        model_key(setup)
    except MonitorError as error:
        return Finding("model", Verdict.WARNING, f"{error}.", "monitor config check")
    if problem := refusal(wishes.address, setup.settings, as_written):
        return Finding("model", Verdict.WARNING, f"The model is not asked: {problem}.")
    host = urlsplit(wishes.address).hostname
    return Finding("model", Verdict.OK, f"The model {wishes.model} at {host} may write words.")


def _embeddings(setup: Setup, embedder: Embedder) -> Finding:
    """Whether the model can be asked; without it articles are placed by what they say alone."""
    try:
        embedder.check()
    except MonitorError as error:
        return Finding("embeddings", Verdict.WARNING, f"{error}.", "monitor config check")
    address = setup.settings.stories.embeddings_address
    if address and (problem := refusal(address, setup.settings, as_written)):
        sentence = f"The model for embeddings is not asked: {problem}."
        return Finding("embeddings", Verdict.WARNING, sentence)
    where = f"at {urlsplit(address).hostname}" if address else "on this machine"
    sentence = f"The model {embedder.name} {where} helps to tell events apart."
    return Finding("embeddings", Verdict.OK, sentence)


def _watch(settings: Settings) -> Finding:
    ping = settings.monitor.ping_url
    if ping and (problem := refusal(ping, settings, as_written)):
        sentence = f"The watch is not told, and would call the monitor dead: {problem}."
        return Finding("watch", Verdict.WARNING, sentence)
    if ping:
        return Finding("watch", Verdict.OK, "A watch is told of each complete round.")
    return Finding(
        "watch",
        Verdict.NOTE,
        "Nobody would notice if the monitor stopped; [monitor] ping_url names who is told that it "
        "works.",
    )
