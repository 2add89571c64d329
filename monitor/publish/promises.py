"""The beat's promises in the words of the page: those that moved, and those gone quiet. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import (
    CommitmentState,
    CommitmentStatus,
    Edition,
    OutlinedPromise,
    OutlinedPromises,
    Proof,
)
from monitor.publish.digest import MOVED
from monitor.publish.frame import Frame
from monitor.publish.lines import NAME_LENGTH, Headline, reachable
from monitor.publish.typography import clean, direction

PROMISES, QUIET = "promises", "quiet"
# What is typed to see them all.
COMMAND = "monitor commitments"
_MOVED_NAMED, _QUIET_NAMED = 6, 5
_PROMISE_LENGTH, _QUOTE_LENGTH = 200, 280
_STANDING = {CommitmentStatus.DONE: "done", CommitmentStatus.OVERDUE: "overdue"}


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise as printed: how it stands, whose it is, and the sentence heard last, if any.

    ``told`` is who said that sentence, in which language, and when.
    """

    standing: str
    promise: str
    aside: str
    quote: Headline | None = None
    told: str = ""


@dataclass(frozen=True, slots=True)
class PromiseLines:
    """A named group of promises; ``more`` counts those for which there is no room."""

    name: str
    lines: tuple[PromiseLine, ...]
    more: str = ""


def promise_lines(
    edition: Edition, frame: Frame
) -> tuple[PromiseLines | None, PromiseLines | None]:
    """Those that moved and those gone quiet; None in place of a group that has nobody."""
    return (
        _lines(MOVED, _moved(edition, frame), edition.promises.moved, edition.zone, frame),
        _lines(QUIET, _quiet(edition, frame), edition.promises.quiet, edition.zone, frame),
    )


def _lines(
    slug: str, named: list[_Standing], of: Sequence[CommitmentState], zone: str, frame: Frame
) -> PromiseLines | None:
    if not named:
        return None
    together = _together(named)
    following = (*(_said(each) for each, _ in together[1:]), None)
    lines = tuple(
        _line(each, standing, zone, frame, is_quoted=_said(each) != after)
        for (each, standing), after in zip(together, following, strict=True)
    )
    return PromiseLines(frame.section(slug), lines, _more(len(of) - len(named), frame))


def outlined_promises(edition: Edition, frame: Frame) -> tuple[OutlinedPromises, ...]:
    """The same promises without their looks."""
    groups = ((PROMISES, _moved(edition, frame)), (QUIET, _quiet(edition, frame)))
    return tuple(
        OutlinedPromises(frame.section(slug), tuple(_outlined(*each, frame.lang) for each in named))
        for slug, named in groups
        if named
    )


_Standing = tuple[CommitmentState, str]


def _moved(edition: Edition, frame: Frame) -> list[_Standing]:
    return [(each, _standing(each, frame)) for each in edition.promises.moved[:_MOVED_NAMED]]


def _quiet(edition: Edition, frame: Frame) -> list[_Standing]:
    return [(each, _silence(each, frame)) for each in edition.promises.quiet[:_QUIET_NAMED]]


def _more(unnamed: int, frame: Frame) -> str:
    return frame.count("unnamed_promise", unnamed) if unnamed else ""


def _standing(each: CommitmentState, frame: Frame) -> str:
    return frame.say(_STANDING.get(each.status, "progress"))


def _silence(each: CommitmentState, frame: Frame) -> str:
    return frame.say("gone_quiet", days=frame.count("day", each.days_silent))


def _together(named: Sequence[_Standing]) -> list[_Standing]:
    """Those of which one sentence tells behind one another, so that it is quoted once."""
    places: dict[object, int] = {}
    for place, (each, _) in enumerate(named):
        places.setdefault(_said(each) or each.commitment.id, place)
    return sorted(named, key=lambda pair: places[_said(pair[0]) or pair[0].commitment.id])


def _said(each: CommitmentState) -> tuple[int, str] | None:
    """The article and the sentence that tell of a promise."""
    return (each.last.article_id, each.last.evidence.sentence) if each.last else None


def _line(
    each: CommitmentState, standing: str, zone: str, frame: Frame, *, is_quoted: bool
) -> PromiseLine:
    promise, last = each.commitment, each.last
    actor, promised = promise.told(frame.lang)
    deadline = frame.say("deadline", deadline=promise.deadline) if promise.deadline else ""
    return PromiseLine(
        standing=standing,
        promise=clean(promised, _PROMISE_LENGTH),
        aside=" · ".join(clean(word, NAME_LENGTH) for word in (actor, deadline) if word),
        quote=_quote(last) if last and is_quoted else None,
        told=_told(last, zone, frame) if last and is_quoted else "",
    )


def _quote(proof: Proof) -> Headline:
    words = clean(proof.evidence.sentence, _QUOTE_LENGTH)
    return Headline(words, reachable(proof.url, ("http", "https")), proof.lang, direction(words))


def _told(proof: Proof, zone: str, frame: Frame) -> str:
    words = (clean(proof.outlet, NAME_LENGTH), proof.lang, frame.moment(proof.at, zone))
    return " · ".join(words)


def _outlined(each: CommitmentState, standing: str, lang: str) -> OutlinedPromise:
    promise, last = each.commitment, each.last
    actor, promised = promise.told(lang)
    return OutlinedPromise(
        promise=clean(promised),
        actor=clean(actor),
        status=each.status.value,
        standing=standing,
        deadline=promise.deadline,
        days_silent=each.days_silent,
        sentence=clean(last.evidence.sentence) if last else "",
        outlet=clean(last.outlet) if last else "",
        lang=last.lang if last else "",
        url=clean(last.url) if last else "",
    )
