"""What the footer says of single feeds: failures, long silences, and times not seen. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.model import Coverage, FeedHealth, Gap, Notice
from monitor.publish.frame import Frame
from monitor.publish.typography import clean
from monitor.publish.windows import zone_of

_ERROR_LENGTH = 200
_NAME_LENGTH = 80
_FAILURES_NAMED = 150
_OTHERS_NAMED = 20
# The language in which feeds, servers and this program itself say what went wrong.
_ERRORS_ARE_IN = "en"
# The parser's own words on where a document broke are for the log, not for readers.
_PLACE = re.compile(r" \(<unknown>:[^()]*\)")


@dataclass(frozen=True, slots=True)
class Remark:
    """Plain words about feeds, and the outlets that they are about."""

    words: str
    outlets: str


def remarks(coverage: Coverage, zone: str, frame: Frame) -> tuple[Remark, ...]:
    """Failures that are told of now for their length, other failures, silences, times unseen."""
    told = {notice.url for notice in coverage.notices}
    failed = [health for health in coverage.failed if health.url not in told]
    return (
        *_each(((notice.outlet, _failing(notice, frame)) for notice in coverage.notices), frame),
        *_failures(failed, frame),
        *_each(((each.outlet, _silent(each, frame)) for each in coverage.silent), frame),
        *_each(((gap.outlet, _unseen(gap, zone, frame)) for gap in coverage.gaps), frame),
    )


def _each(said: Iterable[tuple[str, str]], frame: Frame) -> list[Remark]:
    """One remark for each outlet, as far as there is room."""
    all_said = list(said)
    named = all_said[:_OTHERS_NAMED]
    lines = [
        Remark(clean(words, _ERROR_LENGTH).rstrip("."), clean(outlet, _NAME_LENGTH))
        for outlet, words in named
    ]
    if rest := len(all_said) - len(named):
        more = frame.say("more_feeds", feeds=frame.count("feed", rest))
        lines.append(Remark(frame.say("the_same"), more))
    return lines


def _failing(notice: Notice, frame: Frame) -> str:
    if frame.lang == _ERRORS_ARE_IN:
        return notice.sentence
    return frame.say("failing", span=frame.count("day", notice.days))


def _silent(health: FeedHealth, frame: Frame) -> str:
    return frame.say("silent", state=frame.state(health.state), evidence=health.error or "")


def _failures(failed: Sequence[FeedHealth], frame: Frame) -> tuple[Remark, ...]:
    """Outlets grouped under their error, the commonest first."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for health in failed[:_FAILURES_NAMED]:
        words = clean(_failure(health, frame), _ERROR_LENGTH).rstrip(".")
        grouped[words].append(clean(health.outlet, _NAME_LENGTH))
    unnamed = len(failed) - _FAILURES_NAMED
    if unnamed > 0:
        grouped[frame.say("more_failed")].append(frame.count("feed", unnamed))
    ordered = sorted(grouped.items(), key=lambda group: -len(group[1]))
    return tuple(Remark(error, ", ".join(sorted(outlets))) for error, outlets in ordered)


def _failure(health: FeedHealth, frame: Frame) -> str:
    if health.error and frame.lang == _ERRORS_ARE_IN:
        return _PLACE.sub("", health.error)
    return frame.state(health.state)


def _unseen(gap: Gap, zone: str, frame: Frame) -> str:
    since, until = (moment.astimezone(zone_of(zone)).date() for moment in (gap.since, gap.until))
    end = frame.clock if since == until else frame.moment
    return frame.say(
        "unseen",
        span=frame.duration(gap.until - gap.since),
        since=frame.moment(gap.since, zone),
        until=end(gap.until, zone),
    )
